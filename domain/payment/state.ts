/**
 * What a payment is, and what it asks of the gateway.
 *
 * 1. An order is charged at most once: nothing is charged while a charge is under way, captured or unknown.
 * 2. The key of a charge changes only once the outcome of the one before is known.
 * 3. Whatever was captured or given back is in the state, however late it became known.
 */
import type { PaymentFailureCode } from "../../events/payment.ts"
import type { Plan } from "../../events/parts.ts"
import { HISTORY_MAX } from "../limits.ts"
import type { Saying, Try, Undo } from "../participant.ts"
import type { PaymentEntry, PaymentStatus } from "../views.ts"

export interface ChargeInput {
  readonly orderId: string
  readonly amount: number
  readonly currency: string
  readonly method: string | null
  readonly plan: Plan | null
}

/** The reasons for which a gateway says no. */
export type DeclineCode = Extract<
  PaymentFailureCode,
  "INSUFFICIENT_FUNDS" | "CARD_DECLINED" | "FRAUD_DETECTED" | "EXPIRED"
>

export type ChargeResult =
  | { readonly outcome: "captured"; readonly transactionId: string; readonly amount: number }
  | { readonly outcome: "declined"; readonly code: DeclineCode; readonly reason: string }

export interface RefundInput {
  readonly orderId: string
  /** What is still to be given back; null when nobody knows whether the charge was made: then whatever it took. */
  readonly amount: number | null
  readonly currency: string
  readonly plan: Plan | null
  /** The charge as it was asked for. */
  readonly charge: ChargeInput & { readonly key: string }
}

export type RefundResult =
  | {
      readonly outcome: "refunded"
      /** Null when nothing had been taken: the charge is void, and will take nothing any more. */
      readonly refundId: string | null
      /** What the charge took in all. */
      readonly captured: number
      /** What this refund gave back. */
      readonly refunded: number
    }
  | { readonly outcome: "refused"; readonly reason: string }

export interface Charge {
  readonly key: string
  readonly input: ChargeInput
  readonly standing: "under_way" | "captured" | "refused" | "unknown"
  readonly transactionId: string | null
  /** A call with this key may have taken the money; later failures don't take that back, only an answer does. */
  readonly doubt: boolean
}

export interface PaymentState {
  readonly id: string
  readonly orderId: string
  readonly status: PaymentStatus
  readonly amount: number
  readonly currency: string
  /** The newest request, which is the one to answer; 0 when an undo came before any. */
  readonly attempt: number
  /** Calls made to charge, whose outcome is known. */
  readonly calls: number
  readonly charge: Charge | null
  readonly failure: { readonly code: PaymentFailureCode; readonly reason: string } | null
  readonly captured: number
  readonly refunded: number
  readonly refundId: string | null
  readonly undo: Undo | null
  readonly history: readonly PaymentEntry[]
}

export const PAYMENT_SAYS = ["Payment.completed", "Payment.failed", "Payment.refunded", "Payment.refundFailed"] as const
export type PaymentSaying = Saying<(typeof PAYMENT_SAYS)[number]>

export interface PaymentDecision {
  /** Null: nothing is to be remembered. */
  readonly state: PaymentState | null
  readonly says: PaymentSaying | null
  readonly charge: { readonly key: string; readonly input: ChargeInput } | null
  readonly refund: { readonly key: string; readonly input: RefundInput } | null
  /** The key of a call that is said to have an answer. */
  readonly lookUp: string | null
  /** What a person should look at. */
  readonly alert: string | null
  /** Why the event can't be applied. */
  readonly poison: string | null
  /** Why the event has no effect; it may be answered all the same. */
  readonly ignored: string | null
}

const NOTHING: PaymentDecision = {
  state: null,
  says: null,
  charge: null,
  refund: null,
  lookUp: null,
  alert: null,
  poison: null,
  ignored: null,
}

export function decide(part: Partial<PaymentDecision>): PaymentDecision {
  return { ...NOTHING, ...part }
}

/** What is wrong with a payment that no payment may have; null when nothing is. */
export function paymentProblem(state: PaymentState): string | null {
  const { amount, captured, refunded, charge } = state
  if (![amount, captured, refunded].every((cents) => Number.isSafeInteger(cents) && cents >= 0)) {
    return "an amount is no whole number of cents"
  }
  if (refunded > captured) return `gave back ${String(refunded)} of ${String(captured)}`
  if (captured > amount) return `took ${String(captured)} of ${String(amount)}`
  if (captured > 0 && charge?.standing !== "captured") return "money was taken by no charge"
  return null
}

export function completed(state: PaymentState): PaymentSaying {
  const { orderId, attempt, id, captured, currency } = state
  return { type: "Payment.completed", data: { orderId, attempt, paymentId: id, amount: captured, currency } }
}

export function failed(
  about: { readonly orderId: string; readonly attempt: number; readonly id: string },
  code: PaymentFailureCode,
  reason: string,
  uncertain = false,
): PaymentSaying {
  const { orderId, attempt, id } = about
  return { type: "Payment.failed", data: { orderId, attempt, paymentId: id, code, reason, uncertain } }
}

/** Adds to the history. When it is full the tries give way first: what the gateway really did is kept longest. */
export function remember(history: readonly PaymentEntry[], entries: readonly PaymentEntry[]): readonly PaymentEntry[] {
  const all = [...history, ...entries]
  while (all.length > HISTORY_MAX) {
    const oldestTry = all.findIndex((entry) => entry.event === "retried" || entry.event === "looked_up")
    all.splice(Math.max(0, oldestTry), 1)
  }
  return all
}

export function triesAsEntries(tries: readonly Try[], amount: number, key: string): readonly PaymentEntry[] {
  return tries.map(({ at, what, reason }) => ({ at, event: what, amount, key, reason }))
}

/** A charge is authorisation and capture in one. */
export function captureEntries(at: number, amount: number, key: string): readonly PaymentEntry[] {
  return [
    { at, event: "authorized", amount, key },
    { at, event: "captured", amount, key },
  ]
}
