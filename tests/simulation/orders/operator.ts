/**
 * An operator, who comes when it suits nobody: turns clocks, clears up letters, and decides about orders in attention.
 *
 * 1. A person's word is the truth as the gateway has it, or is left to the ledger: what is checked at the end is what we
 *    make of it, and not whether people err.
 * 2. A letter is thrown away only where its sender hears that it was parked, or where it would do nothing.
 */
import type { Cell } from "../../../choreography/cell.ts"
import type { LetterView } from "../../../choreography/hand.ts"
import { parseLetterId } from "../../../choreography/letters.ts"
import type { DeadlineView, MoveDeadlineAnswer, Resolution, ResolveAnswer } from "../../../domain/order/views.ts"
import type { PaymentState } from "../../../domain/payment/state.ts"
import { insistOn } from "../client.ts"
import type { Host } from "../platform/host.ts"
import { Violation, type World } from "../platform/world.ts"
import { threadsOf } from "../rows.ts"
import type { Acts } from "./acts.ts"
import { threadIn } from "./circle.ts"
import { forged } from "./forger.ts"
import { fenceAll } from "./fencing.ts"
import type { Outskirts } from "./outskirts.ts"

const WHO = "op"
const LETTERS_MAX = 50
const EXTENDED_MS_MAX = 5 * 60_000
/** How many of the orders, and of the letters, that are found are touched. */
const CLOCK_RATE = 0.5
const LETTER_RATE = 0.5
/** Whoever sent one of these hears that it was parked, and goes on without its answer. */
const REQUESTS: ReadonlySet<string> = new Set([
  "Payment.requested",
  "Payment.refund",
  "Inventory.reserveRequested",
  "Inventory.release",
  "Shipment.create",
  "Shipment.grant",
  "Shipment.cancel",
])

export class Operator {
  readonly #world: World
  readonly #outskirts: Outskirts
  readonly #acts: Acts

  /** Of whose letters something was made that contradicts them. */
  readonly forged = new Set<string>()
  /** Minds nothing: forges letters, and does everything twice at once. */
  readonly #isWild: boolean

  constructor(world: World, outskirts: Outskirts, acts: Acts, isWild: boolean) {
    this.#world = world
    this.#isWild = isWild
    this.#outskirts = outskirts
    this.#acts = acts
  }

  /** Looks in at any moment, and has a hand in everything. */
  async meddle(): Promise<void> {
    await this.#turnClocks()
    await this.#clearLetters()
    await this.resolveAll()
  }

  /** Decides about every order that stands still. */
  async resolveAll(): Promise<void> {
    for (const [orderId, status] of this.#orders()) {
      if (status !== "attention") continue
      await this.#atOnce(() => this.#decide(orderId))
    }
  }

  async #decide(orderId: string): Promise<void> {
    const action = this.#world.random.pick<Resolution>(["retry", "compensate", "accept", "accept"])
    if (action === "accept") await this.#accept(orderId)
    else if (await this.#resolve(orderId, { action, outcome: null, amount: null })) this.#acts.did(action)
  }

  /** Whoever is wild does it a second time before the first is answered. */
  async #atOnce(act: () => Promise<void>): Promise<void> {
    await Promise.all(this.#isWild ? [act(), act()] : [act()])
  }

  /** As they are when somebody looks; what is done to them may come too late. */
  #orders(): (readonly [string, string])[] {
    const hosts = [...this.#world.hosts].filter(({ service }) => service.name === "Order")
    return hosts.flatMap((host) => [...threadsOf(host)].map(([key, { state }]) => [key, statusOf(state)] as const))
  }

  async #accept(orderId: string): Promise<void> {
    const { random } = this.#world
    const outcome = random.pick(["done", "done", "not_done"] as const)
    const step = random.pick([null, null, "payment", "inventory", "shipping"] as const)
    const fenced = await fenceAll(this.#world, orderId, step, outcome === "done")
    if (fenced === "in flight") this.#acts.did("accept, in flight")
    if (typeof fenced === "string") return
    // What no ledger knows, nobody can leave to it.
    const amount = random.chance(0.5) || this.#isInDoubt(orderId) ? this.#keptOf(orderId) : null
    if (!(await this.#resolve(orderId, { action: "accept", step, outcome, amount, fenced }))) return
    const said = outcome === "done" ? "accept done" : "accept not done"
    this.#acts.did(amount === null ? said : `${said}, amount`)
  }

  #isInDoubt(orderId: string): boolean {
    // What the payment's own service has saved.
    const payment = (threadIn(this.#world, "Payment", orderId)?.state ?? null) as PaymentState | null
    return payment?.charge?.standing === "unknown" || payment?.undo?.doubt === true
  }

  /** What the customer is out of pocket for; whoever gives it back by hand has looked it up. */
  #keptOf(orderId: string): number {
    let sum = 0
    for (const [, charge] of this.#outskirts.payments.charges.entries()) {
      if (charge.orderId === orderId && charge.standing === "captured") sum += charge.amount - charge.refunded
    }
    return sum
  }

  async #resolve(orderId: string, decision: Readonly<Record<string, unknown>>): Promise<boolean> {
    const input = { reason: "cleared up", who: WHO, step: null, ...decision }
    return (await this.#ask<ResolveAnswer>(orderId, "resolve", input)).outcome === "accepted"
  }

  async #turnClocks(): Promise<void> {
    const { random } = this.#world
    for (const [orderId] of this.#orders()) {
      if (!random.chance(CLOCK_RATE)) continue
      const clocks = (await this.#ask<readonly DeadlineView[] | null>(orderId, "deadlines", null)) ?? []
      if (clocks.length === 0) continue
      const action = random.pick(["extend", "fire", "cancel"] as const)
      const byMs = random.between(1, EXTENDED_MS_MAX)
      const input = { name: random.pick(clocks).name, action, byMs, reason: "by hand", who: WHO }
      const { outcome } = await this.#ask<MoveDeadlineAnswer>(orderId, "moveDeadline", input)
      if (outcome === "moved") this.#acts.did(`${action} a clock`)
    }
  }

  async #clearLetters(): Promise<void> {
    for (const host of [...this.#world.hosts]) {
      const { items } = await this.#reach(host, "letters", (cell) => cell.letters("", LETTERS_MAX))
      for (const letter of items) {
        if (this.#isWild) await this.#atOnce(() => this.#mangle(host, letter))
        else if (this.#world.random.chance(LETTER_RATE)) await this.#clear(host, letter)
      }
    }
  }

  async #clear(host: Host, { id, type, verdict, event }: LetterView): Promise<void> {
    const row = parseLetterId(id)?.row
    if (row === undefined) return
    // Another build may read it.
    if (verdict.includes("newer")) return
    const applies = verdict.startsWith("would apply")
    if (!applies || (REQUESTS.has(type) && this.#world.random.chance(0.3))) {
      const { outcome } = await this.#reach(host, "discard", (cell) => cell.discard(row, "of no use", WHO))
      if (outcome === "discarded") this.#acts.did("discard a letter")
    } else if (REQUESTS.has(type)) {
      await this.#edit(host, row, event.data)
    }
  }

  /** Anything at all, whatever the verdict: what parses may be taken, and must not break anybody. */
  async #mangle(host: Host, { id, orderId, event }: LetterView): Promise<void> {
    const { random } = this.#world
    const row = parseLetterId(id)?.row
    const { data } = event
    if (row === undefined || !random.chance(LETTER_RATE) || typeof data !== "object" || data === null) return
    const orders = this.#orders().map(([known]) => known)
    const how = random.between(1, 4)
    if (how === 1 && REQUESTS.has(event.type)) {
      const { outcome } = await this.#reach(host, "discard", (cell) => cell.discard(row, "of no use", WHO))
      if (outcome === "discarded") this.#acts.did("discard a letter")
    } else if (how === 2) {
      await this.#reach(host, "redrive", (cell) => cell.redrive(row, null, false, WHO))
    } else if (orders.length > 0) {
      // Its answer may be lost, and come as that of a letter which is settled.
      this.forged.add(orderId)
      const outcome = await this.#redrive(host, row, forged(data, random, orders))
      if (outcome === "accepted") this.#acts.did("redrive, forged")
    }
  }

  /** What does not parse is refused and leaves the letter where it is; what does takes effect in the original's stead. */
  async #edit(host: Host, row: string, data: unknown): Promise<void> {
    if (typeof data !== "object" || data === null) return
    const nonsense = await this.#redrive(host, row, { ...data, orderId: 7 })
    if (nonsense === "accepted") throw new Violation("N10", `${host.label} has taken nonsense for ${row}`)
    if (nonsense === "invalid") this.#acts.did("redrive, nonsense")
    if ((await this.#redrive(host, row, { ...data, plan: null })) === "accepted") this.#acts.did("redrive, edited")
  }

  async #redrive(host: Host, row: string, data: unknown): Promise<string> {
    return (await this.#reach(host, "redrive", (cell) => cell.redrive(row, data, true, WHO))).outcome
  }

  #reach<T>(host: Host, what: string, body: (cell: Cell) => T): Promise<T> {
    return insistOn(this.#world, () => this.#world.call(host.service.name, host.name, what, body))
  }

  /** The service's own type says what it answers. */
  async #ask<Answer>(orderId: string, name: string, input: unknown): Promise<Answer> {
    return (await insistOn(this.#world, () => this.#world.ask("Order", orderId, name, input))) as Answer
  }
}

function statusOf(state: unknown): string {
  return typeof state === "object" && state !== null && "status" in state ? String(state.status) : ""
}
