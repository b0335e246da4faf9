/** W3C trace context: a trace goes on, each event gets a span of its own. */

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/

export function newTrace(random: () => number): string {
  return `00-${hex(32, random)}-${hex(16, random)}-01`
}

export function isTraceparent(text: string): boolean {
  const match = TRACEPARENT.exec(text)
  return match !== null && !/^0+$/.test(match[1] ?? "") && !/^0+$/.test(match[2] ?? "")
}

export function childOf(parent: string, random: () => number): string {
  const trace = TRACEPARENT.exec(parent)?.[1] ?? hex(32, random)
  return `00-${trace}-${hex(16, random)}-01`
}

export function spanOf(traceparent: string): string {
  return TRACEPARENT.exec(traceparent)?.[2] ?? ""
}

/** Of one draw eight digits, in two halves: a number that is larger than those is written ten times as slowly. */
function hex(digits: number, random: () => number): string {
  let text = ""
  while (text.length < digits) {
    const drawn = Math.floor(random() * 0x1_0000_0000)
    text += fourDigits(drawn >>> 16) + fourDigits(drawn & 0xffff)
  }
  return text.slice(0, digits)
}

function fourDigits(value: number): string {
  return value.toString(16).padStart(4, "0")
}
