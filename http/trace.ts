/** Who this request is: its id, and the W3C trace that it belongs to. */
import { newSpan, newTrace, newTraceId } from "../choreography/trace.ts"

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/
const REQUEST_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

/** Goes on with the caller's trace if it sent a sound one, else begins one. */
export function traceparentFor(inbound: string | undefined, random: () => number): string {
  const [, version, trace = "", parent = "", flags = "01", rest] = TRACEPARENT.exec(inbound ?? "") ?? []
  const isSound = version !== undefined && version !== "ff" && (version !== "00" || rest === undefined)
  if (!isSound || /^0+$/.test(trace) || /^0+$/.test(parent)) return newTrace(random)
  return `00-${trace}-${newSpan(random)}-${flags}`
}

export function traceIdOf(traceparent: string): string {
  return traceparent.split("-")[1] ?? ""
}

export function requestIdFor(inbound: string | undefined, random: () => number): string {
  return inbound !== undefined && REQUEST_ID.test(inbound) ? inbound : `req_${newTraceId(random)}`
}
