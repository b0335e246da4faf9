/** The routes of what crosses orders: search, figures, alerts. The monitor hears of an order a moment after it happened. */
import { z } from "@hono/zod-openapi"
import { STAGES, VIEWS } from "../../domain/monitor/document.ts"
import { cancellationCode } from "../../events/parts.ts"
import type { Description } from "./describe.ts"
import { orderStatus } from "./orderSchemas.ts"
import { count, customerId, milliseconds, money, orderId, page, pageQuery, sku, time } from "./parts.ts"

const found = z
  .object({
    orderId,
    customerId,
    status: z.string().openapi({ description: "In the words of the saga view." }),
    stage: z.enum(STAGES),
    // A schema with a name loses its null unless it stands beside it.
    orderStatus: z
      .union([orderStatus, z.null()])
      .openapi({ description: "In the words of an order; null where only the order itself knows." }),
    skus: z.array(sku),
    total: money.nullable(),
    currency: z.string().nullable(),
    paymentId: z.string().nullable(),
    trackingNumber: z.string().nullable(),
    code: cancellationCode.nullable(),
    outstanding: z.array(z.string()),
    attention: z.boolean(),
    unbalanced: z.boolean(),
    overdue: z.boolean(),
    placedAt: time,
    shippedAt: time.nullable(),
    endedAt: time.nullable(),
    updatedAt: time,
  })
  .openapi("FoundOrder")

const quantiles = z.object({ mean: milliseconds, p50: milliseconds, p95: milliseconds, p99: milliseconds })
const share = z.number().min(0).max(1)

const bucket = {
  placed: z.int(),
  completed: z.int(),
  cancelled: z.int(),
  successRate: share.nullable(),
  compensationRate: share.nullable(),
  durationMs: quantiles.nullable(),
  compensationByReason: z.record(z.string(), z.object({ count: z.int(), rate: share })),
}

const rebuilding = z
  .object({
    counting: z.int(),
    status: z.enum(["running", "done", "failed"]),
    startedAt: time,
    endedAt: time.nullable(),
    orders: count,
    failure: z.string().nullable(),
  })
  .openapi("Rebuilding")

const gateway = z.object({ calls: count, errors: count, errorRate: share, latencyMs: quantiles })

const figures = z
  .object({
    window: z.string(),
    from: time,
    to: time,
    per: z.string(),
    ...bucket,
    series: z.array(z.object({ at: time, ...bucket })),
    standing: z.object({ attention: z.int(), unbalanced: z.int(), overdue: z.int() }),
    outbox: z.object({ lagMs: milliseconds, unreceived: count, resent: count }),
    failedEvents: count,
    silentCells: count,
    retries: count,
    gateways: z.record(z.string(), gateway),
    roundAt: time.nullable(),
    rebuilding: z.union([rebuilding, z.null()]),
  })
  .openapi("Figures")

const alert = z
  .object({
    id: z.string(),
    name: z.string(),
    message: z.string(),
    value: z.number(),
    threshold: z.number(),
    status: z.enum(["raised", "resolved"]),
    raisedAt: time,
    resolvedAt: time.nullable(),
  })
  .openapi("Alert")

const alerts = z.object({
  ...page(alert).shape,
  notices: z.array(z.object({ at: time, service: z.string(), orderId: z.string(), text: z.string() })),
  roundAt: time.nullable(),
})

export const monitorRoutes = {
  "GET /sagas": {
    group: "monitor",
    summary: "Find orders",
    description: "By any of these, together; newest first. A page may be short: its cursor goes on.",
    query: z.object({
      ...pageQuery,
      orderId: orderId.optional(),
      customerId: customerId.optional(),
      sku: sku.optional(),
      paymentId: z.string().optional(),
      trackingNumber: z.string().optional(),
      status: z
        .string()
        .optional()
        .openapi({ description: "In the words of the saga view, or in those of an order.", example: "in_progress" }),
      view: z.enum(VIEWS).optional().openapi({ description: "One of the lists that a person should look at." }),
      since: z.string().optional().openapi({ description: "A date, or a time of ISO 8601.", example: "2026-01-31" }),
    }),
    answers: { 200: { description: "A page of orders.", json: page(found) } },
    problems: [],
    examples: [
      { name: "Of a customer", query: { customerId: "cust_alice", limit: "10" }, status: 200 },
      { name: "Those that need a person", query: { view: "attention" }, status: 200 },
    ],
  },
  "GET /figures": {
    group: "monitor",
    summary: "Figures of a window of time",
    description: "How many orders, how they ended and how fast, and how the outbox and the gateways did.",
    query: z.object({
      window: z
        .string()
        .optional()
        .openapi({ description: "Minutes, hours or days; `1h` if not stated.", example: "24h" }),
    }),
    answers: { 200: { description: "The figures.", json: figures } },
    problems: [],
    examples: [{ name: "Of a day", query: { window: "24h" }, status: 200 }],
  },
  "GET /alerts": {
    group: "monitor",
    summary: "What a person is called for",
    description: "Each raised once when its condition begins to hold, and resolved once.",
    answers: { 200: { description: "Alerts and notices.", json: alerts } },
    problems: [],
    examples: [{ name: "All", status: 200 }],
  },
  "GET /metrics": {
    group: "monitor",
    summary: "Metrics for Prometheus",
    description: "Text format 0.0.4; sums over all objects, whichever worker answers.",
    answers: { 200: { description: "The metrics.", text: "text/plain" } },
    problems: [],
    examples: [{ name: "As scraped", status: 200 }],
  },
  "POST /admin/monitor/rebuild": {
    group: "monitor",
    summary: "Build the monitor anew",
    description: "From the orders themselves, while everything goes on; asked twice it is done once.",
    answers: { 202: { description: "How far it is.", json: rebuilding } },
    problems: [],
    examples: [{ name: "Begin", status: 202 }],
  },
} as const satisfies Readonly<Record<string, Description>>
