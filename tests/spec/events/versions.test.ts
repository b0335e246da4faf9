/** Events outlive deployments: every version ever released is read, through the chain, as the newest one (B-15). */
import { describe, expect, test } from "vitest"
import { z } from "zod"
import { catalog } from "../../../events/catalog.ts"
import { event, newestVersion, read, typesOf } from "../../../events/definition.ts"
import { dataschema, envelope, versionOf } from "../../../events/envelope.ts"
import { envelopeOf } from "../choreography/deliveries.ts"
import { RELEASED } from "./released.ts"

describe("the catalogue", () => {
  test("has a fixture of every version of every event that was ever released (B-15)", () => {
    const released = Object.entries(RELEASED).map(([type, versions]) => [type, versions.length])
    const declared = typesOf(catalog).map((type) => [type, newestVersion(catalog, type)])
    expect(released.sort()).toEqual(declared.sort())
  })

  test.each(
    Object.entries(RELEASED).flatMap(([type, all]) => all.map((data, index) => [type, index + 1, data] as const)),
  )("reads %s of version %i (B-15)", (type, version, data) => {
    const reading = read(catalog, type, version, data)
    expect(reading).toMatchObject({ outcome: "read" })
    // Readers ignore what a newer sender adds.
    expect(read(catalog, type, version, { ...data, addedLater: true })).toEqual(reading)
  })

  test("says where an event is wrong, that it is newer, or that nobody knows it (R-21)", () => {
    expect(read(catalog, "Shipment.grant", 1, { orderId: 7 })).toMatchObject({
      outcome: "invalid",
      problems: [{ path: "data.orderId" }],
    })
    expect(read(catalog, "Shipment.grant", 99, { orderId: "a" })).toEqual({ outcome: "newer", known: 1 })
    for (const type of ["Shipment.gone", "Nobody.knows", "Shipment", "", "toString.call", "Shipment.constructor"]) {
      expect(read(catalog, type, 1, {})).toEqual({ outcome: "unknown" })
    }
    for (const version of [0, -1, 1.5]) expect(read(catalog, "Shipment.grant", version, {}).outcome).toBe("invalid")
  })
})

describe("a chain of versions", () => {
  const noted = event(z.object({ text: z.string() }))
    .next(z.object({ lines: z.array(z.string()) }), ({ text }) => ({ lines: text.split("\n") }))
    .next(z.object({ lines: z.array(z.string()), count: z.int() }), ({ lines }) => ({ lines, count: lines.length }))
  const notes = { Note: { noted } }

  test("lifts each older version, step by step (B-15)", () => {
    const newest = { outcome: "read", data: { lines: ["a", "b"], count: 2 } }
    expect(read(notes, "Note.noted", 1, { text: "a\nb" })).toEqual(newest)
    expect(read(notes, "Note.noted", 2, { lines: ["a", "b"] })).toEqual(newest)
    expect(read(notes, "Note.noted", 3, { lines: ["a", "b"], count: 2 })).toEqual(newest)
    expect(newestVersion(notes, "Note.noted")).toBe(3)
  })

  test("checks what it lifts against the version that it says it is", () => {
    expect(read(notes, "Note.noted", 1, { lines: ["a"] }).outcome).toBe("invalid")
    expect(read(notes, "Note.noted", 3, { text: "a" }).outcome).toBe("invalid")
  })
})

describe("an envelope", () => {
  test("names the version of its data, and of no other type (B-15)", () => {
    const one = envelopeOf(1)
    expect(versionOf({ ...one, dataschema: dataschema(one.type, 12) })).toBe(12)
    for (const none of ["", "urn:event:Other.type:1", "urn:event:Shipment.grant:0", "urn:event:Shipment.grant:x"]) {
      expect(versionOf({ ...one, dataschema: none })).toBe(0)
    }
  })

  test("takes what CloudEvents 1.0 asks for and nothing unknown", () => {
    expect(envelope.safeParse(envelopeOf(1)).success).toBe(true)
    expect(envelope.safeParse({ ...envelopeOf(1), specversion: "0.3" }).success).toBe(false)
    expect(envelope.safeParse({ ...envelopeOf(1), extra: "x" }).success).toBe(false)
    expect(envelope.safeParse({ ...envelopeOf(1), id: "" }).success).toBe(false)
  })
})
