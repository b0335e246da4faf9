/** What payment gateway and carrier say of their own accord, through the door and to the end (faults 22 and 23). */
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { newOrderId } from "../../domain/orderId.ts"
import { network } from "./network.ts"
import { sharedNames, threadOf } from "./objects.ts"
import { Outside, OUTSIDE_VARS } from "./outside.ts"
import { alertAbout, carrierSays, gatewaySays, SECRETS, type Sent } from "./webhooks.ts"
import type { OrderJson } from "./views.ts"
import { openShop } from "./world.ts"

/** Sound, and nobody's. */
const UNKNOWN = newOrderId({ region: "any", cell: 2 }, Date.UTC(2026, 0, 1), () => 0.5)

// Nothing is tried again by itself while a test looks, and nothing is delivered but by the carrier's word.
const shop = openShop({
  ...OUTSIDE_VARS,
  DELIVERY_DELAY_MS: "off",
  EFFECT_TIMEOUT_MS: "400",
  EFFECT_BACKOFF_MS: "60000",
  EFFECT_BACKOFF_MAX_MS: "60000",
  ...SECRETS,
})
const outside = new Outside().open()

beforeEach(() => {
  outside.script = {}
  outside.arrived = null
})
afterEach(async () => {
  await shop.letGo()
  network.reset()
})

function carrier(orderId: string, type: string, more: Sent = {}, id?: string): Promise<number> {
  return carrierSays(shop, { type: `label.${type}`, orderId, ...more }, id)
}

function gateway({ id, total }: Pick<OrderJson, "id" | "total">, type: string, more: Sent = {}): Promise<number> {
  const amount = Math.round(total * 100)
  return gatewaySays(shop, { type, key: `${id}/charge/1`, orderId: id, amount, currency: "USD", ...more })
}

/** How often an event of an order reached somebody, each once. */
function said(type: string, orderId: string): number {
  const heard = network.seen.filter((each) => each.type === type && each.orderId === orderId)
  return new Set(heard.map(({ delivery }) => delivery.event.id)).size
}

describe("the carrier's word", () => {
  test("delivers where no clock does, once, though it comes ten times at once (23)", async () => {
    const order = await shop.until(await shop.place(), "shipped")
    const at = new Date(Date.now()).toISOString()
    const ten = Array.from({ length: 10 }, (_, index) =>
      carrier(order.id, "delivered", { at }, `msg_same_${index % 2}`),
    )
    expect(new Set(await Promise.all(ten))).toEqual(new Set([202]))
    await shop.until(order, "delivered")
    await shop.settle()
    expect([said("Shipment.delivered", order.id), said("Order.completed", order.id)]).toEqual([1, 1])
    expect(await shop.books()).toEqual([])
  })

  test("names a parcel by its number, and says where it is", async () => {
    const order = await shop.until(await shop.place(), "shipped")
    const { trackingNumber = "" } = (await shop.shipment(order)) ?? {}
    // A number of the carrier's own making: only a row tells whose it is.
    expect(await sharedNames("Shipping", order.id)).toContain(`track/${trackingNumber}`)
    expect((await shop.call("GET", `/shipping/track/${trackingNumber}`)).status).toBe(200)
    const body = { type: "label.in_transit", trackingNumber, location: "Springfield, IL" }
    expect(await carrierSays(shop, body)).toBe(202)
    const places = (await shop.shipment(order))?.trackingHistory.map(({ location }) => location)
    expect(places).toContain("Springfield, IL")
    await carrier(order.id, "delivered")
    await shop.settle(order)
  })
})

describe("the gateway's word", () => {
  test("before its call has returned is no second charge (23)", async () => {
    let early = 0
    outside.arrived = async ({ method, path, orderId }) => {
      if (method !== "POST" || path !== "charges") return
      outside.arrived = null
      early = await gateway({ id: orderId, total: 59.98 }, "charge.succeeded")
    }
    const order = await shop.until(await shop.place(), "shipped")
    expect([early, outside.count("POST", "charges", order.id)]).toEqual([202, 1])
    expect([said("Payment.completed", order.id), outside.moneyOf(order.id)]).toEqual([1, [5_998, 0]])
    await carrier(order.id, "delivered")
    await shop.settle(order)
  })

  test("about a charge whose answer was lost has it looked up at once, and once (19, 23)", async () => {
    outside.script = { "POST charges": ["lose"] }
    const order = await shop.place()
    await shop.eventually("a charge without an answer", async () => {
      const effect = (await threadOf("Payment", order.id))?.effects[0]
      return effect?.tries === 1
    })
    const ten = Array.from({ length: 10 }, () => gateway(order, "charge.succeeded"))
    expect(new Set(await Promise.all(ten))).toEqual(new Set([202]))
    await shop.until(order, "shipped")
    expect([outside.count("POST", "charges", order.id), outside.moneyOf(order.id)]).toEqual([1, [5_998, 0]])
    expect(said("Payment.completed", order.id)).toBe(1)
    await carrier(order.id, "delivered")
    await shop.settle(order)
  })

  test("is not believed: what did not happen is not paid for, and no try is spent on it (22)", async () => {
    outside.script = { "POST charges": ["vanish"] }
    const order = await shop.place()
    await shop.eventually("a charge without an answer", async () => {
      return (await threadOf("Payment", order.id))?.effects[0]?.tries === 1
    })
    const before = JSON.stringify(await threadOf("Payment", order.id))
    for (let times = 0; times < 5; times++) expect(await gateway(order, "charge.succeeded")).toBe(202)
    await shop.eventually("the look-ups", () => outside.count("GET", "charges", order.id) > 0)
    expect(JSON.stringify(await threadOf("Payment", order.id))).toBe(before)
    expect((await shop.payment(order))?.status).toBe("charging")
    await shop.call("DELETE", `/orders/${order.id}`)
    await shop.advance(120_000)
    await shop.settle(order)
  })

  test("that contradicts what it has answered changes nothing, and a person is called (22, M7)", async () => {
    const order = await shop.until(await shop.place(), "shipped")
    const before = JSON.stringify(await threadOf("Payment", order.id))
    expect(await gateway(order, "charge.declined")).toBe(202)
    expect(await gateway(order, "charge.succeeded", { amount: 1 })).toBe(202)
    expect(await gateway(order, "charge.succeeded", { currency: "EUR" })).toBe(202)
    expect(await gateway(order, "charge.succeeded", { key: `${UNKNOWN}/charge/1` })).toBe(202)
    expect(JSON.stringify(await threadOf("Payment", order.id))).toBe(before)
    await alertAbout(shop, order.id, "answered otherwise")
    await carrier(order.id, "delivered")
    await shop.settle(order)
  })
})

describe("what is about nothing of ours", () => {
  test("is answered like everything else, leaves no row, and calls a person", async () => {
    expect(await gateway({ id: UNKNOWN, total: 1 }, "charge.succeeded")).toBe(202)
    expect(await carrier(UNKNOWN, "delivered")).toBe(202)
    expect(await threadOf("Payment", UNKNOWN)).toBeNull()
    expect(await threadOf("Shipping", UNKNOWN)).toBeNull()
    await alertAbout(shop, UNKNOWN, "no such payment")
  })
})
