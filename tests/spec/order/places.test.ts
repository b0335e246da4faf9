/** Ids, places and money: what everything else is built on, as properties. */
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { toCents, toDecimal } from "../../../domain/money.ts"
import { CELLS_MAX, homeOf, isOrderId, newestFirst, newOrderId, placedAtOf, REGIONS } from "../../../domain/orderId.ts"
import {
  customerCell,
  homesOf,
  newHome,
  orderCell,
  orderCells,
  participantCell,
  participantCells,
  stockCell,
  stockCells,
} from "../../../domain/placement.ts"
import { SETTINGS } from "./story.ts"

const counts = SETTINGS.cells
const chance = fc.array(fc.double({ min: 0, max: 0.999_999_999, noNaN: true }), { minLength: 26, maxLength: 26 })
const time = fc.integer({ min: 0, max: 32 ** 9 - 1 })
const home = fc.record({ region: fc.constantFrom(...REGIONS), cell: fc.option(fc.nat(CELLS_MAX - 1)) })

const anId = fc.tuple(home, time, chance).map(([where, now, stream]) => {
  return { where, now, id: newOrderId(where, now, drawn(stream)) }
})

/** One chance after the other, and over again. */
function drawn(chances: readonly number[]): () => number {
  let at = 0
  return () => chances[at++ % chances.length] ?? 0
}

/** Of 1,024 cells a customer has lived in eight or so. */
const HOMES_MAX = 30

describe("an order's id", () => {
  test("tells where its order lives and when it was placed (P18, D-04)", () => {
    fc.assert(
      fc.property(anId, ({ where, now, id }) => {
        expect(isOrderId(id)).toBe(true)
        expect(homeOf(id)).toEqual(where)
        expect(placedAtOf(id)).toBe(now)
        expect(orderCell(id)).toBe(where.cell === null ? id : `${where.region}-${String(where.cell)}`)
      }),
    )
  })

  test("with any one character changed is none: no guess reaches an object (platform rule 25)", () => {
    fc.assert(
      fc.property(anId, fc.nat(45), fc.stringMatching(/^[0-9a-hjkmnp-tv-z]$/), ({ id }, at, other) => {
        const forged = id.slice(0, at) + other + id.slice(at + 1)
        fc.pre(forged !== id)
        expect(isOrderId(forged)).toBe(false)
      }),
    )
    for (const none of ["", "ord_", "cust_alice", "ord_..%2f..", "ord_".padEnd(46, "0")])
      expect(isOrderId(none)).toBe(false)
  })

  test("sorts the newest first (A-03)", () => {
    fc.assert(
      fc.property(anId, anId, (one, other) => {
        fc.pre(one.now !== other.now)
        expect(newestFirst(one.id) < newestFirst(other.id)).toBe(one.now > other.now)
      }),
    )
  })
})

/** How many customers order in each cell. */
function heldBy(customers: readonly string[], cells: number): ReadonlyMap<number | null, number> {
  const held = new Map<number | null, number>()
  for (const customer of customers) {
    const { cell } = newHome("any", { ...counts, cells }, customer)
    held.set(cell, (held.get(cell) ?? 0) + 1)
  }
  return held
}

describe("places", () => {
  test("stay where they are when the number of order cells is raised (P18)", () => {
    fc.assert(
      fc.property(anId, fc.integer({ min: 1, max: CELLS_MAX }), ({ id }, cells) => {
        const more = { ...counts, cells }
        expect([orderCell(id), participantCell(id, more), stockCell("A", more), customerCell("c", more)]).toEqual([
          orderCell(id),
          participantCell(id, counts),
          stockCell("A", counts),
          customerCell("c", counts),
        ])
      }),
    )
  })

  test("of new orders are shared by a customer, and known wherever it has ordered since their number was raised", () => {
    const number = fc.integer({ min: 1, max: CELLS_MAX })
    fc.assert(
      fc.property(fc.string(), number, number, fc.integer({ min: 1, max: 64 }), (customerId, a, b, customerCells) => {
        const [before, now] = [Math.min(a, b), Math.max(a, b)].map((cells) => ({ ...counts, cells, customerCells }))
        if (before === undefined || now === undefined) throw new Error("two numbers")
        const homes = homesOf(customerId, now)
        for (const each of [before, now]) {
          const home = newHome("any", each, customerId)
          expect(home).toEqual(newHome("any", each, customerId))
          expect(homes).toContain(`any-${String(home.cell)}`)
        }
        expect(new Set(homes).size).toBe(homes.length)
        expect(homes.length).toBeLessThan(HOMES_MAX)
      }),
    )
    expect(homesOf("ada", { ...counts, cells: 0 })).toEqual([])
  })

  const customers = Array.from({ length: 8_000 }, (_unused, each) => `cust_${String(each)}`)

  test("are filled alike, where order cells are a multiple of customer cells", () => {
    for (const cells of [8, 16, 64]) {
      const held = heldBy(customers, cells)
      expect(held.size).toBe(cells)
      for (const count of held.values()) expect(Math.abs(count / (customers.length / cells) - 1)).toBeLessThan(0.5)
    }
  })

  test("are all used, whatever their number, and none has twice its share", () => {
    for (const cells of [3, 5, 7, 9, 12, 20, 63]) {
      const held = heldBy(customers, cells)
      expect(held.size).toBe(cells)
      for (const count of held.values()) expect(count / (customers.length / cells)).toBeLessThan(2)
    }
  })

  test("of orders have their customers in one customer cell, so that the two tell each other much at a time", () => {
    for (const cells of [8, 11, 64]) {
      const each = { ...counts, cells, customerCells: 8 }
      const met = new Map<number | null, Set<string>>()
      for (const customer of customers) {
        const { cell } = newHome("any", each, customer)
        met.set(cell, (met.get(cell) ?? new Set()).add(customerCell(customer, each)))
      }
      for (const cellsOfCustomers of met.values()) expect(cellsOfCustomers.size).toBe(1)
    }
  })

  test("are all found by whoever visits all of them (P17)", () => {
    const regional = { ...counts, regions: ["weur", "apac"] as const, hotSkus: ["HOT"] }
    fc.assert(
      fc.property(fc.constantFrom("weur", "apac", "me" as const), chance, fc.string(), (region, stream, sku) => {
        const id = newOrderId(newHome(region, regional, sku), 1, drawn(stream))
        expect(orderCells(regional)).toContain(orderCell(id))
        expect(homesOf(sku, regional)).toContain(orderCell(id))
        expect(participantCells(regional)).toContain(participantCell(id, regional))
        expect(stockCells(regional)).toContain(stockCell(sku, regional))
        expect(stockCells(regional)).toContain(stockCell("HOT", regional))
      }),
    )
  })

  test("never move: where a key lives is written down here for good (P18)", () => {
    expect(
      ["WIDGET-001", "GADGET-002", "RARE-ITEM"].map((sku) => stockCell(sku, { ...counts, stockCells: 8 })),
    ).toEqual(["stock-3", "stock-6", "stock-7"])
    expect(customerCell("cust_alice", { ...counts, customerCells: 8 })).toBe("customer-1")
  })
})

describe("money", () => {
  test("is whole cents inside, and comes out as it went in (D-05, 2.4)", () => {
    fc.assert(
      fc.property(fc.nat(1_000_000_000), (cents) => {
        expect(toCents(toDecimal(cents))).toBe(cents)
      }),
    )
    expect(toDecimal(2 * (toCents(29.99) ?? 0) + (toCents(49.99) ?? 0))).toBe(109.97)
  })

  test("has at most two places, and is never negative", () => {
    for (const none of [0.001, 19.999, -1, -0.01, NaN, Infinity, 1e21, 0.1 + 0.2]) expect(toCents(none)).toBeNull()
    expect([toCents(0), toCents(0.1), toCents(19.99), toCents(1.1)]).toEqual([0, 10, 1999, 110])
  })
})
