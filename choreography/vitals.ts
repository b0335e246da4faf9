/**
 * How a cell is, for whoever watches over all of them: what waits in its rows, and what it has met since it was asked
 * last. It is told by call and not by event, since a cell whose outbox is stuck could say nothing else.
 *
 * What was met is memory only: a cell that was evicted has forgotten it.
 */
import type { Core } from "./core.ts"
import type { Effects } from "./effects.ts"

/** Upper bounds of the classes of latencies, in milliseconds; the last class has no bound. */
export const LATENCY_BOUNDS_MS: readonly number[] = [5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000]
/** Keys with something to do that are looked at; a cell with more is in trouble enough to be seen. */
const KEYS_MAX = 500
/** Alerts that are remembered until somebody asks. */
const ALERTS_MAX = 20

/** Calls of one kind to the world outside. */
export interface Calls {
  count: number
  /** Those that brought no answer; a refusal is one. */
  failed: number
  ms: number
  /** How many took how long, by class. */
  classes: Record<number, number>
}

export interface RaisedAlert {
  readonly at: number
  readonly key: string
  readonly text: string
}

export interface Vitals {
  /** Said, and not known to be received. */
  readonly unreceived: number
  readonly oldestUnreceivedAt: number | null
  /** Dead letters that wait for a person. */
  readonly parked: number
  /** Effects whose other side is taken to be down. */
  readonly down: readonly string[]
  /** Since it was asked last. */
  readonly resent: number
  readonly retried: number
  readonly calls: Readonly<Record<string, Calls>>
  readonly alerts: readonly RaisedAlert[]
}

export class Gauges {
  resent = 0
  retried = 0
  calls: Record<string, Calls> = {}
  alerts: RaisedAlert[] = []

  called(name: string, ms: number, failed: boolean): void {
    const calls = (this.calls[name] ??= { count: 0, failed: 0, ms: 0, classes: {} })
    const bound = LATENCY_BOUNDS_MS.findIndex((each) => ms <= each)
    const index = bound < 0 ? LATENCY_BOUNDS_MS.length : bound
    calls.count += 1
    calls.failed += failed ? 1 : 0
    calls.ms += ms
    calls.classes[index] = (calls.classes[index] ?? 0) + 1
  }

  alerted(alert: RaisedAlert): void {
    if (this.alerts.length < ALERTS_MAX) this.alerts.push(alert)
  }

  take(): Pick<Vitals, "resent" | "retried" | "calls" | "alerts"> {
    const { resent, retried, calls, alerts } = this
    this.resent = 0
    this.retried = 0
    this.calls = {}
    this.alerts = []
    return { resent, retried, calls, alerts }
  }
}

export function vitalsOf(core: Core, effects: Effects): Vitals {
  let unreceived = 0
  let oldest = Infinity
  for (const key of core.store.dueKeys(Number.MAX_SAFE_INTEGER, KEYS_MAX)) {
    const thread = core.peek(key)
    for (const { rows } of Object.values(thread?.outs ?? {})) {
      unreceived += rows.length
      for (const { event } of rows) oldest = Math.min(oldest, Date.parse(thread?.events[event]?.time ?? "") || Infinity)
    }
  }
  return {
    unreceived,
    oldestUnreceivedAt: oldest === Infinity ? null : oldest,
    parked: core.store.openLetterCount(),
    down: effects.down(),
    ...core.gauges.take(),
  }
}
