/** Asked of Shipping, and said by it. Only the order's grant lets a parcel go. */
import { z } from "zod"
import { event } from "./definition.ts"
import { attempt, customerId, line, orderId, postalAddress, reason, rehearsal, time } from "./parts.ts"

const about = { orderId, attempt }
const parcel = { orderId, shipmentId: z.string() }

export const Shipment = {
  create: event(
    z.object({
      ...about,
      customerId,
      address: postalAddress,
      lines: z.array(line).min(1),
      /** The parcel may leave as soon as it is ready; otherwise Shipping asks first. */
      granted: z.boolean(),
      plan: rehearsal,
    }),
    { about: "Request: make a parcel of the order's lines, with a label." },
  ),
  created: event(
    z.object({ ...about, ...parcel, carrier: z.string(), trackingNumber: z.string(), estimatedDelivery: time }),
    { about: "The parcel has its label and its tracking number." },
  ),
  failed: event(z.object({ ...about, code: z.string(), reason, uncertain: z.boolean() }), {
    about: "There is no parcel, and this is why.",
  }),
  ready: event(z.object(parcel), { about: "The parcel stands at the door: may it go?" }),
  grant: event(z.object({ orderId }), { about: "It may; from here on the order can't be cancelled." }),
  dispatched: event(
    z.object({
      ...parcel,
      carrier: z.string(),
      trackingNumber: z.string(),
      lines: z.array(line).min(1),
      dispatchedAt: time,
      /** The carrier took it although it had been called back. */
      overruled: z.boolean(),
    }),
    { about: "The carrier has the parcel." },
  ),
  inTransit: event(z.object({ ...parcel, location: z.string(), at: time }), {
    about: "The parcel was seen on its way.",
  }),
  delivered: event(z.object({ ...parcel, deliveredAt: time, signature: z.string().nullable() }), {
    about: "The customer has the parcel.",
  }),
  cancel: event(z.object({ ...about, reason, plan: rehearsal }), {
    about: "Undo: call the parcel back, and make none any more.",
  }),
  cancelled: event(z.object({ ...about, shipmentId: z.string().nullable() }), {
    about: "No parcel of the order is on its way, and none will be.",
  }),
  cancelFailed: event(z.object({ ...about, reason }), {
    about: "The parcel could not be called back.",
  }),
}
