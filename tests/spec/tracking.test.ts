/** Tracking numbers that name their order. */
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { CELLS_MAX, newOrderId, REGIONS } from "../../domain/orderId.ts"
import { orderNamedBy, trackingNumberOf } from "../../domain/tracking.ts"

const anId = fc
  .record({
    region: fc.constantFrom(...REGIONS),
    cell: fc.option(fc.nat(CELLS_MAX - 1)),
    now: fc.integer({ min: 0, max: 32 ** 9 - 1 }),
    chances: fc.array(fc.double({ min: 0, max: 0.999_999_999, noNaN: true }), { minLength: 26, maxLength: 26 }),
  })
  .map(({ region, cell, now, chances }) => {
    const drawn = chances.values()
    return newOrderId({ region, cell }, now, () => drawn.next().value ?? 0)
  })
const letters = fc.stringMatching(/^[A-Z]{2}$/)
const suffix = fc.stringMatching(/^[0-9a-f]{1,20}$/)
const id = newOrderId({ region: "weur", cell: null }, Date.UTC(2026, 0, 1), () => 0.5)

describe("a tracking number", () => {
  test("names its order, in whichever case it is written, and is one that can be asked for (D-13)", () => {
    fc.assert(
      fc.property(letters, anId, suffix, (carrier, orderId, label) => {
        const number = trackingNumberOf(carrier, orderId, label)
        expect(number).toMatch(/^[A-Z0-9]{4,64}$/)
        expect(number.startsWith(carrier)).toBe(true)
        expect([orderNamedBy(number), orderNamedBy(number.toLowerCase())]).toEqual([orderId, orderId])
      }),
    )
  })

  test("of another label is another one", () => {
    fc.assert(
      fc.property(anId, suffix, suffix, (orderId, one, other) => {
        fc.pre(one !== other)
        expect(trackingNumberOf("FS", orderId, one)).not.toBe(trackingNumberOf("FS", orderId, other))
      }),
    )
  })

  test("with a character of the id mistaken names no order", () => {
    fc.assert(
      fc.property(anId, fc.nat(41), fc.stringMatching(/^[0-9A-HJKMNP-TV-Z]$/), (orderId, at, mistaken) => {
        const number = trackingNumberOf("FS", orderId, "0a1b2c3d")
        const wrong = number.slice(0, 2 + at) + mistaken + number.slice(3 + at)
        fc.pre(wrong !== number)
        expect(orderNamedBy(wrong)).toBeNull()
      }),
    )
  })

  test("of a carrier's own making names no order", () => {
    fc.assert(fc.property(fc.string({ maxLength: 64 }), (number) => orderNamedBy(number) === null))
    const body = id.slice("ord_".length)
    for (const none of ["", "SDMWPOTTQTE6DA72C1", "1Z999AA10123456784", id, body, `FS${body}`, `F${body}01`])
      expect([none, orderNamedBy(none)]).toEqual([none, null])
  })

  test("with more or fewer letters than two, or with signs between, names none, and so has a row of its own", () => {
    for (const carrier of ["", "F", "FST", "F-", "FS-"]) {
      expect([carrier, orderNamedBy(trackingNumberOf(carrier, id, "0a1b2c3d"))]).toEqual([carrier, null])
    }
    // Its lower case is a letter of the alphabet, but it is none.
    expect(orderNamedBy(`FS\u212A${id.slice("ord_k".length)}0a1b2c3d`)).toBeNull()
  })
})
