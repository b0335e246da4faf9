/** One shelf, many orders: nothing is sold twice, nothing is left over, nothing is lost. */
import { afterEach, describe, expect, test } from "vitest"
import { network } from "./network.ts"
import { sharedRow } from "./objects.ts"
import type { OrderJson } from "./views.ts"
import { openShop } from "./world.ts"

const shop = openShop()

afterEach(() => {
  network.reset()
})

async function placeMany(count: number, sku: string, quantity: number): Promise<OrderJson[]> {
  const wanted = { items: [{ sku, quantity, price: 1 }] }
  return Promise.all(
    Array.from({ length: count }, (_unused, index) => shop.place({ ...wanted, customerId: `cust_${String(index)}` })),
  )
}

async function statuses(orders: readonly OrderJson[]): Promise<Record<string, number>> {
  await shop.settle(...orders)
  const counts: Record<string, number> = {}
  for (const order of orders) {
    const { status } = await shop.order(order)
    counts[status] = (counts[status] ?? 0) + 1
  }
  return counts
}

describe("a fresh shop", () => {
  test("has exactly the five seeds, before any route's first answer (D-11, D-25)", async () => {
    const { body } = await shop.call<{ stock: Record<string, { available: number; price: number | null }> }>(
      "GET",
      "/inventory",
    )
    expect(Object.fromEntries(Object.entries(body.stock).map(([sku, level]) => [sku, level.available]))).toEqual({
      "WIDGET-001": 100,
      "GADGET-002": 50,
      "THING-003": 25,
      "RARE-ITEM": 2,
      "OUT-OF-STOCK": 0,
    })
    expect([body.stock["WIDGET-001"]?.price, body.stock["GADGET-002"]?.price]).toEqual([29.99, 49.99])
    expect((await shop.call("GET", "/inventory/NO-SUCH")).status).toBe(404)
  })
})

describe("more is wanted than there is", () => {
  test("60 + 60 of 100: one is delivered, the other is out of stock and whole (R-05, R-10, D-09)", async () => {
    const orders = await placeMany(2, "WIDGET-001", 60)
    expect(await statuses(orders)).toEqual({ delivered: 1, cancelled: 1 })
    const refused = (await Promise.all(orders.map((order) => shop.order(order)))).find(
      ({ status }) => status === "cancelled",
    )
    expect(refused?.cancellation).toMatchObject({ code: "OUT_OF_STOCK" })
    expect(refused?.cancellation?.reason).toContain("60 requested, 40 available")
    await shop.settle()
    expect(await shop.books()).toEqual([])
  })

  test("the last unit goes to one of twelve (K2, R-05)", async () => {
    await shop.stock("LAST", 1)
    expect(await statuses(await placeMany(12, "LAST", 1))).toEqual({ delivered: 1, cancelled: 11 })
    await shop.settle()
    expect(await shop.books()).toEqual([])
  })

  test("200 orders at once for 50 of one SKU: exactly 50 are delivered, and every other is whole (fault 32, K1, K2, K5)", async () => {
    await shop.stock("HOT", 50)
    const orders = await placeMany(200, "HOT", 1)
    expect(await statuses(orders)).toEqual({ delivered: 50, cancelled: 150 })
    expect(await shop.level("HOT")).toMatchObject({ available: 0, reserved: 0, shipped: 50 })
    await shop.settle()
    expect(await shop.books()).toEqual([])
  })

  test("lines of one SKU are summed before the check: two of two thirds oversell nothing (D-09, 2.3)", async () => {
    const line = { sku: "RARE-ITEM", quantity: 2, price: 3 }
    const order = await shop.place({ items: [line, line] })
    await shop.settle(order)
    expect(await shop.order(order)).toMatchObject({ status: "cancelled", cancellation: { code: "OUT_OF_STOCK" } })
    expect(await shop.level("RARE-ITEM")).toMatchObject({ available: 2, reserved: 0 })
  })
})

describe("the level of a SKU", () => {
  test("is the same for who reads it from disk, though its row is not written when goods leave or come back (K1, K2)", async () => {
    const wanted = { items: [{ sku: "RARE-ITEM", quantity: 1, price: 3 }] }
    const delivered = await shop.place(wanted)
    await shop.settle(delivered)
    const refused = await shop.place({ ...wanted, simulate: { payment: "decline" } })
    await shop.settle(refused)
    await shop.settle()
    const before = await shop.level("RARE-ITEM")
    expect(before).toMatchObject({ available: 1, reserved: 0, shipped: 1 })
    const counted = { available: 0, reserved: 1, shipped: 1, open: [refused.id] }
    expect(await sharedRow("Inventory", "RARE-ITEM/level", "RARE-ITEM")).toMatchObject(counted)
    await shop.crash()
    expect(await shop.level("RARE-ITEM")).toEqual(before)
    expect(await shop.books()).toEqual([])
  })
})

describe("stock that is added", () => {
  test("is there at once, creates what is new, and must be a whole number (D-25, 2.4)", async () => {
    await shop.stock("BRAND-NEW", 3)
    expect(await shop.level("BRAND-NEW")).toMatchObject({ available: 3, reserved: 0, shipped: 0 })
    for (const quantity of [0, -1, 1.5, 1e21, "1", null]) {
      expect((await shop.call("POST", "/inventory/BRAND-NEW/add", { quantity })).status).toBe(400)
    }
    expect(await shop.level("BRAND-NEW")).toMatchObject({ available: 3 })
  })
})

describe("a hold that outlives its time", () => {
  test("is kept; the order cancels by the ordinary undo, shipment first, and the customer is made whole (P3, D-23, R-22)", async () => {
    // Nothing comes of the shipment, so dispatch is never granted.
    network.hold("Shipment.create")
    const order = await shop.place({ items: [{ sku: "THING-003", quantity: 5, price: 7 }] })
    await shop.until(order, "paid")
    await shop.advance(31 * 60_000)
    network.rule = ({ type }) => (type === "Shipment.create" ? "lose" : "pass")
    await shop.eventually("it is being undone", async () => (await shop.order(order)).status === "cancelling")
    expect(await shop.level("THING-003")).toMatchObject({ reserved: 5 })
    expect(network.count("Inventory.release", order.id)).toBe(0)
    network.rule = () => "pass"
    await shop.settle(order)
    expect((await shop.order(order)).cancellation?.code).toMatch(/RESERVATION_EXPIRED|DEADLINE/)
    expect(await shop.level("THING-003")).toMatchObject({ available: 25, reserved: 0 })
    await shop.settle()
    expect(await shop.books()).toEqual([])
  })

  test("an order whose payment never answers ends by its deadline, well before the hold does (R-22, K-22, P12, G7)", async () => {
    network.rule = ({ type }) => (type === "Payment.requested" ? "lose" : "pass")
    const order = await shop.place({ items: [{ sku: "THING-003", quantity: 1, price: 7 }] })
    await shop.until(order, "confirmed")
    await shop.advance(22 * 60_000)
    network.rule = () => "pass"
    await shop.settle(order)
    expect(await shop.order(order)).toMatchObject({ status: "cancelled", cancellation: { code: "DEADLINE" } })
    await shop.settle()
    expect(await shop.books()).toEqual([])
  })
})
