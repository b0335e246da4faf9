/** What can be done with an order once it is placed. */
import { orderKey } from "../domain/customer.ts"
import type { CancelAnswer, OrderView } from "../domain/order/views.ts"
import type { Answer } from "./api/routes.ts"
import { optionalJsonBody } from "./body.ts"
import { call } from "./calls.ts"
import type { Context } from "./edge.ts"
import { etagOf, isUnchanged, versionsWanted } from "./etag.ts"
import { queryOf } from "./pages.ts"
import { invalid, Problem } from "./problem.ts"
import { orderIdOf, orderOf, unknownOrder } from "./references.ts"
import { renderNotice, renderOrder, renderSaga } from "./render.ts"
import { renderPreview } from "./renderOperations.ts"
import { cancelBody, check } from "./validation.ts"

export async function readOrder(c: Context): Promise<Answer<"GET /orders/:ref">> {
  const order = await orderOf(c)
  if (isUnchanged(c.req.header("if-none-match"), order.version)) {
    c.header("ETag", etagOf(order.version))
    return c.body(null, 304)
  }
  return orderAnswer(c, order, 200)
}

export async function readSaga(c: Context): Promise<Answer<"GET /orders/:ref/saga">> {
  const orderId = await orderIdOf(c)
  const { orders } = c.get("shop").services
  const saga = await call(c, (trace) => orders.ask(orderId, "saga", null, trace))
  if (saga === null) throw unknownOrder()
  return c.json(renderSaga(saga), 200)
}

export async function cancelOrder(c: Context): Promise<Answer<"DELETE /orders/:ref">> {
  const { reason = null } = check(cancelBody, (await optionalJsonBody(c)) ?? {})
  const versions = versionsWanted(c.req.header("if-match"))
  const isRehearsal = isDryRun(c)
  const orderId = await orderIdOf(c)
  if (isRehearsal) return previewCancel(c, orderId, versions)
  const version = versions === null ? null : await versionToCancel(c, versions)
  const { orders } = c.get("shop").services
  const answer = await call(c, (trace) => orders.ask(orderId, "cancel", { reason, version }, trace))
  return cancelled(c, answer)
}

/** What can't be read as yes or no must not cancel anything. */
function isDryRun(c: Context): boolean {
  const value = queryOf(c, "dryRun")
  if (value === null || value === "0" || value === "false") return false
  if (value === "1" || value === "true") return true
  throw invalid("dryRun", "must be 1 or 0")
}

/** What cancelling would do now. With its `ETag` as `If-Match` the real one does that, or nothing. */
async function previewCancel(c: Context, orderId: string, versions: readonly number[] | null) {
  const { orders } = c.get("shop").services
  const preview = await call(c, (trace) => orders.ask(orderId, "preview", null, trace))
  if (preview === null) throw unknownOrder()
  const { status, version } = preview
  c.header("ETag", etagOf(version))
  if (versions === null || versions.includes(version)) return c.json(renderPreview(preview, orderId), 200)
  throw new Problem("version_moved", `The order is ${status}, at version ${version}.`, {
    headers: { ETag: etagOf(version) },
  })
}

function cancelled(c: Context, answer: CancelAnswer) {
  switch (answer.outcome) {
    case "accepted":
      return orderAnswer(c, answer.order, 202)
    case "refused":
      throw new Problem("cancellation_refused", answer.detail, where(answer.order))
    case "moved":
      throw moved(answer.order)
    case "unknown":
      throw unknownOrder()
  }
}

/** The order takes one version; of several the one that it is at, if it is among them. */
async function versionToCancel(c: Context, versions: readonly number[]): Promise<number> {
  const [only, ...more] = versions
  if (only !== undefined && more.length === 0) return only
  const order = await orderOf(c)
  if (!versions.includes(order.version)) throw moved(order)
  return order.version
}

function moved(order: OrderView): Problem {
  return new Problem("version_moved", `The order is ${order.status}, at version ${order.version}.`, where(order))
}

/** Also a refusal names the order that it is about. */
function where(order: OrderView) {
  return { headers: { Location: `/orders/${order.id}`, ETag: etagOf(order.version) } }
}

export async function deliverOrder(c: Context): Promise<Answer<"POST /orders/:ref/deliver">> {
  const order = await orderOf(c)
  if (order.status !== "shipped") {
    const detail = `Only a shipped order can be delivered; this one is ${order.status}.`
    throw new Problem("delivery_refused", detail, where(order))
  }
  const { shipping } = c.get("shop").services
  await call(c, (trace) => shipping.ask(order.id, "deliver", null, trace))
  return orderAnswer(c, order, 202)
}

export async function readNotifications(c: Context): Promise<Answer<"GET /orders/:ref/notifications">> {
  const order = await orderOf(c)
  const { customers } = c.get("shop").services
  const key = orderKey(order.customerId, order.id)
  const notices = await call(c, (trace) => customers.ask(key, "notices", null, trace))
  return c.json({ items: notices.map(renderNotice), nextCursor: null }, 200)
}

export function orderAnswer<Status extends 200 | 202>(c: Context, order: OrderView, status: Status) {
  c.set("orderId", order.id)
  c.header("ETag", etagOf(order.version))
  if (status === 202) c.header("Location", `/orders/${order.id}`)
  return c.json(renderOrder(order), status)
}
