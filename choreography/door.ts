/**
 * What an object makes sure of itself, whoever calls it: the queue's consumer and the edge have looked at everything
 * before, but a binding is a door for whatever else holds it. The shape only; what an event says is read by its schema,
 * and where it belongs by the cell.
 */
import { LINE_LENGTH_MAX } from "./bundles.ts"
import { type Delivery, EVENT_BYTES_MAX, NAME_LENGTH_MAX, type Receipt } from "./wire.ts"

/** Deliveries or receipts of one call. */
const CALL_MAX = 1_000
const TEXT_LENGTH_MAX = EVENT_BYTES_MAX

/** What the lines say is checked where they are read. */
export function checkLines(lines: readonly string[]): void {
  checkList(lines)
  for (const line of lines) demand(typeof line === "string" && line.length <= LINE_LENGTH_MAX, "a line of a bundle")
}

export function checkDeliveries(deliveries: readonly Delivery[]): void {
  checkList(deliveries)
  for (const delivery of deliveries) checkDelivery(delivery)
}

export function checkDelivery(delivery: Delivery): void {
  demand(isObject(delivery) && isObject(delivery.event), "a delivery")
  demand(isName(delivery.stream) && isName(delivery.target), "a delivery's addresses")
  demand(Number.isSafeInteger(delivery.position) && delivery.position >= 1, "a delivery's position")
  const { id, type, subject, dataschema, time, traceparent } = delivery.event
  for (const text of [id, type, subject, dataschema, time, traceparent]) demand(isText(text), "an event's attributes")
  if (delivery.receipt !== undefined) checkReceipt(delivery.receipt)
}

export function checkReceipts(receipts: readonly Receipt[]): void {
  checkList(receipts)
  for (const receipt of receipts) checkReceipt(receipt)
}

function checkReceipt(receipt: Receipt): void {
  demand(isObject(receipt) && isName(receipt.stream) && isName(receipt.reader), "a receipt's addresses")
  demand(Number.isSafeInteger(receipt.upTo) && receipt.upTo >= 0, "a receipt's position")
  const { early, parked, hashes } = receipt
  demand(Array.isArray(early) && Array.isArray(parked) && Array.isArray(hashes), "a receipt's lists")
  demand(
    hashes.every((pair) => Array.isArray(pair)),
    "a receipt's hashes",
  )
}

export function checkAsk(key: string, name: string, traceparent: string): void {
  demand(isName(key) && isName(name) && isText(traceparent), "an ask")
}

export function checkTexts(...texts: readonly string[]): void {
  for (const text of texts) demand(isText(text), "a text")
}

function checkList(list: readonly unknown[]): void {
  demand(Array.isArray(list) && list.length <= CALL_MAX, "a list of at most a thousand")
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

function isName(value: unknown): boolean {
  return typeof value === "string" && value !== "" && value.length <= NAME_LENGTH_MAX
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value.length <= TEXT_LENGTH_MAX
}

/** What was sent is not repeated: it may be anything. */
function demand(isSo: boolean, what: string): void {
  if (!isSo) throw new TypeError(`refused: this is not ${what}`)
}
