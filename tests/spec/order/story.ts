/**
 * An order told as a story, and the participants it speaks with: each does what the protocol says and keeps books of its
 * own. Streams between two are in order; between streams anything goes.
 */
import { decide, place } from "../../../domain/order/decide.ts"
import type { Draft, OrderTimer, Said } from "../../../domain/order/draft.ts"
import type { OrderState } from "../../../domain/order/state.ts"
import { table } from "../../../domain/order/table.ts"
import type { DataFor, Trigger } from "../../../domain/order/triggers.ts"
import type { NewOrder, StepName } from "../../../domain/order/views.ts"
import type { Settings } from "../../../domain/settings.ts"
import { readSettings } from "../../../http/settings.ts"
import { Participants, type Nature } from "./participants.ts"

export const SETTINGS = shopSettings()

/** What a shop has that sets nothing. */
function shopSettings(): Settings {
  const reading = readSettings({})
  if (!reading.ok) throw new Error("the defaults make no sense")
  return reading.settings.shop
}

const ORDER: NewOrder = {
  orderId: "ord_1",
  customerId: "cust_alice",
  items: [
    { sku: "A", name: "A", quantity: 2, price: 2999 },
    { sku: "B", name: "B", quantity: 1, price: 4999 },
  ],
  currency: "USD",
  shippingAddress: { street: "s", city: "c", state: "s", zip: "z", country: "US" },
  flow: "parallel",
  paymentMethod: null,
  simulate: {},
}

/** What each clock of an order means to it. */
const CLOCKS: Readonly<Record<OrderTimer, readonly [Trigger, { readonly step: StepName } | null]>> = {
  deadline: ["deadline", null],
  delivery: ["overdue", null],
  paymentStep: ["stepTimeout", { step: "payment" }],
  inventoryStep: ["stepTimeout", { step: "inventory" }],
  shippingStep: ["stepTimeout", { step: "shipping" }],
  paymentUndo: ["undoTimeout", { step: "payment" }],
  inventoryUndo: ["undoTimeout", { step: "inventory" }],
  shippingUndo: ["undoTimeout", { step: "shipping" }],
}

const FINAL: readonly string[] = ["delivered", "cancelled", "refunded"]

export class OrderStory {
  state: OrderState
  readonly said: Said[] = []
  readonly clocks = new Map<OrderTimer, number>()
  readonly world: Participants
  readonly path: string[]
  now = 1_000
  /** Why nothing came of the last thing that happened. */
  ignored: string | null = null
  refused: string | null = null
  readonly settings: Settings

  constructor(order: Partial<NewOrder> = {}, nature: Nature = {}, settings: Partial<Settings> = {}) {
    this.settings = { ...SETTINGS, ...settings }
    const draft = place({ ...ORDER, ...order }, this.now, this.settings)
    this.state = draft.state
    this.path = [draft.state.status]
    this.world = new Participants(nature)
    this.#carryOut(draft)
  }

  /** Something happens to the order; what the table declares of it is checked on the way. */
  happen<T extends Trigger>(trigger: T, data: DataFor<T>): this {
    const before = this.state
    const outcome = table[before.status][trigger]
    const decision = decide(before, trigger, data, this.now, this.settings)
    const { draft } = decision
    this.ignored = decision.ignored
    this.refused = decision.refused
    const after = decision.refused === null ? draft.state : before
    if (decision.refused === null) this.#carryOut(draft)
    this.state = after
    const moved = `${before.status} + ${trigger} → ${after.status}`
    const declared = "to" in outcome && decision.refused === null ? [...outcome.to, before.status] : [before.status]
    if (!declared.includes(after.status)) throw new Error(`not declared: ${moved}`)
    if (
      "to" in outcome &&
      decision.refused === null &&
      decision.ignored === null &&
      !outcome.to.includes(after.status)
    ) {
      throw new Error(`not declared: ${moved}`)
    }
    if (FINAL.includes(before.status) && after.status !== before.status) throw new Error(`not final: ${moved}`)
    const same = JSON.stringify({ ...before, version: 0 }) === JSON.stringify({ ...after, version: 0 })
    if (after.version < before.version || (!same && after.version === before.version))
      throw new Error(`version: ${moved}`)
    if (before.status !== after.status) this.path.push(after.status)
    return this
  }

  /** Hands over the next event of one of the streams; answers whether there was any. */
  next(choice = 0): boolean {
    const streams = this.world.streams()
    const stream = streams[choice % Math.max(1, streams.length)]
    if (stream === undefined) return false
    this.now += 1
    const event = this.world.take(stream)
    if (event === null) return true
    // The streams of the participants to the order hold what the order hears, and nothing else.
    this.happen(event.type, event.data)
    return true
  }

  run(choices: readonly number[] = []): this {
    for (const choice of choices) if (!this.next(choice)) break
    while (this.next()) if (this.path.length > 100) throw new Error("it never ends")
    return this
  }

  /** Nothing but time passes: the clock that comes first goes off. */
  tick(): boolean {
    const [first] = [...this.clocks].sort(([, a], [, b]) => a - b)
    if (first === undefined) return false
    this.ring(first[0])
    return true
  }

  ring(timer: OrderTimer): this {
    const at = this.clocks.get(timer)
    if (at === undefined) return this
    this.clocks.delete(timer)
    this.now = Math.max(this.now, at)
    const [trigger, data] = CLOCKS[timer]
    return this.happen(trigger, data)
  }

  /** Until nobody has anything to say, and no clock is left to change that. */
  end(choices: readonly number[] = []): this {
    this.run(choices)
    for (let ticks = 0; ticks < 50 && this.tick(); ticks++) this.run()
    return this
  }

  cancel(reason: string | null = null): this {
    return this.happen("cancel", { reason })
  }

  retry(): this {
    const input = { action: "retry", reason: "well again", who: "op", step: null, outcome: null, amount: null } as const
    return this.happen("resolve", input)
  }

  get told(): readonly string[] {
    return this.said.flatMap(({ type, data }) => (type === "Customer.notified" ? [data.type] : []))
  }

  count(type: Said["type"]): number {
    return this.said.filter((each) => each.type === type).length
  }

  #carryOut(draft: Draft): void {
    for (const said of draft.said) {
      this.said.push(said)
      this.world.hear(said)
    }
    for (const [timer, at] of draft.clocks) {
      if (at === null) this.clocks.delete(timer)
      else this.clocks.set(timer, at)
    }
  }
}
