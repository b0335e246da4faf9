/** The routes of orders: placing, reading, cancelling. */
import { z } from "@hono/zod-openapi"
import { cancelBody, orderBody } from "../validation.ts"
import type { Description } from "./describe.ts"
import { notice, order, orderStatus, preview, saga } from "./orderSchemas.ts"
import { customerId, page, pageQuery, refParams, SAMPLE } from "./parts.ts"

const shippingAddress = { street: "1 Elm", city: "Springfield", state: "IL", zip: "62701", country: "US" }
const sampleOrder = {
  customerId: SAMPLE.customer,
  items: [
    { sku: "WIDGET-001", quantity: 2, price: 29.99 },
    { sku: "GADGET-002", quantity: 1, price: 49.99 },
  ],
  shippingAddress,
}

const ifMatch = z.string().optional().openapi({
  description: 'Entity tags such as `"7"`: acts only while the order is at one of these versions.',
})

export const orderRoutes = {
  "POST /orders": {
    group: "orders",
    summary: "Place an order",
    description:
      "The order is stored before it is answered, and from then on the saga finishes it: delivered, or undone to the last cent. With an `Idempotency-Key` the same key and body give the stored answer again, byte for byte, for at least 24 hours.",
    headers: z.object({
      "Idempotency-Key": z
        .string()
        .optional()
        .openapi({ description: "A bare token or a quoted string of at most 255 characters, of your own choice." }),
    }),
    body: { schema: orderBody },
    answers: {
      201: { description: "The order.", json: order, headers: ["Location", "ETag", "Idempotency-Replayed"] },
    },
    problems: [
      "simulation_off",
      "idempotency_running",
      "idempotency_mismatch",
      "unknown_sku",
      "no_price",
      "price_mismatch",
      "currency_mismatch",
      "total_too_large",
      "not_supported",
      "too_many_open_orders",
      "backlogged",
    ],
    examples: [
      { name: "Two lines", headers: { "Idempotency-Key": "3f6c2a9e-order-1" }, body: sampleOrder, status: 201 },
      {
        name: "The same once more",
        headers: { "Idempotency-Key": "3f6c2a9e-order-1" },
        body: sampleOrder,
        status: 201,
      },
      {
        name: "Reserve first, pay later",
        body: { ...sampleOrder, items: [{ sku: "WIDGET-001", quantity: 1 }], flow: "reserve-first" },
        status: 201,
      },
      {
        name: "A payment that is declined",
        body: { ...sampleOrder, simulate: { payment: "decline" } },
        status: 201,
      },
      {
        name: "A SKU that nobody knows",
        body: { ...sampleOrder, items: [{ sku: "NO-SUCH-SKU", quantity: 1, price: 1 }] },
        status: 422,
        code: "unknown_sku",
      },
      { name: "Nothing ordered", body: { ...sampleOrder, items: [] }, status: 400, code: "invalid_request" },
    ],
  },
  "GET /orders/:ref": {
    group: "orders",
    summary: "Read an order",
    description: "Its `ETag` is its version: with `If-None-Match` an order that has not changed is 304.",
    params: refParams,
    headers: z.object({ "If-None-Match": z.string().optional().openapi({ description: "The `ETag` you have." }) }),
    answers: {
      200: { description: "The order.", json: order, headers: ["ETag"] },
      304: { description: "It has not changed.", bare: true, headers: ["ETag"] },
    },
    problems: ["order_not_found"],
    examples: [
      { name: "By its id", given: "an order", params: { ref: SAMPLE.order }, status: 200 },
      { name: "A customer's newest", given: "an order", params: { ref: SAMPLE.customer }, status: 200 },
      {
        name: "Unless it is as I know it",
        given: "an order",
        params: { ref: SAMPLE.order },
        headers: { "If-None-Match": "*" },
        status: 304,
      },
      { name: "Of nobody", params: { ref: "cust_nobody" }, status: 404, code: "order_not_found" },
    ],
  },
  "GET /orders/:ref/saga": {
    group: "orders",
    summary: "Read its saga",
    description: "Steps, compensation and timeline, read from the same rows that the order decides by.",
    params: refParams,
    answers: { 200: { description: "The saga.", json: saga } },
    problems: ["order_not_found"],
    examples: [{ name: "How far it is", given: "an order", params: { ref: SAMPLE.order }, status: 200 }],
  },
  "GET /orders/:ref/notifications": {
    group: "orders",
    summary: "What its customer was told",
    description: "Each milestone once, oldest first.",
    params: refParams,
    answers: { 200: { description: "The notices.", json: page(notice) } },
    problems: ["order_not_found"],
    examples: [{ name: "All of them", given: "a shipped order", params: { ref: SAMPLE.order }, status: 200 }],
  },
  "DELETE /orders/:ref": {
    group: "orders",
    summary: "Cancel an order",
    description:
      "Everything that was done is undone. Repeating it is harmless. With `dryRun=1` nothing is done: the answer says what would be, and its `ETag` as `If-Match` cancels just that or nothing.",
    params: refParams,
    query: z.object({
      dryRun: z.enum(["1", "0", "true", "false"]).optional().openapi({ description: "Only say what it would do." }),
    }),
    headers: z.object({ "If-Match": ifMatch }),
    body: { schema: cancelBody, isOptional: true },
    answers: {
      200: { description: "What cancelling would do now.", json: preview, headers: ["ETag"] },
      202: { description: "The order, `cancelling` or `cancelled`.", json: order, headers: ["Location", "ETag"] },
    },
    problems: ["order_not_found", "cancellation_refused", "version_moved"],
    examples: [
      {
        name: "What would be undone",
        given: "an order",
        params: { ref: SAMPLE.order },
        query: { dryRun: "1" },
        status: 200,
      },
      {
        name: "With a reason",
        given: "an order",
        params: { ref: SAMPLE.order },
        body: { reason: "ordered by mistake" },
        status: 202,
      },
      {
        name: "Too late",
        given: "a shipped order",
        params: { ref: SAMPLE.order },
        status: 409,
        code: "cancellation_refused",
      },
      {
        name: "Only if it is unchanged",
        given: "an order",
        params: { ref: SAMPLE.order },
        headers: { "If-Match": '"0"' },
        status: 409,
        code: "version_moved",
      },
    ],
  },
  "POST /orders/:ref/deliver": {
    group: "orders",
    summary: "Simulate its delivery",
    description: "As if the carrier had reported it.",
    params: refParams,
    answers: { 202: { description: "The order.", json: order, headers: ["Location", "ETag"] } },
    problems: ["order_not_found", "delivery_refused"],
    examples: [
      { name: "A shipped order", given: "a shipped order", params: { ref: SAMPLE.order }, status: 202 },
      {
        name: "One that has not left",
        given: "an order in attention",
        params: { ref: SAMPLE.order },
        status: 409,
        code: "delivery_refused",
      },
    ],
  },
  "GET /customers/:customerId/orders": {
    group: "orders",
    summary: "List a customer's orders",
    description: "Newest first; their statuses are read from the orders themselves.",
    params: z.object({ customerId }),
    query: z.object({ ...pageQuery, status: orderStatus.optional() }),
    answers: { 200: { description: "A page of orders.", json: page(order) } },
    problems: ["customer_not_found"],
    examples: [
      { name: "The newest ten", params: { customerId: SAMPLE.customer }, query: { limit: "10" }, status: 200 },
      {
        name: "Those that were cancelled",
        params: { customerId: SAMPLE.customer },
        query: { status: "cancelled" },
        status: 200,
      },
    ],
  },
} as const satisfies Readonly<Record<string, Description>>
