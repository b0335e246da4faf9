// What the carrier says of its own accord: early, late, twice, out of order, and after the parcel was called back (P4).
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import type { CarrierReport } from "../../domain/views.ts"
import {
  calledBack,
  LABEL,
  labelled,
  lost,
  noLabel,
  ORDER,
  overruled,
  refused,
  ShipmentStory,
} from "./shipment.story.ts"

const TYPES = ["label.dispatched", "label.in_transit", "label.delivered", "label.cancelled"] as const
const created = (): ShipmentStory => new ShipmentStory().create({ granted: true }).label(labelled)
const recalling = (): ShipmentStory => created().cancel()

/** What it has said since its label was made. */
function news(story: ShipmentStory): string[] {
  return story.types.slice(story.types.indexOf("Shipment.created") + 1)
}

function historyOf({ known }: ShipmentStory): string[] {
  return known.history.map(({ status, location }) => `${status} ${location}`)
}

describe("a parcel on its way", () => {
  test("goes by the carrier's word as it would by its own clocks", () => {
    const story = created().report("label.dispatched").report("label.in_transit", { location: "Ohio" })
    expect(story.clocks).toEqual(new Set(["delivery"]))
    story.report("label.delivered", { at: 5_000 })
    expect(news(story)).toEqual(["Shipment.dispatched", "Shipment.inTransit", "Shipment.delivered"])
    expect(story.said.at(-3)?.data).toMatchObject({ overruled: false })
    expect(story.said.at(-2)?.data).toMatchObject({ location: "Ohio" })
    expect(story.known).toMatchObject({ status: "delivered", deliveredAt: 5_000 })
    expect([story.clocks, story.alerts]).toEqual([new Set(), []])
  })

  test("is heard of twice, and goes its way once", () => {
    const story = created()
    for (const type of ["label.dispatched", "label.in_transit", "label.delivered"] as const) {
      for (let times = 0; times < 10; times++) story.report(type, { at: 2_000, location: "Ohio" })
    }
    expect(news(story)).toEqual(["Shipment.dispatched", "Shipment.inTransit", "Shipment.delivered"])
    expect(story.known.history).toHaveLength(4)
  })

  test("is delivered, though nobody has said that it left: what came before is caught up on", () => {
    const story = created().report("label.delivered")
    expect(news(story)).toEqual(["Shipment.dispatched", "Shipment.delivered"])
    story.report("label.in_transit").report("label.dispatched")
    expect(news(story)).toEqual(["Shipment.dispatched", "Shipment.delivered"])
    expect(story.known.status).toBe("delivered")
  })

  test("is seen in several places, each once, and only the first is an event", () => {
    const story = created().report("label.in_transit", { location: "Ohio", at: 1 })
    story
      .report("label.in_transit", { location: "Iowa", at: 2 })
      .report("label.in_transit", { location: "Ohio", at: 1 })
    expect(historyOf(story).slice(-2)).toEqual(["in_transit Ohio", "in_transit Iowa"])
    expect(news(story)).toEqual(["Shipment.dispatched", "Shipment.inTransit"])
    for (let at = 3; at < 500; at++) story.report("label.in_transit", { location: "Iowa", at })
    expect(story.known.history.length).toBeLessThanOrEqual(200)
  })

  test("is known by its number, and another's number calls a person", () => {
    const story = created().report("label.dispatched", { trackingNumber: "FS000" })
    expect([news(story), story.alerts.length]).toEqual([[], 1])
    story.report("label.dispatched", { trackingNumber: LABEL.trackingNumber })
    expect(news(story)).toEqual(["Shipment.dispatched"])
  })

  test("left without the order's grant: it has left all the same", () => {
    const story = new ShipmentStory().create().label(labelled).report("label.dispatched")
    expect(story.last).toMatchObject({ type: "Shipment.dispatched", data: { overruled: true } })
  })
})

describe("a report on a label that is being asked for", () => {
  test.each(TYPES)("%s has the call looked up", (type) => {
    const story = new ShipmentStory().create().report(type)
    expect([story.lookUps, story.alerts, story.types]).toEqual([[`${ORDER}/label/1`], [], []])
  })

  test.each([noLabel, lost])("that came to nothing calls a person", (outcome) => {
    const story = new ShipmentStory().create().label(outcome).report("label.delivered")
    expect([story.alerts.length, story.lookUps]).toEqual([1, []])
  })
})

describe("a parcel that was called back", () => {
  test("and has left all the same overrules the recall; the call's own answer then changes nothing (P4)", () => {
    for (const answer of [overruled, refused, lost]) {
      const story = recalling().report("label.dispatched").cancelled(answer)
      expect(news(story)).toEqual(["Shipment.dispatched"])
      expect([story.poison, story.alerts]).toEqual([null, []])
      expect(story.last).toMatchObject({ data: { overruled: true } })
    }
  })

  test("and that the carrier has both taken and given back calls a person", () => {
    const story = recalling().report("label.dispatched").cancelled(calledBack)
    expect([story.poison, story.alerts.length, story.known.status]).toEqual([null, 1, "dispatched"])
  })

  test("and arrives after its order was cancelled is told to the order, which decides (P4)", () => {
    const story = recalling().cancelled(calledBack).report("label.delivered")
    expect(news(story)).toEqual(["Shipment.cancelled", "Shipment.dispatched", "Shipment.delivered"])
    expect(story.said.at(-2)).toMatchObject({ data: { overruled: true } })
    expect(story.cancel({ attempt: 2 }).last).toMatchObject({ type: "Shipment.cancelFailed" })
  })

  test("is reported to be called back: the call is looked up, or has its answer already", () => {
    expect(recalling().report("label.cancelled").lookUps).toEqual([`${ORDER}/cancel`])
    const done = recalling().cancelled(calledBack).report("label.cancelled")
    expect([done.lookUps, done.alerts, news(done)]).toEqual([[], [], ["Shipment.cancelled"]])
  })

  test("by the carrier alone, or after it had left, calls a person and changes nothing", () => {
    const story = created().report("label.cancelled")
    expect([story.alerts.length, news(story)]).toEqual([1, []])
    expect(story.report("label.dispatched").report("label.cancelled").alerts).toHaveLength(2)
  })
})

test("an unknown shipment is none of ours", () => {
  const story = new ShipmentStory().report("label.delivered")
  expect([story.state, story.alerts.length]).toEqual([null, 1])
})

test("whatever the carrier says, in whatever order, a parcel leaves once, arrives once, and never comes back", () => {
  const report = fc.record({ type: fc.constantFrom(...TYPES), at: fc.nat(5), location: fc.constantFrom("Ohio", null) })
  const opened = fc.constantFrom(
    created,
    recalling,
    () => recalling().cancelled(calledBack),
    () => recalling().cancelled(refused),
  )
  const property = fc.property(
    opened,
    fc.array(report, { maxLength: 12 }),
    (open, reports: Partial<CarrierReport>[]) => {
      const story = open()
      for (const { type = "label.delivered", ...said } of reports) {
        const hadLeft = story.types.includes("Shipment.dispatched")
        story.report(type, said)
        if (hadLeft) expect(["dispatched", "in_transit", "delivered"]).toContain(story.known.status)
        expect(story.poison).toBeNull()
      }
      for (const once of ["Shipment.dispatched", "Shipment.inTransit", "Shipment.delivered"]) {
        expect(story.types.filter((each) => each === once).length).toBeLessThanOrEqual(1)
      }
    },
  )
  fc.assert(property, { seed: 7 })
})
