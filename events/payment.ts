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
    { about: "Request: charge the customer for the order, at most once." },
  ),
  completed: event(z.object({ ...about, paymentId: z.string(), amount: cents, currency }), {
    about: "The order is paid.",
  }),
  failed: event(
    z.object({
      ...about,
      paymentId: z.string(),
      code: paymentFailureCode,
      reason,
      /** The gateway may have charged after all: an undo has to make sure. */
      uncertain: z.boolean(),
    }),
    { about: "The order is not paid, and this is why." },
  ),
  refund: event(z.object({ ...about, reason, plan: rehearsal }), {
    about: "Undo: give back whatever was taken, and take nothing any more.",
  }),
  refunded: event(
    z.object({
      ...about,
      paymentId: z.string(),
      refundId: z.string().nullable(),
      /** What was taken over the payment's life, and what of it was given back. */
      captured: cents,
      refunded: cents,
    }),
    { about: "Whatever was taken is given back." },
  ),
  refundFailed: event(z.object({ ...about, paymentId: z.string(), reason, captured: cents, refunded: cents }), {
    about: "What was taken could not be given back.",
  }),
}
