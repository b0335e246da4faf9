/** Texts of events, which never change once they are made: written once, however often they are weighed, sent and stored. */
import type { Envelope } from "../events/envelope.ts"

/** Filled in as somebody asks. */
interface Written {
  text?: string
  data?: string
}

const texts = new WeakMap<Envelope, Written>()

export function textOf(event: Envelope): string {
  return (writtenOf(event).text ??= write(event))
}

export function dataTextOf(event: Envelope): string {
  return (writtenOf(event).data ??= JSON.stringify(event.data ?? null))
}

/** Its data, which a row has as text too, is not written a second time. */
function write(event: Envelope): string {
  const { data, ...attributes } = event
  const text = JSON.stringify(attributes)
  return data === undefined ? text : `${text.slice(0, -1)},"data":${dataTextOf(event)}}`
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
