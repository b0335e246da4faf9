// P13: while a queue is behind by more than a lease, what waits for a receipt most likely waits in that queue.
import { env } from "cloudflare:workers"
import { expect, test } from "vitest"
import { openShop, pause } from "./world.ts"

const LEASE_MS = 200
const ORDERS = 6
const shop = openShop({ RECEIPT_LEASE_MS: String(LEASE_MS), RESEND_MAX_MS: "1000", CELLS: "1" })

/** The queue to Payment: as long as it is behind it takes everything, hands on nothing, and says how old its oldest is. */
const real = env.PAYMENT_EVENTS
const sizes: number[] = []
const asked = new Set<string>()
let isBehind = true

function deliveriesIn(message: unknown): number {
  const bundle: unknown = typeof message === "string" ? JSON.parse(message) : null
  return Array.isArray(bundle) ? bundle.length : 0
}

Object.assign(env, {
  PAYMENT_EVENTS: {
    send: async (message: unknown, options: QueueSendOptions) => {
      sizes.push(deliveriesIn(message))
      for (const [orderId] of String(message).matchAll(/ord_\w+/g)) asked.add(orderId)
      if (!isBehind) return real.send(message, options)
      return { metadata: { metrics: { oldestMessageTimestamp: new Date(Date.now() - 60_000) } } }
    },
  },
})

test("only probes are sent while the queue is behind, and everything once it is drained (P13, G4)", async () => {
  const orders = await Promise.all(Array.from({ length: ORDERS }, () => shop.place()))
  await shop.eventually("each request was sent once", () => asked.size === ORDERS)
  const fresh = sizes.length
  const since = performance.now()
  await pause(8 * LEASE_MS)
  const probes = sizes.slice(fresh)
  expect(probes.length).toBeGreaterThan(0)
  expect(probes.length).toBeLessThanOrEqual(Math.ceil((performance.now() - since) / LEASE_MS))
  expect(new Set(probes)).toEqual(new Set([1]))

  isBehind = false
  await shop.settle(...orders)
  for (const order of orders) expect((await shop.order(order)).status).toBe("delivered")
  expect(await shop.books()).toEqual([])
})
