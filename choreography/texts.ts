/** Texts of events, which never change once they are made: written once, however often they are weighed, sent and stored. */
import type { Envelope } from "../events/envelope.ts"

/** Filled in as somebody asks. */
interface Written {
  text?: string
  data?: string
}

const texts = new WeakMap<Envelope, Written>()

/** Its data, which a row has as text too, is not written a second time. */
export function textOf(event: Envelope): string {
  return (writtenOf(event).text ??= `${attributesOf(event).slice(0, -1)},"data":${dataTextOf(event)}}`)
}

export function dataTextOf(event: Envelope): string {
  return (writtenOf(event).data ??= JSON.stringify(event.data ?? null))
}

function attributesOf({ data: _data, ...attributes }: Envelope): string {
  return JSON.stringify(attributes)
}

/** What one unit of a text may come to in JSON: a control character, or half of a pair without the other. */
const UNIT_BYTES_MAX = 6
/** Names of all attributes, and all that stands around them and their values. */
const FRAME_BYTES_MAX = 256

/**
 * Whether its text has no more bytes than that. Nearly all events are so much smaller that it can be told without the text:
 * that is written when the event leaves, and by then its cause has been answered.
 */
export function isWithin(event: Envelope, bytesMax: number): boolean {
  const { id, source, type, subject, dataschema, partitionkey, correlationid, causationid = "" } = event
  const { specversion, time, sequence, traceparent, expirytime = "" } = event
  const named = id.length + source.length + type.length + subject.length + dataschema.length + partitionkey.length
  const traced = correlationid.length + causationid.length + traceparent.length
  const told = specversion.length + time.length + sequence.length + expirytime.length
  const most = FRAME_BYTES_MAX + UNIT_BYTES_MAX * (named + traced + told + dataTextOf(event).length)
  return most <= bytesMax || bytesOf(event) <= bytesMax
}

export function bytesOf(event: Envelope): number {
  return byteLength(textOf(event))
}

function writtenOf(event: Envelope): Written {
  const known = texts.get(event)
  if (known !== undefined) return known
  const written: Written = {}
  texts.set(event, written)
  return written
}

const BEYOND_ASCII = /[\u0080-\uffff]/

/** UTF-8 length without encoding: an exact count matters only near a limit, and then for every character. */
export function byteLength(text: string): number {
  if (!BEYOND_ASCII.test(text)) return text.length
  let bytes = text.length
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    // Each half of a surrogate pair counts two, which makes the pair's four.
    if (code > 0x7f) bytes += code > 0x7ff && (code < 0xd800 || code > 0xdfff) ? 2 : 1
  }
  return bytes
}
