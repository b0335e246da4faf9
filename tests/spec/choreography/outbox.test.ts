/** The outbox as rows: said, due again with backoff, received, parked, contradicted. */
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { compare, deliveryOf, say, settle, takeDue } from "../../../choreography/outbox.ts"
import { defaults, RESEND_ROWS_MAX } from "../../../choreography/settings.ts"
import { emptyThread, type Thread } from "../../../choreography/thread.ts"
import { contentHash, type Receipt } from "../../../choreography/wire.ts"
import { envelopeOf } from "./deliveries.ts"

const READER = "Payment/a"

/** A thread that has said so many events to one reader. */
function said(count: number): Thread {
  const thread = emptyThread()
  for (let number = 1; number <= count; number++) {
    thread.events[number] = envelopeOf(number)
    say(thread, number, READER, 0)
  }
  return thread
}

function receipt(part: Partial<Receipt>): Receipt {
  return { stream: "Order/a", reader: READER, upTo: 0, early: [], parked: [], hashes: [], ...part }
}

/** The content that was said at these positions. */
function named(...at: readonly number[]): Receipt["hashes"] {
  return at.map((position) => [position, contentHash(envelopeOf(position))])
}

const positions = (rows: readonly { readonly position: number }[]): number[] => rows.map(({ position }) => position)

describe("a receipt", () => {
  test("settles what it names, and names what is parked; what is held early stays ours, since it may be parked yet (P5, P9, N6)", () => {
    const found = compare(said(6), receipt({ upTo: 3, early: [5], parked: [2], hashes: named(1, 2, 3, 5) }))
    expect([positions(found.received), positions(found.parked), found.conflicts]).toEqual([[1, 3], [2], []])
  })

  test("of a later position proves nothing of an earlier one: a sender that was restored may say something else there (P8)", () => {
    const found = compare(said(3), receipt({ upTo: 3, hashes: named(3) }))
    expect([positions(found.received), found.conflicts]).toEqual([[3], []])
  })

  test("for another content than was said settles nothing (P8)", () => {
    const thread = said(2)
    const hash = contentHash(envelopeOf(2))
    const found = compare(
      thread,
      receipt({
        upTo: 2,
        hashes: [
          [1, "other"],
          [2, hash],
        ],
      }),
    )
    expect([positions(found.received), found.conflicts]).toEqual([[2], [1]])
  })

  test("of somebody who was told nothing settles nothing", () => {
    expect(compare(said(2), receipt({ reader: "Shipping/a", upTo: 9 })).received).toEqual([])
  })

  test("settles a row for good; its event goes with the last row that needs it (G4, 2.5)", () => {
    const thread = said(1)
    say(thread, 1, "Shipping/a", 0)
    const [row] = compare(thread, receipt({ upTo: 1, hashes: named(1) })).received
    expect(row).toBeDefined()
    if (row !== undefined) settle(thread, READER, row, 5)
    expect(deliveryOf(thread, "Order/a", READER, 1)).toBeUndefined()
    expect(deliveryOf(thread, "Order/a", "Shipping/a", 1)?.event.id).toBe("Order/a#1")
    const [other] = thread.outs["Shipping/a"]?.rows ?? []
    if (other !== undefined) settle(thread, "Shipping/a", other, 6)
    expect(thread.events).toEqual({})
    // The next position is never given twice.
    expect(say(thread, 2, READER, 0).position).toBe(2)
  })
})

describe("a row whose lease is over", () => {
  test("goes out again, same position, each time after about twice as long, up to a bound (P13, R-15, A-07)", () => {
    const thread = said(1)
    const waits: number[] = []
    let now = 0
    for (let tries = 0; tries < 12; tries++) {
      expect(takeDue(thread, now, defaults, () => 0.5)).toEqual([{ target: READER, position: 1 }])
      const next = thread.outs[READER]?.rows[0]?.next ?? 0
      waits.push(next - now)
      expect(takeDue(thread, next - 1, defaults, () => 0.5)).toEqual([])
      now = next
    }
    expect(waits.slice(0, 3)).toEqual([60_000, 120_000, 240_000])
    expect(Math.max(...waits)).toBe(defaults.resendMaxMs)
  })

  test("waits with jitter within a quarter either way (P13)", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 0.999_999, noNaN: true }), (chance) => {
        const thread = said(1)
        takeDue(thread, 0, defaults, () => chance)
        const next = thread.outs[READER]?.rows[0]?.next ?? 0
        expect(next).toBeGreaterThanOrEqual(defaults.receiptLeaseMs * 2 * 0.75 - 1)
        expect(next).toBeLessThanOrEqual(defaults.receiptLeaseMs * 2 * 1.25 + 1)
      }),
    )
  })

  test("is one of a bounded number; the others come next time, none is starved (A-07, style 4)", () => {
    const thread = said(RESEND_ROWS_MAX + 5)
    expect(takeDue(thread, 0, defaults, () => 0.5)).toHaveLength(RESEND_ROWS_MAX)
    expect(positions(takeDue(thread, 0, defaults, () => 0.5))).toEqual([21, 22, 23, 24, 25])
  })
})
