/** The routes for those who run the shop, order by order: why it stands, its books, its clocks, a person's decision. */
import { z } from "@hono/zod-openapi"
import { STEPS } from "../../domain/order/views.ts"
import { cellBody, deadlineBody, resolveBody, restoreBody } from "../validation.ts"
import type { Description } from "./describe.ts"
import { order } from "./orderSchemas.ts"
import { count, milliseconds, money, orderId, page, refParams, SAMPLE, sku, time } from "./parts.ts"

const why = z
  .object({
    summary: z.string().openapi({ description: "One plain sentence." }),
    waitingFor: z.array(z.string()),
    since: time.nullable(),
    nextAttemptAt: time.nullable(),
    deadlineAt: time.nullable(),
    deadlineDoes: z.string().nullable(),
    blockedBy: z.array(z.string()),
    lastError: z.string().nullable(),
    attemptsLeft: z.int().nullable(),
    nextAction: z.object({ what: z.string(), at: time }).nullable(),
    outstanding: z.array(z.enum(STEPS)),
    effects: z.array(
      z.object({
        service: z.string(),
        name: z.string(),
        tries: count,
        attemptsLeft: z.int(),
        nextAt: time,
        deadlineAt: time.nullable(),
        lastError: z.string().nullable(),
        braked: z.boolean(),
        underWay: z.boolean(),
      }),
    ),
    unreceived: z.array(
      z.object({ service: z.string(), type: z.string(), target: z.string(), tries: count, since: time, nextAt: time }),
    ),
    parked: z.array(
      z.object({ service: z.string(), id: z.string(), type: z.string(), reason: z.string(), parkedAt: time }),
    ),
    unreachable: z.array(z.string()).openapi({ description: "Who could not be asked." }),
  })
  .openapi("Why")

const books = z
  .object({
    authorised: money,
    captured: money,
    refunded: money,
    kept: z.number(),
    lines: z.array(z.object({ sku, quantity: count, reserved: count, shipped: count, released: count, lost: z.int() })),
    balanced: z.boolean(),
  })
  .openapi("Books")

interface TraceNode {
  id: string
  type: string
  direction: "in" | "out"
  peer: string
  span: string
  saidAt: string
  heardAt: string | null
  queueMs: number | null
  workMs: number | null
  statusAfter: string
  note: string | null
  /** Nodes again; the types of answers don't follow what refers to itself. */
  children: readonly unknown[]
}

const traceNode: z.ZodType<TraceNode> = z
  .object({
    id: z.string(),
    type: z.string(),
    direction: z.enum(["in", "out"]),
    peer: z.string(),
    span: z.string(),
    saidAt: time,
    heardAt: time.nullable(),
    queueMs: z.number().nullable(),
    workMs: z.number().nullable(),
    statusAfter: z.string(),
    note: z.string().nullable(),
    children: z.array(z.lazy(() => traceNode)),
  })
  .openapi("TraceNode")

const trace = z
  .object({
    orderId,
    status: z.string(),
    traceId: z.string(),
    startedAt: time,
    endedAt: time.nullable(),
    durationMs: milliseconds,
    queueMs: milliseconds,
    workMs: milliseconds,
    children: z.array(traceNode),
  })
  .openapi("Trace")

const deadlines = page(z.object({ name: z.string(), at: time, does: z.string() }))
const cellParams = z.object({
  service: z.string().openapi({ example: "Order" }),
  cell: z.string().openapi({ description: "An object's name.", example: "any-0" }),
})
const ofOrder = { given: "an order", params: { ref: SAMPLE.order } } as const
const inAttention = { given: "an order in attention", params: { ref: SAMPLE.order } } as const

export const operationRoutes = {
  "GET /orders/:ref/why": {
    group: "operations",
    summary: "Why an order stands where it stands",
    description: "Asked of the order and of everyone that it waits for.",
    params: refParams,
    answers: { 200: { description: "What it waits for, and what happens next by itself.", json: why } },
    problems: ["order_not_found"],
    examples: [{ name: "An order in attention", ...inAttention, status: 200 }],
  },
  "GET /orders/:ref/books": {
    group: "operations",
    summary: "Do its books balance",
    description: "Money and goods of one order, as its participants have told it.",
    params: refParams,
    answers: { 200: { description: "The books.", json: books } },
    problems: ["order_not_found"],
    examples: [{ name: "Of an order", ...ofOrder, status: 200 }],
  },
  "GET /orders/:ref/trace": {
    group: "operations",
    summary: "What an order waited for, and for how long",
    description: "Its events as a tree: each with what caused it.",
    params: refParams,
    answers: { 200: { description: "The trace.", json: trace } },
    problems: ["order_not_found"],
    examples: [{ name: "Of an order", given: "a shipped order", params: { ref: SAMPLE.order }, status: 200 }],
  },
  "GET /orders/:ref/deadlines": {
    group: "operations",
    summary: "List an order's clocks",
    description: "Those that run, the next one first.",
    params: refParams,
    answers: { 200: { description: "The clocks.", json: deadlines } },
    problems: ["order_not_found"],
    examples: [{ name: "Of an order", ...ofOrder, status: 200 }],
  },
  "POST /orders/:ref/deadlines/:name": {
    group: "operations",
    summary: "Extend, fire or cancel a clock",
    description: "`extend` takes `by`, in milliseconds.",
    params: z.object({ ...refParams.shape, name: z.string().openapi({ example: "order" }) }),
    body: { schema: deadlineBody },
    answers: { 202: { description: "The clocks that run now.", json: deadlines } },
    problems: ["order_not_found", "deadline_not_found", "deadline_not_running"],
    examples: [
      {
        name: "No such clock",
        given: "an order",
        params: { ref: SAMPLE.order, name: "lunch" },
        body: { action: "fire", reason: "hungry" },
        status: 404,
        code: "deadline_not_found",
      },
    ],
  },
  "POST /orders/:ref/resolve": {
    group: "operations",
    summary: "Decide about an order in attention",
    description:
      "`retry` tries the outstanding step again, `compensate` undoes the order, `accept` takes a person's word for a step, once its participant is fenced: it tries nothing more, and says what its ledger holds.",
    params: refParams,
    body: { schema: resolveBody },
    answers: { 202: { description: "The order.", json: order, headers: ["Location", "ETag"] } },
    problems: ["order_not_found", "resolution_refused"],
    examples: [
      {
        name: "Nothing to decide",
        given: "a shipped order",
        params: { ref: SAMPLE.order },
        body: { action: "retry", reason: "just in case" },
        status: 409,
        code: "resolution_refused",
      },
      {
        name: "Try again",
        ...inAttention,
        body: { action: "retry", reason: "the gateway is back" },
        status: 202,
      },
    ],
  },
  "POST /admin/cells/:service/:cell/reincarnate": {
    group: "operations",
    summary: "Give an object's streams a new name",
    description: "For the day after it went back in time. Who did it and why stands in the log.",
    params: cellParams,
    body: { schema: cellBody },
    answers: {
      200: {
        description: "Its new name.",
        json: z.object({ service: z.string(), cell: z.string(), incarnation: z.int() }),
      },
    },
    problems: ["cell_not_found"],
    examples: [
      {
        name: "No such object",
        params: { service: "Order", cell: "nowhere-9" },
        body: { reason: "a drill" },
        status: 404,
        code: "cell_not_found",
      },
    ],
  },
  "POST /admin/cells/:service/:cell/restore": {
    group: "operations",
    summary: "Take an object back in time",
    description: "Within what the platform keeps; it goes on under a new incarnation.",
    params: cellParams,
    body: { schema: restoreBody },
    answers: {
      200: {
        description: "When it stands now.",
        json: z.object({ service: z.string(), cell: z.string(), incarnation: z.int(), restoredTo: time }),
      },
    },
    problems: ["cell_not_found", "not_supported"],
    examples: [
      {
        name: "No such object",
        params: { service: "Order", cell: "nowhere-9" },
        body: { reason: "a drill", at: "2026-01-31T12:00:00Z" },
        status: 404,
        code: "cell_not_found",
      },
    ],
  },
} as const satisfies Readonly<Record<string, Description>>
