/** Bundles: as few messages as will hold what is said, and lines that their receiver alone has to read. */
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { BUNDLE_BYTES_MAX, bundlesOf, contentOf, lineOf, linesIn, readLine } from "../../../choreography/bundles.ts"
import { byteLength } from "../../../choreography/texts.ts"
import type { Delivery } from "../../../choreography/wire.ts"
import { delivery } from "./deliveries.ts"

const text = fc.string({ unit: "binary", maxLength: 400 })

function pack(deliveries: readonly Delivery[]): string[] {
  return bundlesOf(deliveries.map(lineOf))
}

describe("a bundle", () => {
  test("holds all deliveries once, in order, and outgrows no message unless a single one does (platform 1.4)", () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 25_000 }), { maxLength: 30 })
    fc.assert(
      fc.property(sizes, (lengths) => {
        const deliveries = lengths.map((length, index) => delivery(index + 1, "ä".repeat(length / 2)))
        const bundles = pack(deliveries)
        expect(bundles.flatMap((bundle) => JSON.parse(bundle) as Delivery[])).toEqual(deliveries)
        for (const bundle of bundles)
          expect(new TextEncoder().encode(bundle).length).toBeLessThanOrEqual(BUNDLE_BYTES_MAX)
      }),
      { numRuns: 40 },
    )
    expect(pack([])).toEqual([])
  })

  test("is measured in bytes, exactly", () => {
    fc.assert(
      fc.property(text, (value) => {
        // A lone half of a pair is written as three bytes, and JSON never holds one.
        fc.pre(value.isWellFormed())
        expect(byteLength(value)).toBe(new TextEncoder().encode(value).length)
      }),
    )
  })

  test("gives its lines back as they were, and where each goes, whatever they say", () => {
    const anything = fc.oneof(fc.jsonValue(), text, fc.constantFrom(',\n{"stream":"x","target":"y","position":', "]\n"))
    fc.assert(
      fc.property(fc.array(anything, { minLength: 1, maxLength: 8 }), (data) => {
        const receipt = { stream: "Payment/a", reader: "Order/a", upTo: 1, early: [], parked: [], hashes: [] }
        const deliveries = data.map((each, index) => ({ ...delivery(index + 1, each), receipt, kills: index }))
        const lines = linesIn(pack(deliveries)[0]) ?? []
        expect(lines.map(({ target }) => target)).toEqual(deliveries.map(({ target }) => target))
        // As JSON has them: a negative zero is one that it doesn't know.
        expect(lines.map((line) => readLine(line.text))).toEqual(JSON.parse(JSON.stringify(deliveries)))
      }),
    )
  })

  test.each<[string, (deliveries: readonly Delivery[]) => unknown]>([
    ["JSON of one line", (deliveries) => JSON.stringify(deliveries)],
    ["JSON that is laid out", (deliveries) => JSON.stringify(deliveries, null, 2)],
    ["JSON that is laid out flat", (deliveries) => JSON.stringify(deliveries, null, 2).replaceAll(/\n +/g, "\n")],
    ["an object already", (deliveries) => deliveries],
  ])("that somebody else has written as %s is understood", (_how, write) => {
    const deliveries = [delivery(1), { ...delivery(2), target: 'Payment/"quoted"' }]
    const lines = linesIn(write(deliveries)) ?? []
    expect(lines.map((line) => readLine(line.text))).toEqual(deliveries)
    expect(lines.map(({ target }) => target)).toEqual(["Payment/a", 'Payment/"quoted"'])
  })

  test.each(["", "no bundle", "{}", "null", "[\n", 42, null, undefined, { stream: "x" }])(
    "is not what says %j",
    (body) => {
      expect(linesIn(body)).toBeNull()
    },
  )

  test("tells of a line that can't be read what is wrong with it, and what it says", () => {
    expect(readLine(lineOf({ ...delivery(1), position: 0 }))).toMatch(/^invalid at field position: /)
    expect(readLine("garbage")).toMatch(/^invalid at field /)
    expect(linesIn("[7,null]")).toEqual([
      { text: "7", target: null },
      { text: "null", target: null },
    ])
    expect(["7", "garbage"].map(contentOf)).toEqual([7, "garbage"])
  })
})
