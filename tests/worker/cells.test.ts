/** Cells: where an order lives stands in its id, so their number may be raised any day, and memory may be lost any time. */
import { describe, expect, test } from "vitest"
import { homeOf } from "../../domain/orderId.ts"
import { listAll } from "./objects.ts"
import type { OrderJson, SagaJson } from "./views.ts"
import { openShop } from "./world.ts"

const shop = openShop({ CELLS: "1", DELIVERY_DELAY_MS: "off", EFFECT_TIMEOUT_MS: "100" })

describe("the number of order cells", () => {
  test("is raised on the same state: old orders answer, go on and end; new ones are spread (P18, issue 2)", async () => {
    const old = await Promise.all([1, 2, 3].map(() => shop.place({ customerId: "cust_old" })))
    expect(old.map(({ id }) => homeOf(id).cell)).toEqual([0, 0, 0])
    await Promise.all(old.map((order) => shop.until(order, "shipped")))
    expect(await listAll("Order")).toHaveLength(1)

    shop.redeploy({ CELLS: "64" })
    const fresh = await Promise.all(
      Array.from({ length: 24 }, (_unused, number) => shop.place({ customerId: `cust_new_${number}` })),
    )
    const cells = new Set(fresh.map(({ id }) => homeOf(id).cell))
    expect(cells.size).toBeGreaterThan(8)
    for (const order of old) {
      expect((await shop.order(order)).status).toBe("shipped")
      expect((await shop.saga(order)).timeline.length).toBeGreaterThan(5)
    }
    const { body } = await shop.call<{ items: readonly OrderJson[] }>("GET", "/customers/cust_old/orders")
    expect(body.items.map(({ id }) => id).sort()).toEqual(old.map(({ id }) => id).sort())
    const all = [...old, ...fresh]
    await Promise.all(fresh.map((order) => shop.until(order, "shipped")))
    for (const order of all) expect((await shop.call("POST", `/orders/${order.id}/deliver`)).status).toBe(202)
    await shop.settle()
    expect(await shop.books()).toEqual([])
  })

  test("may be none: then each order has an object of its own, among those that share (P18)", async () => {
    shop.redeploy({ CELLS: "0" })
    const before = (await listAll("Order")).length
    const orders = await Promise.all([1, 2, 3].map(() => shop.place()))
    expect(orders.map(({ id }) => homeOf(id).cell)).toEqual([null, null, null])
    await Promise.all(orders.map((order) => shop.until(order, "shipped")))
    expect(await listAll("Order")).toHaveLength(before + 3)
    for (const order of orders) await shop.call("POST", `/orders/${order.id}/deliver`)
    await shop.settle()
    expect(await shop.books()).toEqual([])
  })
})

describe("an eviction", () => {
  test("of everything, between any two steps, changes nothing: no state is in memory (fault 13, K-18, D-14)", async () => {
    for (const flow of ["parallel", "reserve-first"] as const) {
      const order = await shop.place({ flow })
      const seen = new Set<string>()
      for (let times = 0; times < 40; times++) {
        await shop.evict()
        const { status } = await shop.order(order)
        seen.add(status)
        if (status === "shipped") break
      }
      await shop.until(order, "shipped")
      await shop.evict()
      expect((await shop.call("POST", `/orders/${order.id}/deliver`)).status).toBe(202)
      await shop.evict()
      await shop.until(order, "delivered")
    }
    await shop.settle()
    expect(await shop.books()).toEqual([])
  })

  test("of everything, in the middle of everything, loses nothing (fault 14, K-18)", async () => {
    const orders = await Promise.all(Array.from({ length: 10 }, () => shop.place()))
    for (let times = 0; times < 4; times++) await shop.crash()
    await Promise.all(orders.map((order) => shop.until(order, "shipped")))
    for (const order of orders) await shop.call("POST", `/orders/${order.id}/deliver`)
    await shop.settle()
    expect(await shop.books()).toEqual([])
  })
})

describe("what an order says", () => {
  test("carries who and what it is about, its cause and its trace, from the call on (R-20, B-11, B-16, K-05, K-23)", async () => {
    const traceparent = `00-${"5".repeat(32)}-${"6".repeat(16)}-01`
    const { body: order } = await shop.tryToPlace({}, { traceparent })
    await shop.until(order, "shipped")
    const { body: saga } = await shop.call<SagaJson>("GET", `/orders/${order.id}/saga`)
    const out = saga.timeline.filter(({ direction }) => direction === "out")
    const ids = new Set(saga.timeline.map(({ id }) => id))
    for (const line of out) {
      expect(line.id).toMatch(new RegExp(`^Order/${order.id}#\\d+$`))
      // What it says was caused by something that it heard, or was asked.
      expect(line.causationId === null || ids.has(line.causationId)).toBe(true)
    }
    const heard = saga.timeline.filter(({ direction, type }) => direction === "in" && !type.startsWith("ask"))
    expect(heard.every(({ causationId }) => causationId !== null)).toBe(true)
    // One position after the other to each peer.
    for (const peer of new Set(out.map((line) => line.peer))) {
      const positions = out.filter((line) => line.peer === peer).map(({ position }) => position)
      expect(positions).toEqual(positions.map((_unused, index) => index + 1))
    }
    await shop.call("POST", `/orders/${order.id}/deliver`)
    await shop.settle()
  })
})
