/** Deliveries as one sender says them to one receiver. */
import type { Delivery } from "../../../choreography/wire.ts"
import type { Envelope } from "../../../events/envelope.ts"

export const TRACE = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`

export function envelopeOf(number: number, data: unknown = { number }): Envelope {
  return {
    specversion: "1.0",
    id: `Order/a#${String(number)}`,
    source: "/order/a",
    type: "Shipment.grant",
    subject: "a",
    time: "2026-11-01T00:00:00.000Z",
    dataschema: "urn:event:Shipment.grant:1",
    sequence: String(number),
    partitionkey: "a",
    correlationid: "a",
    traceparent: TRACE,
    data,
  }
}

export function delivery(position: number, data?: unknown): Delivery {
  return { stream: "Order/a", target: "Payment/a", position, event: envelopeOf(position, data) }
}
