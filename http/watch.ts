/** What the monitor's rounds have found: what waits, what fails, how the gateways answer, and what a person is called for. */
import type { Alert } from "../domain/monitor/alerts.ts"
import { quantileOf } from "../domain/monitor/figures.ts"
import { addReadings, type Calls, NO_READING, type Notice, type Reading } from "../domain/monitor/rounds.ts"
import type { Rebuilding, Watch } from "../domain/monitor/views.ts"
import { SWEEP } from "../domain/placement.ts"
import type { Answer } from "./api/routes.ts"
import { call } from "./calls.ts"
import type { Context } from "./edge.ts"
import { time, timeOrNull } from "./render.ts"

/** As cells count them: `LATENCY_BOUNDS_MS` of the choreography; a test compares the two. */
export const LATENCY_BOUNDS_MS: readonly number[] = [5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000]

export function watchOf(c: Context): Promise<Watch> {
  const { monitor } = c.get("shop").services
  return call(c, (trace) => monitor.ask(SWEEP, "watch", null, trace))
}

export async function listAlerts(c: Context): Promise<Answer<"GET /alerts">> {
  const { alerts, notices, roundAt } = await watchOf(c)
  const newest = notices.toReversed().map(renderNotice)
  return c.json(
    { items: alerts.map(renderAlert), nextCursor: null, notices: newest, roundAt: timeOrNull(roundAt) },
    200,
  )
}

export async function rebuildMonitor(c: Context): Promise<Answer<"POST /admin/monitor/rebuild">> {
  const { monitor } = c.get("shop").services
  const rebuilding = await call(c, (trace) => monitor.ask(SWEEP, "rebuild", null, trace), { once: true })
  return c.json(renderRebuilding(rebuilding), 202)
}

function renderAlert({ resolvedAt, raisedAt, ...alert }: Alert) {
  const status = resolvedAt === null ? ("raised" as const) : ("resolved" as const)
  return { ...alert, status, raisedAt: time(raisedAt), resolvedAt: timeOrNull(resolvedAt) }
}

function renderNotice({ at, service, orderId, text }: Notice) {
  return { at: time(at), service, orderId, text }
}

export function renderRebuilding({ counting, startedAt, endedAt, orders, failure }: Rebuilding) {
  const status: "running" | "done" | "failed" = endedAt === null ? "running" : failure === null ? "done" : "failed"
  return { counting, status, startedAt: time(startedAt), endedAt: timeOrNull(endedAt), orders, failure }
}

/** Since a time: the worst of what stood, the sum of what was met. */
export function readingSince({ readings }: Watch, from: number): Reading {
  let sum = NO_READING
  for (const [at, reading] of Object.entries(readings)) if (Number(at) >= from) sum = addReadings(sum, reading)
  return sum
}

export function renderReading({ lagMs, unreceived, parked, silent, resent, retried, calls }: Reading) {
  const gateways = Object.entries(calls).map(([name, each]) => [name, renderCalls(each)] as const)
  return {
    outbox: { lagMs, unreceived, resent },
    failedEvents: parked,
    silentCells: silent,
    retries: retried,
    gateways: Object.fromEntries(gateways),
  }
}

function renderCalls({ count, failed, ms, classes }: Calls) {
  const quantile = (q: number): number => quantileOf(classes, LATENCY_BOUNDS_MS, q)
  const latencyMs = { mean: Math.round(ms / count), p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99) }
  return { calls: count, errors: failed, errorRate: failed / count, latencyMs }
}
