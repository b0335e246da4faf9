// The monitor: finds every order by what is known of it, counts each once, and is on nobody's path.
import { afterEach, beforeAll, describe, expect, test } from "vitest"
import { STATUSES } from "../../domain/order/views.ts"
import { network } from "./network.ts"
import { openShop } from "./world.ts"

const shop = openShop()

interface SagaJson {
  readonly orderId: string
  readonly status: string
  readonly stage: string
  readonly [field: string]: unknown
}

interface FiguresJson {
  readonly placed: number
  readonly completed: number
  readonly cancelled: number
  readonly [field: string]: unknown
}

async function sagas(query: string): Promise<readonly SagaJson[]> {
  return (await shop.call<{ readonly items: readonly SagaJson[] }>("GET", `/sagas?${query}`)).body.items
}

async function figures(window = "1h"): Promise<FiguresJson> {
  return (await shop.call<FiguresJson>("GET", `/figures?window=${window}`)).body
}

const ids = (items: readonly SagaJson[]): string[] => items.map(({ orderId }) => orderId)

/** The monitor hears a moment later than everyone else. */
async function heard(orderId: string, stage: string): Promise<SagaJson> {
  let found: SagaJson | undefined
  await shop.eventually(`${stage} of ${orderId} in the monitor`, async () => {
    found = (await sagas(`orderId=${orderId}`))[0]
    return found?.stage === stage
  })
  if (found === undefined) throw new Error("it was found a moment ago")
  return found
}

beforeAll(async () => {
  await shop.stock("WIDGET-001", 10_000)
  await shop.stock("GADGET-002", 10_000)
})

afterEach(() => {
  network.reset()
})

describe("search", () => {
  test("finds an order by its id, customer, SKU, payment, tracking number, status and date", async () => {
    const { id } = await shop.place({ customerId: "cust_found", items: [{ sku: "GADGET-002", quantity: 1, price: 5 }] })
    const order = await shop.until({ id }, "delivered")
    const document = await heard(id, "delivered")
    expect(document).toMatchObject({
      customerId: "cust_found",
      status: "completed",
      skus: ["GADGET-002"],
      total: 5,
      currency: "USD",
      paymentId: order.payment?.id,
      trackingNumber: order.shipment?.trackingNumber,
      attention: false,
      code: null,
    })
    const queries = [
      "customerId=cust_found",
      `paymentId=${order.payment?.id ?? ""}`,
      `trackingNumber=${order.shipment?.trackingNumber ?? ""}`,
      "sku=GADGET-002&status=completed&since=2020-01-01",
      "customerId=cust_found&status=delivered&since=2020-01-01T00:00:00.000Z",
    ]
    for (const query of [...queries, `orderId=${id}&status=delivered`]) {
      expect(ids(await sagas(query)), query).toEqual([id])
    }
    for (const query of ["status=shipped", "status=paid", "sku=OTHER", "view=attention"]) {
      expect(await sagas(`orderId=${id}&${query}`), query).toEqual([])
    }
    expect(await sagas("customerId=cust_found&status=failed")).toEqual([])
    expect(await sagas("customerId=cust_found&since=2999-01-01")).toEqual([])
  })

  test.each([
    ["pending", "Inventory.reserveRequested"],
    ["confirmed", "Payment.requested"],
    ["paid", "Shipment.create"],
  ])("what only the order knows of its way is asked of the order: %s", async (status, held) => {
    network.hold(held)
    const customerId = `cust_${status}`
    const order = await shop.place({ customerId })
    await shop.until(order, status)
    await heard(order.id, "placed")
    const listed = async (each: string) => ids(await sagas(`customerId=${customerId}&status=${each}`))
    for (const each of STATUSES) expect(await listed(each), each).toEqual(each === status ? [order.id] : [])
    await shop.letGo()
    await shop.until(order, "delivered")
    await heard(order.id, "delivered")
    for (const each of STATUSES) expect(await listed(each), each).toEqual(each === "delivered" ? [order.id] : [])
  })

  test("lists newest first, in pages that miss none and repeat none", async () => {
    const placed: string[] = []
    for (let number = 0; number < 7; number++) placed.unshift((await shop.place({ customerId: "cust_pages" })).id)
    await shop.settle()
    const seen: string[] = []
    let cursor = ""
    do {
      const path = `/sagas?customerId=cust_pages&limit=3${cursor === "" ? "" : `&cursor=${cursor}`}`
      const { body } = await shop.call<{ items: SagaJson[]; nextCursor: string | null }>("GET", path)
      seen.push(...ids(body.items))
      cursor = body.nextCursor ?? ""
    } while (cursor !== "")
    expect(seen).toEqual(placed)
  })

  test("refuses what it does not understand, and says so", async () => {
    for (const query of ["status=lost", "view=all", "since=yesterday", "cursor=abc", "limit=0", "orderId=x"]) {
      expect((await shop.call("GET", `/sagas?${query}`)).status, query).toBe(400)
    }
    expect((await shop.call("GET", "/figures?window=soon")).status).toBe(400)
  })
})

describe("views", () => {
  test("attention and unbalanced list an order until a person has resolved it", async () => {
    const order = await shop.place({ simulate: { shipping: "decline", refund: "poison" } })
    await shop.until(order, "attention")
    expect(await heard(order.id, "attention")).toMatchObject({ attention: true, outstanding: ["payment"] })
    await shop.eventually("unbalanced", async () => ids(await sagas("view=unbalanced")).includes(order.id))
    expect(ids(await sagas("view=attention"))).toEqual([order.id])
    expect((await figures())["standing"]).toEqual({ attention: 1, unbalanced: 1, overdue: 0 })
    await shop.call("POST", `/orders/${order.id}/resolve`, { action: "retry", reason: "the gateway is well again" })
    await shop.until(order, "cancelled")
    expect(await heard(order.id, "cancelled")).toMatchObject({ unbalanced: false, code: "SHIPMENT_FAILED" })
    expect(await sagas("view=attention")).toEqual([])
    expect(await sagas("view=unbalanced")).toEqual([])
  })
})

describe("figures", () => {
  test("A-19 count each order once, whatever comes twice, late or out of order", async () => {
    await shop.settle()
    const before = await figures()
    network.rule = ({ service }) => (service === "Monitor" ? "twice" : "pass")
    const delivered = await shop.place()
    const cancelled = await shop.place({ simulate: { payment: "decline" } })
    await shop.settle()
    await heard(delivered.id, "delivered")
    await heard(cancelled.id, "cancelled")
    const after = await figures()
    expect(after.placed - before.placed).toBe(2)
    expect(after.completed - before.completed).toBe(1)
    expect(after.cancelled - before.cancelled).toBe(1)
    expect(after["compensationByReason"]).toMatchObject({ PAYMENT_DECLINED: { count: 1 } })
    expect(await figures("24h")).toMatchObject({ placed: after.placed, per: "hour" })
    expect(await figures("30d")).toMatchObject({ placed: after.placed, per: "day" })
  })

  test("P2 the monitor delays nobody: an order ends while nothing reaches it", async () => {
    network.rule = ({ service }) => (service === "Monitor" ? "hold" : "pass")
    const order = await shop.place()
    await shop.until(order, "delivered")
    expect(await sagas(`orderId=${order.id}`)).toEqual([])
    await shop.letGo()
    await heard(order.id, "delivered")
  })
})
