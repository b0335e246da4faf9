/**
 * What the ids in paths mean.
 *
 * 1. An id is checked before any object is addressed with it, so that a guess creates none.
 * 2. What a caller may not see is as unknown as what doesn't exist, to the last word of the answer.
 */
import { isOrderId } from "../domain/orderId.ts"
import type { OrderView } from "../domain/order/views.ts"
import { maySee } from "./auth.ts"
import { call } from "./calls.ts"
import { orderIdsOf, type Page } from "./customerOrders.ts"
import { param, type Context } from "./edge.ts"
import { Problem } from "./problem.ts"
import { seesOnlyOwn } from "./rules.ts"
import { isCustomerId } from "./validation.ts"

/** A customer's newest ids are looked through this far for one whose order was really placed. */
const NEWEST_MAX = 100
const NEWEST_PAGE = 10

/** The order that `:ref` means: its id, or a customer's id for the newest of that customer. */
export async function orderOf(c: Context): Promise<OrderView> {
  const ref = param(c, "ref")
  const order = isOrderId(ref) ? await viewOf(c, ref) : await newestOf(c, ref)
  if (order === null || !maySee(c.get("caller"), order.customerId)) throw unknownOrder()
  c.set("orderId", order.id)
  return order
}

/** The same, without asking the order where its id says enough. */
export async function orderIdOf(c: Context): Promise<string> {
  const ref = param(c, "ref")
  if (!isOrderId(ref) || seesOnlyOwn(c.get("caller").role)) return (await orderOf(c)).id
  c.set("orderId", ref)
  return ref
}

/** For paths that take an order's id and nothing else; `missing` is what isn't there. */
export async function visibleOrderId(c: Context, orderId: string, missing: Problem): Promise<string> {
  if (!isOrderId(orderId)) throw missing
  const caller = c.get("caller")
  if (seesOnlyOwn(caller.role)) {
    const order = await viewOf(c, orderId)
    if (order === null || !maySee(caller, order.customerId)) throw missing
  }
  c.set("orderId", orderId)
  return orderId
}

export async function viewOf(c: Context, orderId: string): Promise<OrderView | null> {
  const { orders } = c.get("shop").services
  return call(c, (trace) => orders.ask(orderId, "view", null, trace))
}

async function newestOf(c: Context, customerId: string): Promise<OrderView | null> {
  if (!isCustomerId(customerId) || !maySee(c.get("caller"), customerId)) return null
  let after: string | null = null
  for (let looked = 0; looked < NEWEST_MAX; looked += NEWEST_PAGE) {
    const page: Page = { limit: NEWEST_PAGE, after }
    const batch = await orderIdsOf(c, customerId, page)
    for (const orderId of batch.orderIds) {
      const order = await viewOf(c, orderId)
      if (order !== null) return order
    }
    if (batch.next === null) return null
    after = batch.next
  }
  return null
}

export function unknownOrder(): Problem {
  return new Problem("order_not_found", "There is no such order.")
}

/** The key that a SKU's level is asked of. */
export function levelKey(sku: string): string {
  return `${sku}/level`
}
