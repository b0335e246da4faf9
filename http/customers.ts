/** A customer's orders, newest first. Their statuses are read from the orders themselves. */
import { isOrderId, newestFirst } from "../domain/orderId.ts"
import { STATUSES, type OrderStatus, type OrderView } from "../domain/order/views.ts"
import type { Answer } from "./api/routes.ts"
import { maySee } from "./auth.ts"
import { inParallel } from "./calls.ts"
import { orderIdsOf } from "./customerOrders.ts"
import { param, type Context } from "./edge.ts"
import { cursorOf, pageOf, queryOf } from "./pages.ts"
import { invalid, Problem } from "./problem.ts"
import { viewOf } from "./references.ts"
import { renderOrder } from "./render.ts"
import { isCustomerId } from "./validation.ts"

const KIND = "orders"
/** Orders that one request looks at; a rare status may take several pages to find. */
const LOOKUPS_MAX = 400
const BATCH_MAX = 50

export async function listOrders(c: Context): Promise<Answer<"GET /customers/:customerId/orders">> {
  const customerId = param(c, "customerId")
  const page = pageOf(c, KIND, isPlace)
  const status = statusOf(queryOf(c, "status"))
  if (!isCustomerId(customerId) || !maySee(c.get("caller"), customerId)) {
    throw new Problem("customer_not_found", "There is no such customer.")
  }
  const { items, next } = await collect(c, customerId, page, status)
  return c.json({ items: items.map(renderOrder), nextCursor: cursorOf(KIND, next) }, 200)
}

async function collect(
  c: Context,
  customerId: string,
  page: { readonly limit: number; readonly after: string | null },
  status: OrderStatus | null,
): Promise<{ readonly items: readonly OrderView[]; readonly next: string | null }> {
  const items: OrderView[] = []
  let after = page.after
  for (let looked = 0; looked < LOOKUPS_MAX; looked += BATCH_MAX) {
    // Without a filter nearly all of a batch is wanted, with one none may be.
    const limit = status === null ? Math.min(BATCH_MAX, page.limit - items.length) : BATCH_MAX
    const batch = await orderIdsOf(c, customerId, { limit, after })
    const views = await inParallel(batch.orderIds, (orderId) => viewOf(c, orderId))
    for (const [index, view] of views.entries()) {
      if (view === null || (status !== null && view.status !== status)) continue
      items.push(view)
      const isLast = index === views.length - 1 && batch.next === null
      if (items.length === page.limit) return { items, next: isLast ? null : newestFirst(view.id) }
    }
    if (batch.next === null) return { items, next: null }
    after = batch.next
  }
  return { items, next: after }
}

function statusOf(query: string | null): OrderStatus | null {
  if (query === null) return null
  const status = STATUSES.find((each) => each === query)
  if (status === undefined) throw invalid("status", `must be one of ${STATUSES.join(", ")}`)
  return status
}

function isPlace(after: string): boolean {
  const orderId = after.slice(after.indexOf(".") + 1)
  return isOrderId(orderId) && after === newestFirst(orderId)
}
