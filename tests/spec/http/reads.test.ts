// Stock, parcels, payments, and what operators look at.
import { describe, expect, test } from "vitest"
import { trackingNumberOf } from "../../../domain/tracking.ts"
import type { DeadLetter } from "../../../http/services.ts"
import { address, MIDNIGHT, textWith } from "./samples.ts"
import { development, open, place, type Open } from "./shop.ts"

async function json({ request }: Open, path: string): Promise<Record<string, unknown>> {
  return (await request(path)).json()
}

describe("stock", () => {
  test("D-11 D-25 a fresh shop shows exactly the five seeds, prices as decimals", async () => {
    const { stock, nextCursor } = (await json(open(), "/inventory")) as { stock: object; nextCursor: null }
    expect(stock).toEqual({
      "WIDGET-001": level("WIDGET-001", "Widget", 29.99, 100),
      "GADGET-002": level("GADGET-002", "Gadget", 49.99, 50),
      "THING-003": level("THING-003", "Thing", null, 25),
      "RARE-ITEM": level("RARE-ITEM", "Rare item", null, 2),
      "OUT-OF-STOCK": level("OUT-OF-STOCK", "Out of stock", null, 0),
    })
    expect(nextCursor).toBeNull()
  })

  test("it comes in pages, each SKU once", async () => {
    const opened = open()
    const skus: string[] = []
    let path = "/inventory?limit=2"
    for (;;) {
      const { stock, nextCursor } = (await json(opened, path)) as { stock: object; nextCursor: string | null }
      skus.push(...Object.keys(stock))
      if (nextCursor === null) break
      path = `/inventory?limit=2&cursor=${nextCursor}`
    }
    expect(skus).toEqual(["GADGET-002", "OUT-OF-STOCK", "RARE-ITEM", "THING-003", "WIDGET-001"])
  })

  test("adding to an unknown SKU creates it, in the catalogue too, before the answer", async () => {
    const opened = open()
    const added = await opened.request("/inventory/NEW-1/add", { method: "POST", body: { quantity: 7 } })
    expect([added.status, await added.json()]).toEqual([200, level("NEW-1", "NEW-1", null, 7)])
    expect(await json(opened, "/inventory/NEW-1")).toMatchObject({ available: 7 })
    const order = await place(opened, { items: [{ sku: "NEW-1", quantity: 1, price: 1 }] })
    expect(order).toMatchObject({ total: 1 })
  })

  test("an unknown SKU is 404, and no object is addressed for it", async () => {
    const opened = open()
    await opened.request("/inventory/WIDGET-001")
    opened.shop.asks.length = 0
    expect((await opened.request("/inventory/NOPE")).status).toBe(404)
    expect(opened.shop.asks.map(([service]) => service)).toEqual(["Catalog"])
  })

  test("a catalogue that is full takes no further SKU", async () => {
    const opened = open()
    const many = Array.from({ length: 5_000 }, (_unused, index) => ({ sku: `S${index}`, name: "", price: null }))
    opened.shop.catalog = { products: many }
    const answer = await opened.request("/inventory/NEW-1/add", { method: "POST", body: { quantity: 7 } })
    expect([answer.status, opened.shop.count("add")]).toEqual([409, 0])
  })
})

function level(sku: string, name: string, price: number | null, available: number): object {
  return { sku, name, price, available, reserved: 0, shipped: 0, updatedAt: "2026-01-01T00:00:00.000Z" }
}

describe("parcels and payments", () => {
  function addParcel({ shop }: Open, id: string, trackingNumber: string): void {
    shop.shipments.set(id, {
      id: "shp_1",
      orderId: id,
      carrier: "FastShip",
      trackingNumber,
      status: "delivered",
      address,
      items: [{ sku: "WIDGET-001", quantity: 2 }],
      estimatedDelivery: MIDNIGHT + 3,
      createdAt: MIDNIGHT,
      dispatchedAt: MIDNIGHT + 1,
      deliveredAt: MIDNIGHT + 2,
      trackingHistory: [{ status: "created", location: "Warehouse", at: MIDNIGHT }],
    })
  }

  async function openWithParcel(env: object = development): Promise<Open & { readonly id: string }> {
    const opened = open(env)
    const { id } = await place(opened)
    addParcel(opened, id, "FS123456")
    opened.shop.payments.set(id, {
      id: "pay_1",
      orderId: id,
      status: "refunded",
      amount: 10_997,
      refunded: 10_997,
      currency: "USD",
      attempts: 2,
      history: [
        { at: MIDNIGHT, event: "captured", amount: 10_997, key: "k1" },
        { at: MIDNIGHT, event: "declined", amount: 1, key: "k2", reason: "no funds" },
      ],
    })
    return { ...opened, id }
  }

  test("D-13 D-26 a parcel is found by its order, with all that is known of it", async () => {
    const opened = await openWithParcel()
    expect(await json(opened, `/shipping/${opened.id}`)).toEqual({
      id: "shp_1",
      orderId: opened.id,
      carrier: "FastShip",
      trackingNumber: "FS123456",
      status: "delivered",
      address,
      items: [{ sku: "WIDGET-001", quantity: 2 }],
      estimatedDelivery: "2026-01-01T00:00:00.003Z",
      createdAt: "2026-01-01T00:00:00.000Z",
      dispatchedAt: "2026-01-01T00:00:00.001Z",
      deliveredAt: "2026-01-01T00:00:00.002Z",
      trackingHistory: [{ status: "created", location: "Warehouse", at: "2026-01-01T00:00:00.000Z" }],
    })
  })

  test("D-26 a number that names its order is found at that order's shipment, and nowhere else is asked", async () => {
    const opened = open()
    const { id } = await place(opened)
    const number = trackingNumberOf("FS", id, "0a1b2c3d")
    addParcel(opened, id, number)
    opened.shop.asks.length = 0
    expect(await json(opened, `/shipping/track/${number}`)).toMatchObject({ trackingNumber: number })
    expect(new Set(opened.shop.asks.map(String))).toEqual(new Set([`Shipping,view,${id}`]))
  })

  test("D-26 a number that names an order whose shipment doesn't carry it is nobody's", async () => {
    const opened = open()
    const { id } = await place(opened)
    const [carried, invented] = ["0a1b2c3d", "00000000"].map((suffix) => trackingNumberOf("FS", id, suffix))
    expect((await opened.request(`/shipping/track/${String(carried)}`)).status).toBe(404)
    addParcel(opened, id, String(carried))
    expect((await opened.request(`/shipping/track/${String(invented)}`)).status).toBe(404)
    expect((await opened.request(`/shipping/track/${String(carried)}`)).status).toBe(200)
  })

  test("D-26 a number that names an order by chance, and is another's, is found by its row", async () => {
    const opened = open()
    const [named, owner] = [await place(opened), await place(opened)]
    const number = trackingNumberOf("FS", named.id, "0a1b2c3d")
    addParcel(opened, named.id, "FS123456")
    addParcel(opened, owner.id, number)
    expect(await json(opened, `/shipping/track/${number}`)).toMatchObject({ trackingNumber: number })
    expect(opened.shop.asks.at(-1)).toEqual(["Shipping", "view", owner.id])
  })

  test("D-26 a carrier's own number costs one look-up in each of the few cells, and shows no address", async () => {
    const opened = await openWithParcel({ ...development, PARTICIPANT_CELLS: "3", REGIONS: "any,weur" })
    expect(await json(opened, "/shipping/track/FS123456")).toEqual({
      trackingNumber: "FS123456",
      carrier: "FastShip",
      status: "delivered",
      trackingHistory: [{ status: "created", location: "Warehouse", at: "2026-01-01T00:00:00.000Z" }],
      estimatedDelivery: "2026-01-01T00:00:00.003Z",
      actualDelivery: "2026-01-01T00:00:00.002Z",
    })
    const cells = opened.shop.asks.filter(([, name]) => name === "track").map(([, , cell]) => cell)
    expect(cells.sort()).toEqual(["any-0", "any-1", "any-2", "weur-0", "weur-1", "weur-2"])
  })

  test("a payment is rendered with its history, amounts as decimals", async () => {
    const opened = await openWithParcel()
    expect(await json(opened, `/payments/${opened.id}`)).toEqual({
      id: "pay_1",
      orderId: opened.id,
      status: "refunded",
      amount: 109.97,
      refunded: 109.97,
      currency: "USD",
      attempts: 2,
      history: [
        { at: "2026-01-01T00:00:00.000Z", event: "captured", amount: 109.97, key: "k1" },
        { at: "2026-01-01T00:00:00.000Z", event: "declined", amount: 0.01, key: "k2", reason: "no funds" },
      ],
    })
  })

  test("an order without parcel or payment yet has neither to show", async () => {
    const opened = open()
    const { id } = await place(opened)
    for (const path of [`/shipping/${id}`, `/payments/${id}`]) expect((await opened.request(path)).status).toBe(404)
  })
})

describe("operations", () => {
  const letter: DeadLetter = {
    id: "Order/x/1",
    orderId: null,
    service: "Order",
    type: "Payment.completed",
    reason: "an amount that is no number",
    attempts: 3,
    parkedAt: MIDNIGHT,
    verdict: null,
    event: { specversion: "1.0", data: { amount: "x" } },
  }
  const path = "/dead-letters/Order%2Fx%2F1"

  function withLetters(...letters: readonly DeadLetter[]): Open {
    const opened = open()
    opened.shop.letters.push(...letters)
    return opened
  }

  test("dead letters are listed with filters, limit and a cursor that leads on", async () => {
    const opened = withLetters(letter)
    const page = (await json(opened, "/dead-letters?service=Order&type=Payment.completed&limit=7")) as {
      items: object[]
      nextCursor: string
    }
    expect(page.items).toEqual([{ ...letter, parkedAt: "2026-01-01T00:00:00.000Z" }])
    await opened.request(`/dead-letters?cursor=${page.nextCursor}`)
    expect(opened.shop.queries).toEqual([
      { orderId: null, service: "Order", type: "Payment.completed", limit: 7, cursor: null },
      { orderId: null, service: null, type: null, limit: 50, cursor: "more" },
    ])
  })

  test("a redrive takes nothing, edited data, or the event as it was listed", async () => {
    const { request, shop } = withLetters(letter)
    for (const body of [
      undefined,
      {},
      { event: { amount: 1 } },
      { event: { ...(letter.event as object), data: { amount: 2 } } },
    ]) {
      const answer = await request(`${path}/redrive`, { method: "POST", body })
      expect(answer.status).toBe(202)
    }
    expect(shop.redriven).toEqual([null, null, { amount: 1 }, { amount: 2 }])
  })

  test("what can't be redriven says why", async () => {
    const { request } = withLetters(letter, { ...letter, id: "settled", verdict: "discarded" })
    const post = (to: string, body: object) => request(to, { method: "POST", body })
    const wrong = await post(`${path}/redrive`, { event: { orderId: 7 } })
    expect([wrong.status, await wrong.json()]).toMatchObject([400, { errors: [{ path: "data.orderId" }] }])
    expect((await post("/dead-letters/settled/redrive", {})).status).toBe(409)
    expect((await post("/dead-letters/settled/discard", { reason: "old" })).status).toBe(409)
    expect((await post(`${path}/discard`, { reason: "old" })).status).toBe(200)
  })

  test("a resolution reaches the order with who and why, amounts in cents", async () => {
    const opened = open()
    const { id } = await place(opened)
    const resolve = (body: object) => opened.request(`/orders/${id}/resolve`, { method: "POST", body })
    const done = { action: "accept", reason: "settled by phone", step: "payment", outcome: "done", amount: 29.99 }
    expect((await resolve(done)).status).toBe(202)
    expect((await resolve({ action: "retry", reason: "again" })).status).toBe(202)
    expect(opened.shop.resolved).toEqual([
      expect.objectContaining({ ...done, amount: 2_999, who: "development" }),
      { action: "retry", reason: "again", who: "development", step: null, outcome: null, amount: null, fenced: [] },
    ])
    opened.shop.resolveAnswer = (order) => ({ outcome: "refused", order, detail: "The order is pending." })
    const refused = await resolve({ action: "retry", reason: "again" })
    expect([refused.status, await refused.json()]).toMatchObject([409, { detail: "The order is pending." }])
  })

  test("why and books are readable", async () => {
    const opened = open()
    const { id } = await place(opened)
    expect(await json(opened, `/orders/${id}/why`)).toMatchObject({
      summary: textWith("it waits for the payment from Payment"),
      waitingFor: ["Payment"],
      since: "2026-01-01T00:00:00.000Z",
      nextAttemptAt: "2026-01-01T00:00:00.002Z",
      unreceived: [{ service: "Order", nextAt: "2026-01-01T00:00:00.002Z" }, { service: "Payment" }],
      unreachable: [],
    })
    expect(await json(opened, `/orders/${id}/books`)).toMatchObject({ captured: 109.97, kept: 109.97, balanced: true })
  })

  test("the customer's notifications can be read with the order", async () => {
    const opened = open()
    const { id } = await place(opened)
    opened.shop.hear()
    const [key, state] = [...opened.shop.customers].find(([, each]) => each.kind === "order") ?? []
    if (key === undefined || state?.kind !== "order") throw new Error("not noted")
    const notices = [{ orderId: id, type: "shipped", message: "On its way.", at: MIDNIGHT } as const]
    opened.shop.customers.set(key, { ...state, notices })
    expect(await json(opened, "/orders/cust_alice/notifications")).toEqual({
      items: [{ orderId: id, type: "shipped", message: "On its way.", sentAt: "2026-01-01T00:00:00.000Z" }],
      nextCursor: null,
    })
  })
})
