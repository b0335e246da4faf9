/** Cancelling before, during and after each step, in both flows: what was done is undone, what was not never happens. */
import { afterEach, beforeAll, describe, expect, test } from "vitest"
import { network } from "./network.ts"
import type { OrderJson } from "./views.ts"
import { openShop } from "./world.ts"

// The parcel waits at the door, where it may still be called back.
const shop = openShop({ DISPATCH_DELAY_MS: "60000" })
const FLOWS = ["parallel", "reserve-first"] as const
const ITEMS = [
  { sku: "PLENTY", quantity: 2, price: 12.5 },
  { sku: "OTHER", quantity: 1, price: 1 },
]

beforeAll(async () => {
  await shop.stock("PLENTY", 1_000)
  await shop.stock("OTHER", 1_000)
})
afterEach(() => {
  network.reset()
})

async function cancel({ id }: OrderJson, status = 202): Promise<OrderJson> {
  const answer = await shop.call<OrderJson>("DELETE", `/orders/${id}`, { reason: "changed my mind" })
  expect(answer.status).toBe(status)
  return answer.body
}

async function isWhole(order: OrderJson): Promise<void> {
  await shop.settle()
  const after = await shop.order(order)
  expect(after).toMatchObject({ status: "cancelled", cancellation: { code: "CUSTOMER_REQUEST" } })
  expect(await shop.books()).toEqual([])
}

describe.each(FLOWS)("a cancel in the flow %s", (flow) => {
  test.each([
    ["before anybody has heard of it", ["Payment.requested", "Inventory.reserveRequested"]],
    ["while the payment is asked for", ["Payment.requested"]],
    ["while the stock is asked for", ["Inventory.reserveRequested"]],
    ["while the payment's answer is on its way", ["Payment.completed"]],
    ["while the stock's answers are on their way", ["Inventory.reserved"]],
    ["while all answers are on their way", ["Payment.completed", "Inventory.reserved"]],
    ["while the parcel is asked for", ["Shipment.create"]],
    ["while the label's answer is on its way", ["Shipment.created"]],
  ])("%s ends cancelled, and late successes are undone (D-17, K-03, R-25, P10)", async (_when, held) => {
    network.hold(...held)
    const order = await shop.place({ flow, items: ITEMS })
    await shop.eventually("something held", () => network.held.length > 0)
    expect((await cancel(order)).status).toBe("cancelling")
    // Whoever was asked has not answered yet, so it is not over.
    expect((await shop.order(order)).status).toBe("cancelling")
    await shop.letGo()
    await isWhole(order)
  })

  test("after everything is paid and packed asks the shipment first, then refund and release (G8)", async () => {
    const order = await shop.place({ flow, items: ITEMS })
    await shop.eventually("a label", async () => (await shop.order(order)).shipment !== null)
    network.hold("Shipment.cancelled")
    await cancel(order)
    await shop.eventually("the recall is answered", () => network.held.length > 0)
    expect(network.count("Payment.refund", order.id) + network.count("Inventory.release", order.id)).toBe(0)
    await shop.letGo()
    await isWhole(order)
    expect((await shop.saga(order)).steps).toMatchObject({
      payment: { status: "compensated" },
      inventory: { status: "compensated" },
      shipping: { status: "compensated" },
    })
  })

  test("that is repeated is harmless, and is never forgotten (D-18)", async () => {
    const order = await shop.place({ flow, items: ITEMS })
    await shop.until(order, "paid")
    await Promise.all([cancel(order), cancel(order), cancel(order)])
    await isWhole(order)
    expect((await cancel(order)).status).toBe("cancelled")
    expect(network.count("Payment.refund", order.id)).toBe(1)
  })

  test("at each event of the order's life ends whole (M4, K4, H1)", async () => {
    for (let event = 1; event <= 14; event++) {
      let seen = 0
      network.rule = () => (++seen > event ? "hold" : "pass")
      const order = await shop.place({ flow, items: ITEMS })
      await shop.eventually("the moment", async () => seen >= event || (await shop.shipment(order)) !== null)
      await cancel(order)
      await shop.letGo()
      await shop.settle(order)
      expect((await shop.order(order)).status).toBe("cancelled")
    }
    await shop.settle()
    expect(await shop.books()).toEqual([])
  })
})

describe("an undo and its request", () => {
  test("an undo that overtakes its request waits for it, and both take effect in order (G3, P6)", async () => {
    network.hold("Payment.requested")
    const order = await shop.place({ items: ITEMS })
    await shop.until(order, "confirmed")
    await cancel(order)
    await shop.eventually("the refund is there", () => network.count("Payment.refund", order.id) === 1)
    expect(await shop.payment(order)).toBeNull()
    await shop.letGo()
    await isWhole(order)
    const done = (await shop.payment(order))?.history.map(({ event }) => event)
    expect(done).toEqual(done?.includes("captured") === true ? ["authorized", "captured", "refunded"] : ["voided"])
  })

  test.each([
    ["payment", "Payment.requested"],
    ["inventory", "Inventory.reserveRequested"],
  ])("a request to %s that a person sends again after its undo does nothing (K-17, P15, D-10)", async (step, type) => {
    const order = await shop.place({ items: ITEMS, simulate: { [step]: "poison" } })
    await shop.settle(order)
    const letters = (await shop.letters(`?orderId=${order.id}`)).filter((letter) => letter.type === type)
    expect(letters.length).toBeGreaterThan(0)
    for (const { id } of letters) expect((await shop.call("POST", `/dead-letters/${id}/redrive`)).status).toBe(202)
    await shop.settle()
    expect((await shop.order(order)).status).toBe("cancelled")
    const done = (await shop.payment(order))?.history.map(({ event }) => event) ?? []
    expect(done.filter((event) => event === "captured").length).toBe(
      done.filter((event) => event === "refunded").length,
    )
    expect(await shop.books()).toEqual([])
  })

  test("two orders of one customer go their own ways side by side (D-28, A-03)", async () => {
    const first = await shop.place({ customerId: "cust_two", items: ITEMS })
    const second = await shop.place({ customerId: "cust_two", items: ITEMS })
    await cancel(first)
    await shop.until(second, "paid")
    await shop.settle(first)
    expect((await shop.call<OrderJson>("GET", "/orders/cust_two")).body.id).toBe(second.id)
    const { body } = await shop.call<{ items: readonly OrderJson[] }>("GET", "/customers/cust_two/orders")
    expect(body.items.map(({ id, status }) => [id, status])).toEqual([
      [second.id, "paid"],
      [first.id, "cancelled"],
    ])
    const named = await shop.call("DELETE", "/orders/cust_two")
    expect([named.status, named.headers.get("location")]).toEqual([202, `/orders/${second.id}`])
    await isWhole(second)
  })
})
