/** Why an order stands still, asked while it really does: each state, each fault, and what happens next by itself. */
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { network } from "./network.ts"
import { Outside, OUTSIDE_VARS } from "./outside.ts"
import type { OrderJson } from "./views.ts"
import { openShop, pause } from "./world.ts"

/** Of a call; real time, since nothing but the call itself is under way. */
const TIMEOUT_MS = 1_500

const shop = openShop({
  ...OUTSIDE_VARS,
  DISPATCH_DELAY_MS: "60000",
  DELIVERY_DELAY_MS: "off",
  EFFECT_ATTEMPTS_MAX: "4",
  EFFECT_BACKOFF_MS: "60000",
  EFFECT_TIMEOUT_MS: String(TIMEOUT_MS),
  BRAKE_AFTER: "4",
  BRAKE_PROBE_MS: "60000",
  // One payment cell: whoever pays meets the same brake.
  PARTICIPANT_CELLS: "1",
})
const outside = new Outside().open()

interface WhyJson {
  readonly summary: string
  readonly waitingFor: readonly string[]
  readonly since: string | null
  readonly nextAttemptAt: string | null
  readonly deadlineAt: string | null
  readonly deadlineDoes: string | null
  readonly blockedBy: readonly string[]
  readonly lastError: string | null
  readonly attemptsLeft: number | null
  readonly nextAction: { readonly what: string; readonly at: string } | null
  readonly parked: readonly { readonly id: string; readonly type: string; readonly service: string }[]
  readonly unreceived: readonly { readonly service: string; readonly type: string; readonly tries: number }[]
}

beforeEach(() => {
  outside.script = {}
})
afterEach(() => {
  network.reset()
})

async function why({ id }: OrderJson): Promise<WhyJson> {
  const { status, body } = await shop.call<WhyJson>("GET", `/orders/${id}/why`)
  expect(status).toBe(200)
  expect(body.summary).toMatch(/^[A-Z].*\.$/)
  return body
}

async function labelled(simulate: Readonly<Record<string, string>> = {}): Promise<OrderJson> {
  const order = await shop.place({ simulate })
  await shop.eventually("a label", async () => (await shop.order(order)).shipment !== null)
  return order
}

/** Past the door: its dispatch is brought forward by time alone. */
async function shipped(): Promise<OrderJson> {
  const order = await labelled()
  await shop.advance(61_000)
  await shop.until(order, "shipped")
  return order
}

describe("an order that waits (N3)", () => {
  test("for an event that nobody has received names it, and when it is sent again", async () => {
    network.hold("Payment.requested")
    const order = await shop.place()
    await shop.until(order, "confirmed")
    await shop.eventually("sent again", async () => (await why(order)).unreceived.some(({ tries }) => tries > 0))
    const answer = await why(order)
    expect(answer.waitingFor).toEqual(["Payment"])
    expect(answer.summary).toMatch(
      /confirmed: it waits for the payment from Payment; Payment\/ord_\w+ has not received/,
    )
    expect(answer.nextAction?.what).toBe("Order sends Payment.requested again")
    expect(answer.deadlineDoes).toContain("cancels the order")
    expect(Date.parse(answer.since ?? "")).toBeLessThanOrEqual(Date.now())
    await shop.letGo()
  })

  test("for an answer that is lost names who is to send it again", async () => {
    network.hold("Payment.completed")
    const order = await shop.place()
    await shop.until(order, "confirmed")
    await shop.eventually("sent again", async () => (await why(order)).unreceived.some(({ tries }) => tries > 0))
    const rows = (await why(order)).unreceived.map(({ service, type }) => [service, type])
    expect(rows).toContainEqual(["Payment", "Payment.completed"])
    await shop.letGo()
  })

  test("for a gateway that fails names its error, the next try and how many are left", async () => {
    outside.script["POST charges"] = ["busy"]
    const order = await shop.place()
    await shop.until(order, "confirmed")
    const isNext = ({ nextAction }: WhyJson): boolean => nextAction?.what === "Payment tries the charge again"
    await shop.eventually("a failed try", async () => isNext(await why(order)) && (await why(order)).attemptsLeft === 3)
    const answer = await why(order)
    expect(answer.summary).toContain("the charge by Payment has failed once")
    expect(answer.lastError).not.toBeNull()
    expect(answer.nextAttemptAt).toBe(answer.nextAction?.at)
    await shop.call("DELETE", `/orders/${order.id}`)
    await shop.advance(80_000)
    await shop.until(order, "cancelled")
  })

  test("before its dispatch, and before its delivery, names the step and its clock", async () => {
    const order = await labelled()
    const isNext = ({ nextAction }: WhyJson): boolean => nextAction?.what === "the parcel is ready to go"
    await shop.eventually("all is quiet", async () => isNext(await why(order)))
    const atTheDoor = await why(order)
    expect(atTheDoor.summary).toContain("may still be cancelled: it waits for the dispatch from Shipping")
    await shop.advance(61_000)
    await shop.until(order, "shipped")
    const onItsWay = await why(order)
    expect(onItsWay.summary).toBe("The parcel is on its way: it waits for the delivery from Shipping.")
    expect(onItsWay.deadlineDoes).toContain("raises an alert")
    await shop.call("POST", `/orders/${order.id}/deadlines/delivery`, { action: "fire", reason: "to see" })
    expect((await why(order)).summary).toContain("on its way, and overdue")
    expect((await shop.order(order)).status).toBe("shipped")
    await shop.call("POST", `/orders/${order.id}/deliver`)
    const done = await shop.until(order, "delivered")
    expect(await why(done)).toMatchObject({ waitingFor: [], blockedBy: [], nextAction: null })
  })

  test("for its goods to be deducted names the SKU and who has to say so", async () => {
    network.hold("Inventory.deducted")
    const order = await shipped()
    await shop.call("POST", `/orders/${order.id}/deliver`)
    await shop.eventually("arrived", async () => (await shop.saga(order)).steps.shipping.status === "completed")
    const answer = await why(order)
    expect(answer.waitingFor).toEqual(["Inventory"])
    expect(answer.summary).toContain("it waits for the deduction of WIDGET-001 from Inventory")
    expect(answer.unreceived.map(({ type }) => type)).toContain("Inventory.deducted")
    await shop.letGo()
    await shop.until(order, "delivered")
  })

  test("for a recall that is not answered names it, and what its deadline does", async () => {
    const order = await labelled()
    network.hold("Shipment.cancelled")
    await shop.call("DELETE", `/orders/${order.id}`)
    const answer = await why(order)
    expect(answer.summary).toContain("is being undone (cancelled on request): it waits for the recall of the parcel")
    expect(answer.deadlineDoes).toContain("leaves the recall outstanding")
    await shop.letGo()
    await shop.until(order, "cancelled")
  })
})

describe("an order that stands in attention (N3)", () => {
  test("names what is outstanding, why, and the letter that holds it up", async () => {
    const order = await labelled({ refund: "poison" })
    await shop.call("DELETE", `/orders/${order.id}`)
    await shop.until(order, "attention")
    const answer = await why(order)
    expect(answer.summary).toContain("A person must decide about payment (payment: the undo is in the dead letters)")
    expect(answer.summary).toContain("Payment.refund lies in the dead letters of Payment (rehearsal")
    expect(answer.waitingFor).toEqual(["a person"])
    const [letter] = await shop.letters(`?orderId=${order.id}`)
    expect(answer.blockedBy).toEqual(["payment", letter?.id])
    expect((await shop.call("POST", `/dead-letters/${letter?.id ?? ""}/redrive`)).status).toBe(202)
    await shop.until(order, "cancelled")
  })

  test("because nobody has answered is not believed while the call is under way (P11)", async () => {
    outside.script["POST refunds"] = ["hang"]
    const order = await labelled()
    await shop.call("DELETE", `/orders/${order.id}`)
    await shop.eventually("called", () => outside.count("POST", "refunds", order.id) === 1)
    await shop.call("POST", `/orders/${order.id}/deadlines/paymentUndo`, { action: "fire", reason: "enough" })
    await shop.until(order, "attention")
    const accept = { action: "accept", reason: "by phone" }
    const early = await shop.call<OrderJson>("POST", `/orders/${order.id}/resolve`, accept)
    expect([early.status, early.body.detail]).toEqual([409, expect.stringContaining("Payment has a call under way")])
    // The look-up after the timeout finds nothing, so it is called again, and answered late.
    await pause(TIMEOUT_MS + 300)
    await shop.advance(120_000)
    await shop.until(order, "cancelled")
    expect(outside.moneyOf(order.id)[0]).toBe(outside.moneyOf(order.id)[1])
  })
})

describe("a gateway that is down (N3, K-21)", () => {
  test("burns no order's tries: a probe goes out, and once it is answered all go on", async () => {
    outside.script["POST charges"] = Array.from({ length: 50 }, () => "busy" as const)
    const orders = await Promise.all(Array.from({ length: 5 }, () => shop.place()))
    await shop.eventually("the brake", async () => {
      const answers = await Promise.all(orders.map(why))
      return answers.every(({ summary }) => summary.includes("is down"))
    })
    for (const order of orders) {
      const answer = await why(order)
      expect(answer.blockedBy).toEqual(["Payment: charge is down"])
      expect(answer.attemptsLeft).toBeGreaterThanOrEqual(3)
    }
    outside.script = {}
    await shop.advance(80_000)
    await shop.advance(80_000)
    await shop.advance(80_000)
    for (const order of orders) await shop.until(order, "paid", "shipped")
  })
})
