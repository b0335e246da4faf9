/** A fenced participant tries nothing more, says what it holds, and is let go by a newer request. */
import { describe, expect, test } from "vitest"
import { fencePayment } from "../../../domain/payment/fence.ts"
import { undoPayment } from "../../../domain/payment/refund.ts"
import { requestPayment } from "../../../domain/payment/charge.ts"
import type { PaymentState } from "../../../domain/payment/state.ts"
import { undoShipment } from "../../../domain/shipment/cancel.ts"
import { requestShipment } from "../../../domain/shipment/create.ts"
import { fenceShipment } from "../../../domain/shipment/fence.ts"
import { dispatchDue } from "../../../domain/shipment/journey.ts"
import { fenceReservation } from "../../../domain/stock/fence.ts"
import type { Level } from "../../../domain/stock/level.ts"
import { undoReservation } from "../../../domain/stock/release.ts"
import type { Reservation, Shelf } from "../../../domain/stock/reservation.ts"
import { requestReservation } from "../../../domain/stock/reserve.ts"
import { captured, PaymentStory } from "../payment.story.ts"

const orderId = "ord_1"
const heard = { expired: false, redriven: false }
const redriven = { expired: false, redriven: true }
const refund = { orderId, attempt: 2, reason: "cancelled", plan: null }

function taken(): PaymentState {
  const { state } = new PaymentStory().request().charged(captured())
  if (state === null) throw new Error("no payment")
  return state
}

describe("a fenced payment (P11)", () => {
  test("refuses redriven and late undos up to the attempt, and a retry lifts the fence", () => {
    const { state, answer } = fencePayment(taken(), { orderId, attempt: 2 }, "pay_2")
    expect(answer).toEqual({ inFlight: false, captured: state.captured, refunded: 0, uncertain: false })
    for (const hearing of [heard, redriven]) {
      const late = undoPayment(state, refund, hearing, "pay_3")
      expect(late).toMatchObject({ refund: null, says: null, state: null, ignored: "a person has settled it by hand" })
    }
    expect(undoPayment(state, { ...refund, attempt: 3 }, heard, "pay_3").refund).not.toBeNull()
  })

  test("charges no more, not even what a person sends again", () => {
    const { state } = fencePayment(null, { orderId, attempt: 2 }, "pay_1")
    expect(state.status).toBe("voided")
    const about = { orderId, attempt: 1, customerId: "c", amount: 5, currency: "USD", method: null, plan: null }
    const decision = requestPayment(state, about, redriven, "pay_2")
    expect(decision).toMatchObject({ charge: null, ignored: "an undo came first" })
  })

  test("isn't, while an outcome is in flight", () => {
    const charging = new PaymentStory().request().state
    if (charging === null) throw new Error("no payment")
    const { state, answer } = fencePayment(charging, { orderId, attempt: 2 }, "pay_2")
    expect([answer.inFlight, state]).toEqual([true, charging])
    const refunding = undoPayment(taken(), refund, heard, "pay_2").state
    expect(fencePayment(refunding, { orderId, attempt: 2 }, "pay_2").answer.inFlight).toBe(true)
  })
})

describe("a fenced shipment (P11, P4)", () => {
  test("is neither dispatched nor made, and a retry lifts the fence", () => {
    const { state, answer } = fenceShipment(null, { orderId, attempt: 2 })
    expect(answer).toEqual({ inFlight: false, left: false })
    const address = { street: "s", city: "c", state: "s", zip: "z", country: "US" }
    const lines = [{ sku: "A", quantity: 1 }]
    const create = { orderId, attempt: 1, customerId: "c", address, lines, granted: true, plan: null }
    expect(requestShipment(state, create, redriven, "shp_1", 1)).toMatchObject({
      label: null,
      ignored: "an undo came first",
    })
    expect(dispatchDue(state, 1).says).toBeNull()
    const cancel = { orderId, attempt: 2, reason: "r", plan: null }
    expect(undoShipment(state, cancel, redriven)).toMatchObject({
      says: null,
      ignored: "a person has settled it by hand",
    })
    expect(undoShipment(state, { ...cancel, attempt: 3 }, heard).says?.type).toBe("Shipment.cancelled")
  })
})

describe("a fenced reservation (P11)", () => {
  const line = { sku: "A", quantity: 2 }
  const level: Level = { available: 8, reserved: 2, shipped: 0, received: 10, updatedAt: 0 }
  const shelf = (at: Level | null = level): Shelf => ({
    level: at,
    now: 5,
    newId: "res_1",
    ttlMs: 1_000,
    attemptsMax: 3,
    backoffMs: 10,
  })
  const about = { orderId, sku: "A" }
  const release = { orderId, attempt: 2, lines: [line], reason: "r", plan: null }

  function held(): Reservation {
    const request = { orderId, attempt: 1, lines: [line], plan: null }
    const full: Level = { available: 10, reserved: 0, shipped: 0, received: 10, updatedAt: 0 }
    const { state } = requestReservation(null, request, line, heard, shelf(full))
    if (state === null) throw new Error("not held")
    return state
  }

  test("stated as done is released here and now, since the ledger is ours", () => {
    const { decision, answer } = fenceReservation(held(), about, { attempt: 2, quantity: 2, release: true }, shelf())
    expect(decision).toMatchObject({ level: { available: 10, reserved: 0 }, says: [], state: { status: "released" } })
    expect(answer).toEqual({ inFlight: false, reserved: 2, released: 2, shipped: 0 })
    const again = fenceReservation(decision.state, about, { attempt: 2, quantity: 2, release: true }, shelf())
    expect([again.decision.level, again.answer]).toEqual([null, answer])
    const late = undoReservation(decision.state, release, line, redriven, shelf())
    expect([late.level, late.ignored]).toEqual([null, "already applied: it is undone"])
  })

  test("stated as not done stays held, and only a newer request releases it", () => {
    const { decision, answer } = fenceReservation(held(), about, { attempt: 2, quantity: 2, release: false }, shelf())
    expect(decision).toMatchObject({ level: null, state: { status: "held" } })
    expect(answer).toMatchObject({ reserved: 2, released: 0 })
    expect(undoReservation(decision.state, release, line, redriven, shelf()).ignored).toContain("by hand")
    const newer = undoReservation(decision.state, { ...release, attempt: 3 }, line, heard, shelf())
    expect(newer.level).toMatchObject({ available: 10, reserved: 0 })
  })

  test("of which nothing is held yet is held by nobody's request any more", () => {
    const { decision } = fenceReservation(null, about, { attempt: 2, quantity: 2, release: true }, shelf())
    const request = { orderId, attempt: 1, lines: [line], plan: null }
    const late = requestReservation(decision.state, request, line, redriven, shelf())
    expect([late.level, late.ignored]).toEqual([null, "an undo came first"])
    expect(late.says[0]?.type).toBe("Inventory.reservationFailed")
  })

  test("isn't, while its release is being tried", () => {
    const trying = undoReservation(held(), { ...release, plan: "transient_once" }, line, heard, shelf())
    const { decision, answer } = fenceReservation(
      trying.state,
      about,
      { attempt: 2, quantity: 2, release: true },
      shelf(),
    )
    expect([answer.inFlight, decision.state, decision.level]).toEqual([true, null, null])
  })
})
