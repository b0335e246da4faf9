/** What an order says of itself: the facts that its customers and the monitor hear. */
import { z } from "zod"
import { event } from "./definition.ts"
import { cancellationCode, cents, currency, customerId, flow, item, orderId, reason, time } from "./parts.ts"

const whose = { orderId, customerId }
const name = z.string().min(1).max(128)

export const Order = {
  placed: event(z.object({ ...whose, items: z.array(item), total: cents, currency, flow, placedAt: time }), {
    about: "An order was taken: what was ordered, by whom, for how much.",
  }),
  confirmed: event(z.object(whose), { about: "Every line is reserved.", final: true }),
  shipped: event(
    z.object({
      ...whose,
      paymentId: name.nullable(),
      shipmentId: name.nullable(),
      trackingNumber: name.nullable(),
      shippedAt: time,
    }),
    { about: "On its way: from here on only a carrier's word could turn it back." },
  ),
  cancelling: event(z.object({ ...whose, paymentId: name.nullable(), code: cancellationCode }), {
    about:
      "It will not be delivered, and whoever was asked is asked to undo; said again when a person has it tried once more.",
  }),
  cancelled: event(
    z.object({ ...whose, code: cancellationCode, reason, refunded: cents, paymentId: name.nullable().default(null) }),
    { about: "Undone, and every participant has said so." },
  ),
  completed: event(z.object({ ...whose, total: cents }), { about: "Delivered, and the books balance." }),
  attention: event(z.object({ ...whose, outstanding: z.array(z.string()), reason }), {
    about: "It can't go on by itself: a person must decide.",
  }),
  overdue: event(z.object(whose), { about: "Not delivered in time." }),
  unbalanced: event(z.object(whose), { about: "At rest, and what was taken is not what was given back and kept." }),
  balanced: event(z.object(whose), { about: "The books of an order that was unbalanced balance after all." }),
}
