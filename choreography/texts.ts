/**
 * Texts of values that never change once they are made (what was said, what stands in a journal, a state): written once,
 * however often they are weighed, sent and stored.
 */
const texts = new WeakMap<object, Written>()

interface Written {
  readonly text: string
  /** Of its UTF-8; counted when somebody asks. */
  bytes: number | null
}

export function textOf(value: unknown): string {
  return isObject(value) ? writtenOf(value).text : JSON.stringify(value ?? null)
}

export function bytesOf(value: unknown): number {
  if (!isObject(value)) return byteLength(textOf(value))
  const written = writtenOf(value)
  return (written.bytes ??= byteLength(written.text))
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null
}

function writtenOf(value: object): Written {
  const known = texts.get(value)
  if (known !== undefined) return known
  const written = { text: JSON.stringify(value), bytes: null }
  texts.set(value, written)
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
