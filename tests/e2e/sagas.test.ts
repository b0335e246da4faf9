/** What happens to orders on the real runtime: cancelled at each stage, side by side, more than there is, and rehearsed. */
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { DevServer } from "./devServer.ts"
import { codeOf, type Order, Shopper, type Wanted } from "./shopper.ts"

const vars = { PAYMENT_FAILURE_RATE: 0, DISPATCH_DELAY_MS: 2_000, TRANSIT_DELAY_MS: 200, DELIVERY_DELAY_MS: "off" }

let server: DevServer
let shop: Shopper

beforeAll(async () => {
  server = await DevServer.start(vars)
  shop = new Shopper(server.url)
})

afterAll(async () => {
  await server.stop()
})

/** Whole again: nothing kept, nothing held, nothing that a person would have to look at. */
async function isWhole({ id }: Order): Promise<void> {
  const [books, saga] = await Promise.all([shop.books(id), shop.saga(id)])
  expect(books).toMatchObject({ kept: 0, balanced: true })
  expect(saga).toMatchObject({ status: "failed", compensation: { outstanding: [] } })
}

interface Stage {
  readonly stage: string
  readonly wanted: Omit<Wanted, "customerId">
  readonly reached: (order: Order) => boolean
  readonly refunded: number | null
}

const anyStage = (): boolean => true
const paid = ({ status }: Order): boolean => status === "paid"
const confirmed = ({ status }: Order): boolean => status === "confirmed"

/** What is refunded is null where the payment may or may not have been made when the cancellation arrives. */
const stages: readonly Stage[] = [
  { stage: "at once", wanted: {}, reached: anyStage, refunded: null },
  { stage: "at once, reserve-first", wanted: { flow: "reserve-first" }, reached: anyStage, refunded: null },
  {
    stage: "while stock is tried again and the payment is made",
    wanted: { simulate: { inventory: "always_transient" } },
    reached: ({ status }) => status === "pending",
    refunded: null,
  },
  {
    stage: "while the payment is tried again and stock is held",
    wanted: { simulate: { payment: "always_transient" } },
    reached: confirmed,
    refunded: 0,
  },
  { stage: "while the parcel is being prepared", wanted: {}, reached: paid, refunded: 2_999 },
  {
    stage: "while the parcel is being prepared, reserve-first",
    wanted: { flow: "reserve-first" },
    reached: paid,
    refunded: 2_999,
  },
]

describe("a cancellation before dispatch makes the order whole", () => {
  test.each(stages)("$stage (A-18, G8, G9)", async ({ stage, wanted, reached, refunded }) => {
    const before = await shop.level("WIDGET-001")
    const { id } = await shop.place({ customerId: `stage_${stage.replaceAll(/\W/g, "_")}`, ...wanted })
    await shop.until(id, reached)
    const answer = await shop.cancel(id)
    expect(answer.status).toBe(202)
    const order = await shop.ends(id)
    expect(order).toMatchObject({ status: "cancelled", cancellation: { code: "CUSTOMER_REQUEST" } })
    await isWhole(order)
    if (refunded !== null) expect((await shop.books(id)).refunded).toBe(refunded)
    expect(await shop.level("WIDGET-001")).toEqual(before)
    const again = await shop.cancel(id)
    expect(again.status).toBe(202)
    expect(await shop.order(id)).toEqual(order)
  })

  test("once dispatched it is refused, on the way and delivered alike", async () => {
    const { id } = await shop.place({ customerId: "cust_late" })
    await shop.until(id, ({ status }) => status === "shipped")
    const tooLate = await shop.cancel(id)
    expect([tooLate.status, codeOf(tooLate)]).toEqual([409, "cancellation_refused"])
    const early = await shop.ask(`/orders/${id}/deliver`, { method: "POST" })
    expect(early.status).toBe(202)
    const order = await shop.ends(id)
    expect(order.status).toBe("delivered")
    expect((await shop.cancel(id)).status).toBe(409)
    expect((await shop.ask(`/orders/${id}/deliver`, { method: "POST" })).status).toBe(409)
    expect(await shop.books(id)).toMatchObject({ captured: 2_999, refunded: 0, balanced: true })
  })
})

test("two orders of one customer go their ways side by side (D-02)", async () => {
  const first = await shop.place({ customerId: "cust_two" })
  const second = await shop.place({ customerId: "cust_two", sku: "GADGET-002" })
  expect(second.id).not.toBe(first.id)
  expect((await shop.order("cust_two")).id).toBe(second.id)
  expect((await shop.cancel(first.id)).status).toBe(202)
  await shop.until(second.id, ({ status }) => status === "shipped")
  await shop.ask(`/orders/${second.id}/deliver`, { method: "POST" })
  expect([(await shop.ends(first.id)).status, (await shop.ends(second.id)).status]).toEqual(["cancelled", "delivered"])
  const ids = (await shop.orders("cust_two")).map(({ id }) => id)
  expect(ids).toEqual([second.id, first.id])
})

test("60 and 60 of a SKU with 100 are not both sold", async () => {
  await shop.stock("SCARCE", 100)
  const wanted = { sku: "SCARCE", quantity: 60, price: 1 }
  const placed = await Promise.all(["cust_60a", "cust_60b"].map((customerId) => shop.place({ customerId, ...wanted })))
  const orders = await Promise.all(
    placed.map(({ id }) => shop.until(id, ({ status }) => status === "shipped" || status === "cancelled")),
  )
  const refused = orders.filter(({ status }) => status === "cancelled")
  expect(refused).toHaveLength(1)
  expect(refused[0]?.cancellation?.code).toBe("OUT_OF_STOCK")
  for (const order of refused) await isWhole(order)
  expect(await shop.level("SCARCE")).toMatchObject({ available: 40, reserved: 0, shipped: 60 })
})

describe.concurrent("a rehearsed failure ends as it says", () => {
  const forward = ["payment", "inventory", "shipping"].flatMap((step) =>
    ["decline", "always_transient", "poison"].map((plan) => [step, plan] as const),
  )

  test.each(forward)("%s %s: the order is cancelled and whole", async (step, plan) => {
    const { id } = await shop.place({ customerId: `rehearse_${step}_${plan}`, simulate: { [step]: plan } })
    const order = await shop.ends(id)
    expect(order.status).toBe("cancelled")
    await isWhole(order)
  })

  const undo = [
    ["refund", "payment"],
    ["release", "inventory"],
    ["cancelShipment", "shipping"],
  ].flatMap(([step = "", outstanding = ""]) =>
    ["decline", "always_transient", "poison"].map((plan) => [step, plan, outstanding] as const),
  )

  test.each(undo)("%s %s: a person decides about %s, and a retry ends it (N1)", async (step, plan, outstanding) => {
    const { id } = await shop.place({ customerId: `undo_${step}_${plan}`, simulate: { [step]: plan } })
    await shop.until(id, paid)
    await shop.cancel(id)
    await shop.until(id, ({ status }) => status === "attention")
    expect((await shop.saga(id)).compensation.outstanding).toEqual([outstanding])
    const body = { action: "retry", reason: "the other side is up again" }
    const answer = await shop.ask(`/orders/${id}/resolve`, { method: "POST", body })
    expect(answer.status).toBe(202)
    const order = await shop.ends(id)
    expect(order.status).toBe("cancelled")
    await isWhole(order)
  })

  const once = ["payment", "inventory", "shipping"].flatMap((step) =>
    ["transient_once", "timeout_once"].map((plan) => [step, plan] as const),
  )

  test.each(once)("%s %s: the order is shipped all the same", async (step, plan) => {
    const { id } = await shop.place({ customerId: `try_${step}_${plan}`, simulate: { [step]: plan } })
    const order = await shop.until(id, ({ status }) => status === "shipped" || status === "cancelled")
    expect(order.status).toBe("shipped")
    expect(await shop.books(id)).toMatchObject({ captured: 2_999, refunded: 0 })
  })
})
