/**
 * A crash at the n-th point for every n: the objects reach their named points (before and after each commit, send,
 * receipt and call) in some order, and whichever object comes to the n-th dies there.
 *
 * The gateway and the carrier keep their own books, so what is counted is what the world saw.
 */
import { afterEach, beforeAll, describe, expect, test } from "vitest"
import type { Point } from "../../choreography/platform.ts"
import { crashWhere } from "./crash.ts"
import { network } from "./network.ts"
import { unreceived } from "./objects.ts"
import { Outside, OUTSIDE_VARS } from "./outside.ts"
import { openShop } from "./world.ts"

const shop = openShop({
  ...OUTSIDE_VARS,
  RECEIPT_LEASE_MS: "100",
  // On a slow machine receipts are late time and again; what then waits for the last one must not wait for long.
  RESEND_MAX_MS: "1000",
  RECEIPT_DELAY_MS: "10",
  EFFECT_TIMEOUT_MS: "60",
})
const outside = new Outside().open()
/** About as many as the saga has; a run that reaches fewer points is the last one. */
const POINTS_MAX = 80
/** A slow machine takes its time, and still comes to every point. */
const SWEEP_MS = 150_000
/** A clock that died at its work comes again within half a minute at the latest. */
const RECEIVED_MS = 40_000

beforeAll(async () => {
  await shop.stock("GADGET-002", 1_000)
})
afterEach(() => {
  network.reset()
})

const SERVICES = ["Order", "Payment", "Inventory", "Shipping"] as const
const PASSING: readonly Point[] = ["commit:deliver", "committed:deliver", "send:before", "send:after"]

type Strike = (at: { readonly point: Point; readonly service: string }) => boolean
type Play = (order: { readonly id: string }) => Promise<"delivered" | "cancelled">

const deliver: Play = () => Promise.resolve("delivered")
/** Cancelled as soon as it is placed; with luck while everything is under way. */
const cancel: Play = async ({ id }) => {
  let status = 0
  // The call may have died with the object, before or after it took effect.
  await shop.eventually("an answer to the cancellation", async () => {
    status = (await shop.call("DELETE", `/orders/${id}`)).status
    return status !== 503
  })
  return status === 409 ? "delivered" : "cancelled"
}

/** Its object may be the one that dies, at a point behind the order's end. */
async function unitsOf(sku: string): Promise<number> {
  let units = NaN
  await shop.eventually(`the level of ${sku}`, async () => {
    const { available, reserved, shipped } = await shop.level(sku)
    units = available + reserved + shipped
    return !Number.isNaN(units)
  })
  return units
}

/** One order, and one crash where it is to strike; answers where it did, or null. */
async function live(strikes: Strike, play: Play): Promise<string | null> {
  network.reset()
  // Its customer has been answered; nobody else has heard of it yet.
  network.hold("Payment.requested", "Inventory.reserveRequested")
  const order = await shop.place({ items: [{ sku: "GADGET-002", quantity: 1, price: 49.99 }] })
  await shop.eventually(
    "both are on their way",
    () => network.held.filter(({ orderId }) => orderId === order.id).length === 2,
  )
  const crashed = crashWhere(strikes)
  await shop.letGo()
  const end = await play(order)
  const { status } = await shop.until(order, "delivered", "cancelled", "attention")
  network.hook = null
  const where = crashed()
  const [captured, refunded] = outside.moneyOf(order.id)
  const kept = end === "delivered" ? 4999 : 0
  expect({ where, status, kept: captured - refunded }).toEqual({ where, status: end, kept })
  expect({ where, captured: [0, 4999].includes(captured) }).toEqual({ where, captured: true })
  expect({ where, labels: outside.labelsOf(order.id) }).toEqual({ where, labels: end === "delivered" ? 1 : 0 })
  expect({ where, units: await unitsOf("GADGET-002") }).toEqual({ where, units: 1_050 })
  return where
}

describe("a crash at every point, one after the other", () => {
  test(
    "the n-th that is reached, for every n: one charge, one label, every unit accounted for (fault 12, G1, G4, G6, K-18)",
    async () => {
      const struck: string[] = []
      for (let n = 1; n <= POINTS_MAX; n++) {
        let reached = 0
        const where = await live(() => ++reached === n, deliver)
        if (where === null) break
        struck.push(where)
      }
      expect(struck.length).toBeGreaterThan(30)
      for (const service of SERVICES) expect(struck.some((where) => where.startsWith(service))).toBe(true)
      await shop.eventually("everything received", async () => (await unreceived()) === 0, RECEIVED_MS)
      expect(await shop.books()).toEqual([])
    },
    SWEEP_MS,
  )

  test(
    "each commit and send of each service, of an order that is cancelled on its way (K-24, G8, M4, K4)",
    async () => {
      let crashes = 0
      for (const service of SERVICES) {
        for (const point of PASSING) {
          if ((await live((at) => at.service === service && at.point === point, cancel)) !== null) crashes += 1
        }
      }
      expect(crashes).toBeGreaterThan(8)
      await shop.eventually("everything received", async () => (await unreceived()) === 0, RECEIVED_MS)
      expect(await shop.books()).toEqual([])
    },
    SWEEP_MS,
  )
})
