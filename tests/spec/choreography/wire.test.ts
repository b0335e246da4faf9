/** What travels: envelopes, fingerprints, names of letters, traces. */
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { address, senderOf, split, streamName } from "../../../choreography/address.ts"
import { letterId, letterRow, parseLetterId } from "../../../choreography/letters.ts"
import { childOf, isTraceparent, newTrace } from "../../../choreography/trace.ts"
import { contentHash, deliverySchema } from "../../../choreography/wire.ts"
import { delivery, envelopeOf, TRACE } from "./deliveries.ts"

const text = fc.string({ unit: "binary", maxLength: 400 })

describe("a delivery", () => {
  test("is read as it was written, and nothing else is (R-21)", () => {
    expect(deliverySchema.parse(JSON.parse(JSON.stringify(delivery(1))))).toEqual(delivery(1))
    for (const broken of [
      null,
      {},
      { ...delivery(1), position: 0 },
      { ...delivery(1), extra: 1 },
      { ...delivery(1), event: {} },
    ]) {
      expect(deliverySchema.safeParse(broken).success).toBe(false)
    }
  })

  test("has a fingerprint of what it says, not of when or where (G2, N5)", () => {
    const event = envelopeOf(1)
    expect(contentHash({ ...event, time: "later", traceparent: "other" })).toBe(contentHash(event))
    expect(contentHash({ ...event, data: { number: 2 } })).not.toBe(contentHash(event))
    expect(contentHash({ ...event, id: "Order/a#2" })).not.toBe(contentHash(event))
    expect(contentHash({ ...event, dataschema: "urn:event:Shipment.grant:2" })).not.toBe(contentHash(event))
  })

  test("has a fingerprint that is written as ever, since rows hold those of years", () => {
    expect([1, 2, 3].map((number) => contentHash(envelopeOf(number)))).toEqual([
      "1pcorjm77l",
      "nlk11jhfoj",
      "2emalekt1fq",
    ])
  })

  test("of many contents makes as many fingerprints", () => {
    const hashes = Array.from({ length: 20_000 }, (_unused, index) => contentHash(envelopeOf(1, { index })))
    expect(new Set(hashes).size).toBe(hashes.length)
  })
})

describe("an address", () => {
  test("is taken apart as it was put together, keys with slashes too", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Z][a-z]{1,9}$/), fc.stringMatching(/^[\w/.-]{1,40}$/), (service, key) => {
        expect(split(address(service, key))).toEqual({ service, key })
      }),
    )
    expect([split("Order"), split("Order/"), split("/a")]).toEqual([null, null, null])
  })

  test("names another stream after a restore, of the same sender (P8)", () => {
    expect([streamName("Order/a", 0), streamName("Order/a", 2)]).toEqual(["Order/a", "Order/a~2"])
    expect([senderOf("Order/a~2"), senderOf("Order/a")]).toEqual(["Order/a", "Order/a"])
  })
})

describe("the id of a dead letter", () => {
  test("names service, cell and row, and nothing else is one (P15)", () => {
    const part = fc.stringMatching(/^[\w./-]{1,60}$/)
    fc.assert(
      fc.property(part, part, part, (service, cell, row) => {
        const id = letterId({ service, cell, row })
        expect(id).toMatch(/^dl_[\w-]+$/)
        expect(parseLetterId(id)).toEqual({ service, cell, row })
      }),
    )
    fc.assert(
      fc.property(text, (anything) => {
        expect(parseLetterId(anything.startsWith("dl_") ? "x" : anything)).toBeNull()
      }),
    )
    expect([parseLetterId("dl_"), parseLetterId("dl_!!!!"), parseLetterId("dl_YWJj")]).toEqual([null, null, null])
  })

  test("is the same for the same delivery, however often it is filed", () => {
    const row = letterRow(delivery(1), "h")
    expect(letterRow(delivery(1), "h")).toBe(row)
    expect(letterRow(delivery(2), "h")).not.toBe(row)
    expect(letterRow(delivery(1), "other")).not.toBe(row)
  })
})

describe("a trace", () => {
  const random = (): number => 0.123_456_789

  test("goes on from parent to child, each with a span of its own (B-16, B-11)", () => {
    const child = childOf(TRACE, random)
    expect([isTraceparent(child), child.split("-")[1]]).toEqual([true, TRACE.split("-")[1]])
    expect(child).not.toBe(TRACE)
  })

  test("has all digits of what is drawn, and zeros where they stand", () => {
    const draws = [0x00000001, 0x0f0e0d0c, 0x12345678, 0xfffffff0, 0x80000000, 0x00abcdef]
    const drawn = (): number => (draws.shift() ?? 0) / 2 ** 32
    expect(newTrace(drawn)).toBe("00-000000010f0e0d0c12345678fffffff0-8000000000abcdef-01")
  })

  test("is begun where none is handed in, or none that is one", () => {
    expect(isTraceparent(newTrace(random))).toBe(true)
    expect(isTraceparent(childOf("garbage", random))).toBe(true)
    for (const none of [
      "",
      "00-0-0-01",
      `00-${"0".repeat(32)}-${"1".repeat(16)}-01`,
      `ff-${"a".repeat(32)}-${"b".repeat(16)}-01`,
    ]) {
      expect(isTraceparent(none)).toBe(false)
      expect(isTraceparent(childOf(none, random))).toBe(true)
    }
  })
})
