/**
 * What must hold after every commit, checked on the rows that it wrote.
 *
 * M2  What an order has captured is nothing or its total.      M3  What was given back was taken before.
 * M7  What was declined is never captured under the same key.
 * K1  Available, reserved and shipped are what was received.   K2  Nothing is negative; reserved is the sum of the holds.
 * K3  What was released or shipped is never held again.        H1  A label is asked for only when paid and not cancelled.
 * F2  The status moves by the table; versions only grow.       F6  The journal tells the states one after the other.
 */
import { table } from "../../../domain/order/table.ts"
import type { OrderState } from "../../../domain/order/state.ts"
import type { OrderStatus } from "../../../domain/order/views.ts"
import { type PaymentState, paymentProblem } from "../../../domain/payment/state.ts"
import { type Reservation, skuOf } from "../../../domain/stock/reservation.ts"
import type { Thread } from "../../../choreography/thread.ts"
import type { Write } from "../platform/disk.ts"
import type { Host } from "../platform/host.ts"
import { Violation } from "../platform/world.ts"
import { threadOf } from "../rows.ts"
import type { Promises } from "./promises.ts"
import { checkLevel, levelIn } from "./shelves.ts"

type Checks = Readonly<Record<string, (host: Host, write: Write) => void>>

const MOVES = movesOf()

function movesOf(): ReadonlyMap<OrderStatus, ReadonlySet<OrderStatus>> {
  // The table's rows are read as what they have in common: an outcome, and where it leads.
  const rows = Object.entries(table) as [OrderStatus, Record<string, { readonly to?: readonly OrderStatus[] }>][]
  return new Map(
    rows.map(([from, row]) => [from, new Set([from, ...Object.values(row).flatMap(({ to }) => to ?? [])])]),
  )
}

export class Steps {
  readonly #promises: Promises
  readonly #forged: ReadonlySet<string>
  readonly #orders = new Map<string, OrderState>()
  readonly #holds = new Map<string, { readonly units: number; readonly status: string }>()
  /** Held now, by SKU: kept up to date, so that a commit costs the same however many holds there are. */
  readonly #held = new Map<string, number>()
  #isRestored = false
  /** By service; what a key's state is, its own service has saved. */
  readonly #checks: Checks = {
    Order: (host, { key }) => {
      const thread = threadOf(host, key)
      if (thread !== null) this.#order(key, thread)
    },
    Payment: (host, { key }) => {
      const state = stateOf(host, key) as PaymentState | null
      const problem = state === null ? null : paymentProblem(state)
      if (problem !== null) throw new Violation("M3", `payment of ${key} ${problem}`)
      const twofold = state === null ? undefined : bothDeclinedAndCaptured(state)
      if (twofold !== undefined) throw new Violation("M7", `${twofold} was declined, and captured`)
    },
    Inventory: (host, { key }) => {
      const state = stateOf(host, key) as Reservation | null
      if (state !== null) this.#reservation(key, state)
    },
  }

  constructor(promises: Promises, forged: ReadonlySet<string>) {
    this.#promises = promises
    this.#forged = forged
  }

  committed(host: Host, writes: readonly Write[]): void {
    const check = this.#checks[host.service.name]
    if (check === undefined) return
    for (const write of writes) if (write.table === "threads") check(host, write)
    if (host.service.name !== "Inventory") return
    const skus = new Set(writes.flatMap(skusIn))
    for (const sku of skus) this.#level(host, sku)
  }

  /** After a restore the rows are what they are. */
  forget(host: Host): void {
    if (host.service.name === "Order") this.#orders.clear()
    if (host.service.name === "Inventory") this.#isRestored = true
  }

  #order(key: string, thread: Thread): void {
    // What the order's own service has saved.
    const state = thread.state as OrderState | null
    if (state === null) return
    const before = this.#orders.get(key)
    this.#orders.set(key, state)
    this.#promises.committed(key, state)
    const last = thread.journal.findLast(({ direction }) => direction === "in")
    if (last !== undefined && last.statusAfter !== state.status) {
      throw new Violation("F6", `${key} is ${state.status}, its journal says ${last.statusAfter}`)
    }
    this.#money(key, state)
    if (before === undefined) return
    if (state.version < before.version) throw new Violation("F2", `${key} went back to version ${state.version}`)
    if (state.version === before.version && state.status !== before.status) {
      throw new Violation("F2", `${key} moved to ${state.status} under one version`)
    }
    if (state.version - before.version === 1 && MOVES.get(before.status)?.has(state.status) !== true) {
      throw new Violation("F2", `${key} moved from ${before.status} to ${state.status}`)
    }
    if (state.steps.shipping.attempt > before.steps.shipping.attempt && state.cancellation === null) {
      if (state.captured !== state.total && !this.#forged.has(key))
        throw new Violation("H1", `${key} is to be shipped unpaid`)
    }
  }

  #money(key: string, { captured, refunded, total }: OrderState): void {
    if (this.#forged.has(key)) return
    if (captured !== 0 && captured !== total) throw new Violation("M2", `${key} took ${captured}`)
    if (refunded > captured) throw new Violation("M3", `${key} gave back ${refunded}`)
  }

  #reservation(key: string, state: Reservation): void {
    if (this.#isRestored) return
    const before = this.#holds.get(key)
    const units = state.status === "held" ? state.quantity : 0
    const isOver = before?.status === "released" || before?.status === "deducted"
    if (isOver && units > 0) throw new Violation("K3", `${key} is held again after it was ${before.status}`)
    this.#holds.set(key, { units, status: state.status })
    this.#held.set(state.sku, (this.#held.get(state.sku) ?? 0) + units - (before?.units ?? 0))
  }

  #level(host: Host, sku: string): void {
    const level = levelIn(host, sku)
    if (level !== null) checkLevel(sku, level, this.#isRestored ? level.reserved : (this.#held.get(sku) ?? 0))
  }
}

/** The row of a level, or of a reservation, which may tell that its goods have left. */
function skusIn({ table, key }: Write): string[] {
  if (table === "shared") return [key]
  return table === "threads" && key.includes("/") ? [skuOf(key)] : []
}

function bothDeclinedAndCaptured({ history }: PaymentState): string | undefined {
  const declined = new Set(history.filter(({ event }) => event === "declined").map(({ key }) => key))
  return history.find(({ event, key }) => event === "captured" && declined.has(key))?.key
}

function stateOf(host: Host, key: string): unknown {
  return threadOf(host, key)?.state ?? null
}
