/** Effects against a world with books of its own: intent first, at most once, and what is unknown is looked up. */
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import type { Point } from "../../choreography/platform.ts"
import type { EffectRow } from "../../choreography/thread.ts"
import { crashAt } from "./crash.ts"
import { network } from "./network.ts"
import { threadOf } from "./objects.ts"
import { type Manner, Outside, OUTSIDE_VARS } from "./outside.ts"
import { openShop } from "./world.ts"

const shop = openShop({
  ...OUTSIDE_VARS,
  EFFECT_TIMEOUT_MS: "120",
  EFFECT_ATTEMPTS_MAX: "4",
  DISPATCH_DELAY_MS: "60000",
})
const outside = new Outside().open()

beforeEach(() => {
  outside.script = {}
  outside.arrived = null
})
afterEach(() => {
  network.reset()
})

async function labelled(): Promise<{ id: string }> {
  const order = await shop.place()
  await shop.eventually("a label", async () => (await shop.order(order)).shipment !== null)
  return order
}

async function cancelled(order: { id: string }): Promise<void> {
  expect((await shop.call("DELETE", `/orders/${order.id}`)).status).toBe(202)
  await shop.until(order, "cancelled")
}

describe("an intent", () => {
  test("is a row before the call is made, and the call carries its key (G6, platform rule 17)", async () => {
    let seen: readonly EffectRow[] = []
    outside.arrived = async ({ path, orderId }) => {
      if (path === "charges") seen = (await threadOf("Payment", orderId))?.effects ?? []
    }
    const order = await labelled()
    const [call] = outside.calls.filter(({ path, orderId }) => path === "charges" && orderId === order.id)
    expect(seen.map(({ name, key, maybe }) => [name, key, maybe])).toEqual([["charge", call?.key, true]])
    await cancelled(order)
  })
})

const LOST: readonly (readonly [string, Manner])[] = [
  ["its answer is lost", "lose"],
  ["it vanishes on the way", "vanish"],
  ["it is done and the gateway breaks", "break"],
  ["it is never answered", "hang"],
  ["the gateway is busy", "busy"],
]

describe.each([
  ["charge", "POST charges", "charges"],
  ["label", "POST labels", "labels"],
])("a %s", (_name, where, path) => {
  test.each(LOST)("happens once when %s (G6, D-07, K-16)", async (_what, manner) => {
    outside.script = { [where]: [manner] }
    const order = await labelled()
    const keys = outside.calls.filter((call) => call.path === path && call.orderId === order.id).map(({ key }) => key)
    // However often it was tried or looked up, it was one and the same.
    expect(new Set(keys).size).toBe(1)
    expect(outside.moneyOf(order.id)).toEqual([5998, 0])
    expect(outside.labelsOf(order.id)).toBe(1)
    // What was refused for sure is not looked up; what is unknown is, before it is tried again.
    const looked = outside.count("GET", path, order.id)
    expect(looked).toBe(manner === "busy" ? 0 : 1)
    expect(outside.count("POST", path, order.id)).toBe(manner === "lose" || manner === "break" ? 1 : 2)
    await cancelled(order)
  })
})

describe.each([
  ["refund", "POST refunds"],
  ["recall", "POST cancellations"],
])("a %s", (_name, where) => {
  test.each(LOST)("is done until it is done, and once, when %s (D-08, G6, G8)", async (_what, manner) => {
    const order = await labelled()
    outside.script = { [where]: [manner] }
    await cancelled(order)
    expect(outside.moneyOf(order.id)).toEqual([5998, 5998])
    expect(outside.labelsOf(order.id)).toBe(0)
  })
})

describe("a crash", () => {
  test.each<readonly [string, string, Point]>([
    ["before the call", "Payment", "effect:before"],
    ["after the call, before its outcome is stored", "Payment", "effect:after"],
    ["when the outcome is being stored", "Payment", "commit:settle"],
    ["right after the outcome is stored", "Payment", "committed:settle"],
    ["before the call", "Shipping", "effect:before"],
    ["after the call, before its outcome is stored", "Shipping", "effect:after"],
    ["when the outcome is being stored", "Shipping", "commit:settle"],
  ])("%s of %s leads to one effect (G6, D-07, M1, H1)", async (_when, service, point) => {
    crashAt(service, point)
    const order = await labelled()
    expect(outside.moneyOf(order.id)).toEqual([5998, 0])
    expect(outside.labelsOf(order.id)).toBe(1)
    expect(outside.count("POST", "charges", order.id)).toBe(1)
    await cancelled(order)
    expect(outside.moneyOf(order.id)).toEqual([5998, 5998])
  })

  test("of everything while the gateway has the call leads to one effect (fault 14)", async () => {
    outside.script = { "POST charges": ["stall"] }
    const order = await shop.place()
    await shop.eventually("the call is made", () => outside.count("POST", "charges", order.id) === 1)
    await shop.crash()
    await shop.eventually("a label", async () => (await shop.order(order)).shipment !== null)
    expect([outside.moneyOf(order.id), outside.labelsOf(order.id)]).toEqual([[5998, 0], 1])
    await cancelled(order)
  })
})

describe("a gateway that can't be brought to an answer", () => {
  test("is given up after its budget; the refund makes sure that nothing was taken (P10, R-08, K-21)", async () => {
    outside.script = { "POST charges": ["lose"], "GET charges": ["vanish", "vanish", "vanish", "vanish"] }
    const order = await shop.place()
    await shop.settle(order)
    expect(await shop.order(order)).toMatchObject({ status: "cancelled", cancellation: { code: "PAYMENT_FAILED" } })
    const [captured, refunded] = outside.moneyOf(order.id)
    expect([captured, refunded]).toEqual([5998, 5998])
  })

  test("holds up no other order (N9, B-07, B-14)", async () => {
    outside.script = { "POST charges": ["hang"] }
    const [stuck, ...others] = await Promise.all([1, 2, 3, 4, 5].map(() => shop.place()))
    await Promise.all(others.map((order) => shop.until(order, "paid")))
    if (stuck !== undefined) await shop.until(stuck, "paid")
  })

  test("is called once by any number of copies of a request (D-07, A-15)", async () => {
    network.rule = ({ type }) => (type === "Payment.requested" || type === "Shipment.create" ? "twice" : "pass")
    const order = await labelled()
    expect([outside.count("POST", "charges", order.id), outside.count("POST", "labels", order.id)]).toEqual([1, 1])
    await cancelled(order)
  })
})
