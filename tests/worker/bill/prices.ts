/**
 * What the platform charges, and what that makes of counts. List prices in dollars per million, of November 2026; what
 * a plan includes for free is left out, since at a size at which the bill matters it doesn't.
 */

/** What is counted, per order. */
export interface Counts {
  readonly rowsWritten: number
  readonly rowsRead: number
  /** Messages handed to queues. */
  readonly messages: number
  /** Writes, reads and deletes of messages, in units of 64 KB. */
  readonly operations: number
  /** Calls to objects, each billed as a request. */
  readonly calls: number
  /** Alarms that ran, each billed as a request. */
  readonly alarms: number
  /** HTTP requests, and batches of messages: each runs the worker once. */
  readonly requests: number
}

export const UNITS = ["rowsWritten", "rowsRead", "messages", "operations", "calls", "alarms", "requests"] as const

const DOLLARS_PER_MILLION: Readonly<Record<keyof Counts, number>> = {
  rowsWritten: 1,
  rowsRead: 0.001,
  // A message is paid for by its operations.
  messages: 0,
  operations: 0.4,
  calls: 0.15,
  alarms: 0.15,
  requests: 0.3,
}

/** The unit in which a queue bills a message. */
const OPERATION_BYTES = 64 * 1024
/** Written, read and deleted. */
const OPERATIONS_PER_UNIT = 3

export function operationsOf(bytes: number): number {
  return OPERATIONS_PER_UNIT * Math.max(1, Math.ceil(bytes / OPERATION_BYTES))
}

/** Of a million orders, each with these counts. */
export function dollars(counts: Counts): number {
  return UNITS.reduce((sum, unit) => sum + counts[unit] * DOLLARS_PER_MILLION[unit], 0)
}

export const NOTHING: Counts = {
  rowsWritten: 0,
  rowsRead: 0,
  messages: 0,
  operations: 0,
  calls: 0,
  alarms: 0,
  requests: 0,
}

export function plus(a: Counts, b: Counts): Counts {
  return mapped((unit) => a[unit] + b[unit])
}

export function shared(counts: Counts, among: number): Counts {
  return mapped((unit) => counts[unit] / among)
}

export function mapped(value: (unit: keyof Counts) => number): Counts {
  return {
    rowsWritten: value("rowsWritten"),
    rowsRead: value("rowsRead"),
    messages: value("messages"),
    operations: value("operations"),
    calls: value("calls"),
    alarms: value("alarms"),
    requests: value("requests"),
  }
}
