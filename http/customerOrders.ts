/**
 * Which orders a customer has, newest first, from the moment on at which their 201 was answered.
 *
 * 1. The customer's own cell knows each order that it has heard of. It hears by event, so a moment after the 201.
 * 2. Until it has heard, the order waits for its receipt, in one of the few cells that orders of the customer were ever placed
 *    in: so what waits there is asked for as well, and nothing has to be written a second time before an order is answered.
 */
import { customerPrefix } from "../domain/customer.ts"
import { newestFirst } from "../domain/orderId.ts"
import { homesOf } from "../domain/placement.ts"
import { call, inParallel } from "./calls.ts"
import type { Context } from "./edge.ts"

/** The key that a cell is asked under for orders of any of its keys. */
const CELL_KEY = "orders"

export interface Page {
  readonly limit: number
  /** The place of the last order before the page. */
  readonly after: string | null
}

export interface OrderIds {
  readonly orderIds: readonly string[]
  /** The place behind which the next page begins; null: there is none. */
  readonly next: string | null
}

export async function orderIdsOf(c: Context, customerId: string, page: Page): Promise<OrderIds> {
  const { customers } = c.get("shop").services
  // One after the other: what no longer waits has been heard of, if whoever has to hear of it is asked later.
  const open = await openOrdersOf(c, customerId)
  const heard = await call(c, (trace) => customers.ask(customerPrefix(customerId), "orders", page, trace))
  return merged(heard, open, page)
}

async function openOrdersOf(c: Context, customerId: string): Promise<readonly string[]> {
  const { services, settings } = c.get("shop")
  const found = await inParallel(homesOf(customerId, settings.cells), (cell) =>
    call(c, (trace) => services.orders.askCell(cell, CELL_KEY, "openOrders", { customerId }, trace)),
  )
  return found.flat()
}

/** Both are complete up to where the heard ones end, so the page ends there as well. */
export function merged(heard: OrderIds, open: readonly string[], { limit, after }: Page): OrderIds {
  const known = [...new Set([...heard.orderIds, ...open])]
    .map((orderId) => ({ orderId, place: newestFirst(orderId) }))
    .filter(({ place }) => (after === null || place > after) && (heard.next === null || place <= heard.next))
    .sort((a, b) => (a.place < b.place ? -1 : 1))
  const orders = known.slice(0, limit)
  const next = orders.length < known.length ? (orders.at(-1)?.place ?? null) : heard.next
  return { orderIds: orders.map(({ orderId }) => orderId), next }
}
