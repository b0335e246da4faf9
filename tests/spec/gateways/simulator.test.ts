import { describe, expect, test } from "vitest"
import { UncertainFailure } from "../../../choreography/errors.ts"
import { newOrderId } from "../../../domain/orderId.ts"
import { orderNamedBy } from "../../../domain/tracking.ts"
import { simulatedCarrier } from "../../../gateways/carrierSimulator.ts"
import { memoryLedger } from "../../../gateways/ledger.ts"
import { paymentPerformers, shippingPerformers } from "../../../gateways/performers.ts"
import { simulatedPaymentGateway } from "../../../gateways/paymentSimulator.ts"
import { call, CANCEL, CHARGE, LABEL, ledgers, REFUND } from "./worlds.ts"

const keys = Array.from({ length: 1_000 }, (_unused, index) => `ord_${String(index)}/charge/1`)
const conditions = { seed: 7, failureRate: 0.1, delayMs: 0 }

describe("the simulated world", () => {
  test("declines at the configured rate, with each of the four codes (D-06, R-08)", async () => {
    const gateway = simulatedPaymentGateway(conditions)
    const results = await Promise.all(keys.map((key) => gateway.charge(CHARGE, call(key))))
    const codes = results.flatMap((result) => (result.outcome === "declined" ? [result.code] : []))
    expect(codes.length).toBeGreaterThan(70)
    expect(codes.length).toBeLessThan(130)
    expect(new Set(codes)).toEqual(new Set(["CARD_DECLINED", "INSUFFICIENT_FUNDS", "FRAUD_DETECTED", "EXPIRED"]))
  })

  test("succeeds under the plan none whatever the rate (K-15)", async () => {
    const gateway = simulatedPaymentGateway({ ...conditions, failureRate: 1 })
    expect(await gateway.charge({ ...CHARGE, plan: "none" }, call("a"))).toMatchObject({ outcome: "captured" })
    expect(await gateway.charge(CHARGE, call("b"))).toMatchObject({ outcome: "declined" })
  })

  test("answers the same for a key after its memory was lost, and something else for another seed", async () => {
    const outcomes = async (seed: number) => {
      const gateway = simulatedPaymentGateway({ ...conditions, failureRate: 0.5, seed })
      return Promise.all(keys.map((key) => gateway.charge(CHARGE, call(key))))
    }
    expect(await outcomes(1)).toEqual(await outcomes(1))
    expect(await outcomes(1)).not.toEqual(await outcomes(2))
  })

  test("tells after its memory was lost what came of a call that may have been made (G6)", async () => {
    const forgetful = () => simulatedPaymentGateway({ ...conditions, failureRate: 0.5 })
    for (const key of keys.slice(0, 50)) {
      const made = await forgetful().charge(CHARGE, call(key))
      expect(await forgetful().findCharge(CHARGE, call(key))).toEqual(made)
      const taken = made.outcome === "captured" ? CHARGE.amount : 0
      const given = await forgetful().refund({ ...REFUND, amount: null, charge: { ...CHARGE, key } }, call("r"))
      expect(given).toMatchObject({ captured: taken, refunded: taken })
    }
    const label = await simulatedCarrier(conditions).createLabel(LABEL, call("l"))
    expect(await simulatedCarrier(conditions).findLabel(LABEL, call("l"))).toEqual(label)
    expect(await forgetful().findCharge({ ...CHARGE, plan: "always_transient" }, call("t"))).toBeUndefined()
  })

  test("a ledger that had to forget no longer says that it is complete", () => {
    const ledger = memoryLedger<number>({ complete: true, max: 2 })
    ledger.set("a", 1)
    ledger.set("b", 2)
    expect(ledger.complete).toBe(true)
    ledger.set("c", 3)
    expect(ledger.complete).toBe(false)
    expect([...ledger.entries()]).toEqual([
      ["b", 2],
      ["c", 3],
    ])
  })

  test("a carrier's numbers name the order that they are for", async () => {
    const orderId = newOrderId({ region: "any", cell: 3 }, LABEL.at, () => 0.5)
    const carrier = simulatedCarrier({ ...conditions, failureRate: 0 })
    for (const attempt of [1, 2, 3]) {
      const made = await carrier.createLabel({ ...LABEL, orderId }, call(`${orderId}/label/${String(attempt)}`))
      expect(made.outcome === "labelled" && orderNamedBy(made.trackingNumber)).toBe(orderId)
    }
  })

  test("a carrier may have handed over what is called back (P4)", async () => {
    const { parcels } = ledgers()
    const carrier = simulatedCarrier({ ...conditions, failureRate: 0, overruleRate: 1 }, parcels)
    const label = await carrier.createLabel(LABEL, call("ord_1/label/1"))
    const answer = await carrier.cancelLabel(CANCEL, call("ord_1/cancel"))
    expect(answer).toEqual({ ...label, outcome: "dispatched" })
    expect(parcels.labels.get("ord_1/label/1")).toMatchObject({ standing: "dispatched" })
  })

  test("takes its time, and stops when nobody waits any more", async () => {
    const slow = simulatedPaymentGateway({ ...conditions, delayMs: 60_000 })
    const aborted = new AbortController()
    const charging = slow.charge(CHARGE, { ...call("a"), signal: aborted.signal })
    aborted.abort()
    await expect(charging).rejects.toThrow(UncertainFailure)
  })
})

describe("the performers", () => {
  test("reach the gateway under the effect's own key", async () => {
    const { payments, parcels } = ledgers()
    const pay = paymentPerformers(simulatedPaymentGateway({ ...conditions, failureRate: 0 }, payments))
    const ship = shippingPerformers(simulatedCarrier({ ...conditions, failureRate: 0 }, parcels))
    const made = await pay.charge.perform(CHARGE, call("ord_1/charge/1"))
    expect(await pay.charge.lookup(CHARGE, call("ord_1/charge/1"))).toEqual(made)
    const given = await pay.refund.perform(REFUND, call("ord_1/refund"))
    expect(await pay.refund.lookup(REFUND, call("ord_1/refund"))).toEqual(given)
    const label = await ship.label.perform(LABEL, call("ord_1/label/1"))
    expect(await ship.label.lookup(LABEL, call("ord_1/label/1"))).toEqual(label)
    const back = await ship.cancelLabel.perform(CANCEL, call("ord_1/cancel"))
    expect(await ship.cancelLabel.lookup(CANCEL, call("ord_1/cancel"))).toEqual(back)
  })
})
