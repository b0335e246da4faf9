/** What every answer carries: who the request was, that nobody else may keep or frame it, who may call from a page. */
import type { MiddlewareHandler } from "hono"
import { nobody } from "./auth.ts"
import type { Context, Edge, Shop } from "./edge.ts"
import { logRequest } from "./requestLine.ts"
import { requestIdFor, traceparentFor } from "./trace.ts"

const security: Readonly<Record<string, string>> = {
  "Cache-Control": "no-store",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "Referrer-Policy": "no-referrer",
  "Strict-Transport-Security": "max-age=31536000",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
}

const readableFromPages = [
  "ETag",
  "Idempotency-Replayed",
  "Location",
  "Retry-After",
  "X-Correlation-Id",
  "X-Request-Id",
  "traceparent",
].join(", ")

/** What pages may send. */
const ALLOWED_HEADERS =
  "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Request-Id, traceparent"
const PREFLIGHT_SECONDS = "600"

export function identification(shop: Shop): MiddlewareHandler<Edge> {
  const random = (): number => shop.outside.random()
  return async (c, next) => {
    c.set("shop", shop)
    c.set("caller", nobody)
    c.set("requestId", requestIdFor(c.req.header("x-request-id"), random))
    c.set("traceparent", traceparentFor(c.req.header("traceparent"), random))
    const startedAt = shop.outside.now()
    await next()
    const { headers } = c.res
    for (const [name, value] of Object.entries(security)) if (!headers.has(name)) headers.set(name, value)
    headers.set("X-Request-Id", c.get("requestId"))
    headers.set("traceparent", c.get("traceparent"))
    const orderId = c.get("orderId")
    if (orderId !== undefined) headers.set("X-Correlation-Id", orderId)
    allowOrigin(c, shop.settings.corsOrigins)
    logRequest(c, shop, startedAt)
  }
}

function allowOrigin(c: Context, origins: readonly string[] | null): void {
  const { headers } = c.res
  if (origins !== null) headers.append("Vary", "Origin")
  const origin = c.req.header("origin")
  if (origin === undefined || (origins !== null && !origins.includes(origin))) return
  headers.set("Access-Control-Allow-Origin", origins === null ? "*" : origin)
  headers.set("Access-Control-Expose-Headers", readableFromPages)
  if (c.req.method !== "OPTIONS" || c.req.header("access-control-request-method") === undefined) return
  headers.set("Access-Control-Allow-Methods", headers.get("Allow") ?? "")
  headers.set("Access-Control-Allow-Headers", ALLOWED_HEADERS)
  headers.set("Access-Control-Max-Age", PREFLIGHT_SECONDS)
}
