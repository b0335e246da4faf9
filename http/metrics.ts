/**
 * `GET /metrics`, as Prometheus reads it: text format 0.0.4, base units, `_total` on what only grows, histograms with
 * cumulative buckets. Counters are sums of all cells over all time, so it makes no difference which worker answers.
 */
import { type Bucket, DURATION_BOUNDS_MS, sumOf } from "../domain/monitor/figures.ts"
import type { Calls } from "../domain/monitor/rounds.ts"
import { standingOfAll } from "../domain/monitor/views.ts"
import type { CellFigures, Watch } from "../domain/monitor/views.ts"
import type { Answer } from "./api/routes.ts"
import type { Context } from "./edge.ts"
import { figuresOfAll } from "./monitor.ts"
import { LATENCY_BOUNDS_MS, watchOf } from "./watch.ts"

const CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
const PREFIX = "order_fulfilment"
const MS_PER_SECOND = 1_000

type Labels = Readonly<Record<string, string>>

export async function readMetrics(c: Context): Promise<Answer<"GET /metrics">> {
  const [cells, watch] = await Promise.all([figuresOfAll(c), watchOf(c)])
  const now = c.get("shop").outside.now()
  return c.body(metricsOf(cells, watch, now), 200, { "Content-Type": CONTENT_TYPE })
}

function metricsOf(cells: readonly CellFigures[], watch: Watch, now: number): string {
  const total = sumOf(cells.map(({ figures }) => figures.total))
  return [...ordersOf(total, cells), ...outboxOf(watch, now), ...gatewaysOf(watch), ...alertsOf(watch), ""].join("\n")
}

function ordersOf(total: Bucket, cells: readonly CellFigures[]): string[] {
  const standing = Object.entries(standingOfAll(cells))
  const open = total.placed - total.completed - total.cancelled
  const durations = { classes: total.durations, sumMs: total.durationMs }
  return [
    ...family("orders_placed_total", "counter", "Orders placed.", [[{}, total.placed]]),
    ...family("orders_completed_total", "counter", "Orders delivered, their books balanced.", [[{}, total.completed]]),
    ...family(
      "orders_cancelled_total",
      "counter",
      "Orders undone, by the reason for it.",
      Object.entries(total.codes).map(([reason, count]) => [{ reason }, count]),
    ),
    ...family("orders_open", "gauge", "Orders that have not come to their end.", [[{}, Math.max(0, open)]]),
    ...family(
      "orders_standing",
      "gauge",
      "Orders that a person should look at, by what is the matter.",
      standing.map(([view, count]) => [{ view }, count]),
    ),
    ...head("order_duration_seconds", "histogram", "From placing to delivery."),
    ...histogram("order_duration_seconds", {}, durations, DURATION_BOUNDS_MS),
  ]
}

function outboxOf({ latest, sum, roundAt }: Watch, now: number): string[] {
  const age = roundAt === null ? [] : [[{}, (now - roundAt) / MS_PER_SECOND] as const]
  const lag = (latest?.lagMs ?? 0) / MS_PER_SECOND
  return [
    ...family("outbox_lag_seconds", "gauge", "Age of the oldest event that has not been received.", [[{}, lag]]),
    ...family("outbox_unreceived_events", "gauge", "Events said and not received.", [[{}, latest?.unreceived ?? 0]]),
    ...family("parked_events", "gauge", "Events in the dead letters.", [[{}, latest?.parked ?? 0]]),
    ...family("silent_cells", "gauge", "Objects that could not be asked how they are.", [[{}, latest?.silent ?? 0]]),
    ...family("outbox_resent_events_total", "counter", "Events sent once more.", [[{}, sum.resent]]),
    ...family("effect_retries_total", "counter", "Calls to the outside that were to be tried again.", [
      [{}, sum.retried],
    ]),
    ...family("round_age_seconds", "gauge", "Since the monitor was last at every object.", age),
  ]
}

function gatewaysOf({ sum, down }: Watch): string[] {
  const calls = Object.entries(sum.calls)
  const failed = calls.map(([name, each]) => [{ call: name }, each.failed] as const)
  const latencies = calls.flatMap(([name, each]) =>
    histogram("gateway_latency_seconds", { call: name }, latencyOf(each), LATENCY_BOUNDS_MS),
  )
  const names = [...new Set([...calls.map(([name]) => name), ...down])]
  const up = names.map((name) => [{ call: name }, down.includes(name) ? 0 : 1] as const)
  return [
    ...family("gateway_errors_total", "counter", "Calls to the outside that brought no answer.", failed),
    ...family("gateway_up", "gauge", "Whether what is called answers.", up),
    ...(calls.length === 0 ? [] : head("gateway_latency_seconds", "histogram", "How long calls to the outside took.")),
    ...latencies,
  ]
}

function alertsOf({ alerts }: Watch): string[] {
  const open = alerts.filter(({ resolvedAt }) => resolvedAt === null)
  return family(
    "alerts_raised",
    "gauge",
    "Alerts that stand, by name.",
    open.map(({ name }) => [{ alert: name }, 1]),
  )
}

function latencyOf({ classes, ms }: Calls): Counted {
  return { classes, sumMs: ms }
}

function head(name: string, type: "counter" | "gauge" | "histogram", help: string): string[] {
  return [`# HELP ${PREFIX}_${name} ${help}`, `# TYPE ${PREFIX}_${name} ${type}`]
}

function family(
  name: string,
  type: "counter" | "gauge",
  help: string,
  samples: readonly (readonly [Labels, number])[],
): string[] {
  if (samples.length === 0) return []
  return [...head(name, type, help), ...samples.map(([labels, value]) => sample(name, labels, value))]
}

interface Counted {
  readonly classes: Readonly<Record<number, number>>
  readonly sumMs: number
}

/** Classes hold their own; a bucket of Prometheus holds all that are no greater. */
function histogram(name: string, labels: Labels, { classes, sumMs }: Counted, boundsMs: readonly number[]): string[] {
  let count = 0
  const buckets = [...boundsMs, Infinity].map((bound, index) => {
    count += classes[index] ?? 0
    const le = bound === Infinity ? "+Inf" : String(bound / MS_PER_SECOND)
    return sample(`${name}_bucket`, { ...labels, le }, count)
  })
  return [...buckets, sample(`${name}_sum`, labels, sumMs / MS_PER_SECOND), sample(`${name}_count`, labels, count)]
}

function sample(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`)
  return `${PREFIX}_${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${String(value)}`
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")
}
