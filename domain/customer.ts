/**
 * What a customer's cell knows: each order of the customer, what it was told of it, and its idempotency keys.
 *
 * 1. A milestone is told once, however often it is reported.
 * 2. A claim holds its order id before the order exists: whoever completes it completes the same order.
 * 3. The first answer that a claim got is its answer for good.
 */
import type { Notification } from "../events/customer.ts"
import { isOrderId, newestFirst } from "./orderId.ts"
import type { Claim, Notice } from "./views.ts"

export interface OrderRecord {
  readonly kind: "order"
  readonly orderId: string
  /** The newest that the customer has heard; the order itself is what decides. */
  readonly status: "placed" | "cancelled" | "delivered" | "attention"
  readonly notices: readonly Notice[]
  /** It is among the open orders that the customer is held to. */
  readonly isCounted?: boolean
}

/** The open orders of one customer, in a row that all of its keys share. */
export interface OpenOrders {
  readonly open: number
}

/** An order that was admitted and never heard of again is none: its place is given back after this long. */
export const UNHEARD_OF_MS = 10 * 60_000

export interface ClaimRecord {
  readonly kind: "claim"
  readonly orderId: string
  readonly bodyHash: string
  /** Until then its caller is taken to be at work. */
  readonly leaseUntil: number
  readonly lifeMs: number
  /** How many callers have taken it over. */
  readonly takeovers: number
  readonly answer: { readonly status: number; readonly body: string } | null
}

/** A key whose claim is over: the row remains, what it held is gone. */
export interface FreeRecord {
  readonly kind: "free"
}

export type CustomerState = OrderRecord | ClaimRecord | FreeRecord

const CLAIMS = "~key/"

/** A customer's keys begin so; the customer's id has no slash. */
export function customerPrefix(customerId: string): string {
  return `${customerId}/`
}

/** Keys of a customer sort its newest order first, and all of its orders before its claims. */
export function orderKey(customerId: string, orderId: string): string {
  return customerPrefix(customerId) + newestFirst(orderId)
}

export function claimKey(customerId: string, keyHash: string): string {
  return customerPrefix(customerId) + CLAIMS + keyHash
}

export function customerOf(key: string): string {
  return key.slice(0, key.indexOf("/"))
}

/** The order that a key is about, or null for a claim's. */
export function orderOf(key: string): string | null {
  const orderId = key.slice(key.indexOf("ord_", key.indexOf("/")))
  return isOrderId(orderId) ? orderId : null
}

export function known(state: CustomerState | null, orderId: string): OrderRecord {
  return state?.kind === "order" ? state : { kind: "order", orderId, status: "placed", notices: [] }
}

/** An order that has ended stays so: what was parked meanwhile may be sent again by hand long afterwards. */
export function withStatus(record: OrderRecord, status: OrderRecord["status"]): OrderRecord {
  return record.status === status || isOver(record) ? record : { ...record, status }
}

/** Whether the customer hears no more of it that would make it open again. */
export function isOver({ status }: OrderRecord): boolean {
  return status === "cancelled" || status === "delivered"
}

/** The name of the row; no order's key begins so, since each begins with its customer's id and a slash. */
export function openOrdersRow(customerId: string): string {
  return `open ${customerId}`
}

/** One more open order, or null when the customer has as many as it may. */
export function admitted(open: OpenOrders | null, max: number): OpenOrders | null {
  const count = open?.open ?? 0
  return count < max ? { open: count + 1 } : null
}

export function oneLess(open: OpenOrders | null): OpenOrders {
  return { open: Math.max(0, (open?.open ?? 0) - 1) }
}

export function uncounted(record: OrderRecord): OrderRecord {
  const { isCounted: _isCounted, ...rest } = record
  return rest
}

export function told(record: OrderRecord, notice: Notice): OrderRecord {
  const isOld = hasHeard(record, notice.type)
  return isOld ? record : { ...record, notices: [...record.notices, notice] }
}

export function hasHeard(record: OrderRecord, type: Notification): boolean {
  return record.notices.some((notice) => notice.type === type)
}

export interface ClaimRequest {
  readonly bodyHash: string
  /** The order id to hold, should the key be free. */
  readonly orderId: string
  readonly leaseMs: number
  readonly lifeMs: number
}

/** What comes of a claim; the record is null when nothing changed. */
export function claim(
  state: CustomerState | null,
  request: ClaimRequest,
  now: number,
): { readonly record: ClaimRecord | null; readonly outcome: Claim } {
  const leaseUntil = now + request.leaseMs
  if (state?.kind !== "claim") {
    const { orderId, bodyHash, lifeMs } = request
    const record: ClaimRecord = { kind: "claim", orderId, bodyHash, leaseUntil, lifeMs, takeovers: 0, answer: null }
    return { record, outcome: { outcome: "claimed", orderId } }
  }
  const { orderId, answer } = state
  if (state.bodyHash !== request.bodyHash) return { record: null, outcome: { outcome: "mismatch" } }
  if (answer !== null) return { record: null, outcome: { outcome: "replay", ...answer, orderId } }
  const isSameCaller = orderId === request.orderId
  if (!isSameCaller && now < state.leaseUntil) return { record: null, outcome: { outcome: "running" } }
  const takeovers = state.takeovers + (isSameCaller ? 0 : 1)
  return { record: { ...state, leaseUntil, takeovers }, outcome: { outcome: "claimed", orderId } }
}

/** The claim with its answer, or null when it has one already or is none of this order's. */
export function complete(
  state: CustomerState | null,
  answer: { readonly orderId: string; readonly status: number; readonly body: string },
): ClaimRecord | null {
  if (state?.kind !== "claim" || state.orderId !== answer.orderId || state.answer !== null) return null
  return { ...state, answer: { status: answer.status, body: answer.body } }
}

/**
 * Whether a caller that was refused may free the key. Once another has taken it over it may not: that one may have
 * placed the order, and a key that were free now would make a second one.
 */
export function mayFree(state: CustomerState | null, orderId: string): boolean {
  return state?.kind === "claim" && state.orderId === orderId && state.answer === null && state.takeovers === 0
}
