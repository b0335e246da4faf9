/**
 * The monitor's rounds: how all cells are, put together, and what that was in each minute of the last two days.
 *
 * 1. A round may take several runs, each of a bounded number of cells; only a complete one is looked at.
 * 2. What was met between two rounds belongs to the minute in which the later one ended.
 */
import { addEach, HOURS_KEPT } from "./figures.ts"

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** What services have raised, newest last. */
const NOTICES_KEPT = 50

export interface Calls {
  readonly count: number
  readonly failed: number
  readonly ms: number
  readonly classes: Readonly<Record<number, number>>
}

export interface Notice {
  readonly at: number
  readonly service: string
  readonly orderId: string
  readonly text: string
}

/** What a cell says of itself. */
export interface CellVitals {
  readonly unreceived: number
  readonly oldestUnreceivedAt: number | null
  readonly parked: number
  readonly down: readonly string[]
  readonly resent: number
  readonly retried: number
  readonly calls: Readonly<Record<string, Calls>>
  readonly alerts: readonly { readonly at: number; readonly key: string; readonly text: string }[]
}

export interface Round {
  readonly cells: number
  /** Those that could not be asked. */
  readonly silent: number
  readonly unreceived: number
  readonly oldestUnreceivedAt: number | null
  readonly parked: number
  /** As `Payment.charge`. */
  readonly down: readonly string[]
  readonly resent: number
  readonly retried: number
  readonly calls: Readonly<Record<string, Calls>>
  readonly notices: readonly Notice[]
}

export const NO_ROUND: Round = {
  cells: 0,
  silent: 0,
  unreceived: 0,
  oldestUnreceivedAt: null,
  parked: 0,
  down: [],
  resent: 0,
  retried: 0,
  calls: {},
  notices: [],
}

/** What one cell brings to a round; null when it could not be asked. */
export function roundOf(service: string, vitals: CellVitals | null, orderIdOf: (key: string) => string): Round {
  if (vitals === null) return { ...NO_ROUND, cells: 1, silent: 1 }
  const { unreceived, oldestUnreceivedAt, parked, resent, retried } = vitals
  const named = Object.entries(vitals.calls).map(([name, calls]) => [`${service}.${name}`, calls] as const)
  return {
    ...{ cells: 1, silent: 0, unreceived, oldestUnreceivedAt, parked, resent, retried },
    down: vitals.down.map((name) => `${service}.${name}`),
    calls: Object.fromEntries(named),
    notices: vitals.alerts.map(({ at, key, text }) => ({ at, service, orderId: orderIdOf(key), text })),
  }
}

export function addRounds(a: Round, b: Round): Round {
  return {
    cells: a.cells + b.cells,
    silent: a.silent + b.silent,
    unreceived: a.unreceived + b.unreceived,
    oldestUnreceivedAt: earlier(a.oldestUnreceivedAt, b.oldestUnreceivedAt),
    parked: a.parked + b.parked,
    down: [...new Set([...a.down, ...b.down])].sort(),
    resent: a.resent + b.resent,
    retried: a.retried + b.retried,
    calls: addCalls(a.calls, b.calls),
    notices: [...a.notices, ...b.notices].sort((x, y) => x.at - y.at).slice(-NOTICES_KEPT),
  }
}

function earlier(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.min(a, b)
}

type CallsByName = Readonly<Record<string, Calls>>

function addCalls(a: CallsByName, b: CallsByName): CallsByName {
  const sums: Record<string, Calls> = { ...a }
  for (const [name, { count, failed, ms, classes }] of Object.entries(b)) {
    const before = sums[name] ?? { count: 0, failed: 0, ms: 0, classes: {} }
    sums[name] = {
      count: before.count + count,
      failed: before.failed + failed,
      ms: before.ms + ms,
      classes: addEach(before.classes, classes),
    }
  }
  return sums
}

/** A minute as the rounds that ended in it have found it: the worst of what stands, the sum of what was met. */
export interface Reading {
  readonly lagMs: number
  readonly unreceived: number
  readonly parked: number
  readonly silent: number
  readonly resent: number
  readonly retried: number
  readonly calls: CallsByName
}

export const NO_READING: Reading = { lagMs: 0, unreceived: 0, parked: 0, silent: 0, resent: 0, retried: 0, calls: {} }

export function readingOf(round: Round, now: number): Reading {
  const { unreceived, parked, silent, resent, retried, calls, oldestUnreceivedAt } = round
  const lagMs = oldestUnreceivedAt === null ? 0 : Math.max(0, now - oldestUnreceivedAt)
  return { lagMs, unreceived, parked, silent, resent, retried, calls }
}

export function addReadings(a: Reading, b: Reading): Reading {
  return {
    lagMs: Math.max(a.lagMs, b.lagMs),
    unreceived: Math.max(a.unreceived, b.unreceived),
    parked: Math.max(a.parked, b.parked),
    silent: Math.max(a.silent, b.silent),
    resent: a.resent + b.resent,
    retried: a.retried + b.retried,
    calls: addCalls(a.calls, b.calls),
  }
}

/** Readings of one hour, in a ring of rows: an hour makes way for the one that is two days younger. */
export interface ReadingRow {
  readonly hour: number
  readonly readings: Readonly<Record<number, Reading>>
}

export function readingRowName(at: number): string {
  return `readings/${String(Math.floor(at / HOUR) % HOURS_KEPT)}`
}

export function withReading(row: ReadingRow | null, at: number, reading: Reading): ReadingRow {
  const hour = Math.floor(at / HOUR)
  const readings = row?.hour === hour ? row.readings : {}
  const minute = Math.floor((at % HOUR) / MINUTE)
  return { hour, readings: { ...readings, [minute]: addReadings(readings[minute] ?? NO_READING, reading) } }
}

export function readingRowNames(): readonly string[] {
  return Array.from({ length: HOURS_KEPT }, (_unused, slot) => readingRowName(slot * HOUR))
}

/** By the time at which their minute begins. */
export function readingsIn(rows: readonly (ReadingRow | null)[]): Record<number, Reading> {
  const readings: Record<number, Reading> = {}
  for (const row of rows) {
    for (const [minute, reading] of Object.entries(row?.readings ?? {})) {
      readings[(row?.hour ?? 0) * HOUR + Number(minute) * MINUTE] = reading
    }
  }
  return readings
}
