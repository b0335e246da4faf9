/** A carrier that took the parcel all the same: without a grant, during its recall, after it (P1, P4). */
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { network } from "./network.ts"
import { Outside, OUTSIDE_VARS } from "./outside.ts"
import type { OrderJson } from "./views.ts"
import { alertAbout, carrierSays, SECRETS } from "./webhooks.ts"
import { openShop } from "./world.ts"

// No clock dispatches or delivers: only the carrier's word does.
const shop = openShop({
  ...OUTSIDE_VARS,
  ...SECRETS,
  DISPATCH_DELAY_MS: "600000",
  DELIVERY_DELAY_MS: "off",
  EFFECT_TIMEOUT_MS: "2000",
})
const outside = new Outside().open()

beforeEach(() => {
  outside.script = {}
})
afterEach(async () => {
  await shop.letGo()
  network.reset()
})

async function labelled(): Promise<OrderJson> {
  const order = await shop.place()
  await shop.eventually("a label", async () => (await shop.order(order)).shipment !== null)
  return order
}

async function cancel({ id }: OrderJson): Promise<void> {
  expect((await shop.call("DELETE", `/orders/${id}`)).status).toBe(202)
}

function carrier({ id }: OrderJson, type: string): Promise<number> {
  return carrierSays(shop, { type: `label.${type}`, orderId: id })
}

describe("a parcel that the carrier reports to have left", () => {
  test("without the order's grant has left: the order is shipped, and can't be cancelled any more", async () => {
    const order = await labelled()
    expect(await carrier(order, "dispatched")).toBe(202)
    await shop.until(order, "shipped")
    expect((await shop.call("DELETE", `/orders/${order.id}`)).status).toBe(409)
    expect(await carrier(order, "delivered")).toBe(202)
    await shop.until(order, "delivered")
    await shop.settle()
    expect(await shop.books()).toEqual([])
  })

  test("while it was called back overrules the recall: the order goes on, and nothing is refunded (P1)", async () => {
    outside.script = { "POST cancellations": ["hang"] }
    const order = await labelled()
    await cancel(order)
    await shop.eventually("the recall", () => outside.count("POST", "cancellations", order.id) === 1)
    expect(await carrier(order, "dispatched")).toBe(202)
    await shop.until(order, "shipped")
    expect(await carrier(order, "delivered")).toBe(202)
    await shop.until(order, "delivered")
    expect(outside.count("POST", "refunds", order.id)).toBe(0)
    // The recall's own answer comes late, and says the opposite.
    await alertAbout(shop, order.id, "called back a parcel that it had taken")
    expect((await shop.order(order)).status).toBe("delivered")
  })

  test("after its order was cancelled changes no status: a person is told that the goods are lost (P4)", async () => {
    const order = await labelled()
    await cancel(order)
    await shop.until(order, "cancelled")
    expect(await carrier(order, "delivered")).toBe(202)
    await alertAbout(shop, order.id, "goods left after the recall")
    expect((await shop.order(order)).status).toBe("cancelled")
    expect(outside.moneyOf(order.id)).toEqual([5_998, 5_998])
    const { timeline } = await shop.saga(order)
    const heard = timeline.filter(({ direction }) => direction === "in").map(({ type }) => type)
    expect(heard).toEqual(expect.arrayContaining(["Shipment.dispatched", "Shipment.delivered"]))
  })

  test("and to be called back, by itself, calls a person and changes nothing", async () => {
    const order = await labelled()
    expect(await carrier(order, "cancelled")).toBe(202)
    await alertAbout(shop, order.id, "nobody here has called it back")
    expect((await shop.order(order)).status).toBe("paid")
    await cancel(order)
    await shop.until(order, "cancelled")
  })
})
