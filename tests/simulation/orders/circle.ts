/** An order and everyone it has to do with, read from the rows of one moment. */
import { address, type Address, split } from "../../../choreography/address.ts"
import type { Thread } from "../../../choreography/thread.ts"
import { allLines, type OrderState } from "../../../domain/order/state.ts"
import type { World } from "../platform/world.ts"
import { threadOf } from "../rows.ts"
import { reservationKey } from "../../../domain/stock/reservation.ts"

export const FINAL: ReadonlySet<string> = new Set(["delivered", "cancelled", "refunded"])

/** What an order notes when it was called back after its grant, and its parcel had left all the same (P1). */
export const OVERRULED = "the carrier took the parcel"

export function hasNoted(thread: Thread | null, note: string): boolean {
  return thread?.journal.some((entry) => entry.note?.startsWith(note) === true) === true
}

export function threadIn(world: World, service: string, key: string): Thread | null {
  const host = world.hostOf(service, key)
  return host === undefined ? null : threadOf(host, key)
}

export function orderIn(world: World, orderId: string): OrderState | null {
  // What the order's own service has saved.
  return (threadIn(world, "Order", orderId)?.state ?? null) as OrderState | null
}

export class Circle {
  readonly order: OrderState
  readonly self: Address
  readonly #world: World
  readonly #threads = new Map<Address, Thread | null>()

  constructor(world: World, order: OrderState) {
    this.#world = world
    this.order = order
    this.self = address("Order", order.id)
    const { id } = order
    for (const service of ["Order", "Payment", "Shipping"]) {
      this.#threads.set(address(service, id), threadIn(world, service, id))
    }
    for (const { sku } of allLines(order)) {
      const key = reservationKey(sku, id)
      this.#threads.set(address("Inventory", key), threadIn(world, "Inventory", key))
    }
  }

  get thread(): Thread | null {
    return this.#threads.get(this.self) ?? null
  }

  /** Whether anything at all is on its way to this one, or from it to the order. */
  isBusy(peer: Address): boolean {
    const thread = this.#threads.get(peer) ?? null
    const isAwaited = [...this.#threads.values()].some((other) => (other?.outs[peer]?.rows.length ?? 0) > 0)
    if (isAwaited || thread === null) return isAwaited
    const answers = thread.outs[this.self]?.rows.length ?? 0
    return answers + thread.effects.length + Object.keys(thread.timers).length > 0
  }

  /** Letters in any of them, discarded ones included. */
  hasLetters(): boolean {
    return [...this.#threads.keys()].some((each) => {
      const { service, key } = split(each) ?? { service: "Order", key: "" }
      const letters = "SELECT id FROM letters WHERE key = ? LIMIT 1"
      return (this.#world.hostOf(service, key)?.disk.all(letters, key).length ?? 0) > 0
    })
  }
}
