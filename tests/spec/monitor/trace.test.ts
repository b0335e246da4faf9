// An order's trace as a tree: what caused what, queue wait apart from work, and the trace going on to the gateways.
import { expect, test } from "vitest"
import { traceTree } from "../../../domain/monitor/trace.ts"
import type { TimelineEntry } from "../../../domain/order/views.ts"
import { httpPaymentGateway } from "../../../gateways/http.ts"

const trace = "0af7651916cd43dd8448eb211c80319c"
const traceparent = `00-${trace}-b7ad6b7169203331-01`
const still = { statusBefore: "pending", statusAfter: "pending", position: 1, span: "b7ad6b7169203331" }

function said(id: string, type: string, peer: string, at: number, causationId: string, heldAt?: number): TimelineEntry {
  const entry = { ...still, id, type, peer, at, causationId, direction: "out" } as const
  return heldAt === undefined ? entry : { ...entry, heldAt }
}

function heard(id: string, type: string, peer: string, saidAt: number, at: number, causationId: string): TimelineEntry {
  return { ...still, id, type, peer, saidAt, at, causationId, direction: "in" }
}

const timeline: readonly TimelineEntry[] = [
  { ...still, id: "Order/o!place", type: "ask.place", peer: "http", at: 0, causationId: null, direction: "in" },
  said("Order/o#1", "Payment.requested", "Payment/o", 0, "Order/o!place", 20),
  said("Order/o#2", "Inventory.reserveRequested", "Inventory/A/o", 0, "Order/o!place", 30),
  heard("Inventory/A/o#1", "Inventory.reserved", "Inventory/A/o", 30, 50, "Order/o#2"),
  // Out of an effect: its cause is none that the order knows.
  heard("Payment/o#1", "Payment.completed", "Payment/o", 120, 160, "Payment/o!charge#1"),
  said("Order/o#3", "Order.shipped", "Monitor/o", 160, "Payment/o#1"),
]

test("an answer hangs from its request, and what follows from the answer; wait and work are told apart", () => {
  const tree = traceTree({ status: "paid", traceparent, startedAt: 0, endedAt: null, timeline }, 500)
  expect(tree).toMatchObject({ traceId: trace, durationMs: 500, queueMs: 20 + 30 + 20 + 40, workMs: 0 + 100 })
  expect(tree.children).toMatchObject([
    {
      type: "ask.place",
      children: [
        {
          type: "Payment.requested",
          queueMs: 20,
          children: [
            {
              type: "Payment.completed",
              workMs: 100,
              queueMs: 40,
              children: [{ type: "Order.shipped", queueMs: null }],
            },
          ],
        },
        { type: "Inventory.reserveRequested", queueMs: 30, children: [{ workMs: 0, queueMs: 20 }] },
      ],
    },
  ])
})

test("a gateway is called within the order's trace", async () => {
  const seen: (string | null)[] = []
  const fetch = (_url: string, init: RequestInit): Promise<Response> => {
    seen.push(new Headers(init.headers).get("traceparent"))
    return Promise.resolve(new Response(null, { status: 404 }))
  }
  const gateway = httpPaymentGateway({ baseUrl: "https://pay.example", fetch })
  const input = { orderId: "o", amount: 1, currency: "USD", method: null, plan: null, at: 0 }
  const call = { key: "k", attempt: 1, signal: new AbortController().signal, traceparent }
  // As much of a charge as a look-up needs.
  await gateway.findCharge(input, call)
  expect(seen).toEqual([traceparent])
})
