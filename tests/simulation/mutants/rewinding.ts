/** What keeps others right when an object was restored to an earlier time (P8), switched off. */
import { Cell } from "../../../choreography/cell.ts"
import type { Letter } from "../../../choreography/letters.ts"
import { Work } from "../../../choreography/work.ts"
import type { Fault } from "../platform/faults.ts"
import { receivedByPosition, receivesAsNext } from "./engine.ts"
import { type Mutant, replacing } from "./mutant.ts"

const transfers = "transfers"
const orders = "orders"
const faults: readonly Fault[] = ["rewind", "lostSend", "duplicate"]

export const rewindingMutants: readonly Mutant[] = [
  {
    name: "no-reincarnation",
    without: "new streams for an object that was restored",
    scenario: orders,
    faults,
    patch: replacing(Cell.prototype, "reincarnate", () => () => 1),
  },
  {
    name: "conflicts-unfiled",
    without: "letters for what contradicts a spent position",
    scenario: orders,
    faults,
    patch: replacing(
      Work.prototype,
      "file",
      (file) =>
        function (this: unknown, ...values) {
          // The method's own argument.
          const [letter] = values as unknown as [Letter]
          return letter.conflict ? undefined : file.apply(this, values)
        },
    ),
  },
  {
    name: "conflicts-applied",
    without: "spent positions: what comes under one again is applied",
    scenario: transfers,
    faults,
    patch: receivesAsNext((upTo, position) => position <= upTo),
  },
  {
    name: "received-by-position",
    without: "content in receipts: a position is enough",
    scenario: orders,
    faults,
    patch: receivedByPosition,
  },
]
