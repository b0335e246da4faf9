/** What an operator does with orders that run: previews, clocks, dead letters by the dozen. */
import { afterEach, beforeAll, describe, expect, test } from "vitest"
import { network } from "./network.ts"
import { alarmOf, objectOf } from "./objects.ts"
import type { Json, OrderJson } from "./views.ts"
import { type Answer, openShop, pause } from "./world.ts"

// The parcel waits at the door, so that whatever is outstanding can be undone.
const shop = openShop({ DISPATCH_DELAY_MS: "60000" })

interface PreviewJson {
  readonly accepted: boolean
  readonly detail: string | null
  readonly version: number
  readonly undo: readonly {
    readonly step: string
    readonly amount?: number
    readonly atMost?: number
    readonly units?: readonly { readonly sku: string; readonly units: number; readonly atMost: number }[]
  }[]
}

interface DeadlinesJson {
  readonly items: readonly { readonly name: string; readonly at: string; readonly does: string }[]
}

interface TallyJson {
  readonly matched: number
  readonly redriven?: number
  readonly discarded?: number
  readonly skipped: Json
  readonly more: boolean
}

beforeAll(async () => {
  await shop.stock("PLENTY", 1_000)
})
afterEach(() => {
  network.reset()
})

const ITEMS = [{ sku: "PLENTY", quantity: 3, price: 10 }]

function place(simulate: Readonly<Record<string, string>> = {}): Promise<OrderJson> {
  return shop.place({ items: ITEMS, simulate })
}

async function labelled(): Promise<OrderJson> {
  const order = await place()
  await shop.eventually("a label", async () => (await shop.order(order)).shipment !== null)
  return order
}

function preview({ id }: OrderJson): Promise<Answer<PreviewJson>> {
  return shop.call<PreviewJson>("DELETE", `/orders/${id}?dryRun=1`)
}

describe("a preview", () => {
  const moments: readonly (readonly [string, readonly string[], (order: OrderJson) => Promise<unknown>])[] = [
    ["before anybody has answered", ["Payment.requested", "Inventory.reserveRequested"], () => pause(30)],
    ["while only the payment is awaited", ["Payment.completed"], (order) => shop.until(order, "confirmed")],
    [
      "while only the stock is awaited",
      ["Inventory.reserved"],
      async (order) => {
        await shop.eventually("paid for", async () => (await shop.order(order)).payment !== null)
      },
    ],
    ["before there is a label", ["Shipment.create"], (order) => shop.until(order, "paid")],
    [
      "while the parcel is at the door",
      [],
      async (order) => {
        await shop.eventually("a label", async () => (await shop.order(order)).shipment !== null)
      },
    ],
  ]

  test.each(moments)("%s is what cancelling by its version then does (N11)", async (_when, held, reach) => {
    network.hold(...held)
    const order = await place()
    await reach(order)
    const { body, headers, status } = await preview(order)
    expect([status, body.accepted, body.detail]).toEqual([200, true, null])
    expect(headers.get("etag")).toBe(`"${String(body.version)}"`)
    const before = await shop.order(order)
    expect([before.version, before.cancellation]).toEqual([body.version, null])
    const tag = { "If-Match": headers.get("etag") ?? "" }
    expect((await shop.call("DELETE", `/orders/${order.id}`, undefined, tag)).status).toBe(202)
    await shop.letGo()
    await shop.until(order, "cancelled")
    const { steps } = await shop.saga(order)
    const undone = Object.entries(steps).flatMap(([name, { status: is }]) => (is === "compensated" ? [name] : []))
    expect(body.undo.map(({ step }) => step).sort()).toEqual(undone.sort())
    const payment = await shop.payment(order)
    const refund = body.undo.find(({ step }) => step === "payment")
    expect(refund?.atMost ?? 0).toBeGreaterThanOrEqual(payment?.refunded ?? 0)
    if (held.length === 0) expect(refund?.amount).toBe(payment?.refunded)
    await shop.settle()
    expect(await shop.books()).toEqual([])
  })

  test("is overtaken when the order moves: the cancel by its version is refused (N11)", async () => {
    network.hold("Payment.completed")
    const order = await place()
    await shop.until(order, "confirmed")
    const { headers } = await preview(order)
    await shop.letGo()
    await shop.until(order, "paid")
    const tag = { "If-Match": headers.get("etag") ?? "" }
    const late = await shop.call<OrderJson>("DELETE", `/orders/${order.id}`, undefined, tag)
    expect([late.status, late.body.code]).toEqual([409, "version_moved"])
    expect((await shop.call("DELETE", `/orders/${order.id}`)).status).toBe(202)
    await shop.settle()
  })

  test("of a cancelled order lists nothing", async () => {
    const order = await labelled()
    await shop.call("DELETE", `/orders/${order.id}`)
    await shop.until(order, "cancelled")
    expect((await preview(order)).body).toMatchObject({ accepted: true, undo: [], status: "cancelled" })
  })
})

describe("a deadline", () => {
  const read = async ({ id }: OrderJson): Promise<DeadlinesJson["items"]> =>
    (await shop.call<DeadlinesJson>("GET", `/orders/${id}/deadlines`)).body.items
  const move = ({ id }: OrderJson, name: string, body: object): Promise<Answer<DeadlinesJson>> =>
    shop.call<DeadlinesJson>("POST", `/orders/${id}/deadlines/${name}`, { reason: "the customer asked", ...body })
  const noted = async (order: OrderJson): Promise<(string | undefined)[]> =>
    (await shop.saga(order)).timeline.filter(({ type }) => type === "ask.moveDeadline").map(({ note }) => note)

  test("is extended, and the alarm and the timeline with it (N4)", async () => {
    network.hold("Payment.requested")
    const order = await place()
    await shop.until(order, "confirmed")
    const [first] = await read(order)
    expect(first?.name).toBe("paymentStep")
    const by = 3_600_000
    const { status, body } = await move(order, "paymentStep", { action: "extend", by })
    const moved = body.items.find(({ name }) => name === "paymentStep")
    expect([status, Date.parse(moved?.at ?? "") - Date.parse(first?.at ?? "")]).toEqual([202, by])
    expect((await shop.saga(order)).steps.payment.deadlineAt).toBe(moved?.at)
    expect(await noted(order)).toEqual(["extend paymentStep by development: the customer asked"])
    await shop.call("DELETE", `/orders/${order.id}`)
    await shop.letGo()
    await shop.until(order, "cancelled")
  })

  test("is fired now: it does at once what it would have done (N4, R-22)", async () => {
    const order = await labelled()
    expect((await read(order)).map(({ name }) => name)).toContain("deadline")
    const { status, body } = await move(order, "deadline", { action: "fire" })
    expect([status, body.items.map(({ name }) => name).includes("deadline")]).toEqual([202, false])
    const after = await shop.until(order, "cancelled")
    expect(after.cancellation?.code).toBe("DEADLINE")
    expect(await noted(order)).toEqual(["fire deadline by development: the customer asked"])
  })

  test("is cancelled: it never comes, and can't be moved any more (N4)", async () => {
    const order = await labelled()
    const { body } = await move(order, "deadline", { action: "cancel" })
    expect(body.items.map(({ name }) => name)).toEqual(["shippingStep"])
    expect((await move(order, "deadline", { action: "fire" })).status).toBe(409)
    expect((await move(order, "lunch", { action: "fire" })).status).toBe(404)
    await shop.call("DELETE", `/orders/${order.id}`)
    await shop.until(order, "cancelled")
  })

  test("that comes earlier brings its object's alarm forward in the same commit (N4, G1)", async () => {
    network.hold("Payment.requested")
    const order = await place()
    await shop.until(order, "confirmed")
    const stub = objectOf("Order", order.id)
    await move(order, "paymentStep", { action: "extend", by: 1_000 })
    const due = Math.min(...(await read(order)).map(({ at }) => Date.parse(at)))
    const at = await alarmOf(stub)
    expect(at).not.toBeNull()
    expect(at ?? Infinity).toBeLessThanOrEqual(due)
    await shop.call("DELETE", `/orders/${order.id}`)
    await shop.letGo()
    await shop.settle()
  })
})

describe("many dead letters", () => {
  const bulk = (what: "redrive" | "discard", filter: object, rest: object = {}): Promise<Answer<TallyJson>> =>
    shop.call<TallyJson>("POST", `/dead-letters/${what}`, { filter, reason: "repaired", ...rest })

  test("are redriven where they would apply, skipped where not, and counted by verdict (N10, K-25)", async () => {
    const owed = await Promise.all([place({ refund: "poison" }), place({ refund: "poison" })])
    const refused = await place({ payment: "poison" })
    for (const order of owed) {
      await shop.until(order, "paid")
      await shop.call("DELETE", `/orders/${order.id}`)
      await shop.until(order, "attention")
    }
    await shop.until(refused, "cancelled")
    const first = await bulk("redrive", { service: "Payment" }, { limit: 1 })
    expect([first.status, first.body.matched, first.body.more]).toEqual([202, 1, true])
    const rest = await bulk("redrive", { service: "Payment" })
    const redriven = (first.body.redriven ?? 0) + (rest.body.redriven ?? 0)
    expect(redriven).toBe(2)
    expect(rest.body.skipped).toEqual({ "stale: an undo came first": 1 })
    for (const order of owed) expect((await shop.until(order, "cancelled")).status).toBe("cancelled")
    // Once more changes nothing.
    const again = await bulk("redrive", { service: "Payment" })
    expect(again.body).toMatchObject({ matched: 1, redriven: 0, more: false })
    const gone = await bulk("discard", { orderId: refused.id })
    expect(gone.body).toMatchObject({ matched: 1, discarded: 1, skipped: {} })
    expect(await shop.letters("?service=Payment")).toEqual([])
    await shop.settle()
    expect(await shop.books()).toEqual([])
  })

  test("of the same order are judged one after the other: what one does is the next one's past (N10)", async () => {
    const order = await place({ refund: "poison" })
    await shop.until(order, "paid")
    await shop.call("DELETE", `/orders/${order.id}`)
    await shop.until(order, "attention")
    // A person's own retry parks nothing, and settles what the letter would have done.
    await shop.call("POST", `/orders/${order.id}/resolve`, { action: "retry", reason: "the gateway is well" })
    await shop.until(order, "cancelled")
    const [letter] = await shop.letters(`?orderId=${order.id}`)
    expect(letter?.verdict).toBe("already applied: it is undone")
    const { body } = await bulk("redrive", { orderId: order.id })
    expect(body).toMatchObject({ matched: 1, redriven: 0, skipped: { "already applied: it is undone": 1 } })
    expect((await shop.payment(order))?.history.filter(({ event }) => event === "refunded")).toHaveLength(1)
    await bulk("discard", { orderId: order.id })
    await shop.settle()
  })
})

describe("a request that comes after its deadline", () => {
  test("is refused, and the refusal is its answer (K-22, P12)", async () => {
    network.hold("Payment.requested")
    const order = await place()
    await shop.until(order, "confirmed")
    // After the request's own deadline and the grace on clocks, before the order gives up waiting.
    await shop.advance(5 * 60_000 + 6_000)
    await shop.letGo()
    const after = await shop.until(order, "cancelled")
    expect(after.cancellation).toMatchObject({ code: "DEADLINE", reason: "the request came after its deadline" })
    expect((await shop.payment(order))?.history.map(({ event }) => event) ?? []).not.toContain("captured")
    await shop.settle()
    expect(await shop.books()).toEqual([])
  })
})
