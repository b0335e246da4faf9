// Orders and what is seen of them, as the tests of the edge need them.
import { expect } from "vitest"
import type { Standing } from "../../../domain/order/standing.ts"
import type { NewOrder, OrderView } from "../../../domain/order/views.ts"

/** What a matcher answers has no type of its own. */
export const anyText: unknown = expect.any(String)

export function textWith(part: string): unknown {
  return expect.stringContaining(part)
}

export const MIDNIGHT = Date.UTC(2026, 0, 1)

export const address = { street: "1 Main St", city: "Springfield", state: "IL", zip: "62701", country: "US" }

export const twoLines = {
  customerId: "cust_alice",
  items: [
    { sku: "WIDGET-001", quantity: 2 },
    { sku: "GADGET-002", quantity: 1 },
  ],
  shippingAddress: address,
}

export function viewOf(order: NewOrder, now: number): OrderView {
  const { orderId: id, simulate: _simulate, ...rest } = order
  const total = order.items.reduce((sum, { price, quantity }) => sum + price * quantity, 0)
  const times = { createdAt: now, updatedAt: now }
  return {
    id,
    ...rest,
    total,
    status: "pending",
    cancellation: null,
    payment: null,
    shipment: null,
    ...times,
    version: 1,
  }
}

const step = {
  status: "pending",
  attempts: 1,
  requestedAt: MIDNIGHT,
  completedAt: null,
  error: null,
  deadlineAt: MIDNIGHT + 60_000,
} as const

export function sagaOf(orderId: string) {
  const steps = {
    payment: { name: "payment", ...step },
    inventory: { name: "inventory", ...step, lines: [{ sku: "WIDGET-001", quantity: 2, status: "pending" }] },
    shipping: { name: "shipping", ...step, status: "waiting", requestedAt: null },
  } as const
  const entry = { direction: "out", id: `Order/${orderId}#1`, type: "Order.placed", peer: "Customer/c" } as const
  const more = { position: 1, causationId: null, statusBefore: "", statusAfter: "pending", receivedAt: MIDNIGHT + 5 }
  return {
    orderId,
    status: "in_progress",
    flow: "parallel",
    version: 1,
    steps,
    compensation: { required: false, reason: null, outstanding: [] },
    startedAt: MIDNIGHT,
    completedAt: null,
    failedAt: null,
    timeline: [{ at: MIDNIGHT, ...entry, ...more }],
  } as const
}

export const standing: Standing = {
  orderId: "an order",
  status: "pending",
  summary: "The order is pending: it waits for the payment from Payment",
  awaited: [{ service: "Payment", key: "an order", what: "the payment", since: MIDNIGHT }],
  needsPerson: false,
  outstanding: [],
  since: MIDNIGHT,
  lastError: null,
  deadlines: [{ name: "deadline", at: MIDNIGHT + 1, does: "cancels the order" }],
  ask: [{ service: "Payment", key: "an order" }],
}

export const books = {
  authorised: 10_997,
  captured: 10_997,
  refunded: 0,
  kept: 10_997,
  lines: [{ sku: "WIDGET-001", quantity: 2, reserved: 2, shipped: 0, released: 0, lost: 0 }],
  balanced: true,
} as const
