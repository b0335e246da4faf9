// Figures: each order once, whatever changes about it; bounded detail, a sum that loses nothing.
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { type Document, known, placed } from "../../../domain/monitor/document.ts"
import {
  type DaysRow,
  DURATION_BOUNDS_MS,
  enter,
  entriesOf,
  type FigureRows,
  type HourRow,
  HOURS_KEPT,
  merge,
  quantileOf,
  ratesOf,
  readFigures,
  sinceOf,
  sumOf,
} from "../../../domain/monitor/figures.ts"
import { newOrderId } from "../../../domain/orderId.ts"

const HOUR = 3_600_000
const DAY = 24 * HOUR
const START = Date.parse("2026-01-01T00:00:00Z")

class Rows implements FigureRows {
  readonly hours = new Map<string, HourRow>()
  #days: DaysRow | null = null
  hour(name: string): HourRow | null {
    return this.hours.get(name) ?? null
  }
  setHour(name: string, row: HourRow): void {
    this.hours.set(name, row)
  }
  days(): DaysRow | null {
    return this.#days
  }
  setDays(row: DaysRow): void {
    this.#days = row
  }
}

const orderId = newOrderId({ region: "any", cell: 0 }, START, () => 0.5)

function order(placedAt: number, end: Partial<Document> = {}): Document {
  const base = known(null, { orderId, customerId: "cust" }, 0)
  const document = placed(base, { items: [], total: 100, currency: "USD", placedAt })
  if (document === null) throw new Error("a new order is placed")
  return { ...document, ...end }
}

const delivered = (placedAt: number, endedAt: number): Document => order(placedAt, { stage: "delivered", endedAt })
const cancelled = (placedAt: number, endedAt: number): Document =>
  order(placedAt, { stage: "cancelled", endedAt, code: "OUT_OF_STOCK" })

describe("figures", () => {
  test("A-19 an order is counted when it is placed, and once more when it ends", () => {
    const rows = new Rows()
    enter(rows, [], entriesOf(order(START), 0))
    enter(rows, entriesOf(order(START), 0), entriesOf(delivered(START, START + 4_000), 0))
    const { total, minutes } = readFigures(rows)
    expect(total).toMatchObject({ placed: 1, completed: 1, cancelled: 0, durationMs: 4_000 })
    expect(Object.keys(minutes)).toEqual([String(START)])
    expect(ratesOf(total)).toMatchObject({ successRate: 1, compensationRate: 0, durationMs: { mean: 4_000 } })
  })

  test("what is of another counting, or not yet known to be placed, is not counted", () => {
    expect(entriesOf(order(START), 1)).toEqual([])
    expect(entriesOf(known(null, { orderId, customerId: "cust" }, 0), 0)).toEqual([])
  })

  test("whatever the times and their order, the sum is that of all orders, days agree with it, and rows are bounded", () => {
    const life = fc.record({
      placedAt: fc.integer({ min: 0, max: 500 * 24 }).map((hours) => START + hours * HOUR),
      lastsMs: fc.integer({ min: 0, max: 3 * DAY }),
      isDelivered: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(life, { maxLength: 60 }), (lives) => {
        const rows = new Rows()
        const ends = lives.map(({ placedAt, lastsMs, isDelivered }) =>
          (isDelivered ? delivered : cancelled)(placedAt, placedAt + lastsMs),
        )
        for (const { placedAt } of lives) enter(rows, [], entriesOf(order(placedAt), 0))
        for (const end of ends) enter(rows, entriesOf(order(end.placedAt), 0), entriesOf(end, 0))
        const truth = sumOf(ends.flatMap((end) => entriesOf(end, 0).map(({ bucket }) => bucket)))
        const figures = readFigures(rows)
        expect(figures.total).toEqual(truth)
        expect(merge([figures, figures]).total.placed).toBe(2 * truth.placed)
        expect(rows.hours.size).toBeLessThanOrEqual(HOURS_KEPT)
        expect(Object.keys(figures.days).length).toBeLessThanOrEqual(404)
      }),
    )
  })

  test("a window holds what began in it", () => {
    const rows = new Rows()
    for (const at of [START, START + HOUR, START + 2 * HOUR]) enter(rows, [], entriesOf(order(at), 0))
    const { minutes } = readFigures(rows)
    expect(sinceOf(minutes, START + HOUR).placed).toBe(2)
  })

  test("a quantile lies in the class of the value that it stands for", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: DAY }), { minLength: 1, maxLength: 50 }), (values) => {
        const sorted = values.toSorted((a, b) => a - b)
        const bucket = sumOf(
          values.flatMap((ms) =>
            entriesOf(delivered(START, START + ms), 0)
              .slice(1)
              .map((e) => e.bucket),
          ),
        )
        for (const q of [0.5, 0.95, 0.99]) {
          const value = sorted[Math.ceil(q * sorted.length) - 1] ?? 0
          const index = DURATION_BOUNDS_MS.findIndex((bound) => value <= bound)
          const [low, high] = [DURATION_BOUNDS_MS[index - 1] ?? 0, DURATION_BOUNDS_MS[index] ?? Infinity]
          const estimate = quantileOf(bucket.durations, DURATION_BOUNDS_MS, q)
          expect(estimate).toBeGreaterThanOrEqual(low)
          expect(estimate).toBeLessThanOrEqual(high)
        }
      }),
    )
  })
})
