/**
 * The guarantees as the README states them, each once and as plainly as can be. What lies deeper is in the tests beside this
 * one, and in the simulator.
 */
import { afterEach, expect, test } from "vitest"
import { network, type Passing } from "./network.ts"
import { objectOf, threadOf, within } from "./objects.ts"
import { Outside, OUTSIDE_VARS } from "./outside.ts"
import { openShop } from "./world.ts"

const shop = openShop({ ...OUTSIDE_VARS, EFFECT_TIMEOUT_MS: "200" })
const outside = new Outside().open()
const TOTAL_CENTS = 5_998
const HOUR_MS = 3_600_000

afterEach(() => {
  network.reset()
  outside.script = {}
})

async function heldOne(): Promise<Passing> {
  await shop.eventually("one is held", () => network.held.length === 1)
  const [held] = network.held
  if (held === undefined) throw new Error("nothing is held")
  return held
}

/** An order whose parcel can't be made and whose refund meets something that no retry can help. */
async function halfUndone(): Promise<{ readonly id: string }> {
  const order = await shop.place({ simulate: { shipping: "poison", refund: "poison" } })
  await shop.until(order, "attention")
  return order
}

test("G1: State, inbox position, outbox, effects, timers and alarm commit together or not at all", async () => {
  network.hold("Payment.requested")
  const order = await shop.place()
  const { delivery } = await heldOne()
  network.rule = () => "pass"
  const payment = objectOf("Payment", order.id)
  const sql = (text: string) => within(payment, (state) => void state.storage.sql.exec(text).toArray())
  await sql("CREATE TRIGGER full BEFORE INSERT ON threads BEGIN SELECT RAISE(ABORT, 'disk is full'); END")
  const before = await within(payment, (state) => state.storage.getAlarm())
  expect(await payment.deliver([delivery]).then(() => "applied", String)).toContain("disk is full")
  expect(await threadOf("Payment", order.id)).toBeNull()
  expect(await within(payment, (state) => state.storage.getAlarm())).toBe(before)
  expect(outside.count("POST", "charges", order.id)).toBe(0)
  await sql("DROP TRIGGER full")
  await payment.deliver([delivery])
  const thread = await threadOf("Payment", order.id)
  expect(thread).toMatchObject({ performed: 1, ins: { [delivery.stream]: { upTo: 1 } } })
  expect(await within(payment, (state) => state.storage.getAlarm())).not.toBeNull()
  await shop.letGo()
  await shop.settle()
  expect((await shop.order(order)).status).toBe("delivered")
})

test("G2: A delivery takes effect once, for as long as its stream lives", async () => {
  const order = await shop.place()
  await shop.settle()
  const said = network.seen.filter(({ orderId }) => orderId === order.id)
  const view = await shop.order(order)
  const calls = outside.calls.length
  for (const { service, delivery } of [...said, ...said]) await shop.deliver(service, [JSON.stringify([delivery])])
  await shop.settle()
  expect(await shop.order(order)).toEqual(view)
  expect(outside.calls).toHaveLength(calls)
})

test("G3: Events from one key to another take effect in the order in which they were said", async () => {
  network.rule = ({ service, type }) => (service === "Order" && type.startsWith("Shipment.") ? "hold" : "pass")
  const order = await shop.place()
  await shop.eventually("the whole journey is held", () => network.held.length === 4)
  const held = network.held.splice(0)
  network.rule = () => "pass"
  for (const { delivery } of held.toReversed()) await shop.deliver("Order", [JSON.stringify([delivery])])
  await shop.settle()
  const heard = (await shop.saga(order)).timeline.filter(({ direction }) => direction === "in").map(({ type }) => type)
  const journey = ["Shipment.created", "Shipment.dispatched", "Shipment.inTransit", "Shipment.delivered"]
  expect(heard.filter((type) => journey.includes(type))).toEqual(journey)
})

test("G4: An event stays in its sender's outbox until its receiver holds it, and comes again until then", async () => {
  let lost = 0
  network.rule = ({ type }) => (type === "Payment.requested" && lost++ < 2 ? "lose" : "pass")
  const order = await shop.place()
  const rows = async () => (await threadOf("Order", order.id))?.outs[`Payment/${order.id}`]?.rows
  await shop.eventually("it is lost", () => lost > 0)
  expect(await rows()).toHaveLength(1)
  await shop.settle()
  expect(await rows()).toEqual([])
  expect((await shop.order(order)).status).toBe("delivered")
})

test("G5: Work that is left behind is picked up again, even if its alarm was lost", async () => {
  let isLost = true
  network.rule = ({ orderId }) => (isLost && orderId === order.id ? "lose" : "pass")
  const order = await shop.place()
  await within(objectOf("Order", order.id), (state) => state.storage.deleteAlarm())
  await shop.crash()
  isLost = false
  // What the sweep does, to every cell by name.
  await objectOf("Order", order.id).poke()
  await shop.settle()
  expect((await shop.order(order)).status).toBe("delivered")
})

test("G6: The outside world is asked under a stored key, and what is unknown is looked up before another try", async () => {
  outside.script = { "POST charges": ["lose"], "POST labels": ["break"] }
  const order = await shop.place()
  await shop.settle()
  expect(outside.moneyOf(order.id)).toEqual([TOTAL_CENTS, 0])
  expect(outside.labelsOf(order.id)).toBe(1)
  for (const path of ["charges", "labels"]) {
    const calls = outside.calls.filter((call) => call.path === path && call.orderId === order.id)
    expect(calls.map(({ method }) => method)).toEqual(["POST", "GET"])
    expect(new Set(calls.map(({ key }) => key)).size).toBe(1)
  }
})

test("G8: Whoever was asked undoes exactly what it did, and one undo that fails never holds up another", async () => {
  const order = await halfUndone()
  const saga = await shop.saga(order)
  expect(saga.compensation.outstanding).toEqual(["payment"])
  expect(saga.steps.inventory.status).toBe("compensated")
  expect((await shop.level("WIDGET-001")).reserved).toBe(0)
  await shop.call("POST", `/orders/${order.id}/resolve`, { action: "retry", reason: "it works again" })
  await shop.until(order, "cancelled")
  expect(outside.moneyOf(order.id)).toEqual([TOTAL_CENTS, TOTAL_CENTS])
})

test("G10: What can't be applied is parked alone, with its reason, and redriving it twice has the effect of once", async () => {
  const order = await halfUndone()
  const other = await shop.place()
  await shop.until(other, "delivered")
  const [letter, ...more] = await shop.letters(`?orderId=${order.id}&type=Payment.refund`)
  expect(more).toEqual([])
  expect(letter).toMatchObject({ service: "Payment", type: "Payment.refund" })
  expect(letter?.reason).not.toBe("")
  const redrive = () => shop.call("POST", `/dead-letters/${letter?.id ?? ""}/redrive`)
  expect([(await redrive()).status, (await redrive()).status]).toEqual([202, 409])
  await shop.until(order, "cancelled")
  expect(outside.moneyOf(order.id)).toEqual([TOTAL_CENTS, TOTAL_CENTS])
})

test("G9: Captured is refunded plus kept, and what came into stock is available, reserved or shipped", async () => {
  const simulations = [{}, { shipping: "poison" }, { inventory: "decline" }, { inventory: "timeout_once" }]
  const orders = []
  for (const simulate of simulations) {
    for (const flow of ["parallel", "reserve-first"] as const) orders.push(await shop.place({ flow, simulate }))
  }
  const cancelled = await shop.place()
  await shop.call("DELETE", `/orders/${cancelled.id}`)
  await shop.settle()
  expect(await shop.books()).toEqual([])
  for (const { id } of [...orders, cancelled]) {
    const [captured, refunded] = outside.moneyOf(id)
    const { body } = await shop.call<Record<"captured" | "refunded" | "kept", number>>("GET", `/orders/${id}/books`)
    expect([body.captured, body.refunded, body.kept]).toEqual([captured, refunded, captured - refunded].map(decimal))
  }
})

test("G7: Every order ends, or stands in attention with a reason, within its deadline", async () => {
  let isLost = true
  network.rule = ({ service, orderId }) => (isLost && service === "Payment" && orderId === order.id ? "lose" : "pass")
  const order = await shop.place()
  await shop.advance(HOUR_MS)
  await shop.until(order, "cancelling", "attention")
  await shop.advance(HOUR_MS)
  await shop.until(order, "attention")
  const { body } = await shop.call<{ readonly summary: string }>("GET", `/orders/${order.id}/why`)
  expect(body.summary).toContain("payment")
  isLost = false
  await shop.advance(HOUR_MS)
  await shop.call("POST", `/orders/${order.id}/resolve`, { action: "retry", reason: "the line is up again" })
  await shop.until(order, "cancelled")
})

function decimal(cents: number): number {
  return cents / 100
}
