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
  ),
  created: event(
    z.object({ ...about, ...parcel, carrier: z.string(), trackingNumber: z.string(), estimatedDelivery: time }),
  ),
  failed: event(z.object({ ...about, code: z.string(), reason, uncertain: z.boolean() })),
  /** The parcel stands at the door: may it go? */
  ready: event(z.object(parcel)),
  /** It may; from here on the order can't be cancelled. */
  grant: event(z.object({ orderId })),
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
  ),
  inTransit: event(z.object({ ...parcel, location: z.string(), at: time })),
  delivered: event(z.object({ ...parcel, deliveredAt: time, signature: z.string().nullable() })),
  /** Undo: call the parcel back, and make none any more. */
  cancel: event(z.object({ ...about, reason, plan: rehearsal })),
  cancelled: event(z.object({ ...about, shipmentId: z.string().nullable() })),
  cancelFailed: event(z.object({ ...about, reason })),
}
