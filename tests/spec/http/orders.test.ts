// What can be done with an order once it is placed: read, watch, cancel, deliver.
import { describe, expect, test } from "vitest"
import type { OrderView } from "../../../domain/order/views.ts"

import { textWith } from "./samples.ts"
import { open, place, placeMany, type Open } from "./shop.ts"

interface ListOfOrders {
  readonly items: readonly { readonly id: string }[]
  readonly nextCursor: string | null
}

function change({ shop }: Open, id: string, fields: Partial<OrderView>): void {
  const order = shop.orders.get(id)
  if (order === undefined) throw new Error(`${id} was not placed`)
  shop.orders.set(id, { ...order, version: order.version + 1, ...fields })
}

describe("GET /orders/:ref", () => {
  test("D-28 a customer's id means its newest order, and each is still found by its own id", async () => {
    const opened = open()
    const first = await place(opened)
    opened.shop.time += 1_000
    const second = await place(opened)
    const newest = await opened.request("/orders/cust_alice")
    expect(newest.headers.get("x-correlation-id")).toBe(second.id)
    expect(await newest.json()).toMatchObject({ id: second.id })
    expect(await (await opened.request(`/orders/${first.id}`)).json()).toMatchObject({ id: first.id })
  })

  test("an id that the customer was told but that was never placed is passed over", async () => {
    const opened = open()
    const { id } = await place(opened)
    opened.shop.time += 1_000
    opened.shop.failures.push({ name: "place", error: new Error("gone") })
    await expect(place(opened)).rejects.toThrow("unavailable")
    expect(await (await opened.request("/orders/cust_alice")).json()).toMatchObject({ id })
  })

  test("the order is rendered as the contract says", async () => {
    const opened = open()
    const { id } = await place(opened)
    const at = Date.UTC(2026, 0, 2, 3, 4, 5, 6)
    const cancellation = { reason: "changed my mind", code: "CUSTOMER_REQUEST", at } as const
    const shipment = { id: "shp_1", trackingNumber: "FS1", status: "created" }
    change(opened, id, { cancellation, payment: { id: "pay_1", status: "captured" }, shipment, updatedAt: at })
    expect(await (await opened.request(`/orders/${id}`)).json()).toMatchObject({
      id,
      cancellation: { reason: "changed my mind", code: "CUSTOMER_REQUEST", at: "2026-01-02T03:04:05.006Z" },
      payment: { id: "pay_1", status: "captured" },
      shipment,
      createdAt: "2026-01-01T00:00:00.000Z",
      updatedAt: "2026-01-02T03:04:05.006Z",
      version: 2,
    })
  })

  test("A-02 ETag is the version, and a caller who has it gets 304 without a body", async () => {
    const opened = open()
    const { id } = await place(opened)
    const path = `/orders/${id}`
    const conditional = (tag: string) => opened.request(path, { headers: { "If-None-Match": tag } })
    expect((await opened.request(path)).headers.get("etag")).toBe('"1"')
    for (const tag of ['"1"', 'W/"1"', '"7", "1"', "*"]) {
      const answer = await conditional(tag)
      expect([tag, answer.status, await answer.text()]).toEqual([tag, 304, ""])
      expect(answer.headers.get("etag")).toBe('"1"')
    }
    for (const tag of ['"2"', "1", '"01"']) expect((await conditional(tag)).status).toBe(200)
    change(opened, id, { status: "paid" })
    expect((await conditional('"1"')).status).toBe(200)
  })

  test("HEAD answers as GET does, without the body", async () => {
    const opened = open()
    const { id } = await place(opened)
    const answer = await opened.request(`/orders/${id}`, { method: "HEAD" })
    expect([answer.status, answer.headers.get("etag"), await answer.text()]).toEqual([200, '"1"', ""])
  })

  test("A-10 D-21 the saga view has its times in ISO and its timeline as it is", async () => {
    const opened = open()
    const { id } = await place(opened)
    const saga = await (await opened.request(`/orders/${id}/saga`)).json()
    expect(saga).toMatchObject({
      orderId: id,
      status: "in_progress",
      steps: {
        payment: { status: "pending", requestedAt: "2026-01-01T00:00:00.000Z", completedAt: null },
        inventory: { lines: [{ sku: "WIDGET-001", quantity: 2, status: "pending" }] },
        shipping: { status: "waiting", requestedAt: null },
      },
      compensation: { required: false, reason: null, outstanding: [] },
      timeline: [{ at: "2026-01-01T00:00:00.000Z", direction: "out", receivedAt: "2026-01-01T00:00:00.005Z" }],
    })
  })
})

describe("DELETE /orders/:ref", () => {
  test("D-17 it answers 202 and names the order it acted on, with and without a reason", async () => {
    const opened = open()
    const { id } = await place(opened)
    for (const body of [undefined, {}, { reason: "changed my mind" }]) {
      const answer = await opened.request("/orders/cust_alice", { method: "DELETE", body })
      expect([answer.status, answer.headers.get("location")]).toEqual([202, `/orders/${id}`])
      expect(await answer.json()).toMatchObject({ id, status: "cancelling" })
    }
  })

  test("an empty body is none, whatever its type", async () => {
    const opened = open()
    const { id } = await place(opened)
    const headers = { "Content-Type": "text/plain" }
    expect((await opened.request(`/orders/${id}`, { method: "DELETE", headers })).status).toBe(202)
  })

  test("D-18 a refusal is 409 and says which state forbids it", async () => {
    const opened = open()
    const { id } = await place(opened)
    opened.shop.cancelAnswer = (order) => ({ outcome: "refused", order, detail: "The order is shipped." })
    const answer = await opened.request(`/orders/${id}`, { method: "DELETE" })
    expect(answer.status).toBe(409)
    expect(answer.headers.get("x-correlation-id")).toBe(id)
    expect(await answer.json()).toMatchObject({ code: "cancellation_refused", detail: "The order is shipped." })
  })

  test("If-Match cancels only what the caller has seen", async () => {
    const opened = open()
    const { id } = await place(opened)
    const seen: (number | null)[] = []
    opened.shop.cancelAnswer = (order, version) => {
      seen.push(version)
      return version === null || version === order.version
        ? { outcome: "accepted", order }
        : { outcome: "moved", order }
    }
    const cancel = async (tag: string): Promise<number> =>
      (await opened.request(`/orders/${id}`, { method: "DELETE", headers: { "If-Match": tag } })).status
    expect(await Promise.all(['"1"', "*", '"4", "1"'].map(cancel))).toEqual([202, 202, 202])
    expect(seen).toEqual(expect.arrayContaining([1, null, 1]))
    expect(await Promise.all(['"2"', 'W/"1"', '"4", "5"', '"seven"'].map(cancel))).toEqual([409, 409, 409, 409])
  })
})

describe("POST /orders/:ref/deliver", () => {
  test("D-24 it delivers a shipped order and no other", async () => {
    const opened = open()
    const { id } = await place(opened)
    const deliver = () => opened.request(`/orders/${id}/deliver`, { method: "POST" })
    const early = await deliver()
    expect(early.status).toBe(409)
    expect(await early.json()).toMatchObject({ code: "delivery_refused", detail: textWith("pending") })
    expect(opened.shop.count("deliver")).toBe(0)
    change(opened, id, { status: "shipped" })
    const answer = await deliver()
    expect(answer.status).toBe(202)
    expect(await answer.json()).toMatchObject({ id, status: "shipped" })
    expect(opened.shop.count("deliver")).toBe(1)
  })
})

describe("GET /customers/:customerId/orders", () => {
  test("A-03 newest first, in pages, until there is no next one", async () => {
    const opened = open()
    const ids = await placeMany(opened, 5)
    const pages: string[][] = []
    let cursor: string | null = null
    do {
      const query: string = cursor === null ? "" : `&cursor=${cursor}`
      const answer = await opened.request(`/customers/cust_alice/orders?limit=2${query}`)
      const page = await answer.json<ListOfOrders>()
      pages.push(page.items.map(({ id }) => id))
      cursor = page.nextCursor
    } while (cursor !== null)
    expect(pages).toEqual([[ids[4], ids[3]], [ids[2], ids[1]], [ids[0]]])
  })

  test("A-03 a status is read from the orders themselves, and pages go on until the limit is filled", async () => {
    const opened = open()
    const ids = await placeMany(opened, 120)
    for (const id of [ids[3], ids[60], ids[119]]) change(opened, String(id), { status: "cancelled" })
    const list = async (query: string): Promise<ListOfOrders> =>
      (await opened.request(`/customers/cust_alice/orders?${query}`)).json()
    const all = await list("status=cancelled")
    expect(all.items.map(({ id }) => id)).toEqual([ids[119], ids[60], ids[3]])
    expect(all.nextCursor).toBeNull()
    const first = await list("status=cancelled&limit=2")
    expect(first.items.map(({ id }) => id)).toEqual([ids[119], ids[60]])
    const rest = await list(`status=cancelled&limit=2&cursor=${String(first.nextCursor)}`)
    expect(rest).toMatchObject({ items: [{ id: ids[3] }], nextCursor: null })
  })

  test("a rare status costs one request a bounded number of look-ups, and the list goes on from there", async () => {
    const opened = open()
    const ids = await placeMany(opened, 450)
    change(opened, String(ids[0]), { status: "cancelled" })
    opened.shop.asks.length = 0
    const first = await (await opened.request("/customers/cust_alice/orders?status=cancelled")).json()
    expect(opened.shop.count("view")).toBe(400)
    const { nextCursor } = first as { nextCursor: string }
    expect(first).toMatchObject({ items: [] })
    const rest = await opened.request(`/customers/cust_alice/orders?status=cancelled&cursor=${nextCursor}`)
    expect(await rest.json()).toMatchObject({ items: [{ id: ids[0] }], nextCursor: null })
  })

  test("a customer who never ordered has an empty list", async () => {
    const answer = await open().request("/customers/cust_new/orders")
    expect([answer.status, await answer.json()]).toEqual([200, { items: [], nextCursor: null }])
  })
})
