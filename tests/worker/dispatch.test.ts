/** The point of no return, and what comes after it. */
import { describe, expect, test } from "vitest"
import { network } from "./network.ts"
import { openShop } from "./world.ts"

// Only `/deliver` delivers.
const shop = openShop({ DELIVERY_DELAY_MS: "off" })

describe("a dispatched order", () => {
  test("can't be cancelled, and keeps its money and its goods (P1, D-17, D-18, D-24)", async () => {
    const order = await shop.place()
    await shop.until(order, "shipped")
    const refused = await shop.call<{ code: string; detail: string }>("DELETE", `/orders/${order.id}`)
    expect(refused.status).toBe(409)
    expect(refused.body.detail).toContain("shipped")
    expect(network.count("Payment.refund", order.id)).toBe(0)
    expect(await shop.level("WIDGET-001")).toMatchObject({ available: 98, reserved: 0, shipped: 2 })
    expect((await shop.call("POST", `/orders/${order.id}/deliver`)).status).toBe(202)
    expect((await shop.until(order, "delivered")).payment?.status).toBe("captured")
    expect((await shop.call("POST", `/orders/${order.id}/deliver`)).status).toBe(409)
    expect((await shop.call("DELETE", `/orders/${order.id}`)).status).toBe(409)
  })

  test("is delivered only once its goods are deducted (P16, D-15)", async () => {
    network.hold("Inventory.deducted")
    const order = await shop.place()
    await shop.until(order, "shipped")
    expect((await shop.call("POST", `/orders/${order.id}/deliver`)).status).toBe(202)
    await shop.eventually("the parcel has arrived", async () => (await shop.shipment(order))?.status === "delivered")
    await shop.eventually("the order knows", async () => (await shop.saga(order)).steps.shipping.status === "completed")
    expect((await shop.order(order)).status).toBe("shipped")
    const { body } = await shop.call<{ summary: string }>("GET", `/orders/${order.id}/why`)
    expect(body.summary).toContain("WIDGET-001")
    await shop.letGo()
    await shop.settle()
    expect(await shop.books()).toEqual([])
  })

  test("can't be delivered before it has left (D-24)", async () => {
    network.hold("Shipment.create")
    const order = await shop.place()
    await shop.until(order, "paid")
    expect((await shop.call("POST", `/orders/${order.id}/deliver`)).status).toBe(409)
    await shop.letGo()
    await shop.until(order, "shipped")
    expect((await shop.call("POST", `/orders/${order.id}/deliver`)).status).toBe(202)
    await shop.settle()
    expect(await shop.books()).toEqual([])
  })

  test("has a shipment that can be followed by its number (D-13, D-14, D-26)", async () => {
    const order = await shop.place()
    await shop.until(order, "shipped")
    const shipment = await shop.shipment(order)
    expect(shipment?.trackingNumber).toMatch(/^(FS|QP|EL|SD)[0-9A-Za-z]+$/)
    expect(shipment?.trackingHistory[0]?.status).toBeDefined()
    const track = await shop.call<{ carrier: string }>("GET", `/shipping/track/${shipment?.trackingNumber ?? ""}`)
    expect([track.status, track.body.carrier]).toEqual([200, shipment?.carrier])
    expect((await shop.call("GET", "/shipping/track/FS0000000000")).status).toBe(404)
    await shop.call("POST", `/orders/${order.id}/deliver`)
    await shop.settle()
  })

  test("tells its customer each milestone once (D-32)", async () => {
    const order = await shop.place({ customerId: "cust_news" })
    await shop.until(order, "shipped")
    await shop.call("POST", `/orders/${order.id}/deliver`)
    await shop.settle()
    const { body } = await shop.call<{ items: readonly { type: string }[] }>("GET", `/orders/${order.id}/notifications`)
    expect(body.items.map(({ type }) => type).sort()).toEqual([
      "delivered",
      "order_confirmed",
      "payment_received",
      "shipped",
    ])
  })
})
