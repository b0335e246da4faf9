// POST /orders, from what may be stated to what is answered.
import { describe, expect, test } from "vitest"
import { homeOf, isOrderId, REGIONS } from "../../../domain/orderId.ts"
import { twoLines } from "./samples.ts"
import { development, open, place } from "./shop.ts"

describe("placing an order", () => {
  test("D-02 A-01 the answer is 201 with the order pending, before any of the work is done", async () => {
    const shop = open()
    const answer = await shop.request("/orders", { method: "POST", body: twoLines })
    expect(answer.status).toBe(201)
    const order = await answer.json<Record<string, unknown>>()
    expect(order).toMatchObject({
      status: "pending",
      customerId: "cust_alice",
      payment: null,
      shipment: null,
      version: 1,
    })
    expect(isOrderId(String(order["id"]))).toBe(true)
    expect(answer.headers.get("location")).toBe(`/orders/${String(order["id"])}`)
    expect(answer.headers.get("x-correlation-id")).toBe(order["id"])
    expect(answer.headers.get("etag")).toBe('"1"')
    expect(answer.headers.get("idempotency-replayed")).toBeNull()
  })

  test("D-05 the total of 2 × 29.99 + 49.99 is exactly 109.97, and cents inside", async () => {
    const shop = open()
    expect(await place(shop)).toMatchObject({ total: 109.97, currency: "USD", flow: "parallel" })
    expect(shop.shop.placed[0]?.items.map(({ price }) => price)).toEqual([2_999, 4_999])
  })

  test("A-05 R-02 names and prices come from the catalogue unless stated, each line from its own SKU", async () => {
    const shop = open()
    const items = [
      { sku: "GADGET-002", quantity: 1 },
      { sku: "THING-003", quantity: 3, price: 0.07, name: "My thing" },
      { sku: "WIDGET-001", quantity: 1, price: 5 },
    ]
    expect(await place(shop, { items })).toMatchObject({
      items: [
        { sku: "GADGET-002", name: "Gadget", quantity: 1, price: 49.99 },
        { sku: "THING-003", name: "My thing", quantity: 3, price: 0.07 },
        { sku: "WIDGET-001", name: "Widget", quantity: 1, price: 5 },
      ],
      total: 55.2,
    })
  })

  test("D-09 lines of one SKU stay separate lines, for the order to sum", async () => {
    const shop = open()
    const items = [twoLines.items[0], twoLines.items[0]]
    expect(await place(shop, { items })).toMatchObject({ items: [{ quantity: 2 }, { quantity: 2 }], total: 119.96 })
  })

  test("D-28 two orders of one customer stand side by side", async () => {
    const shop = open()
    const [first, second] = [await place(shop), await place(shop)]
    expect(first.id).not.toBe(second.id)
    for (const { id } of [first, second]) expect((await shop.request(`/orders/${id}`)).status).toBe(200)
  })

  test("what is optional reaches the order as it was stated", async () => {
    const shop = open()
    const simulate = { payment: "decline", release: "poison" }
    const body = { currency: "EUR", flow: "reserve-first", paymentMethod: "card_1", simulate }
    expect(await place(shop, body)).toMatchObject({ currency: "EUR", flow: "reserve-first" })
    expect(shop.shop.placed[0]).toMatchObject({ ...body, simulate })
  })

  test("D-11 the five seeds exist before the first answer, and are laid out once", async () => {
    const shop = open()
    await Promise.all([1, 2, 3].map(() => place(shop)))
    await place(shop)
    expect(shop.shop.count("seed")).toBe(5)
    expect(Object.fromEntries([...shop.shop.levels].map(([sku, level]) => [sku, level.available]))).toEqual({
      "WIDGET-001": 100,
      "GADGET-002": 50,
      "THING-003": 25,
      "RARE-ITEM": 2,
      "OUT-OF-STOCK": 0,
    })
  })

  test("seeding that failed is tried again by the next request", async () => {
    const shop = open()
    shop.shop.failures.push({ name: "seed", error: new Error("gone") })
    expect((await shop.request("/inventory")).status).toBe(503)
    expect((await shop.request("/inventory")).status).toBe(200)
  })

  test("the catalogue is read once for many orders, and again for a SKU it hasn't shown", async () => {
    const shop = open()
    await place(shop)
    await place(shop)
    expect(shop.shop.count("products")).toBe(1)
    await shop.request("/inventory/NEW-1/add", { method: "POST", body: { quantity: 5 } })
    await place(shop, { items: [{ sku: "NEW-1", quantity: 1, price: 1 }] })
    expect(shop.shop.count("products")).toBe(2)
    shop.shop.time += 5_001
    await place(shop)
    expect(shop.shop.count("products")).toBe(3)
  })

  test("one that was answered is its customer's newest, though the customer's own cell has not heard of it", async () => {
    const shop = open()
    const { id } = await place(shop)
    expect(shop.shop.count("note")).toBe(0)
    expect(await (await shop.request("/orders/cust_alice")).json()).toMatchObject({ id })
  })

  test("where orders have objects of their own it is told at once, and stands although that failed", async () => {
    const shop = open({ ...development, CELLS: "0" })
    shop.shop.failures.push({ name: "note", error: new Error("gone") })
    const { id } = await place(shop)
    expect(shop.shop.lines).toContainEqual(expect.objectContaining({ level: "warn", orderId: id }))
  })

  test.each([
    ["weur", { country: "FR", continent: "EU", longitude: "2.35" }],
    ["eeur", { country: "RO", continent: "EU", longitude: "26.1" }],
    ["enam", { country: "US", continent: "NA", longitude: "-74.0" }],
    ["wnam", { country: "US", continent: "NA", longitude: "-122.4" }],
    ["enam", { country: "US", continent: "NA" }],
    ["sam", { country: "BR", continent: "SA", longitude: "-46.6" }],
    ["apac", { country: "JP", continent: "AS", longitude: "139.7" }],
    ["me", { country: "AE", continent: "AS", longitude: "55.3" }],
    ["oc", { country: "AU", continent: "OC", longitude: "151.2" }],
    ["afr", { country: "KE", continent: "AF", longitude: "36.8" }],
    ["any", { continent: "AN" }],
    ["any", {}],
    ["any", undefined],
  ])("lives in the region %s where its caller is at %o and all regions are in use", async (region, cf) => {
    const { request } = open({ ...development, REGIONS: REGIONS.join(",") })
    const answer = await request("/orders", { method: "POST", body: twoLines, ...(cf === undefined ? {} : { cf }) })
    expect(homeOf((await answer.json<{ id: string }>()).id).region).toBe(region)
  })

  test.each([
    ["weur,enam", "enam", "NA"],
    ["weur,enam", "weur", "OC"],
    ["oc", "oc", "EU"],
  ])("with the regions %s in use lives in %s where its caller is in %s", async (regions, region, continent) => {
    const { request } = open({ ...development, REGIONS: regions })
    const answer = await request("/orders", { method: "POST", body: twoLines, cf: { continent } })
    expect(homeOf((await answer.json<{ id: string }>()).id).region).toBe(region)
  })
})

describe("an order that is well-formed but refused", () => {
  const line = { sku: "WIDGET-001", quantity: 1 }
  test.each([
    ["unknown_sku", 422, { items: [{ sku: "NOBODY-KNOWS", quantity: 1, price: 1 }] }, "items.0.sku"],
    ["unknown_sku", 422, { items: [line, { sku: "NOBODY-KNOWS", quantity: 1 }] }, "items.1.sku"],
    ["no_price", 422, { items: [{ sku: "THING-003", quantity: 1 }] }, "items.0.price"],
    ["not_supported", 422, { allowPartial: true }, "allowPartial"],
    [
      "total_too_large",
      422,
      { items: Array.from({ length: 100 }, () => ({ ...line, quantity: 1_000_000, price: 1_000_000 })) },
      "items",
    ],
  ])("%s answers %i and names the field", async (code, status, body, path) => {
    const { request, shop } = open()
    const answer = await request("/orders", { method: "POST", body: { ...twoLines, ...body } })
    expect(answer.status).toBe(status)
    expect(await answer.json()).toMatchObject({ code, errors: [{ path }] })
    expect(shop.count("place")).toBe(0)
    expect(shop.count("note")).toBe(0)
  })

  test("simulate is 400 where SIMULATION is off, whatever it asks for", async () => {
    const { request } = open({ AUTH: "development" })
    for (const simulate of [{}, { payment: "decline" }]) {
      const answer = await request("/orders", { method: "POST", body: { ...twoLines, simulate } })
      expect(answer.status).toBe(400)
      expect(await answer.json()).toMatchObject({ code: "simulation_off", errors: [{ path: "simulate" }] })
    }
  })
})
