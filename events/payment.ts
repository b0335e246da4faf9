/** Asked of Payment, and said by it. */
import { z } from "zod"
import { event } from "./definition.ts"
import { attempt, cents, currency, customerId, orderId, reason, rehearsal } from "./parts.ts"

const about = { orderId, attempt }

const paymentFailureCode = z.enum([
  "INSUFFICIENT_FUNDS",
  "CARD_DECLINED",
  "FRAUD_DETECTED",
  "EXPIRED",
  /** Refused because an undo came first. */
  "CANCELLED",
  /** The request came after its deadline. */
  "DEADLINE",
  /** The gateway could not be brought to an answer. */
  "UNAVAILABLE",
])
export type PaymentFailureCode = z.output<typeof paymentFailureCode>

export const Payment = {
  requested: event(
    z.object({
      ...about,
      customerId,
      amount: cents,
      currency,
      method: z.string().nullable(),
      plan: rehearsal,
    }),
  ),
  completed: event(z.object({ ...about, paymentId: z.string(), amount: cents, currency })),
  failed: event(
    z.object({
      ...about,
      paymentId: z.string(),
      code: paymentFailureCode,
      reason,
      /** The gateway may have charged after all: an undo has to make sure. */
      uncertain: z.boolean(),
    }),
  ),
  /** Undo: give back whatever was taken, and take nothing any more. */
  refund: event(z.object({ ...about, reason, plan: rehearsal })),
  refunded: event(
    z.object({
      ...about,
      paymentId: z.string(),
      refundId: z.string().nullable(),
      /** What was taken over the payment's life, and what of it was given back. */
      captured: cents,
      refunded: cents,
    }),
  ),
  refundFailed: event(z.object({ ...about, paymentId: z.string(), reason, captured: cents, refunded: cents })),
}
