/** The dead letters: what lies there, and a person's hand on one of them or on many. */
import { isOrderId } from "../domain/orderId.ts"
import type { Answer } from "./api/routes.ts"
import { jsonBody, optionalJsonBody } from "./body.ts"
import { call } from "./calls.ts"
import { param, type Context } from "./edge.ts"
import { brokenCursor, cursorOf, pageOf, placeOf, queryOf } from "./pages.ts"
import { type FieldError, invalid, Problem } from "./problem.ts"
import { renderDeadLetter, renderTally } from "./renderOperations.ts"
import type { DeadLetterQuery } from "./services.ts"
import { type BulkBody, check, discardBody, discardManyBody, redriveBody, redriveManyBody } from "./validation.ts"

const LETTERS = "letters"
const FILTER = /^[A-Za-z0-9._-]{1,64}$/
const LETTER_ID = /^[\x21-\x7e]{1,400}$/

export async function listDeadLetters(c: Context): Promise<Answer<"GET /dead-letters">> {
  const { limit, after: cursor } = pageOf(c, LETTERS, () => true)
  const orderId = queryOf(c, "orderId")
  if (orderId !== null && !isOrderId(orderId)) throw invalid("orderId", "must be an order id")
  const filters = { orderId, service: filterOf(c, "service"), type: filterOf(c, "type") }
  const { deadLetters } = c.get("shop").services
  const page = await call(c, () => deadLetters.list({ ...filters, limit, cursor }))
  if (page === null) throw brokenCursor()
  return c.json({ items: page.items.map(renderDeadLetter), nextCursor: cursorOf(LETTERS, page.nextCursor) }, 200)
}

export async function redriveDeadLetter(c: Context): Promise<Answer<"POST /dead-letters/:id/redrive">> {
  const id = letterIdOf(c)
  const { event } = check(redriveBody, (await optionalJsonBody(c)) ?? {})
  const { deadLetters } = c.get("shop").services
  const data = event === undefined ? null : dataOf(event)
  const answer = await call(c, () => deadLetters.redrive(id, data, c.get("caller").sub))
  if (typeof answer === "object") throw unfit(data !== null, answer.invalid)
  if (answer === "unknown") throw unknownLetter()
  if (answer === "settled") throw settledLetter()
  return c.json({ id, outcome: answer }, 202)
}

/** One call handles a bounded number of letters; it says where the next one goes on. */
export async function redriveDeadLetters(c: Context): Promise<Answer<"POST /dead-letters/redrive">> {
  const { reason = "", ...body } = check(redriveManyBody, await jsonBody(c))
  const { deadLetters } = c.get("shop").services
  const query = bulkOf(body)
  const tally = await call(c, () => deadLetters.redriveAll(query, reason, c.get("caller").sub))
  if (tally === null) throw brokenCursor()
  return c.json({ redriven: tally.done, ...renderTally(tally, cursorOf(LETTERS, tally.nextCursor)) }, 202)
}

export async function discardDeadLetters(c: Context): Promise<Answer<"POST /dead-letters/discard">> {
  const { reason, ...body } = check(discardManyBody, await jsonBody(c))
  const { deadLetters } = c.get("shop").services
  const query = bulkOf(body)
  const tally = await call(c, () => deadLetters.discardAll(query, reason, c.get("caller").sub))
  if (tally === null) throw brokenCursor()
  return c.json({ discarded: tally.done, ...renderTally(tally, cursorOf(LETTERS, tally.nextCursor)) }, 202)
}

function bulkOf({ filter, limit, cursor }: BulkBody): DeadLetterQuery {
  const { orderId = null, service = null, type = null } = filter
  if (orderId !== null && !isOrderId(orderId)) throw invalid("filter.orderId", "must be an order id")
  return { orderId, service, type, limit, cursor: cursor === undefined ? null : placeOf(cursor, LETTERS) }
}

export async function discardDeadLetter(c: Context): Promise<Answer<"POST /dead-letters/:id/discard">> {
  const id = letterIdOf(c)
  const { reason } = check(discardBody, await jsonBody(c))
  const { deadLetters } = c.get("shop").services
  const answer = await call(c, () => deadLetters.discard(id, reason, c.get("caller").sub))
  if (answer === "unknown") throw unknownLetter()
  if (answer === "settled") throw settledLetter()
  return c.json({ id, outcome: answer }, 200)
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

/** What a person has edited is their mistake to mend; what they have not is a letter that can't be applied as it is. */
function unfit(edited: boolean, errors: readonly FieldError[]): Problem {
  if (edited) return new Problem("invalid_request", "The edited event is not valid.", { errors })
  return new Problem("redrive_refused", errors.map(({ message }) => message).join("; "), { errors })
}

function unknownLetter(): Problem {
  return new Problem("dead_letter_not_found", "There is no such dead letter.")
}

function settledLetter(): Problem {
  return new Problem("dead_letter_settled", "It was redriven or discarded before.")
}
