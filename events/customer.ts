/** What a customer is told, each milestone once. */
import { z } from "zod"
import { event } from "./definition.ts"
import { customerId, orderId, time } from "./parts.ts"

const notification = z.enum([
  "order_confirmed",
  "payment_received",
  "payment_failed",
  "shipped",
  "delivered",
  "cancelled",
  "refunded",
])
export type Notification = z.output<typeof notification>

export const Customer = {
  notified: event(z.object({ customerId, orderId, type: notification, message: z.string(), sentAt: time }), {
    about: "A customer is told of a milestone of its order, each once.",
  }),
}
