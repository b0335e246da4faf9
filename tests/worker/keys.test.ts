/** Idempotency keys, and what else a customer's call may count on, in the real runtime. */
import { afterEach, describe, expect, test } from "vitest"
import { crashAt } from "./crash.ts"
import { network } from "./network.ts"
import { openShop, pause } from "./world.ts"

const shop = openShop({ IDEMPOTENCY_LEASE_MS: "1000" })

afterEach(() => {
  network.reset()
})

const headers = (key: string): Record<string, string> => ({ "idempotency-key": key })

describe("an idempotency key", () => {
  test("gives the first answer again, byte for byte, across evictions and crashes (F7, 2.4)", async () => {
    const first = await shop.tryToPlace({}, headers("k1"))
    expect([first.status, first.headers.get("idempotency-replayed")]).toEqual([201, null])
    for (const lose of [() => shop.evict(), () => shop.crash()]) {
      await lose()
      const again = await shop.tryToPlace({}, headers('"k1"'))
      expect([again.status, again.headers.get("idempotency-replayed")]).toEqual([201, "true"])
      expect(again.body).toEqual(first.body)
    }
    await shop.settle()
    // The stored answer, not today's order.
    expect((await shop.tryToPlace({}, headers("k1"))).body.status).toBe("pending")
    expect(await shop.books()).toEqual([])
  })

  test("with another body is refused, and belongs to one customer (F7)", async () => {
    const one = await shop.tryToPlace({ customerId: "cust_one" }, headers("k2"))
    const other = await shop.tryToPlace({ customerId: "cust_other" }, headers("k2"))
    expect([one.status, other.status, one.body.id === other.body.id]).toEqual([201, 201, false])
    const items = [{ sku: "WIDGET-001", quantity: 1, price: 29.99 }]
    expect((await shop.tryToPlace({ customerId: "cust_one", items }, headers("k2"))).status).toBe(422)
  })

  const losses: readonly (readonly [string, () => Promise<void>])[] = [
    ["nothing happens", () => Promise.resolve()],
    ["all objects are evicted", () => shop.evict()],
    ["all objects die", () => shop.crash()],
  ]
  test.each(losses)(
    "pressed twenty times at once makes one order, while %s (F7, fault 35, N15)",
    async (what, lose) => {
      const customerId = `cust_${what.replaceAll(" ", "_")}`
      const press = () => shop.tryToPlace({ customerId }, headers("k3"))
      const pressed = Array.from({ length: 20 }, press)
      await lose()
      for (const { status } of await Promise.all(pressed)) expect([201, 409, 503]).toContain(status)
      let last = await press()
      await shop.eventually("an answer", async () => (last = await press()).status === 201)
      const ids = (await Promise.all(pressed)).filter(({ status }) => status === 201).map(({ body }) => body.id)
      expect(new Set([...ids, last.body.id]).size).toBe(1)
      const { body } = await shop.call<{ items: readonly unknown[] }>("GET", `/customers/${customerId}/orders`)
      expect(body.items).toHaveLength(1)
    },
  )

  test("of a call that died is completed by whoever asks again (P19, F7)", async () => {
    const crashed = crashAt("Order", "committed:ask")
    const died = await shop.tryToPlace({ customerId: "cust_patient" }, headers("k4"))
    expect([crashed(), died.status]).toEqual(["Order committed:ask", 503])
    expect(died.headers.get("retry-after")).not.toBeNull()
    let answer = await shop.tryToPlace({ customerId: "cust_patient" }, headers("k4"))
    while (answer.status === 409) {
      await pause(200)
      answer = await shop.tryToPlace({ customerId: "cust_patient" }, headers("k4"))
    }
    expect(answer.status).toBe(201)
    const { body } = await shop.call<{ items: readonly { id: string }[] }>("GET", "/customers/cust_patient/orders")
    expect(body.items.map(({ id }) => id)).toEqual([answer.body.id])
    await shop.settle()
    expect(await shop.books()).toEqual([])
  })

  test("is free again after a refusal (P19)", async () => {
    const unknown = [{ sku: "NO-SUCH", quantity: 1 }]
    expect((await shop.tryToPlace({ items: unknown }, headers("k5"))).status).toBe(422)
    expect((await shop.tryToPlace({}, headers("k5"))).status).toBe(201)
  })
})

describe("an order that is asked for", () => {
  test("is there at once, with an ETag that changes when it does (A-01, A-02, D-21)", async () => {
    const { status, body, headers: answered } = await shop.tryToPlace({ customerId: "cust_etag" })
    expect([status, answered.get("location")]).toEqual([201, `/orders/${body.id}`])
    expect(answered.get("x-correlation-id")).toBe(body.id)
    const seen: string[] = []
    await shop.eventually("it is delivered", async () => {
      const etag = seen.at(-1)
      const answer = await shop.call<{ status: string; version: number }>(
        "GET",
        `/orders/${body.id}`,
        undefined,
        etag === undefined ? {} : { "if-none-match": etag },
      )
      if (answer.status === 304) return false
      expect(answer.headers.get("etag")).toBe(`"${String(answer.body.version)}"`)
      seen.push(answer.headers.get("etag") ?? "")
      return answer.body.status === "delivered"
    })
    expect(new Set(seen).size).toBe(seen.length)
  })

  test("without a key is a new one each time, and both go their way (D-28)", async () => {
    const [one, two] = await Promise.all([shop.place(), shop.place()])
    expect(one.id).not.toBe(two.id)
    await shop.settle()
    expect(await shop.books()).toEqual([])
  })
})
