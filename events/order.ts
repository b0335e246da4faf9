/** What an order says of itself: the facts that its customers and the monitor hear. */
import { z } from "zod"
import { event } from "./definition.ts"
import { cancellationCode, cents, currency, customerId, flow, item, orderId, reason, time } from "./parts.ts"

const whose = { orderId, customerId }
const name = z.string().min(1).max(128)

export const Order = {
  placed: event(z.object({ ...whose, items: z.array(item), total: cents, currency, flow, placedAt: time })),
  /** Every line is reserved. */
  confirmed: event(z.object(whose), { final: true }),
  /** On its way: from here on only a carrier's word could turn it back. */
  shipped: event(
    z.object({
      ...whose,
      paymentId: name.nullable(),
      shipmentId: name.nullable(),
      trackingNumber: name.nullable(),
      shippedAt: time,
    }),
  ),
  /** It will not be delivered, and whoever was asked is asked to undo; said again when a person has it tried once more. */
  cancelling: event(z.object({ ...whose, paymentId: name.nullable(), code: cancellationCode })),
  /** Undone, and every participant has said so. */
  cancelled: event(
    z.object({ ...whose, code: cancellationCode, reason, refunded: cents, paymentId: name.nullable().default(null) }),
  ),
  /** Delivered, and the books balance. */
  completed: event(z.object({ ...whose, total: cents })),
  /** Parked: a person must decide. */
  attention: event(z.object({ ...whose, outstanding: z.array(z.string()), reason })),
  /** Not delivered in time. */
  overdue: event(z.object(whose)),
  /** At rest, and what was taken is not what was given back and kept. */
  unbalanced: event(z.object(whose)),
  balanced: event(z.object(whose)),
}
