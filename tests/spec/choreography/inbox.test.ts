/** The inbox by position, as a rule and as a property. */
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import {
  advance,
  holdEarly,
  judge,
  receiptFor,
  streamIn,
  takeEarly,
  type Verdict,
} from "../../../choreography/inbox.ts"
import { EARLY_MAX } from "../../../choreography/settings.ts"
import { emptyThread, type InStream } from "../../../choreography/thread.ts"
import { delivery } from "./deliveries.ts"

const fresh = (): InStream => streamIn(emptyThread(), "Order/a")

/** Takes one in as a receiver does; answers what took effect. */
function take(
  stream: InStream,
  position: number,
  hash = `h${String(position)}`,
): { verdict: Verdict; applied: number[] } {
  const verdict = judge(stream, position, hash)
  const applied: number[] = []
  if (verdict === "early") holdEarly(stream, delivery(position), hash)
  if (verdict === "next") {
    advance(stream, position, hash, false)
    applied.push(position)
    for (let early = takeEarly(stream); early !== undefined; early = takeEarly(stream)) {
      advance(stream, early.position, stream.hashes[early.position] ?? "", false)
      applied.push(early.position)
    }
  }
  return { verdict, applied }
}

describe("a position", () => {
  test("is next, then a duplicate for good (G2, N5)", () => {
    const stream = fresh()
    expect(take(stream, 1).verdict).toBe("next")
    expect(take(stream, 1).verdict).toBe("duplicate")
    stream.hashes = {}
    expect(take(stream, 1, "anything").verdict).toBe("duplicate")
  })

  test("with other content is a conflict, applied or waiting (N5, P8)", () => {
    const stream = fresh()
    take(stream, 1)
    take(stream, 3)
    expect([take(stream, 1, "x").verdict, take(stream, 3, "x").verdict, take(stream, 3).verdict]).toEqual([
      "conflict",
      "conflict",
      "duplicate",
    ])
  })

  test("that is early waits, a bounded number of them (G3, P6)", () => {
    const stream = fresh()
    for (let position = 2; position < 2 + EARLY_MAX; position++) expect(take(stream, position).verdict).toBe("early")
    expect(take(stream, 2 + EARLY_MAX).verdict).toBe("refused")
    expect(take(stream, 1).applied).toHaveLength(EARLY_MAX + 1)
  })

  test("that was held early, and could not be read then, comes again in its turn and waits no longer (P6)", () => {
    const stream = fresh()
    take(stream, 3)
    advance(stream, 1, "h1", false)
    advance(stream, 2, "h2", false)
    advance(stream, 3, "h3", false)
    expect(receiptFor("Order/a", stream, "Payment/a", [])).toMatchObject({ upTo: 3, early: [] })
  })

  test("is receipted as what it is: applied up to, held early, parked (P5)", () => {
    const stream = fresh()
    take(stream, 1)
    advance(stream, 2, "h2", true)
    take(stream, 5)
    expect(receiptFor("Order/a", stream, "Payment/a", [[5, "h5"]])).toEqual({
      stream: "Order/a",
      reader: "Payment/a",
      upTo: 2,
      early: [5],
      parked: [2],
      hashes: [[5, "h5"]],
    })
  })
})

describe("any order of arrivals, with any copies", () => {
  test("takes each position once and in order, as soon as all before it are there (G2, G3)", () => {
    const arrivals = fc
      .integer({ min: 1, max: 25 })
      .chain((last) => fc.array(fc.integer({ min: 1, max: last }), { maxLength: 120 }))
    fc.assert(
      fc.property(arrivals, (positions) => {
        const stream = fresh()
        const applied = positions.flatMap((position) => take(stream, position).applied)
        const seen = new Set(positions)
        let whole = 0
        while (seen.has(whole + 1)) whole += 1
        expect(applied).toEqual(Array.from({ length: whole }, (_unused, index) => index + 1))
        expect(stream.upTo).toBe(whole)
        expect(stream.early.map((early) => early.position).sort((a, b) => a - b)).toEqual(
          [...seen].filter((position) => position > whole).sort((a, b) => a - b),
        )
      }),
    )
  })
})
