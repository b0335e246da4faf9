/** What was taken for an order, and what of it was given back. */
import type { Answer } from "./api/routes.ts"
import { call } from "./calls.ts"
import { param, type Context } from "./edge.ts"
import { Problem } from "./problem.ts"
import { visibleOrderId } from "./references.ts"
import { renderPayment } from "./render.ts"

export async function readPayment(c: Context): Promise<Answer<"GET /payments/:orderId">> {
  const missing = new Problem("payment_not_found", "There is no such payment.")
  const orderId = await visibleOrderId(c, param(c, "orderId"), missing)
  const { payments } = c.get("shop").services
  const payment = await call(c, (trace) => payments.ask(orderId, "view", null, trace))
  if (payment === null) throw missing
  return c.json(renderPayment(payment), 200)
}
