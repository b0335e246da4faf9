/** The clocks of an order, as rows that an operator can read, extend, fire or cancel. */
import { isDeadline } from "../domain/order/deadlines.ts"
import type { DeadlineView, OrderView } from "../domain/order/views.ts"
import type { Answer } from "./api/routes.ts"
import { jsonBody } from "./body.ts"
import { call } from "./calls.ts"
import { param, type Context } from "./edge.ts"
import { invalid, Problem } from "./problem.ts"
import { orderIdOf, unknownOrder, viewOf } from "./references.ts"
import { renderDeadline } from "./renderOperations.ts"
import { check, deadlineBody } from "./validation.ts"

export async function listDeadlines(c: Context): Promise<Answer<"GET /orders/:ref/deadlines">> {
  return answer(c, await deadlinesOf(c, await orderIdOf(c)), 200)
}

export async function moveDeadline(c: Context): Promise<Answer<"POST /orders/:ref/deadlines/:name">> {
  const { action, by, reason } = check(deadlineBody, await jsonBody(c))
  if (action === "extend" && by === undefined) throw invalid("by", "is missing: by how many milliseconds")
  if (action !== "extend" && by !== undefined) throw invalid("by", `has no meaning for ${action}`)
  const name = param(c, "name")
  const orderId = await orderIdOf(c)
  if (!isDeadline(name)) throw new Problem("deadline_not_found", "No order has a deadline of this name.")
  const { orders } = c.get("shop").services
  const input = { name, action, byMs: by ?? 0, reason, who: c.get("caller").sub }
  const { outcome } = await call(c, (trace) => orders.ask(orderId, "moveDeadline", input, trace), { once: true })
  if (outcome === "unknown") throw unknownOrder()
  if (outcome === "no_deadline") throw notRunning(name, await viewOf(c, orderId))
  // One that was fired has had its effect by now, and other clocks may run.
  return answer(c, await deadlinesOf(c, orderId), 202)
}

async function deadlinesOf(c: Context, orderId: string): Promise<readonly DeadlineView[]> {
  const { orders } = c.get("shop").services
  const deadlines = await call(c, (trace) => orders.ask(orderId, "deadlines", null, trace))
  if (deadlines === null) throw unknownOrder()
  return deadlines
}

function notRunning(name: string, order: OrderView | null): Problem {
  return new Problem("deadline_not_running", `${name} does not run; the order is ${order?.status ?? "gone"}.`)
}

function answer<Status extends 200 | 202>(c: Context, deadlines: readonly DeadlineView[], status: Status) {
  const items = [...deadlines].sort((a, b) => a.at - b.at).map(renderDeadline)
  return c.json({ items, nextCursor: null }, status)
}
