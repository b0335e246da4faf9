/** A SKU told as a story: several orders, one shelf. Time is virtual, and its clocks are run by hand. */
import { type Level, levelProblem, receive } from "../../domain/stock/level.ts"
import { fenceReservation } from "../../domain/stock/fence.ts"
import { recounted } from "../../domain/stock/recount.ts"
import { deductReservation, tryToRelease, undoReservation } from "../../domain/stock/release.ts"
import type { Reservation, Shelf, StockDecision, StockSaying, StockTimer } from "../../domain/stock/reservation.ts"
import { expireReservation, requestReservation, tryToReserve } from "../../domain/stock/reserve.ts"
import type { StockFenceInput } from "../../domain/views.ts"
import type { Plan } from "../../events/parts.ts"

export const SKU = "WIDGET-001"
export const TTL_MS = 30 * 60_000
export const ATTEMPTS_MAX = 3

interface Heard {
  readonly quantity?: number
  readonly attempt?: number
  readonly plan?: Plan | null
  readonly expired?: boolean
  readonly redriven?: boolean
}

export class StockStory {
  level: Level | null
  /** As it was written last; moves that wait for the next are only in the rows of their orders. */
  row: Level | null
  readonly orders = new Map<string, Reservation>()
  readonly said: StockSaying[] = []
  /** A release from before lists of holds is at work: it reads rows as they are, and hands on what it doesn't know. */
  isOlder = false
  /** How many answers were to lose their first delivery. */
  lostAnswers = 0
  /** Moves of the level that were not written for their own sake. */
  waited = 0
  poison: string | null = null
  ignored: string | null = null
  now = 1_000
  #ids = 0
  readonly #timers = new Map<string, { readonly order: string; readonly timer: StockTimer; readonly at: number }>()

  constructor(available: number | null) {
    this.level = available === null ? null : receive(null, available, 0)
    this.row = this.level
  }

  reserve(order: string, heard: Heard = {}): this {
    const { quantity = 1, attempt = 1, plan = null, expired = false, redriven = false } = heard
    const line = { sku: SKU, quantity }
    const asked = { orderId: order, attempt, lines: [line], plan }
    return this.#take(order, requestReservation(this.#of(order), asked, line, { expired, redriven }, this.#shelf()))
  }

  release(order: string, heard: Heard = {}): this {
    const { quantity = 1, attempt = 1, plan = null, redriven = false } = heard
    const line = { sku: SKU, quantity }
    const asked = { orderId: order, attempt, lines: [line], plan, reason: "cancelled" }
    return this.#take(order, undoReservation(this.#of(order), asked, line, { expired: false, redriven }, this.#shelf()))
  }

  dispatched(order: string, quantity = 1): this {
    return this.#take(order, deductReservation(this.#of(order), order, { sku: SKU, quantity }, this.#shelf()))
  }

  /** A person takes it into their own hands. */
  fence(order: string, asked: StockFenceInput): this {
    return this.#take(
      order,
      fenceReservation(this.#of(order), { orderId: order, sku: SKU }, asked, this.#shelf()).decision,
    )
  }

  add(quantity: number): this {
    return this.#keep(receive(this.#shelf().level, quantity, this.now), false)
  }

  /** Lets time pass; what is due by then happens. */
  pass(ms: number): this {
    const until = this.now + ms
    for (;;) {
      const next = [...this.#timers.entries()]
        .filter(([, { at }]) => at <= until)
        .sort(([, a], [, b]) => a.at - b.at)[0]
      if (next === undefined) break
      const [name, { order, timer, at }] = next
      this.#timers.delete(name)
      this.now = at
      const state = this.#of(order)
      if (state === null) throw new Error("a clock of nobody")
      if (timer === "reserve") this.#take(order, tryToReserve(state, this.#shelf()))
      else if (timer === "expiry") this.#take(order, expireReservation(state))
      else if (state.release !== null) this.#take(order, tryToRelease(state, state.release, this.#shelf()))
    }
    this.now = until
    return this
  }

  get last(): StockSaying | undefined {
    return this.said.at(-1)
  }

  get counts(): string {
    const { available, reserved, shipped } = this.level ?? { available: 0, reserved: 0, shipped: 0 }
    return `${String(available)}/${String(reserved)}/${String(shipped)}`
  }

  /** What whoever reads the row from disk makes of it. */
  get reread(): Level | null {
    return this.row && recounted(JSON.parse(JSON.stringify(this.row)) as Level, (order) => this.#of(order))
  }

  /** What orders hold, by their own rows. */
  get held(): number {
    return [...this.orders.values()]
      .filter((order) => order.status === "held")
      .reduce((sum, order) => sum + order.quantity, 0)
  }

  #of(order: string): Reservation | null {
    return this.orders.get(order) ?? null
  }

  #shelf(): Shelf {
    this.#ids += 1
    return {
      level: this.isOlder ? this.row : this.level,
      now: this.now,
      newId: `res_${String(this.#ids)}`,
      ttlMs: TTL_MS,
      attemptsMax: ATTEMPTS_MAX,
      backoffMs: 100,
    }
  }

  #keep(level: Level, waits: boolean): this {
    if (this.isOlder) {
      const { open: _unknown, ...counts } = checked(level)
      this.row = this.row?.open === undefined ? counts : { ...counts, open: this.row.open }
      this.level = this.reread
      return this
    }
    this.level = checked(level)
    if (waits) this.waited += 1
    else this.row = level
    return this
  }

  #asOlder(order: string, state: Reservation): Reservation {
    const { endedAt: _unknown, ...known } = state
    const before = this.#of(order)?.endedAt
    return before === undefined ? known : { ...known, endedAt: before }
  }

  #take(order: string, decision: StockDecision): this {
    this.poison = decision.poison
    this.ignored = decision.ignored
    if (decision.poison !== null) return this
    if (decision.state !== null)
      this.orders.set(order, this.isOlder ? this.#asOlder(order, decision.state) : decision.state)
    if (decision.level !== null) this.#keep(decision.level, decision.levelWaits)
    for (const timer of decision.stop) this.#timers.delete(`${order}/${timer}`)
    if (decision.start !== null) {
      const { timer, ms } = decision.start
      this.#timers.set(`${order}/${timer}`, { order, timer, at: this.now + ms })
    }
    if (decision.loseFirst) this.lostAnswers += 1
    this.said.push(...decision.says)
    return this
  }
}

function checked(level: Level): Level {
  const problem = levelProblem(level)
  if (problem !== null) throw new Error(problem)
  return level
}
