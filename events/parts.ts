/** What several events have in common. */
import { z } from "zod"

export const orderId = z.string().min(1).max(96)
export const customerId = z.string().min(1).max(128)
export const sku = z.string().min(1).max(64)
export const cents = z.int().min(0)
export const currency = z.string().length(3)
export const quantity = z.int().min(1)
export const attempt = z.int().min(1)
/** Milliseconds since the epoch; times are facts of their sender and order nothing. */
export const time = z.int()
export const reason = z.string().max(500)

export const line = z.object({ sku, quantity })
export type Line = z.output<typeof line>

export const item = z.object({ sku, name: z.string(), quantity, price: cents })
export type Item = z.output<typeof item>

export const postalAddress = z.object({
  street: z.string(),
  city: z.string(),
  state: z.string(),
  zip: z.string(),
  country: z.string(),
})
export type PostalAddress = z.output<typeof postalAddress>

/** How a participant is to behave in a rehearsal; null is everyday behaviour. */
export const plan = z.enum(["none", "decline", "transient_once", "always_transient", "timeout_once", "poison"])
export type Plan = z.output<typeof plan>

/** The only events that carry a plan are requests and undos. */
export const rehearsal = plan.nullable()

export const flow = z.enum(["parallel", "reserve-first"])
export type Flow = z.output<typeof flow>

export const cancellationCode = z.enum([
  "CUSTOMER_REQUEST",
  "OUT_OF_STOCK",
  "PAYMENT_DECLINED",
  "PAYMENT_FAILED",
  "SHIPMENT_FAILED",
  "RESERVATION_EXPIRED",
  "DEADLINE",
  "OPERATOR",
])
export type CancellationCode = z.output<typeof cancellationCode>
