/**
 * The shop's figures: what orders add up to, per minute, hour and day, in a bounded number of rows.
 *
 * 1. What an order adds follows from its document alone: a change enters as what it adds now less what it added before.
 * 2. A row holds the minutes of one hour. Hours take turns in a ring of rows; one that has to make way is added to its day.
 * 3. Days take turns as well; what makes way there is added to the sum of all that came before. Nothing is ever lost from
 *    the sum, only from the detail.
 */
import type { CancellationCode } from "../../events/parts.ts"
import type { Document } from "./document.ts"

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Hours whose minutes are kept, and days. */
export const HOURS_KEPT = 48
const DAYS_KEPT = 400

/** Upper bounds of the classes of durations; fixed for good, since classes of different bounds can't be added. */
export const DURATION_BOUNDS_MS: readonly number[] = [
  ...[50, 100, 200, 300, 500, 750, 1_000, 1_500, 2_000, 3_000, 5_000, 7_500, 10_000, 15_000, 20_000, 25_000, 30_000],
  ...[35_000, 40_000, 45_000, 60_000, 90_000, 120_000, 180_000, 300_000, 600_000, 1_800_000, 3_600_000, 7_200_000],
  ...[21_600_000, 86_400_000, 172_800_000, 259_200_000, 432_000_000, 604_800_000, 1_209_600_000, 2_592_000_000],
]

export interface Bucket {
  readonly placed: number
  readonly completed: number
  readonly cancelled: number
  /** Of the cancelled: why. */
  readonly codes: Readonly<Partial<Record<CancellationCode, number>>>
  /** Of the completed: how many took how long, by class; the last class has no bound. Classes with none are left out. */
  readonly durations: Readonly<Record<number, number>>
  readonly durationMs: number
}

export const NOTHING: Bucket = { placed: 0, completed: 0, cancelled: 0, codes: {}, durations: {}, durationMs: 0 }

function classOf(value: number, bounds: readonly number[]): number {
  const index = bounds.findIndex((bound) => value <= bound)
  return index < 0 ? bounds.length : index
}

export function add(a: Bucket, b: Bucket, sign: 1 | -1 = 1): Bucket {
  return {
    placed: a.placed + sign * b.placed,
    completed: a.completed + sign * b.completed,
    cancelled: a.cancelled + sign * b.cancelled,
    codes: addEach(a.codes, b.codes, sign),
    durations: addEach(a.durations, b.durations, sign),
    durationMs: a.durationMs + sign * b.durationMs,
  }
}

/** Names that come to nothing go: what was taken back leaves no trace. */
export function addEach<Name extends string | number>(
  a: Readonly<Partial<Record<Name, number>>>,
  b: Readonly<Partial<Record<Name, number>>>,
  sign: 1 | -1 = 1,
): Record<Name, number> {
  const sums = new Map<string, number>(Object.entries<number | undefined>(a).map(([name, count]) => [name, count ?? 0]))
  for (const [name, count] of Object.entries<number | undefined>(b)) {
    sums.set(name, (sums.get(name) ?? 0) + sign * (count ?? 0))
  }
  // The names are those of the two.
  return Object.fromEntries([...sums].filter(([, count]) => count !== 0)) as Record<Name, number>
}

export function sumOf(buckets: Iterable<Bucket>): Bucket {
  let sum = NOTHING
  for (const bucket of buckets) sum = add(sum, bucket)
  return sum
}

interface Entry {
  readonly at: number
  readonly bucket: Bucket
}

/** What an order adds to the figures, and when; nothing while its counting is not the current one. */
export function entriesOf(document: Document | null, counting: number): Entry[] {
  if (document?.counting !== counting || document.total === null) return []
  const { stage, placedAt, endedAt, code } = document
  const entries: Entry[] = [{ at: placedAt, bucket: { ...NOTHING, placed: 1 } }]
  if (endedAt === null) return entries
  if (stage === "cancelled") {
    entries.push({ at: endedAt, bucket: { ...NOTHING, cancelled: 1, codes: { [code ?? "OPERATOR"]: 1 } } })
  } else if (stage === "delivered" || stage === "refunded") {
    const durationMs = Math.max(0, endedAt - placedAt)
    const durations = { [classOf(durationMs, DURATION_BOUNDS_MS)]: 1 }
    entries.push({ at: endedAt, bucket: { ...NOTHING, completed: 1, durations, durationMs } })
  }
  return entries
}

export interface HourRow {
  readonly hour: number
  /** By minute of the hour. */
  readonly minutes: Readonly<Record<number, Bucket>>
}

export interface DaysRow {
  readonly days: Readonly<Record<number, Bucket>>
  /** All that came before the days that are kept. */
  readonly before: Bucket
}

const NO_DAYS: DaysRow = { days: {}, before: NOTHING }
export const DAYS_ROW = "days"

function hourRowName(hour: number): string {
  return `hour/${String(hour % HOURS_KEPT)}`
}

function hourRowNames(): readonly string[] {
  return Array.from({ length: HOURS_KEPT }, (_unused, slot) => `hour/${String(slot)}`)
}

/** The rows that figures are kept in, to be read and replaced. */
export interface FigureRows {
  hour(name: string): HourRow | null
  setHour(name: string, row: HourRow): void
  days(): DaysRow | null
  setDays(row: DaysRow): void
}

/** Enters what an order adds after a change, less what it added before. */
export function enter(rows: FigureRows, before: readonly Entry[], after: readonly Entry[]): void {
  for (const { at, bucket, sign } of difference(before, after)) enterAt(rows, at, bucket, sign)
}

function difference(before: readonly Entry[], after: readonly Entry[]): (Entry & { readonly sign: 1 | -1 })[] {
  const same = (a: Entry, b: Entry): boolean => JSON.stringify(a) === JSON.stringify(b)
  const gone = before.filter((entry) => !after.some((other) => same(entry, other)))
  const come = after.filter((entry) => !before.some((other) => same(entry, other)))
  return [
    ...gone.map((entry) => ({ ...entry, sign: -1 as const })),
    ...come.map((entry) => ({ ...entry, sign: 1 as const })),
  ]
}

function enterAt(rows: FigureRows, at: number, bucket: Bucket, sign: 1 | -1): void {
  const hour = Math.floor(at / HOUR)
  const name = hourRowName(hour)
  const row = rows.hour(name)
  if (row !== null && row.hour > hour) {
    rows.setDays(withDay(rows.days() ?? NO_DAYS, hour, bucket, sign))
    return
  }
  if (row !== null && row.hour < hour && Object.keys(row.minutes).length > 0) {
    rows.setDays(withDay(rows.days() ?? NO_DAYS, row.hour, sumOf(Object.values(row.minutes)), 1))
  }
  const minutes = row?.hour === hour ? row.minutes : {}
  const minute = Math.floor((at % HOUR) / MINUTE)
  rows.setHour(name, { hour, minutes: { ...minutes, [minute]: add(minutes[minute] ?? NOTHING, bucket, sign) } })
}

function withDay(row: DaysRow, hour: number, bucket: Bucket, sign: 1 | -1): DaysRow {
  const day = Math.floor((hour * HOUR) / DAY)
  const oldest = Math.max(day, ...Object.keys(row.days).map(Number)) - DAYS_KEPT
  const days = Object.entries({ ...row.days, [day]: add(row.days[day] ?? NOTHING, bucket, sign) })
  const gone = days.filter(([each]) => Number(each) <= oldest).map(([, each]) => each)
  return {
    days: Object.fromEntries(days.filter(([each]) => Number(each) > oldest)),
    before: add(row.before, sumOf(gone)),
  }
}

/** Forgets all that was counted. */
export function clear(rows: FigureRows): void {
  for (const name of hourRowNames()) if (rows.hour(name) !== null) rows.setHour(name, { hour: 0, minutes: {} })
  if (rows.days() !== null) rows.setDays(NO_DAYS)
}

/** All that a cell has counted: minutes and days by the time at which they begin, and the sum of everything. */
export interface Figures {
  readonly minutes: Readonly<Record<number, Bucket>>
  readonly days: Readonly<Record<number, Bucket>>
  readonly total: Bucket
}

export function readFigures(rows: Pick<FigureRows, "hour" | "days">): Figures {
  const minutes: Record<number, Bucket> = {}
  const { days: kept, before } = rows.days() ?? NO_DAYS
  const days: Record<number, Bucket> = {}
  for (const [day, bucket] of Object.entries(kept)) days[Number(day) * DAY] = bucket
  for (const name of hourRowNames()) {
    const row = rows.hour(name)
    if (row === null) continue
    const day = Math.floor((row.hour * HOUR) / DAY) * DAY
    for (const [minute, bucket] of Object.entries(row.minutes)) {
      minutes[row.hour * HOUR + Number(minute) * MINUTE] = bucket
      days[day] = add(days[day] ?? NOTHING, bucket)
    }
  }
  return { minutes, days, total: add(before, sumOf(Object.values(days))) }
}

export function merge(all: readonly Figures[]): Figures {
  const mergeEach = (name: "minutes" | "days"): Record<number, Bucket> => {
    const sums: Record<number, Bucket> = {}
    for (const figures of all) {
      for (const [at, bucket] of Object.entries(figures[name])) {
        sums[Number(at)] = add(sums[Number(at)] ?? NOTHING, bucket)
      }
    }
    return sums
  }
  return { minutes: mergeEach("minutes"), days: mergeEach("days"), total: sumOf(all.map(({ total }) => total)) }
}

/** What began at this time or later. */
export function sinceOf(buckets: Readonly<Record<number, Bucket>>, from: number): Bucket {
  return sumOf(Object.entries(buckets).flatMap(([at, bucket]) => (Number(at) >= from ? [bucket] : [])))
}

export interface Rates {
  /** Of the orders that ended; null when none did. */
  readonly successRate: number | null
  readonly compensationRate: number | null
  readonly durationMs: {
    readonly mean: number
    readonly p50: number
    readonly p95: number
    readonly p99: number
  } | null
}

export function ratesOf({ completed, cancelled, durations, durationMs }: Bucket): Rates {
  const ended = completed + cancelled
  if (ended === 0) return { successRate: null, compensationRate: null, durationMs: null }
  const quantile = (q: number): number => quantileOf(durations, DURATION_BOUNDS_MS, q)
  const mean = completed === 0 ? 0 : Math.round(durationMs / completed)
  return {
    successRate: completed / ended,
    compensationRate: cancelled / ended,
    durationMs: completed === 0 ? null : { mean, p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99) },
  }
}

/** Within its class, a quantile is taken to lie where it would if all of the class were spread evenly. */
export function quantileOf(counts: Readonly<Record<number, number>>, bounds: readonly number[], q: number): number {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
  const wanted = q * total
  let seen = 0
  for (let index = 0; index <= bounds.length; index++) {
    const count = counts[index] ?? 0
    if (count > 0 && seen + count >= wanted) {
      const low = bounds[index - 1] ?? 0
      const high = bounds[index] ?? low
      return Math.round(low + (high - low) * ((wanted - seen) / count))
    }
    seen += count
  }
  return 0
}
