// Twins: one order, one answer, whatever becomes of the first of them.
import { describe, expect, test } from "vitest"
import { twoLines } from "./samples.ts"
import { open, type Open } from "./shop.ts"

function post({ request }: Open, key: string, body: unknown = twoLines): Promise<Response> {
  return request("/orders", { method: "POST", body, headers: { "Idempotency-Key": key } })
}

describe("Idempotency-Key", () => {
  test("the same key and body give the stored answer, byte for byte", async () => {
    const shop = open()
    const [first, second] = [await post(shop, "k1"), await post(shop, "k1")]
    expect([first.status, second.status]).toEqual([201, 201])
    expect(first.headers.get("idempotency-replayed")).toBeNull()
    expect(second.headers.get("idempotency-replayed")).toBe("true")
    expect(await second.text()).toBe(await first.text())
    for (const name of ["location", "etag", "x-correlation-id", "content-type"]) {
      expect(second.headers.get(name)).toBe(first.headers.get(name))
    }
    expect(shop.shop.placed).toHaveLength(1)
  })

  test("the answer stays as it was although the order has moved on", async () => {
    const shop = open()
    const text = await (await post(shop, "k1")).text()
    const [order] = shop.shop.orders.values()
    if (order !== undefined) shop.shop.orders.set(order.id, { ...order, status: "shipped", version: 9 })
    shop.shop.catalog = { products: [] }
    shop.shop.time += 3_600_000
    expect(await (await post(shop, "k1")).text()).toBe(text)
  })

  test("a quoted key is the same as the bare one, and a body is the same JSON however it is written", async () => {
    const shop = open()
    const { shippingAddress, items, customerId } = twoLines
    await post(shop, "k1")
    const again = await post(shop, '"k1"', `\n${JSON.stringify({ items, shippingAddress, customerId }, null, 2)}`)
    expect(again.headers.get("idempotency-replayed")).toBe("true")
  })

  test("another body under the same key is 422, even while the first still runs", async () => {
    const shop = open()
    const answers = await Promise.all([post(shop, "k1"), post(shop, "k1", { ...twoLines, currency: "EUR" })])
    const [first, second] = answers.sort((one, other) => one.status - other.status)
    expect([first.status, second.status]).toEqual([201, 422])
    expect(await second.json()).toMatchObject({ code: "idempotency_mismatch" })
    expect((await post(shop, "k1", { ...twoLines, flow: "reserve-first" })).status).toBe(422)
  })

  test("a key belongs to one customer", async () => {
    const shop = open()
    await post(shop, "k1")
    const other = await post(shop, "k1", { ...twoLines, customerId: "cust_bob" })
    expect(other.status).toBe(201)
    expect(other.headers.get("idempotency-replayed")).toBeNull()
  })

  test("of twenty twins at once one makes an order, the others get 409 or the replay", async () => {
    const shop = open()
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(shop, "k1")))
    expect(shop.shop.placed).toHaveLength(1)
    const fresh = answers.filter(({ status, headers }) => status === 201 && !headers.has("idempotency-replayed"))
    expect(fresh).toHaveLength(1)
    for (const { status, headers } of answers) {
      expect([201, 409]).toContain(status)
      if (status === 409) expect(headers.get("retry-after")).toBe("1")
    }
  })

  test("without the header each call is a new order", async () => {
    const shop = open()
    for (const _call of [1, 2]) await shop.request("/orders", { method: "POST", body: twoLines })
    expect(shop.shop.placed).toHaveLength(2)
  })

  test("a key whose order was refused is free for a better one", async () => {
    const shop = open()
    const refused = await post(shop, "k1", { ...twoLines, items: [{ sku: "NOPE", quantity: 1 }] })
    expect(refused.status).toBe(422)
    expect((await post(shop, "k1")).status).toBe(201)
  })

  test("P19 a twin completes what the first left behind, with the same order id", async () => {
    const shop = open()
    shop.shop.failures.push({ name: "place", error: new Error("lost on the way back"), isAfter: true })
    expect((await post(shop, "k1")).status).toBe(503)
    const [left] = shop.shop.orders.keys()
    expect((await post(shop, "k1")).status).toBe(409)
    shop.shop.time += 10_001
    const answer = await post(shop, "k1")
    expect(answer.status).toBe(201)
    expect(answer.headers.get("location")).toBe(`/orders/${String(left)}`)
    expect(shop.shop.placed).toHaveLength(1)
  })

  test("a claim that was made although its answer got lost is still its caller's", async () => {
    const shop = open()
    const lost = Object.assign(new Error("lost"), { retryable: true })
    shop.shop.failures.push({ name: "claim", error: lost, isAfter: true })
    expect((await post(shop, "k1")).status).toBe(201)
    expect(shop.shop.placed).toHaveLength(1)
  })

  test("what is malformed claims nothing", async () => {
    const shop = open()
    await post(shop, "k1", { ...twoLines, items: [] })
    expect(shop.shop.count("claim")).toBe(0)
  })

  test("a key of 255 characters is one, quoted with escapes too", async () => {
    const shop = open()
    expect((await post(shop, "x".repeat(255))).status).toBe(201)
    expect((await post(shop, `"${'\\"'.repeat(255)}"`)).status).toBe(201)
    expect((await post(shop, '"two words"')).status).toBe(201)
  })
})
