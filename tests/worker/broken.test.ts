/** Broken messages reach the dead letters with a reason, and stop nobody. */
import { describe, expect, test } from "vitest"
import { newOrderId } from "../../domain/orderId.ts"
import { listAll } from "./objects.ts"
import { said } from "./said.ts"
import { openShop } from "./world.ts"

const shop = openShop()
const anOrderId = (): string => newOrderId({ region: "any", cell: 1 }, Date.now(), Math.random)

function completed(orderId: string, change: object = {}, envelope: object = {}): object {
  const delivery = said({
    from: `Payment/${orderId}`,
    to: `Order/${orderId}`,
    position: 1,
    type: "Payment.completed",
    orderId,
    data: { orderId, attempt: 1, paymentId: "pay_1", amount: 100, currency: "USD" },
  })
  return { ...delivery, ...change, event: { ...delivery.event, ...envelope } }
}

const BROKEN: readonly (readonly [string, (orderId: string) => unknown, RegExp])[] = [
  ["no JSON", () => "{", /not a bundle/],
  ["no bundle", () => JSON.stringify({ hello: "world" }), /not a bundle/],
  ["nothing", () => "", /not a bundle/],
  ["a number", () => 42, /not a bundle/],
  ["no envelope", (id) => JSON.stringify([{ stream: "Payment/x", target: `Order/${id}`, position: 1 }]), /event/],
  ["an envelope without an id", (id) => JSON.stringify([completed(id, {}, { id: undefined })]), /id/],
  ["a position that is none", (id) => JSON.stringify([completed(id, { position: 0.5 })]), /position/],
  ["another service's target", (id) => JSON.stringify([completed(id, { target: `Payment/${id}` })]), /wrong target/],
  ["a target that nobody gave", () => JSON.stringify([completed("ord_guess")]), /wrong target/],
  ["a field too much", (id) => JSON.stringify([completed(id, { extra: 1 })]), /extra|unrecognized/i],
]

const UNREADABLE: readonly (readonly [string, object, RegExp])[] = [
  [
    "an unknown type",
    { type: "Payment.exploded", dataschema: "urn:event:Payment.exploded:1" },
    /does not listen|unknown/,
  ],
  ["no version", { dataschema: "urn:nothing" }, /version/],
  ["data that is wrong at a field", { data: { orderId: 7 } }, /invalid at field data/],
]

describe("a broken message", () => {
  test.each(BROKEN)(
    "that is %s is filed with its reason and acknowledged (R-21, G10, fault 28)",
    async (_what, make, reason) => {
      const orderId = anOrderId()
      const before = await shop.letters("?limit=200")
      expect(await shop.deliver("Order", [make(orderId)])).toEqual([])
      const known = new Set(before.map(({ id }) => id))
      const fresh = (await shop.letters("?limit=200")).filter(({ id }) => !known.has(id))
      expect(fresh).toHaveLength(1)
      expect(fresh[0]?.reason).toMatch(reason)
    },
  )

  test.each(UNREADABLE)(
    "that has %s is parked in its receiver with the reason (R-21, G10, B-15)",
    async (_what, change, reason) => {
      const orderId = anOrderId()
      expect(await shop.deliver("Order", [JSON.stringify([completed(orderId, {}, change)])])).toEqual([])
      const [letter] = await shop.letters(`?orderId=${orderId}`)
      expect([letter?.service, letter?.orderId]).toEqual(["Order", orderId])
      expect(letter?.reason).toMatch(reason)
    },
  )

  test("creates no object for a name that was guessed (platform rule 25)", async () => {
    const before = await listAll("Order")
    await shop.deliver("Order", [JSON.stringify([completed("ord_0000000000000000000000000000000000000000000")])])
    expect(await listAll("Order")).toEqual(before)
  })

  test("beside good ones in one batch, and in one bundle, stops none of them (G10, N9, B-07)", async () => {
    const good = anOrderId()
    const also = anOrderId()
    const bodies = ["{", JSON.stringify([{ nonsense: true }, completed(good)]), JSON.stringify([completed(also)]), null]
    expect(await shop.deliver("Order", bodies)).toEqual([])
    const order = await shop.place()
    await shop.settle(order)
    expect((await shop.order(order)).status).toBe("delivered")
  })

  test("that lands in a dead-letter queue is filed too, or takes effect after all (P14, K-06)", async () => {
    const orderId = anOrderId()
    expect(await shop.deliver("Order", ["garbage of days ago"], "order-events-dlq")).toEqual([])
    expect((await shop.letters("?limit=200")).some(({ service }) => service === "order-events-dlq")).toBe(true)
    expect(await shop.deliver("Order", [JSON.stringify([completed(orderId)])], "order-events-dlq")).toEqual([])
    expect(await shop.letters(`?orderId=${orderId}`)).toEqual([])
  })
})
