/** What an order says of itself: the facts that its customers and the monitor hear. */
import { z } from "zod"
import { event } from "./definition.ts"
import { cancellationCode, cents, currency, customerId, flow, item, orderId, reason, time } from "./parts.ts"

const whose = { orderId, customerId }

export const Order = {
  placed: event(
    z.object({ ...whose, items: z.array(item), total: cents, currency, flow, placedAt: time }),
  ),
  /** Every line is reserved. */
  confirmed: event(z.object(whose), { final: true }),
  /** Undone, and every participant has said so. */
  cancelled: event(z.object({ ...whose, code: cancellationCode, reason, refunded: cents })),
  /** Delivered, and the books balance. */
  completed: event(z.object({ ...whose, total: cents })),
  /** Parked: a person must decide. */
  attention: event(z.object({ ...whose, outstanding: z.array(z.string()), reason })),
}
