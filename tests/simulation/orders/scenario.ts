/** The shop under the simulator: its real services, its real settings, its simulated gateways with books of their own. */
import type { Performer } from "../../../choreography/service.ts"
import { readSettings } from "../../../http/settings.ts"
import { MONITOR_CELL } from "../../../domain/placement.ts"
import { services } from "../../../objects/registry.ts"
import type { Write } from "../platform/disk.ts"
import type { Host } from "../platform/host.ts"
import type { World } from "../platform/world.ts"
import type { Play, Scenario } from "../scenario.ts"
import { redriveAll } from "../client.ts"
import { ACTS, Acts } from "./acts.ts"
import { Clients } from "./clients.ts"
import { Doubter } from "./doubter.ts"
import { checkEnds, checkOutside, rowsOf } from "./ends.ts"
import { checkFigures } from "./figures.ts"
import { Operator } from "./operator.ts"
import { Outskirts } from "./outskirts.ts"
import { ROUND_EVERY_MS, Rounds } from "./rounds.ts"
import { Steps } from "./steps.ts"
import { type Wish, wishes } from "./wishes.ts"

const reading = readSettings({
  AUTH: "development",
  SIMULATION: "on",
  CELLS: "2",
  PARTICIPANT_CELLS: "2",
  STOCK_CELLS: "2",
  CUSTOMER_CELLS: "1",
  MONITOR_CELLS: "2",
  RECEIPT_LEASE_MS: "5000",
  SWEEP_EVERY_MS: String(ROUND_EVERY_MS),
})
if (!reading.ok) throw new Error(reading.problems.map(({ name, message }) => `${name}: ${message}`).join("; "))
const { shop, choreography } = reading.settings

const waits = (service: string): string => `${service} waits for a newer build`

export const orders: Scenario = {
  name: "orders",
  endings: ["delivered", "cancelled", "money back", "CUSTOMER_REQUEST", "OUT_OF_STOCK", "PAYMENT_DECLINED"],
  hasOperator: true,
  hasWebhooks: true,
  acts: ACTS,
  sees: [...["Order", "Payment", "Inventory", "Shipping", "Customer", "Monitor"].map(waits), "too new, and parked"],
  asks: ["pending", "confirmed", "paid", "shipped", "cancelling", "attention"],
  options: () => ({
    services: [...services.services.values()],
    settings: choreography,
    // Each history has its own: its monitor rests at the end.
    serviceSettings: { ...shop },
    unreadable: { service: "Monitor", cell: MONITOR_CELL },
  }),
  begin: (world, count) => {
    const isWild = world.random.chance(WILD_RATE)
    return new Orders(world, wishes({ count, now: world.agenda.now, isWild }, shop, world.random), isWild)
  },
}

const MINUTE = 60_000
const OPERATOR_RATE = 0.5
/** Some operators look in early and often, some when the first undos have been given up. */
const MEDDLES_WITHIN_MS = [2 * MINUTE, 20 * MINUTE, 45 * MINUTE] as const
const MEDDLES_MAX = 6
/** In so many histories somebody means harm, or might as well. */
const WILD_RATE = 0.15
const WILD_MEDDLES_MAX = 16
/** Most ask while their order is under way; some long afterwards. */
const ASKS_WITHIN_MS = [20_000, 2 * MINUTE, 30 * MINUTE] as const
const ASKS_MAX = 8
const ASKED_AT_ONCE_MAX = 2
const TERMINAL: readonly string[] = ["delivered", "cancelled", "attention"]

class Orders implements Play {
  readonly observer = {
    committed: (host: Host, writes: readonly Write[]) => {
      this.#steps.committed(host, writes)
    },
    rewound: (host: Host) => {
      this.#steps.forget(host)
    },
  }
  readonly #world: World
  readonly #wishes: readonly Wish[]
  readonly #clients: Clients
  readonly #outskirts: Outskirts
  readonly #isWild: boolean
  readonly #operator: Operator
  readonly #doubter: Doubter
  readonly #rounds: Rounds
  readonly #acts = new Acts()
  readonly #steps: Steps

  constructor(world: World, all: readonly Wish[], isWild: boolean) {
    this.#world = world
    this.#wishes = all
    this.#clients = new Clients(world, this.#acts)
    this.#outskirts = new Outskirts(world)
    this.#isWild = isWild
    this.#operator = new Operator(world, this.#outskirts, this.#acts, this.#isWild)
    this.#doubter = new Doubter(world)
    this.#rounds = new Rounds(world, this.#acts)
    this.#steps = new Steps(this.#clients.promises, this.#operator.forged)
  }

  performers(service: string): Readonly<Record<string, Performer>> {
    return service === "Monitor" ? this.#rounds.performers : this.#outskirts.performers(service)
  }

  start(): void {
    const { random, faults } = this.#world
    this.#clients.start(this.#wishes)
    this.#rounds.start()
    // An operator looks in now and then, and once more when everything has calmed down.
    if (random.chance(OPERATOR_RATE)) this.#operate(random.between(MINUTE, 30 * MINUTE))
    // What one build has parked, somebody sends again when the other is back.
    const isMixed = faults.isActive("mixedBuilds") || faults.isActive("rollback")
    if (random.chance(OPERATOR_RATE) || isMixed) this.#operate(50 * MINUTE)
    for (let asks = random.between(1, ASKS_MAX); asks > 0; asks--) {
      this.#visit(random.between(0, random.pick(ASKS_WITHIN_MS)), () =>
        this.#doubter.askSome([...this.#clients.placed.keys()], ASKED_AT_ONCE_MAX),
      )
    }
    if (!this.#isWild && !random.chance(OPERATOR_RATE)) return
    const withinMs = random.pick(MEDDLES_WITHIN_MS)
    for (let visits = random.between(1, this.#isWild ? WILD_MEDDLES_MAX : MEDDLES_MAX); visits > 0; visits--) {
      this.#visit(random.between(0, withinMs), () => this.#operator.meddle())
    }
  }

  #operate(afterMs: number): void {
    this.#visit(afterMs, async () => {
      await redriveAll(this.#world)
      await this.#operator.resolveAll()
    })
  }

  #visit(afterMs: number, act: () => Promise<void>): void {
    this.#world.agenda.after(afterMs, "somebody comes", () => {
      act().catch((error: unknown) => {
        this.#world.failed("somebody", error)
      })
    })
  }

  rest(): void {
    this.#rounds.rest()
  }

  unsettled(): string | null {
    const { orders: all } = rowsOf(this.#world, this.#operator.forged)
    const answered = [...this.#clients.placed.values()].reduce((sum, { answers }) => sum + answers.length, 0)
    if (answered < this.#clients.awaited) return `${this.#clients.awaited - answered} requests have no answer`
    for (const orderId of this.#clients.placed.keys()) {
      // Whoever makes up an answer may have used up the only one that there was.
      if (this.#operator.forged.has(orderId)) continue
      const status = all.get(orderId)?.status ?? "unknown"
      if (!TERMINAL.includes(status)) return `${orderId} is ${status}`
    }
    return null
  }

  check(): void {
    checkOutside(this.#outskirts, this.#world.isRestored)
    if (this.#world.isRestored) return
    const rows = rowsOf(this.#world, this.#operator.forged)
    checkEnds(rows, this.#clients, this.#outskirts, [...this.#world.faults.struck.keys()])
    if (!this.#rounds.isIncomplete) checkFigures(this.#world, rows.orders)
  }

  acts(): ReadonlyMap<string, number> {
    return this.#acts.counts
  }

  asked(): ReadonlyMap<string, number> {
    return this.#doubter.asked
  }

  outcomes(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>()
    const count = (what: string): void => {
      counts.set(what, (counts.get(what) ?? 0) + 1)
    }
    for (const order of rowsOf(this.#world, this.#operator.forged).orders.values()) {
      count(order.status)
      if (order.refunded > 0) count("money back")
      if (order.cancellation !== null) count(order.cancellation.code)
    }
    return counts
  }
}
