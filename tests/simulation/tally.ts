/** What a run of many histories has seen, and whether that proves anything. */
import type { Point } from "../../choreography/platform.ts"
import { type Fault, type FaultKind, faultKinds } from "./platform/faults.ts"
import type { Result } from "./run.ts"
import type { Scenario } from "./scenario.ts"

/** Every named point of the code, so that a new one is missed by the compiler first. */
const POINTS: Readonly<Record<Point, true>> = {
  "commit:deliver": true,
  "commit:ask": true,
  "commit:settle": true,
  "commit:receipts": true,
  "commit:alarm": true,
  "commit:redrive": true,
  "committed:deliver": true,
  "committed:ask": true,
  "committed:settle": true,
  "committed:receipts": true,
  "committed:alarm": true,
  "committed:redrive": true,
  "send:before": true,
  "send:after": true,
  "receipt:before": true,
  "receipt:after": true,
  "effect:before": true,
  "effect:after": true,
  "alarm:armed": true,
}

export interface Failure {
  readonly seed: number
  readonly sagas: number
  readonly message: string
}

export interface Tally {
  histories: number
  sagas: number
  events: number
  rowsWritten: number
  faults: Record<string, number>
  points: Record<string, number>
  crashes: Record<string, number>
  outcomes: Record<string, number>
  /** By hand. */
  acts: Record<string, number>
  /** Why, of what stood still. */
  asked: Record<string, number>
  /** Of two builds at once. */
  seen: Record<string, number>
  failures: Failure[]
}

export function emptyTally(): Tally {
  const none = { faults: {}, points: {}, crashes: {}, outcomes: {}, acts: {}, asked: {}, seen: {}, failures: [] }
  return { histories: 0, sagas: 0, events: 0, rowsWritten: 0, ...none }
}

const FAILURES_KEPT = 20

export function count(tally: Tally, result: Result): void {
  tally.histories += 1
  tally.sagas += result.job.sagas
  tally.events += result.events
  tally.rowsWritten += result.rowsWritten
  addAll(tally.faults, result.struck)
  addAll(tally.points, result.points)
  addAll(tally.crashes, result.crashes)
  addAll(tally.outcomes, result.outcomes)
  addAll(tally.acts, result.acts)
  addAll(tally.asked, result.asked)
  addAll(tally.seen, result.seen)
  if (result.violation === null || tally.failures.length >= FAILURES_KEPT) return
  tally.failures.push({ seed: result.job.seed, sagas: result.job.sagas, message: result.violation.message })
}

export function add(tally: Tally, other: Tally): void {
  tally.histories += other.histories
  tally.sagas += other.sagas
  tally.events += other.events
  tally.rowsWritten += other.rowsWritten
  addAll(tally.faults, Object.entries(other.faults))
  addAll(tally.points, Object.entries(other.points))
  addAll(tally.crashes, Object.entries(other.crashes))
  addAll(tally.outcomes, Object.entries(other.outcomes))
  addAll(tally.acts, Object.entries(other.acts))
  addAll(tally.asked, Object.entries(other.asked))
  addAll(tally.seen, Object.entries(other.seen))
  tally.failures.push(...other.failures)
}

function addAll(sums: Record<string, number>, counts: Iterable<readonly [string, number]>): void {
  for (const [name, times] of counts) sums[name] = (sums[name] ?? 0) + times
}

export function totalOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, times) => sum + times, 0)
}

/** Of so few histories nobody expects every kind of fault. */
const PROOF_HISTORIES_MIN = 200
/** A fault that struck less often than this has not been tried. */
const STRIKES_MIN = 3

const CRASHES = ["crashBeforeCommit", "crashAfterCommit", "crashAroundSend", "crashAroundEffect"] as const
/** A point that was reached so often has been died at. */
const REACHED_MIN = 300

/** What is missing for the run to prove anything. */
export function shortfalls(tally: Tally, switches: ReadonlySet<Fault>, scenario: Scenario): string[] {
  const missing = scenario.endings
    .filter((name) => (tally.outcomes[name] ?? 0) === 0)
    .map((name) => `no saga ended as: ${name}`)
  if (tally.histories < PROOF_HISTORIES_MIN) return missing
  // Where only a few things go wrong, people may have nothing to decide.
  const isFull = switches.size === Object.keys(faultKinds).length
  for (const act of isFull ? (scenario.acts ?? []) : []) {
    if ((tally.acts[act] ?? 0) === 0) missing.push(`nobody did by hand: ${act}`)
  }
  for (const standstill of isFull && scenario.asks !== undefined ? [...scenario.asks, ...switches] : []) {
    if ((tally.asked[standstill] ?? 0) === 0) missing.push(`nobody asked why during: ${standstill}`)
  }
  for (const what of isFull ? (scenario.sees ?? []) : []) {
    if ((tally.seen[what] ?? 0) === 0) missing.push(`it never happened: ${what}`)
  }
  for (const fault of switches) {
    const kind: FaultKind = faultKinds[fault]
    if (kind.isWebhook === true && scenario.hasWebhooks !== true) continue
    const times = tally.faults[fault] ?? 0
    if (times < STRIKES_MIN) missing.push(`${fault} (row ${faultKinds[fault].row}) struck ${times} times`)
  }
  const dies = CRASHES.every((fault) => switches.has(fault))
  for (const point of Object.keys(POINTS)) {
    if (point.endsWith(":redrive") && scenario.hasOperator !== true) continue
    const reached = tally.points[point] ?? 0
    if (reached === 0) missing.push(`${point} was never reached`)
    else if (dies && reached >= REACHED_MIN && (tally.crashes[point] ?? 0) === 0)
      missing.push(`nothing died at ${point}`)
  }
  return missing
}

export function report(tally: Tally): string {
  const lines = [
    `${tally.histories} histories, ${tally.sagas} sagas, ${tally.events} events, ${tally.rowsWritten} rows written`,
  ]
  lines.push("", "endings", ...table(tally.outcomes))
  if (Object.keys(tally.acts).length > 0) lines.push("", "by hand", ...table(tally.acts))
  if (Object.keys(tally.asked).length > 0) lines.push("", "asked why, during", ...table(tally.asked))
  if (Object.keys(tally.seen).length > 0) lines.push("", "two builds at once", ...table(tally.seen))
  lines.push("", "faults", ...table(tally.faults, (name) => ` ${faultKinds[name as Fault].says}`))
  lines.push("", "named points: reached, died at", ...Object.keys(POINTS).map((point) => crashLine(point, tally)))
  return lines.join("\n")
}

function crashLine(point: string, { points, crashes }: Tally): string {
  return `  ${point.padEnd(20)} ${String(points[point] ?? 0).padStart(10)} ${String(crashes[point] ?? 0).padStart(8)}`
}

function table(counts: Readonly<Record<string, number>>, says: (name: string) => string = () => ""): string[] {
  return Object.entries(counts)
    .toSorted(([, one], [, other]) => other - one)
    .map(([name, times]) => `  ${name.padEnd(20)} ${String(times).padStart(10)}${says(name)}`)
}
