/** For those who run the shop: is it well, why does an order stand still, what lies in the dead letters. */
import { isOrderId } from "../domain/orderId.ts"
import { jsonBody, optionalJsonBody } from "./body.ts"
import { call } from "./calls.ts"
import { param, type Context } from "./edge.ts"
import { orderAnswer } from "./orders.ts"
import { brokenCursor, cursorOf, pageOf, queryOf } from "./pages.ts"
import { invalid, Problem } from "./problem.ts"
import { orderIdOf, unknownOrder } from "./references.ts"
import { renderBooks, renderDeadLetter, renderWhy } from "./render.ts"
import { rules } from "./rules.ts"
import { check, discardBody, redriveBody, resolveBody } from "./validation.ts"

const NAME = "order-fulfilment"
/** The API's, not the deployment's. */
const VERSION = "1"
const LETTERS = "letters"
const FILTER = /^[A-Za-z0-9._-]{1,64}$/
const LETTER_ID = /^[\x21-\x7e]{1,400}$/

export function describe(c: Context): Response {
  return c.json({ name: NAME, version: VERSION, routes: Object.keys(rules), roles: rules })
}

export async function health(c: Context): Promise<Response> {
  const { services } = c.get("shop")
  await call(c, () => services.health())
  return c.json({ status: "ok", version: VERSION })
}

export async function readWhy(c: Context): Promise<Response> {
  const orderId = await orderIdOf(c)
  const { orders } = c.get("shop").services
  const why = await call(c, (trace) => orders.ask(orderId, "why", null, trace))
  if (why === null) throw unknownOrder()
  return c.json(renderWhy(why))
}

export async function readBooks(c: Context): Promise<Response> {
  const orderId = await orderIdOf(c)
  const { orders } = c.get("shop").services
  const books = await call(c, (trace) => orders.ask(orderId, "books", null, trace))
  if (books === null) throw unknownOrder()
  return c.json(renderBooks(books))
}

export async function resolveOrder(c: Context): Promise<Response> {
  const { action, reason, step = null, outcome = null, amount = null } = check(resolveBody, await jsonBody(c))
  const orderId = await orderIdOf(c)
  const { orders } = c.get("shop").services
  const input = { action, reason, who: c.get("caller").sub, step, outcome, amount }
  const answer = await call(c, (trace) => orders.ask(orderId, "resolve", input, trace), { once: true })
  switch (answer.outcome) {
    case "accepted":
      return orderAnswer(c, answer.order, 202)
    case "refused":
      throw new Problem("resolution_refused", answer.detail)
    case "unknown":
      throw unknownOrder()
  }
}

export async function listDeadLetters(c: Context): Promise<Response> {
  const { limit, after: cursor } = pageOf(c, LETTERS, () => true)
  const orderId = queryOf(c, "orderId")
  if (orderId !== null && !isOrderId(orderId)) throw invalid("orderId", "must be an order id")
  const filters = { orderId, service: filterOf(c, "service"), type: filterOf(c, "type") }
  const { deadLetters } = c.get("shop").services
  const page = await call(c, () => deadLetters.list({ ...filters, limit, cursor }))
  if (page === null) throw brokenCursor()
  return c.json({ items: page.items.map(renderDeadLetter), nextCursor: cursorOf(LETTERS, page.nextCursor) })
}

export async function redriveDeadLetter(c: Context): Promise<Response> {
  const id = letterIdOf(c)
  const { event } = check(redriveBody, (await optionalJsonBody(c)) ?? {})
  const { deadLetters } = c.get("shop").services
  const data = event === undefined ? null : dataOf(event)
  const answer = await call(c, () => deadLetters.redrive(id, data, c.get("caller").sub))
  if (typeof answer === "object") {
    throw new Problem("invalid_request", "The edited event is not valid.", { errors: answer.invalid })
  }
  if (answer === "unknown") throw unknownLetter()
  if (answer === "settled") throw settledLetter()
  return c.json({ id, outcome: answer }, 202)
}

export async function discardDeadLetter(c: Context): Promise<Response> {
  const id = letterIdOf(c)
  const { reason } = check(discardBody, await jsonBody(c))
  const { deadLetters } = c.get("shop").services
  const answer = await call(c, () => deadLetters.discard(id, reason, c.get("caller").sub))
  if (answer === "unknown") throw unknownLetter()
  if (answer === "settled") throw settledLetter()
  return c.json({ id, outcome: answer })
}

/** A letter's event may be sent back whole, as it was listed: what can be edited is its data. */
function dataOf(event: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (!("specversion" in event)) return event
  const data = event["data"]
  if (typeof data !== "object" || data === null || Array.isArray(data)) throw invalid("event.data", "must be an object")
  return Object.fromEntries(Object.entries(data))
}

function letterIdOf(c: Context): string {
  const id = param(c, "id")
  if (!LETTER_ID.test(id)) throw unknownLetter()
  return id
}

function filterOf(c: Context, name: string): string | null {
  const value = queryOf(c, name)
  if (value !== null && !FILTER.test(value)) throw invalid(name, "must be a name")
  return value
}

function unknownLetter(): Problem {
  return new Problem("dead_letter_not_found", "There is no such dead letter.")
}

function settledLetter(): Problem {
  return new Problem("dead_letter_settled", "It was redriven or discarded before.")
}
