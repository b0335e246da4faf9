/**
 * A line per request, for those who read logs: what was asked for by its route and not by its path, so that no name and no
 * number of anybody gets into a log. In development the dev server prints a line of its own.
 */
import { matchedRoutes } from "hono/route"
import type { Context, Shop } from "./edge.ts"
import { traceIdOf } from "./trace.ts"

export function logRequest(c: Context, { settings, outside }: Shop, startedAt: number): void {
  if (!settings.logsEvents || settings.auth.mode === "development") return
  const route = matchedRoutes(c).findLast(({ path }) => path !== "/*")?.path ?? null
  const { status } = c.res
  outside.log({
    level: "info",
    message: "request",
    ...{ method: c.req.method, route, status, outcome: status < 400 ? "done" : status < 500 ? "refused" : "failed" },
    durationMs: outside.now() - startedAt,
    orderId: c.get("orderId") ?? null,
    role: c.get("caller").role,
    requestId: c.get("requestId"),
    trace: traceIdOf(c.get("traceparent")),
  })
}
