import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { TransientFailure, UncertainFailure } from "../../../choreography/errors.ts"
import type { LabelResult } from "../../../domain/shipment/state.ts"
import { call, CANCEL, CHARGE, httpWorld, LABEL, REFUND, simulatedWorld, type World } from "./worlds.ts"

const CHARGE_KEY = "ord_1/charge/1"
const REFUND_KEY = "ord_1/refund"
const LABEL_KEY = "ord_1/label/1"
const CANCEL_KEY = "ord_1/cancel"

const numberOf = (result: LabelResult): string | null => (result.outcome === "labelled" ? result.trackingNumber : null)

describe.each([
  ["the simulator", simulatedWorld],
  ["the client over HTTP", httpWorld],
] as const)("%s", (_name, open) => {
  let world: World
  beforeEach(async () => {
    world = await open()
  })
  afterEach(() => world.close())

  const charge = (attempt = 1) => world.gateway.charge(CHARGE, call(CHARGE_KEY, attempt))
  const refund = (amount: number | null = CHARGE.amount, key = REFUND_KEY) =>
    world.gateway.refund({ ...REFUND, amount }, call(key))
  const label = (attempt = 1) => world.carrier.createLabel(LABEL, call(LABEL_KEY, attempt))
  const cancel = (key = CANCEL_KEY) => world.carrier.cancelLabel(CANCEL, call(key))

  describe("as a payment gateway", () => {
    test("charges once per key, and answers a repeat the same (D-07, M1)", async () => {
      const first = await charge()
      expect(first).toMatchObject({ outcome: "captured", amount: CHARGE.amount })
      expect(await charge(2)).toEqual(first)
      expect([...world.payments.charges.entries()]).toHaveLength(1)
    })

    test("declines as a result, the same at every repeat and look-up (D-06, M7)", async () => {
      world.rehearse("decline")
      const first = await charge()
      expect(first).toMatchObject({ outcome: "declined", code: "CARD_DECLINED" })
      expect(await charge(2)).toEqual(first)
      expect(await world.gateway.findCharge(CHARGE, call(CHARGE_KEY))).toEqual(first)
    })

    test("fails once in a way worth retrying, having done nothing (K-15, K-16)", async () => {
      world.rehearse("transient_once")
      await expect(charge()).rejects.toThrow(TransientFailure)
      expect(await world.gateway.findCharge(CHARGE, call(CHARGE_KEY))).toBeUndefined()
      expect(await charge(2)).toMatchObject({ outcome: "captured" })
    })

    test("fails every time in a way worth retrying (K-15)", async () => {
      world.rehearse("always_transient")
      for (const attempt of [1, 2, 3]) await expect(charge(attempt)).rejects.toThrow(TransientFailure)
      expect([...world.payments.charges.entries()]).toEqual([])
    })

    test("tells what came of a charge whose answer was lost (G6)", async () => {
      world.rehearse("timeout_once")
      await expect(charge()).rejects.toThrow(UncertainFailure)
      const found = await world.gateway.findCharge(CHARGE, call(CHARGE_KEY))
      expect(found).toMatchObject({ outcome: "captured", amount: CHARGE.amount })
      expect(await charge(2)).toEqual(found)
    })

    test("finds nothing where nothing happened", async () => {
      expect(await world.gateway.findCharge(CHARGE, call(CHARGE_KEY))).toBeUndefined()
      expect(await world.gateway.findRefund(REFUND, call(REFUND_KEY))).toBeUndefined()
    })

    test("gives back once per key (D-08, M3)", async () => {
      await charge()
      const first = await refund()
      expect(first).toMatchObject({ outcome: "refunded", captured: CHARGE.amount, refunded: CHARGE.amount })
      expect(await refund()).toEqual(first)
      expect(await world.gateway.findRefund(REFUND, call(REFUND_KEY))).toEqual(first)
      expect(world.payments.charges.get(CHARGE_KEY)).toMatchObject({ refunded: CHARGE.amount })
    })

    test("never gives back more than was taken (M3)", async () => {
      await charge()
      await refund(10_000, "ord_1/refund")
      expect(await refund(null, "ord_1/refund/2")).toMatchObject({ captured: CHARGE.amount, refunded: 997 })
      expect(await refund(null, "ord_1/refund/3")).toMatchObject({ captured: CHARGE.amount, refunded: 0 })
    })

    test("makes a charge void that was never made: it takes nothing any more (P10)", async () => {
      expect(await refund(null)).toEqual({ outcome: "refunded", refundId: null, captured: 0, refunded: 0 })
      expect(await charge()).toMatchObject({ outcome: "declined" })
    })

    test("gives back what a charge took whose answer was lost (P10)", async () => {
      world.rehearse("timeout_once")
      await expect(charge()).rejects.toThrow(UncertainFailure)
      world.rehearse("none")
      expect(await refund(null)).toMatchObject({ captured: CHARGE.amount, refunded: CHARGE.amount })
    })

    test("refuses a refund as a result, and takes it under a new key (K-04)", async () => {
      await charge()
      world.rehearse("decline")
      expect(await refund()).toMatchObject({ outcome: "refused" })
      world.rehearse("none")
      expect(await refund()).toMatchObject({ outcome: "refused" })
      expect(await refund(CHARGE.amount, "ord_1/refund/2")).toMatchObject({ refunded: CHARGE.amount })
    })

    test("tells what came of a refund whose answer was lost (G6)", async () => {
      await charge()
      world.rehearse("timeout_once")
      await expect(refund()).rejects.toThrow(UncertainFailure)
      expect(await world.gateway.findRefund(REFUND, call(REFUND_KEY))).toMatchObject({ refunded: CHARGE.amount })
    })
  })

  describe("as a carrier", () => {
    test("makes one label per key, with a number of its own (D-13, H1)", async () => {
      const first = await label()
      const number = expect.stringMatching(/^(FS|QP|EL|SD)[0-9A-Z]{2,62}$/) as unknown
      expect(first).toMatchObject({ outcome: "labelled", trackingNumber: number })
      expect(await label(2)).toEqual(first)
      expect(await world.carrier.findLabel(LABEL, call(LABEL_KEY))).toEqual(first)
      const other = await world.carrier.createLabel(LABEL, call("ord_1/label/2"))
      expect(numberOf(other)).not.toBe(numberOf(first))
    })

    test("estimates delivery in three to five days (D-14)", async () => {
      const made = await label()
      const days = made.outcome === "labelled" ? (made.estimatedDelivery - LABEL.at) / (24 * 3_600_000) : 0
      expect([3, 4, 5]).toContain(days)
    })

    test("refuses as a result, fails in ways worth retrying, and finds what was lost (K-15)", async () => {
      world.rehearse("decline")
      expect(await label()).toMatchObject({ outcome: "refused" })
      world.rehearse("transient_once")
      const other = { ...LABEL, orderId: "ord_2" }
      await expect(world.carrier.createLabel(other, call("ord_2/label/1"))).rejects.toThrow(TransientFailure)
      world.rehearse("timeout_once")
      await expect(world.carrier.createLabel(LABEL, call("ord_3/label/1"))).rejects.toThrow(UncertainFailure)
      expect(await world.carrier.findLabel(LABEL, call("ord_3/label/1"))).toMatchObject({ outcome: "labelled" })
    })

    test("calls back once per key, and a label called back is made no more (D-17)", async () => {
      await label()
      expect(await cancel()).toEqual({ outcome: "cancelled" })
      expect(await cancel()).toEqual({ outcome: "cancelled" })
      expect(await world.carrier.findCancellation(CANCEL, call(CANCEL_KEY))).toEqual({ outcome: "cancelled" })
      expect(world.parcels.labels.get(LABEL_KEY)).toMatchObject({ standing: "cancelled" })
    })

    test("makes a label void that was never made (P10)", async () => {
      expect(await cancel()).toEqual({ outcome: "cancelled" })
      expect(await label()).toMatchObject({ outcome: "refused" })
    })

    test("refuses to call back as a result, and does it under a new key (N1)", async () => {
      await label()
      world.rehearse("decline")
      expect(await cancel()).toMatchObject({ outcome: "refused" })
      world.rehearse("none")
      expect(await cancel("ord_1/cancel/2")).toEqual({ outcome: "cancelled" })
    })

    test("tells what came of a cancellation whose answer was lost, and finds none where there was none (G6)", async () => {
      await label()
      expect(await world.carrier.findCancellation(CANCEL, call(CANCEL_KEY))).toBeUndefined()
      world.rehearse("timeout_once")
      await expect(cancel()).rejects.toThrow(UncertainFailure)
      expect(await world.carrier.findCancellation(CANCEL, call(CANCEL_KEY))).toEqual({ outcome: "cancelled" })
    })
  })
})
