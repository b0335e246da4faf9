/** The figures of a window of time: its sums, and the series they are the sums of. */
import { add, type Bucket, merge, NOTHING, ratesOf, sinceOf } from "../domain/monitor/figures.ts"
import type { CellFigures } from "../domain/monitor/views.ts"
import { invalid } from "./problem.ts"
import { time } from "./render.ts"

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const UNITS: Readonly<Record<string, number>> = { m: MINUTE, h: HOUR, d: DAY }
const WINDOW_DEFAULT = "1h"
const DAYS_MAX = 400
/** As long as minutes are kept. */
const IN_MINUTES_MS_MAX = 2 * DAY
/** A series that is longer is told in hours. */
const MINUTES_TOLD_MS_MAX = 2 * HOUR

export interface Window {
  readonly text: string
  readonly from: number
  readonly to: number
  readonly stepMs: number
}

export function windowOf(wanted: string | null, now: number): Window {
  const text = wanted ?? WINDOW_DEFAULT
  const [, count = "", unit = ""] = /^([1-9]\d{0,4})([mhd])$/.exec(text) ?? []
  const lengthMs = Number(count) * (UNITS[unit] ?? 0)
  if (lengthMs === 0 || lengthMs > DAYS_MAX * DAY) {
    throw invalid("window", "must be a number of minutes, hours or days, as `15m`, `24h` or `30d`, of 400 days at most")
  }
  const stepMs = lengthMs > IN_MINUTES_MS_MAX ? DAY : lengthMs > MINUTES_TOLD_MS_MAX ? HOUR : MINUTE
  return { text, from: Math.floor((now - lengthMs) / stepMs) * stepMs, to: now, stepMs }
}

const STEP_NAMES: Readonly<Record<number, string>> = { [MINUTE]: "minute", [HOUR]: "hour", [DAY]: "day" }

export function renderWindow(cells: readonly CellFigures[], { text, from, to, stepMs }: Window) {
  const { minutes, days } = merge(cells.map(({ figures }) => figures))
  const buckets = stepMs === DAY ? days : minutes
  const total = sinceOf(buckets, from)
  const series = new Map<number, Bucket>()
  for (const [name, bucket] of Object.entries(buckets)) {
    const at = Math.floor(Number(name) / stepMs) * stepMs
    if (Number(name) >= from) series.set(at, add(series.get(at) ?? NOTHING, bucket))
  }
  return {
    window: text,
    from: time(from),
    to: time(to),
    per: STEP_NAMES[stepMs] ?? "",
    ...renderBucket(total),
    series: [...series].sort(([a], [b]) => a - b).map(([at, bucket]) => ({ at: time(at), ...renderBucket(bucket) })),
  }
}

function renderBucket(bucket: Bucket) {
  const { placed, completed, cancelled, codes } = bucket
  const ended = completed + cancelled
  const reasons = Object.entries(codes).map(([code, count]) => [code, { count, rate: count / ended }] as const)
  return { placed, completed, cancelled, ...ratesOf(bucket), compensationByReason: Object.fromEntries(reasons) }
}
