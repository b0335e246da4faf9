/** The routes of stock, shipping and payments. */
import { z } from "@hono/zod-openapi"
import { stockBody } from "../validation.ts"
import type { Description } from "./describe.ts"
import { count, currency, money, nextCursor, orderId, orderIdParams, pageQuery, postalAddress } from "./parts.ts"
import { SAMPLE, sku, time } from "./parts.ts"

const level = z
  .object({
    sku,
    name: z.string(),
    price: money.nullable().openapi({ description: "Null: whoever orders has to state one, if they may." }),
    available: count,
    reserved: count,
    shipped: count,
    updatedAt: time.nullable().openapi({ description: "Null: it was never stocked." }),
  })
  .openapi("StockLevel")

const tracking = z.array(z.object({ status: z.string(), location: z.string(), at: time }))
const shipmentStatus = z
  .enum(["created", "dispatched", "in_transit", "delivered", "cancelled"])
  .openapi("ShipmentStatus")

const shipment = z
  .object({
    id: z.string(),
    orderId,
    carrier: z.string(),
    trackingNumber: z.string(),
    status: shipmentStatus,
    address: postalAddress,
    items: z.array(z.object({ sku, quantity: z.int().min(1) })),
    estimatedDelivery: time,
    createdAt: time,
    dispatchedAt: time.nullable(),
    deliveredAt: time.nullable(),
    trackingHistory: tracking,
  })
  .openapi("Shipment")

const track = z
  .object({
    trackingNumber: z.string(),
    carrier: z.string(),
    status: shipmentStatus,
    trackingHistory: tracking,
    estimatedDelivery: time,
    actualDelivery: time.nullable(),
  })
  .openapi("Track", {
    description:
      "What whoever holds a tracking number may know: no address, and no order that the number doesn't name itself.",
  })

const paymentStatus = z.enum([
  ...(["requested", "charging", "authorized", "captured", "declined", "failed", "unknown", "voided"] as const),
  ...(["refunding", "partially_refunded", "refunded"] as const),
])

const paymentEvent = z.enum([
  ...(["authorized", "captured", "declined", "failed", "voided", "refunded", "retried", "looked_up"] as const),
])

const payment = z
  .object({
    id: z.string(),
    orderId,
    status: paymentStatus,
    amount: money,
    refunded: money,
    currency,
    attempts: count,
    history: z
      .array(z.object({ at: time, event: paymentEvent, amount: money, key: z.string(), reason: z.string().optional() }))
      .openapi({ description: "What the gateway really did, once each, and the tries between." }),
  })
  .openapi("Payment")

const skuParams = z.object({ sku })

export const goodsRoutes = {
  "GET /inventory": {
    group: "stock",
    summary: "List all stock",
    description: "By SKU; each level is read from the SKU's own object.",
    query: z.object(pageQuery),
    answers: {
      200: {
        description: "A page of levels, by SKU.",
        json: z.object({ stock: z.record(z.string(), level), nextCursor }),
      },
    },
    problems: [],
    examples: [{ name: "The first two", query: { limit: "2" }, status: 200 }],
  },
  "GET /inventory/:sku": {
    group: "stock",
    summary: "Read the stock of a SKU",
    description: "What can be sold, what is held for orders, what has left.",
    params: skuParams,
    answers: { 200: { description: "Its level.", json: level } },
    problems: ["sku_not_found"],
    examples: [
      { name: "One level", params: { sku: "WIDGET-001" }, status: 200 },
      { name: "Of nothing", params: { sku: "NO-SUCH-SKU" }, status: 404, code: "sku_not_found" },
    ],
  },
  "POST /inventory/:sku/add": {
    group: "stock",
    summary: "Add stock",
    description: "Creates the SKU if it is new. Sent twice it adds twice.",
    params: skuParams,
    body: { schema: stockBody },
    answers: { 200: { description: "Its level.", json: level } },
    problems: ["catalogue_full", "shelf_full"],
    examples: [
      { name: "A hundred more", params: { sku: "WIDGET-001" }, body: { quantity: 100 }, status: 200 },
      {
        name: "Half a piece",
        params: { sku: "WIDGET-001" },
        body: { quantity: 0.5 },
        status: 400,
        code: "invalid_request",
      },
    ],
  },
  "GET /shipping/:orderId": {
    group: "shipping and payments",
    summary: "Read an order's shipment",
    description: "Not there until a label was made.",
    params: orderIdParams,
    answers: { 200: { description: "The shipment.", json: shipment } },
    problems: ["shipment_not_found"],
    examples: [{ name: "Of an order", given: "a shipped order", params: { orderId: SAMPLE.order }, status: 200 }],
  },
  "GET /shipping/track/:trackingNumber": {
    group: "shipping and payments",
    summary: "Track a parcel",
    description: "By its number, without the order's address.",
    params: z.object({ trackingNumber: z.string().openapi({ example: SAMPLE.tracking }) }),
    answers: { 200: { description: "Where it is.", json: track } },
    problems: ["shipment_not_found"],
    examples: [
      { name: "By number", given: "a shipped order", params: { trackingNumber: SAMPLE.tracking }, status: 200 },
      { name: "Unknown", params: { trackingNumber: "NOBODYS" }, status: 404, code: "shipment_not_found" },
    ],
  },
  "GET /payments/:orderId": {
    group: "shipping and payments",
    summary: "Read an order's payment",
    description: "What was taken for it, and what of it was given back. Not there until a charge was asked for.",
    params: orderIdParams,
    answers: { 200: { description: "The payment.", json: payment } },
    problems: ["payment_not_found"],
    examples: [{ name: "Of an order", given: "a shipped order", params: { orderId: SAMPLE.order }, status: 200 }],
  },
} as const satisfies Readonly<Record<string, Description>>
