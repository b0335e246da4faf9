/** Deliveries made by hand: what a sender might have said, in an envelope that holds. */
import type { Delivery } from "../../choreography/wire.ts"
import type { Envelope } from "../../events/envelope.ts"

export interface Saying {
  /** Sender and receiver, as `Order/ord_…`. */
  readonly from: string
  readonly to: string
  readonly position: number
  readonly type: string
  readonly orderId: string
  readonly data: unknown
  readonly version?: number
  readonly expiresAt?: number
}

const TRACE = `00-${"ab".repeat(16)}-${"cd".repeat(8)}-01`

export function said(saying: Saying): Delivery {
  const { from, to, position, type, orderId, data, version = 1, expiresAt } = saying
  const event: Envelope = {
    specversion: "1.0",
    id: `${from}#${String(position)}`,
    source: `/${from.toLowerCase()}`,
    type,
    subject: orderId,
    time: new Date(0).toISOString(),
    dataschema: `urn:event:${type}:${String(version)}`,
    sequence: String(position),
    partitionkey: orderId,
    correlationid: orderId,
    traceparent: TRACE,
    ...(expiresAt === undefined ? {} : { expirytime: new Date(expiresAt).toISOString() }),
    data,
  }
  return { stream: from, target: to, position, event }
}
