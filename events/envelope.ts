/**
 * The envelope of an event: CloudEvents 1.0 in JSON with the documented extensions.
 *
 * `id` is the sender and its running number, so that a repeat is the same event by construction; nothing is ever
 * ordered or de-duplicated by `time`.
 */
import { z } from "zod"

/** Of any one attribute. */
export const ATTRIBUTE_LENGTH_MAX = 512
export const SEQUENCE = /^\d{1,15}$/

const text = z.string().min(1).max(ATTRIBUTE_LENGTH_MAX)

export const envelope = z.strictObject({
  specversion: z.literal("1.0"),
  id: text,
  source: text,
  type: text,
  subject: text,
  time: text,
  dataschema: text,
  sequence: z.string().regex(SEQUENCE),
  partitionkey: text,
  correlationid: text,
  causationid: text.optional(),
  traceparent: text,
  expirytime: text.optional(),
  data: z.unknown(),
})

export type Envelope = z.output<typeof envelope>

const SCHEMA_PREFIX = "urn:event:"

export function dataschema(type: string, version: number): string {
  return `${SCHEMA_PREFIX}${type}:${String(version)}`
}

/** The version that a `dataschema` names; 0 when it names none or another type. */
export function versionOf(event: Envelope): number {
  const prefix = `${SCHEMA_PREFIX}${event.type}:`
  if (!event.dataschema.startsWith(prefix)) return 0
  const digits = event.dataschema.slice(prefix.length)
  return /^[1-9]\d{0,5}$/.test(digits) ? Number(digits) : 0
}

/** Until when the event is worth acting on; undefined when it is so for ever. */
export function deadlineOf({ expirytime }: Envelope): number | undefined {
  return expirytime === undefined ? undefined : Date.parse(expirytime)
}
