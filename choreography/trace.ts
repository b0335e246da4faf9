/** W3C trace context: a trace goes on, each event gets a span of its own. */

/** All zeros are no trace and no span. */
const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}$/
const [TRACE_DIGITS, SPAN_DIGITS] = [32, 16]

export function newTrace(random: () => number): string {
  return traceparentOf(newTraceId(random), newSpan(random))
}

export function isTraceparent(text: string): boolean {
  return TRACEPARENT.test(text)
}

export function childOf(parent: string, random: () => number): string {
  return traceparentOf(partsOf(parent)?.trace ?? newTraceId(random), newSpan(random))
}

export interface Traced {
  readonly trace: string
  readonly span: string
}

/** Null where it is no trace context. */
export function partsOf(traceparent: string): Traced | null {
  const [, trace, span] = TRACEPARENT.exec(traceparent) ?? []
  return trace === undefined || span === undefined ? null : { trace, span }
}

export function newTraceId(random: () => number): string {
  return hex(TRACE_DIGITS, random)
}

export function newSpan(random: () => number): string {
  return hex(SPAN_DIGITS, random)
}

export function traceparentOf(trace: string, span: string): string {
  return `00-${trace}-${span}-01`
}

/** Looked up, since the language writes a number in sixteens ten times as slowly. */
const BYTES = Array.from({ length: 256 }, (_unused, byte) => byte.toString(16).padStart(2, "0"))

/** A multiple of eight digits: of one draw eight. */
function hex(digits: number, random: () => number): string {
  let text = ""
  while (text.length < digits) {
    const drawn = Math.floor(random() * 0x1_0000_0000)
    text += byteOf(drawn >>> 24) + byteOf(drawn >>> 16) + byteOf(drawn >>> 8) + byteOf(drawn)
  }
  return text
}

function byteOf(value: number): string {
  return BYTES[value & 0xff] ?? ""
}
