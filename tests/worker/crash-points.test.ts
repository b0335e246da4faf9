/**
 * A crash at the n-th point for every n: the objects reach their named points (before and after each commit, send,
 * receipt and call) in some order, and whichever object comes to the n-th dies there.
 *
 * The gateway and the carrier keep their own books, so what is counted is what the world saw.
 */
import { afterEach, beforeAll, describe, expect, test } from "vitest"
import type { Point } from "../../choreography/platform.ts"
import { network } from "./network.ts"
import { Outside, OUTSIDE_VARS } from "./outside.ts"
import { openShop, pause } from "./world.ts"

const shop = openShop({
  ...OUTSIDE_VARS,
  RECEIPT_LEASE_MS: "60",
  RECEIPT_DELAY_MS: "10",
  EFFECT_TIMEOUT_MS: "60",
  IDEMPOTENCY_LEASE_MS: "1000",
})
const outside = new Outside().open()
/** More than any of these sagas has; a run that reaches fewer points is the last one. */
const POINTS_MAX = 150

beforeAll(async () => {
  await shop.stock("GADGET-002", 1_000)
})
afterEach(() => {
  network.reset()
})

const SERVICES = ["Order", "Payment", "Inventory", "Shipping"] as const
const POINTS: readonly Point[] = [
  "commit:deliver",
  "committed:deliver",
  "send:before",
  "send:after",
  "receipt:before",
  "receipt:after",
  "effect:before",
  "effect:after",
  "commit:settle",
  "committed:settle",
  "commit:receipts",
  "committed:receipts",
]

type Strike = (at: { readonly point: Point; readonly service: string }) => boolean
type Play = (order: { readonly id: string }) => Promise<"delivered" | "cancelled">

const deliver: Play = () => Promise.resolve("delivered")
/** Cancelled as soon as it is placed; with luck while everything is under way. */
const cancel: Play = async ({ id }) => {
  const { status } = await shop.call("DELETE", `/orders/${id}`)
  // The call may have died with the object, before or after it took effect.
  if (status === 503) return cancel({ id })
  return status === 409 ? "delivered" : "cancelled"
}

let orders = 0

/** A customer whose call dies asks again with the same key, until there is an answer. */
async function placeSurely(): Promise<{ readonly id: string }> {
  orders += 1
  const items = [{ sku: "GADGET-002", quantity: 1, price: 49.99 }]
  for (;;) {
    const { status, body } = await shop.tryToPlace({ items }, { "idempotency-key": `order-${String(orders)}` })
    if (status === 201) return body
    expect([409, 503]).toContain(status)
    await pause(100)
  }
}

/** One order, and one crash where it is to strike; answers where it did, or null. */
async function live(strikes: Strike, play: Play): Promise<string | null> {
  let where: string | null = null
  network.hook = ({ point, service, state }) => {
    if (where !== null || !strikes({ point, service })) return
    where = `${service} ${point}`
    state.abort("crash")
  }
  const order = await placeSurely()
  const end = await play(order)
  const { status } = await shop.until(order, "delivered", "cancelled", "attention")
  network.hook = null
  const [captured, refunded] = outside.moneyOf(order.id)
  const kept = end === "delivered" ? 4999 : 0
  expect({ where, status, kept: captured - refunded }).toEqual({ where, status: end, kept })
  expect({ where, captured: [0, 4999].includes(captured) }).toEqual({ where, captured: true })
  expect({ where, labels: outside.labelsOf(order.id) }).toEqual({ where, labels: end === "delivered" ? 1 : 0 })
  const { available, reserved, shipped } = await shop.level("GADGET-002")
  expect({ where, units: available + reserved + shipped }).toEqual({ where, units: 1_050 })
  return where
}

describe("a crash at every point, one after the other", () => {
  test("the n-th that is reached, for every n: one charge, one label, every unit accounted for (fault 12, G1, G4, G6, K-18)", async () => {
    let crashes = 0
    for (let n = 1; n <= POINTS_MAX; n++) {
      let reached = 0
      if ((await live(() => ++reached === n, deliver)) === null) break
      crashes += 1
    }
    expect(crashes).toBeGreaterThan(40)
    await shop.settle()
    expect(await shop.books()).toEqual([])
  })

  test.each([
    ["delivered", deliver],
    ["cancelled", cancel],
  ])("each named one of each service, of an order to be %s (faults 8 to 14, K-24, M1, H1, K1)", async (_end, play) => {
    const struck: string[] = []
    for (const service of SERVICES) {
      for (const point of POINTS) {
        const where = await live((at) => at.service === service && at.point === point, play)
        if (where !== null) struck.push(where)
      }
    }
    // Neither Order nor Inventory calls the world outside.
    const callers: readonly string[] = ["Payment", "Shipping"]
    const wanted = SERVICES.flatMap((service) => [
      ...["commit:deliver", "committed:deliver", "send:before", "send:after"].map((point) => `${service} ${point}`),
      ...(callers.includes(service) && play === deliver
        ? ["effect:before", "effect:after", "commit:settle", "committed:settle"].map((point) => `${service} ${point}`)
        : []),
    ])
    expect(play === deliver ? wanted.filter((where) => !struck.includes(where)) : []).toEqual([])
    expect(struck.length).toBeGreaterThan(play === deliver ? 24 : 12)
    await shop.settle()
    expect(await shop.books()).toEqual([])
  })
})
