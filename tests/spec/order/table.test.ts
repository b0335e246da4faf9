/** The table itself: total, and true to what it declares. */
import { describe, expect, test } from "vitest"
import { decide } from "../../../domain/order/decide.ts"
import type { OrderState } from "../../../domain/order/state.ts"
import { table } from "../../../domain/order/table.ts"
import { type DataFor, HEARD, type Trigger } from "../../../domain/order/triggers.ts"
import { type OrderStatus, STATUSES } from "../../../domain/order/views.ts"
import { OrderStory, SETTINGS } from "./story.ts"

const about = { orderId: "ord_1", attempt: 1 }
const parcel = { orderId: "ord_1", shipmentId: "shp_1" }
const where = { carrier: "FastShip", trackingNumber: "FS1" }
const ledger = { paymentId: "pay_1", captured: 0, refunded: 0 }

/** One of each thing that can happen. */
const SAMPLES: { readonly [T in Trigger]: DataFor<T> } = {
  "Payment.completed": { ...about, paymentId: "pay_1", amount: 10_997, currency: "USD" },
  "Payment.failed": { ...about, paymentId: "pay_1", code: "CARD_DECLINED", reason: "no", uncertain: false },
  "Payment.refunded": { ...about, ...ledger, refundId: null },
  "Payment.refundFailed": { ...about, ...ledger, reason: "no" },
  "Inventory.reserved": { ...about, sku: "A", reservationId: "res_1", quantity: 2, expiresAt: 0 },
  "Inventory.reservationFailed": {
    ...about,
    sku: "A",
    code: "OUT_OF_STOCK",
    requested: 2,
    available: 0,
    reason: "none",
  },
  "Inventory.released": { ...about, sku: "A", quantity: 2 },
  "Inventory.releaseFailed": { ...about, sku: "A", reason: "no" },
  "Inventory.expired": { orderId: "ord_1", sku: "A", reservationId: "res_1" },
  "Inventory.deducted": { orderId: "ord_1", sku: "A", quantity: 2, lost: false },
  "Shipment.created": { ...about, ...parcel, ...where, estimatedDelivery: 0 },
  "Shipment.failed": { ...about, code: "REFUSED", reason: "no", uncertain: false },
  "Shipment.ready": parcel,
  "Shipment.dispatched": { ...parcel, ...where, lines: [{ sku: "A", quantity: 2 }], dispatchedAt: 0, overruled: false },
  "Shipment.inTransit": { ...parcel, location: "hub", at: 0 },
  "Shipment.delivered": { ...parcel, deliveredAt: 0, signature: null },
  "Shipment.cancelled": { ...about, shipmentId: null },
  "Shipment.cancelFailed": { ...about, reason: "no" },
  cancel: { reason: null },
  resolve: { action: "retry", reason: "r", who: "op", step: null, outcome: null, amount: null },
  deadline: null,
  overdue: null,
  stepTimeout: { step: "payment" },
  undoTimeout: { step: "payment" },
  requestParked: { step: "payment", sku: null },
  undoParked: { step: "payment", sku: null },
}

// The samples' own type names every trigger there is.
const TRIGGERS = Object.keys(SAMPLES) as readonly Trigger[]

/** An order in each state, come there by its own way. */
function standing(status: OrderStatus): OrderState {
  switch (status) {
    case "pending":
      return new OrderStory().state
    case "confirmed":
      return new OrderStory({}, { payment: "silent" }).run().state
    case "paid":
      return new OrderStory({}, { shipping: "silent" }).run().state
    case "shipped": {
      const story = new OrderStory()
      while (story.state.status !== "shipped") story.next()
      return story.state
    }
    case "delivered":
      return new OrderStory().end().state
    case "refunded":
      return { ...new OrderStory().end().state, status }
    case "cancelling":
      return new OrderStory({}, { mute: ["payment"], shipping: "silent" }).run().cancel().run().state
    case "cancelled":
      return new OrderStory({}, { missing: ["A"] }).end().state
    case "attention":
      return new OrderStory({}, { failing: ["payment"], shipping: "refuses" }).end().state
  }
}

const pairs = STATUSES.flatMap((status) => TRIGGERS.map((trigger) => [status, trigger] as const))

describe("the table", () => {
  test("has an outcome for every state and everything that can happen (N8)", () => {
    expect(Object.keys(table).sort()).toEqual([...STATUSES].sort())
    for (const status of STATUSES) expect(Object.keys(table[status]).sort()).toEqual([...TRIGGERS].sort())
    expect(new Set(HEARD).size).toBe(HEARD.length)
  })

  test.each(pairs)("%s + %s ends where it says, or stays (N8, F2, D-22, R-19, A-18)", (status, trigger) => {
    const before = standing(status)
    expect(before.status).toBe(status)
    const outcome = table[status][trigger]
    const frozen = JSON.stringify(before)
    const { draft, refused, ignored } = decide(before, trigger, SAMPLES[trigger], 5_000, SETTINGS)
    // Decisions are values: what was decided about is as it was.
    expect(JSON.stringify(before)).toBe(frozen)
    if (outcome.does === "refuse") {
      expect(refused).toBe(outcome.why)
      return
    }
    if (refused !== null) return
    const declared: readonly string[] = outcome.does === "ignore" || ignored !== null ? [status] : outcome.to
    expect(declared).toContain(draft.state.status)
    if (JSON.stringify({ ...draft.state, version: 0 }) !== JSON.stringify({ ...before, version: 0 })) {
      expect(draft.state.version).toBe(before.version + 1)
    }
  })

  test.each(["delivered", "cancelled", "refunded"] as const)(
    "%s absorbs everything (K-10, D-16, D-22, F2)",
    (status) => {
      for (const trigger of TRIGGERS) {
        const outcome = table[status][trigger]
        const leads = "to" in outcome ? outcome.to.filter((to) => to !== status) : []
        expect([trigger, leads]).toEqual([trigger, []])
      }
    },
  )

  test("what has no effect says why", () => {
    for (const [status, trigger] of pairs) {
      const outcome = table[status][trigger]
      if ("why" in outcome) expect(outcome.why.length).toBeGreaterThan(5)
      else expect([status, trigger, outcome.to.length > 0]).toEqual([status, trigger, true])
    }
  })
})
