// Looking for orders in several cells at once: a page misses none, repeats none, and ends where some cell has not looked.
import fc from "fast-check"
import { expect, test } from "vitest"
import { type Document, documentKey, known, type Query } from "../../../domain/monitor/document.ts"
import { flag, type Flagged, NO_FLAGS, search, together } from "../../../domain/monitor/search.ts"
import { newOrderId } from "../../../domain/orderId.ts"

const ANY: Query = {
  ...{ customerId: null, sku: null, paymentId: null, trackingNumber: null, stages: null, view: null, since: null },
}

function document(number: number): Document {
  let seed = number + 1
  const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647
  const orderId = newOrderId({ region: "any", cell: 0 }, 1_700_000_000_000 + number * 1_000, random)
  return known(null, { orderId, customerId: number % 3 === 0 ? "third" : "other" }, 0)
}

function shelfOf(documents: readonly Document[]) {
  const byKey = new Map(documents.map((each) => [documentKey(each.orderId), each]))
  const sorted = [...byKey.keys()].sort()
  return {
    keys: (after: string | null, limit: number) =>
      sorted.filter((key) => after === null || key > after).slice(0, limit),
    document: (key: string) => byKey.get(key) ?? null,
  }
}

test("pages over cells list every match once, newest first", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(3), { maxLength: 40 }), fc.integer({ min: 1, max: 7 }), (cellOf, limit) => {
      const all = cellOf.map((_cell, number) => document(number))
      const shelves = [0, 1, 2, 3].map((cell) => shelfOf(all.filter((_each, number) => cellOf[number] === cell)))
      const seen: string[] = []
      let after: string | null = null
      do {
        const input = { query: { ...ANY, customerId: "third" }, after, limit }
        const page = together(
          shelves.map((shelf) => search(shelf, NO_FLAGS, input)),
          limit,
        )
        expect(page.items.length).toBeLessThanOrEqual(limit)
        seen.push(...page.items.map(({ orderId }) => orderId))
        after = page.seenTo
      } while (after !== null)
      const wanted = all.filter(({ customerId }) => customerId === "third").map(({ orderId }) => orderId)
      expect(seen).toEqual(wanted.toReversed())
    }),
  )
})

test("orders since a day are found, whatever other keys their cell has", () => {
  const all = [3, 2, 1, 0].map((number) => document(number))
  const shelf = shelfOf(all)
  const among = (other: string) => ({ ...shelf, keys: () => [...shelf.keys(null, 9), other].sort() })
  const since = all[1]?.placedAt ?? 0
  for (const other of ["sweep", "0", "~"]) {
    const { items } = search(among(other), NO_FLAGS, { query: { ...ANY, since }, after: null, limit: 9 })
    expect(items).toEqual(all.slice(0, 2))
  }
})

test("an order is on the list of a view for as long as it belongs there", () => {
  const before = document(1)
  const after: Document = { ...before, stage: "attention", unbalanced: true }
  const key = documentKey(before.orderId)
  const flagged: Flagged = flag(NO_FLAGS, before, after) ?? NO_FLAGS
  expect(flagged).toEqual({ attention: [key], unbalanced: [key], overdue: [] })
  expect(flag(flagged, after, { ...after, updatedAt: 9 })).toBeNull()
  expect(flag(flagged, after, { ...after, stage: "cancelled", unbalanced: false })).toEqual(NO_FLAGS)
})
