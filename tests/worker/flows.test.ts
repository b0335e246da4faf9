/** Both flows, and each way in which a step may go wrong: where the order ends, what was done, and what it cost. */
import { beforeAll, describe, expect, test } from "vitest"
import { network } from "./network.ts"
import type { OrderJson } from "./views.ts"
import { openShop, type Wanted } from "./world.ts"

const shop = openShop()

beforeAll(async () => {
  await shop.stock("PLENTY", 1_000)
})

/** Two lines of one SKU and another one, so that sums and single lines both show. */
const ITEMS = [
  { sku: "PLENTY", quantity: 1, price: 29.99 },
  { sku: "PLENTY", quantity: 1, price: 29.99 },
  { sku: "GADGET-002", quantity: 1, price: 49.99 },
]

async function ended(wanted: Wanted): Promise<OrderJson> {
  const order = await shop.place({ items: ITEMS, ...wanted })
  await shop.settle(order)
  return shop.order(order)
}

async function gatewayDid(order: OrderJson): Promise<readonly string[]> {
  const done = ["authorized", "captured", "declined", "refunded", "voided"]
  return (await shop.payment(order))?.history.map(({ event }) => event).filter((event) => done.includes(event)) ?? []
}

describe.each(["parallel", "reserve-first"] as const)("an order in the flow %s", (flow) => {
  test("that meets no trouble is charged once, sent once and delivered (K-01, K-02, R-02, R-07, R-09, D-02, D-03, D-12, D-16)", async () => {
    const order = await shop.place({ flow, items: ITEMS })
    expect(order).toMatchObject({ status: "pending", total: 109.97, payment: null, shipment: null })
    await shop.settle(order)
    expect(await shop.order(order)).toMatchObject({
      status: "delivered",
      cancellation: null,
      payment: { status: "captured" },
      shipment: { status: "delivered" },
    })
    expect(await gatewayDid(order)).toEqual(["authorized", "captured"])
    expect(network.count("Shipment.create", order.id)).toBe(1)
    // One per SKU, though two lines name the same one (D-09).
    expect(network.count("Inventory.reserveRequested", order.id)).toBe(2)
    expect(await shop.saga(order)).toMatchObject({
      status: "completed",
      steps: {
        payment: { status: "completed", attempts: 1 },
        inventory: { status: "completed", lines: [{ status: "completed" }, { status: "completed" }] },
        shipping: { status: "completed" },
      },
    })
  })

  test("that is out of stock ends cancelled, and whoever paid has the money back (D-20, R-10, K-12, A-12, A-13)", async () => {
    const items = [...ITEMS, { sku: "OUT-OF-STOCK", quantity: 1, price: 5 }]
    const order = await ended({ flow, items })
    expect(order).toMatchObject({ status: "cancelled", cancellation: { code: "OUT_OF_STOCK" } })
    expect(order.cancellation?.reason).toContain("OUT-OF-STOCK: 1 requested, 0 available")
    const done = await gatewayDid(order)
    if (flow === "reserve-first") expect(done).toEqual([])
    else
      expect(done.filter((event) => event === "captured").length).toBe(
        done.filter((event) => event === "refunded").length,
      )
    expect(network.count("Shipment.create", order.id)).toBe(0)
    const { steps } = await shop.saga(order)
    expect(steps).toMatchObject({ inventory: { status: "failed" }, shipping: { status: "skipped" } })
  })

  test("whose payment is declined gives the stock back and is charged nothing (D-06, D-19, K-13, R-11, R-13)", async () => {
    const order = await ended({ flow, simulate: { payment: "decline" } })
    expect(order).toMatchObject({ status: "cancelled", cancellation: { code: "PAYMENT_DECLINED" } })
    expect(await gatewayDid(order)).toEqual(["declined"])
    // One owner of the release: each SKU hears it once, from the order.
    expect(network.count("Inventory.release", order.id)).toBe(2)
    expect(network.count("Shipment.create", order.id)).toBe(0)
    expect((await shop.saga(order)).steps).toMatchObject({
      payment: { status: "failed" },
      inventory: { status: "compensated" },
      shipping: { status: "skipped" },
    })
  })

  test("that can't be sent is refunded and released, once each (K-14, K-03, D-17)", async () => {
    const order = await ended({ flow, simulate: { shipping: "decline" } })
    expect(order).toMatchObject({ status: "cancelled", cancellation: { code: "SHIPMENT_FAILED" } })
    expect(await gatewayDid(order)).toEqual(["authorized", "captured", "refunded"])
    expect(network.count("Payment.refund", order.id)).toBe(1)
    expect(network.count("Inventory.release", order.id)).toBe(2)
  })

  test.each(["payment", "inventory", "shipping"])(
    "goes on when %s fails once in passing, and reports no failure (K-15, K-16, R-08, R-21)",
    async (step) => {
      const order = await ended({ flow, simulate: { [step]: "transient_once" } })
      expect(order.status).toBe("delivered")
      expect(await gatewayDid(order)).toEqual(["authorized", "captured"])
      const failures = ["Payment.failed", "Inventory.reservationFailed", "Shipment.failed"]
      expect(failures.map((type) => network.count(type, order.id))).toEqual([0, 0, 0])
    },
  )

  test.each(["payment", "inventory", "shipping"])(
    "goes on when the answer of %s is lost once, and nothing is done twice (G6, D-07, K-07)",
    async (step) => {
      const order = await ended({ flow, simulate: { [step]: "timeout_once" } })
      expect(order.status).toBe("delivered")
      expect(await gatewayDid(order)).toEqual(["authorized", "captured"])
    },
  )

  test.each([
    ["payment", "PAYMENT_FAILED"],
    ["inventory", "OUT_OF_STOCK"],
    ["shipping", "SHIPMENT_FAILED"],
  ])("whose %s fails every time ends cancelled once the budget is spent (K-16, K-21, R-08)", async (step, code) => {
    const order = await ended({ flow, simulate: { [step]: "always_transient" } })
    expect(order).toMatchObject({ status: "cancelled", cancellation: { code } })
    const told = async (): Promise<readonly string[]> => {
      const { body } = await shop.call<{ items: readonly { type: string }[] }>(
        "GET",
        `/orders/${order.id}/notifications`,
      )
      return body.items.map(({ type }) => type).filter((type) => type === "cancelled")
    }
    await shop.eventually("the customer hears of it, once", async () => (await told()).length === 1)
  })

  test.each(["payment", "inventory", "shipping"])(
    "whose request to %s is poison has it listed, and everything else undone (K-17, G10, P9, R-21)",
    async (step) => {
      const order = await ended({ flow, simulate: { [step]: "poison" } })
      expect(["cancelled", "attention"]).toContain(order.status)
      const letters = await shop.letters(`?orderId=${order.id}`)
      expect(letters.map(({ orderId }) => orderId)).toContain(order.id)
      expect(letters[0]?.reason).toContain("no retry can help")
      const done = await gatewayDid(order)
      expect(done.filter((event) => event === "captured").length).toBe(
        done.filter((event) => event === "refunded").length,
      )
    },
  )
})

describe("afterwards", () => {
  test("all of these orders' books balance, and no unit is missing from the shelf (G9, R-05, D-15)", async () => {
    await shop.settle()
    expect(await shop.books()).toEqual([])
  })

  test("final states stay what they are, whatever is asked of them (K-10, G7, D-22, R-18)", async () => {
    for (const order of shop.placed.slice(0, 6)) {
      const { status } = await shop.order(order)
      const answer = await shop.call("DELETE", `/orders/${order.id}`)
      expect(answer.status).toBe(status === "delivered" ? 409 : 202)
      expect((await shop.order(order)).status).toBe(status)
    }
  })
})
