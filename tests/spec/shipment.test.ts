import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { viewOf } from "../../domain/shipment/view.ts"
import {
  ADDRESS,
  calledBack,
  exhausted,
  LABEL,
  labelled,
  LINES,
  lost,
  noLabel,
  ORDER,
  overruled,
  refused,
  ShipmentStory,
} from "./shipment.story.ts"

const labelledStory = (granted = false): ShipmentStory => new ShipmentStory().create({ granted }).label(labelled)
const dispatchedStory = (): ShipmentStory => labelledStory(true).due("dispatch")

describe("a shipment that is asked for", () => {
  test("has a label made, and says so with its number (D-13)", () => {
    const story = new ShipmentStory().create()
    expect(story.calls).toEqual([`${ORDER}/label/1`])
    expect(story.said).toEqual([])
    story.label(labelled)
    expect(story.last).toEqual({
      type: "Shipment.created",
      data: { orderId: ORDER, attempt: 1, shipmentId: "shp_1", ...LABEL },
    })
    expect(story.tracked).toEqual([LABEL.trackingNumber])
    expect(viewOf(story.known)).toMatchObject({
      status: "created",
      address: ADDRESS,
      items: LINES,
      trackingHistory: [{ status: "created", location: "Label created" }],
    })
  })

  test("cannot be looked at before it has a label (D-26)", () => {
    expect(viewOf(new ShipmentStory().create().known)).toBeNull()
  })

  test("is made once, whatever is repeated (D-12, K-20, H1)", () => {
    const story = new ShipmentStory().create().create({ attempt: 2 }).label(labelled).create({ attempt: 3 })
    expect(story.calls).toHaveLength(1)
    expect(story.said.map(({ data }) => ("attempt" in data ? data.attempt : null))).toEqual([2, 3])
  })

  test.each([
    ["refused by the carrier", noLabel, "REFUSED", false],
    ["given up", exhausted, "UNAVAILABLE", false],
    ["unknown in its outcome", lost, "UNAVAILABLE", true],
  ] as const)("fails when its label is %s (K-14)", (_how, outcome, code, uncertain) => {
    const story = new ShipmentStory().create().label(outcome)
    expect(story.last).toMatchObject({ type: "Shipment.failed", data: { code, uncertain } })
    expect(story.clocks).toEqual(new Set())
  })

  test("tries again under a new key after a refusal, under the same one while nobody knows (P10)", () => {
    const refusal = new ShipmentStory().create().label(noLabel).create({ attempt: 2 })
    expect(refusal.calls).toEqual([`${ORDER}/label/1`, `${ORDER}/label/2`])
    const unsure = new ShipmentStory().create().label(lost).create({ attempt: 2 }).label(exhausted)
    expect(unsure.calls).toEqual([`${ORDER}/label/1`, `${ORDER}/label/1`])
    expect(unsure.last).toMatchObject({ type: "Shipment.failed", data: { uncertain: true } })
  })

  test("is refused after its deadline, and parked by poison (K-22, K-17)", () => {
    expect(new ShipmentStory().create({ expired: true }).last).toMatchObject({ data: { code: "DEADLINE" } })
    const story = new ShipmentStory().create({ plan: "poison" })
    expect(story.poison).not.toBeNull()
    expect(story.create({ plan: "poison", redriven: true }).calls).toHaveLength(1)
  })
})

describe("the way of a parcel", () => {
  test("leads from the door to the customer (D-14, D-16)", () => {
    const story = labelledStory(true).due("dispatch").due("transit").due("delivery")
    expect(story.types).toEqual(["Shipment.created", "Shipment.dispatched", "Shipment.inTransit", "Shipment.delivered"])
    expect(viewOf(story.known)).toMatchObject({ status: "delivered", deliveredAt: story.now - 1 })
    expect(viewOf(story.known)?.trackingHistory.map(({ status }) => status)).toEqual([
      "created",
      "dispatched",
      "in_transit",
      "delivered",
    ])
  })

  test("tells stock which lines have left (D-15)", () => {
    expect(dispatchedStory().last).toMatchObject({
      type: "Shipment.dispatched",
      data: { lines: LINES, overruled: false, trackingNumber: LABEL.trackingNumber },
    })
  })

  test("waits at the door for the order's grant (P1)", () => {
    const story = labelledStory().due("dispatch")
    expect(story.last).toEqual({ type: "Shipment.ready", data: { orderId: ORDER, shipmentId: "shp_1" } })
    expect(viewOf(story.known)?.status).toBe("created")
    expect(story.grant().last).toMatchObject({ type: "Shipment.dispatched" })
    expect(story.grant().ignored).not.toBeNull()
    expect(story.types.filter((type) => type === "Shipment.dispatched")).toHaveLength(1)
  })

  test("goes when it is due if the grant came before (P1)", () => {
    const story = labelledStory().grant()
    expect(story.types).toEqual(["Shipment.created"])
    expect(story.due("dispatch").last).toMatchObject({ type: "Shipment.dispatched" })
  })

  test("is delivered by hand only after dispatch, and then not a second time by the clock (D-24)", () => {
    expect(labelledStory().deliver().ignored).not.toBeNull()
    const story = dispatchedStory().deliver().due("transit").due("delivery").deliver()
    expect(story.types.slice(-2)).toEqual(["Shipment.dispatched", "Shipment.delivered"])
    expect(dispatchedStory().due("transit").deliver().last).toMatchObject({ type: "Shipment.delivered" })
  })
})

describe("a shipment that is called back", () => {
  test("before it was asked for: the tombstone refuses the late request (D-17, G8)", () => {
    const story = new ShipmentStory().cancel().create()
    expect(story.said).toEqual([
      { type: "Shipment.cancelled", data: { orderId: ORDER, attempt: 1, shipmentId: null } },
      {
        type: "Shipment.failed",
        data: {
          orderId: ORDER,
          attempt: 1,
          code: "CANCELLED",
          reason: "the order has been cancelled",
          uncertain: false,
        },
      },
    ])
    expect(story.calls).toEqual([])
  })

  test("falls silent before the carrier is asked (P4)", () => {
    const story = labelledStory(true)
    expect(story.clocks).toEqual(new Set(["dispatch"]))
    story.cancel()
    expect(story.clocks).toEqual(new Set())
    expect(story.calls.at(-1)).toBe(`${ORDER}/cancel`)
    expect(story.grant().ignored).not.toBeNull()
    story.cancelled(calledBack)
    expect(story.last).toMatchObject({ type: "Shipment.cancelled", data: { shipmentId: "shp_1" } })
    expect(viewOf(story.known)?.status).toBe("cancelled")
    expect(story.types).not.toContain("Shipment.dispatched")
  })

  test("while its label is under way: the label is called back as soon as it is there (P10)", () => {
    const story = new ShipmentStory().create().cancel()
    expect(story.calls).toHaveLength(1)
    story.label(labelled)
    expect(story.calls).toEqual([`${ORDER}/label/1`, `${ORDER}/cancel`])
    expect(story.said).toEqual([])
    expect(story.cancelled(calledBack).types).toEqual(["Shipment.cancelled"])
  })

  test("while a label is under way that comes to nothing: there is nothing to call back", () => {
    const story = new ShipmentStory().create().cancel().label(noLabel)
    expect(story.types).toEqual(["Shipment.cancelled"])
    expect(story.calls).toHaveLength(1)
  })

  test("although nobody knows of its label: it is made sure that there is none", () => {
    const story = new ShipmentStory().create().label(lost).cancel()
    expect(story.calls).toEqual([`${ORDER}/label/1`, `${ORDER}/cancel`])
    expect(story.cancelled(calledBack).last).toMatchObject({ type: "Shipment.cancelled", data: { shipmentId: null } })
  })

  test("after it has left: too late (D-18)", () => {
    const story = dispatchedStory().cancel()
    expect(story.last).toEqual({
      type: "Shipment.cancelFailed",
      data: { orderId: ORDER, attempt: 1, reason: "dispatched" },
    })
    expect(story.due("transit").due("delivery").last).toMatchObject({ type: "Shipment.delivered" })
  })

  test("although the carrier has it: it goes on its way after all (P1, P4)", () => {
    const story = labelledStory().cancel().cancelled(overruled)
    expect(story.last).toMatchObject({ type: "Shipment.dispatched", data: { overruled: true, lines: LINES } })
    expect(story.due("transit").due("delivery").last).toMatchObject({ type: "Shipment.delivered" })
  })

  test("although the carrier has it, and nobody knew of a label: the carrier names its number (P4)", () => {
    const story = new ShipmentStory().create().label(lost).cancel().cancelled(overruled)
    expect(story.last).toMatchObject({ data: { overruled: true, trackingNumber: LABEL.trackingNumber } })
    expect(story.tracked).toEqual([LABEL.trackingNumber])
  })

  test.each([
    ["refused", refused, `${ORDER}/cancel/2`],
    ["given up", exhausted, `${ORDER}/cancel/2`],
    ["unknown in its outcome", lost, `${ORDER}/cancel`],
  ] as const)("in vain, %s: it stays at the door, and another undo tries again (N1, P4)", (_how, outcome, key) => {
    const story = labelledStory(true).cancel().cancelled(outcome)
    expect(story.last).toMatchObject({ type: "Shipment.cancelFailed", data: { attempt: 1 } })
    expect(story.due("dispatch").grant().types).not.toContain("Shipment.dispatched")
    story.cancel({ attempt: 2 })
    expect(story.calls.at(-1)).toBe(key)
    story.cancelled(calledBack)
    expect(story.last).toMatchObject({ type: "Shipment.cancelled", data: { attempt: 2 } })
    story.cancel({ attempt: 3 })
    expect(story.last).toMatchObject({ type: "Shipment.cancelled", data: { attempt: 3 } })
    expect(story.calls).toHaveLength(3)
  })

  test("twice at once: one call, one answer, to the newest", () => {
    const story = labelledStory().cancel().cancel({ attempt: 2 }).cancelled(calledBack)
    expect(story.calls).toHaveLength(2)
    expect(story.types).toEqual(["Shipment.created", "Shipment.cancelled"])
    expect(story.last).toMatchObject({ data: { attempt: 2 } })
  })

  test("by a poisonous undo: it is parked, and redriven it is an ordinary one (P9, P15)", () => {
    const story = labelledStory().cancel({ plan: "poison" })
    expect(story.poison).not.toBeNull()
    expect(story.cancel({ plan: "poison", redriven: true }).calls.at(-1)).toBe(`${ORDER}/cancel`)
  })
})

describe("whatever happens to a shipment", () => {
  const acts = {
    create: (story: ShipmentStory) => story.create({ attempt: story.now }),
    cancel: (story: ShipmentStory) => story.cancel({ attempt: story.now }),
    grant: (story: ShipmentStory) => story.grant(),
    dispatch: (story: ShipmentStory) => story.due("dispatch"),
    transit: (story: ShipmentStory) => story.due("transit"),
    delivery: (story: ShipmentStory) => story.due("delivery"),
    labelled: (story: ShipmentStory) => settleLabel(story, labelled),
    noLabel: (story: ShipmentStory) => settleLabel(story, noLabel),
    labelLost: (story: ShipmentStory) => settleLabel(story, lost),
    calledBack: (story: ShipmentStory) => settleCancel(story, calledBack),
    cancelRefused: (story: ShipmentStory) => settleCancel(story, refused),
    cancelLost: (story: ShipmentStory) => settleCancel(story, lost),
    overruled: (story: ShipmentStory) => settleCancel(story, overruled),
  }
  const names = fc.array(fc.constantFrom(...(Object.keys(acts) as (keyof typeof acts)[])), { maxLength: 30 })
  const settleLabel = (story: ShipmentStory, outcome: Parameters<ShipmentStory["label"]>[0]): unknown =>
    story.state?.request?.standing === "under_way" ? story.label(outcome) : undefined
  const settleCancel = (story: ShipmentStory, outcome: Parameters<ShipmentStory["cancelled"]>[0]): unknown =>
    story.state?.undo?.status === "under_way" ? story.cancelled(outcome) : undefined

  test("a parcel leaves once, with a grant or by the carrier, and is delivered once and after it left (H1, D-16, P1, P4)", () => {
    fc.assert(
      fc.property(names, (all) => {
        const story = new ShipmentStory()
        let granted = false
        for (const name of all) {
          acts[name](story)
          expect(story.poison).toBeNull()
          if (name === "grant") granted = true
        }
        const departures = story.said.flatMap((each) => (each.type === "Shipment.dispatched" ? [each.data] : []))
        expect(departures.length).toBeLessThanOrEqual(1)
        for (const departure of departures) expect(granted || departure.overruled).toBe(true)
        const arrivals = story.types.filter((type) => type === "Shipment.delivered")
        expect(arrivals.length).toBeLessThanOrEqual(departures.length)
      }),
      { numRuns: 3_000 },
    )
  })

  test("what was called back for good never leaves (D-16, P4)", () => {
    fc.assert(
      fc.property(names, (all) => {
        const story = new ShipmentStory()
        for (const name of all) acts[name](story)
        const end = story.types.indexOf("Shipment.cancelled")
        if (end >= 0) expect(story.types.slice(end)).not.toContain("Shipment.dispatched")
      }),
      { numRuns: 3_000 },
    )
  })
})
