/**
 * A tracking number may name its order: two letters of the carrier, the order's id without its `ord_`, and what tells its
 * labels apart. Whoever holds such a number finds the order without a row that says whose it is. A number proves
 * nothing: only the order's shipment knows whether a label of its own carries it.
 */
import { isOrderId } from "./orderId.ts"

const ORDER_PREFIX = "ord_"
/** Numbers are shown in upper case, ids are lower case. */
const NAMES_ORDER = /^[a-z]{2}([0-9a-z]{42})[0-9a-z]+$/i

/** `letters` are two: of any other length the number names no order, and needs a row like any carrier's own. */
export function trackingNumberOf(letters: string, orderId: string, suffix: string): string {
  return `${letters}${orderId.slice(ORDER_PREFIX.length)}${suffix}`.toUpperCase()
}

/** Null: it names none. */
export function orderNamedBy(trackingNumber: string): string | null {
  const [, body] = NAMES_ORDER.exec(trackingNumber) ?? []
  if (body === undefined) return null
  const orderId = ORDER_PREFIX + body.toLowerCase()
  return isOrderId(orderId) ? orderId : null
}
