/** What an order says of itself when it stands still, with parts of it left out or wrong. */
import { Cell } from "../../../choreography/cell.ts"
import type { Explanation } from "../../../choreography/explain.ts"
import type { Service } from "../../../choreography/service.ts"
import { Store } from "../../../choreography/store.ts"
import type { Standing } from "../../../domain/order/standing.ts"
import type { WorldOptions } from "../platform/world.ts"
import { type Mutant, replacing, withService } from "./mutant.ts"

const orders = "orders"

/** The order's own words, changed. */
function says(change: (standing: Standing) => Standing): (options: WorldOptions) => WorldOptions {
  return withService("Order", (service: Service) => {
    const { why } = service.asks
    if (why === undefined) throw new Error("an order can't be asked why any more")
    const changed = (input: never): Standing | null => {
      // The service's own type says what it answers.
      const standing = why(input) as Standing | null
      return standing === null ? null : change(standing)
    }
    return { ...service, asks: { ...service.asks, why: changed } }
  })
}

/** What rows say of themselves, changed. */
function explains(change: (said: Explanation) => Explanation): () => () => void {
  return replacing(
    Cell.prototype,
    "explain",
    (explain) =>
      function (this: unknown, ...values) {
        // The method's own answer.
        return change(explain.apply(this, values) as Explanation)
      },
  )
}

export const explainingMutants: readonly Mutant[] = [
  {
    name: "why-without-letters",
    without: "parked events in the answer to why",
    scenario: orders,
    faults: ["poison"],
    patch: replacing(Store.prototype, "openLettersOf", () => () => []),
  },
  {
    name: "why-without-outbox",
    without: "what was not received, in the answer to why",
    scenario: orders,
    faults: ["lostSend"],
    patch: explains((said) => ({ ...said, unreceived: [] })),
  },
  {
    name: "why-without-clocks",
    without: "clocks of participants, in the answer to why",
    scenario: orders,
    faults: [],
    patch: explains((said) => ({ ...said, timers: [] })),
  },
  {
    name: "why-awaits-nobody",
    without: "whom an order waits for",
    scenario: orders,
    faults: ["lostSend", "sendFails"],
    options: says((standing) => ({ ...standing, awaited: [] })),
  },
  {
    name: "why-awaits-all",
    without: "who has answered: everyone is waited for",
    scenario: orders,
    faults: [],
    options: says((standing) => ({
      ...standing,
      awaited: [
        ...standing.awaited,
        { service: "Payment", key: standing.orderId, what: "the payment", since: standing.since },
      ],
    })),
  },
  {
    name: "why-without-person",
    without: "the person that an order in attention waits for",
    scenario: orders,
    faults: [],
    options: says((standing) => (standing.status === "attention" ? { ...standing, summary: "It waits" } : standing)),
  },
  {
    name: "why-without-deadlines",
    without: "deadlines, in the answer to why",
    scenario: orders,
    faults: [],
    options: says((standing) => ({ ...standing, deadlines: [] })),
  },
]
