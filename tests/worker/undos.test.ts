/** Undos that fail: each subset of them, and what a person can do about it. */
import { beforeAll, describe, expect, test } from "vitest"
import type { OrderJson } from "./views.ts"
import { openShop } from "./world.ts"

// The parcel waits at the door, so that all three participants have something to undo.
const shop = openShop({ DISPATCH_DELAY_MS: "60000" })
const UNDOS = { refund: "payment", release: "inventory", cancelShipment: "shipping" } as const
type Undo = keyof typeof UNDOS
const names: readonly Undo[] = ["refund", "release", "cancelShipment"]
const subsets = [1, 2, 3, 4, 5, 6, 7].map((bits) => names.filter((_name, index) => (bits & (1 << index)) !== 0))

beforeAll(async () => {
  await shop.stock("PLENTY", 1_000)
})

async function cancelled(undos: readonly Undo[], plan: string): Promise<OrderJson> {
  const simulate = Object.fromEntries(undos.map((name) => [name, plan]))
  const order = await shop.place({ items: [{ sku: "PLENTY", quantity: 3, price: 10 }], simulate })
  await shop.until(order, "paid")
  await shop.eventually("a label", async () => (await shop.shipment(order)) !== null)
  expect((await shop.call("DELETE", `/orders/${order.id}`)).status).toBe(202)
  await shop.settle(order)
  return shop.order(order)
}

describe.each(["decline", "always_transient", "poison"])("undos that fail for good (%s)", (plan) => {
  test.each(subsets.map((undos) => [undos.join(" and "), undos] as const))(
    "%s: the others complete, the order stands in attention and says what is outstanding (G8, N1, K-25, D-08)",
    async (_name, undos) => {
      const order = await cancelled(undos, plan)
      expect(order.status).toBe("attention")
      const saga = await shop.saga(order)
      expect(saga.status).toBe("attention")
      expect([...saga.compensation.outstanding].sort()).toEqual(undos.map((name) => UNDOS[name]).sort())
      for (const name of names) {
        const step = saga.steps[UNDOS[name]]
        expect(step.status).toBe(undos.includes(name) ? "compensating" : "compensated")
        if (undos.includes(name)) expect(step.error).not.toBeNull()
      }
    },
  )
})

describe("a person's retry", () => {
  test("ends every one of them, with balanced books (N1, K-25, R-15)", async () => {
    for (const order of shop.placed) {
      const [first, ...rest] = (await shop.saga(order)).compensation.outstanding
      expect(first).toBeDefined()
      const resume = { action: "retry", reason: "the gateway is well again" }
      expect((await shop.call("POST", `/orders/${order.id}/resolve`, { ...resume, step: first })).status).toBe(202)
      await shop.settle(order)
      // Resuming just that one leaves the others outstanding.
      expect((await shop.saga(order)).compensation.outstanding).toEqual(rest)
      if (rest.length === 0) continue
      expect((await shop.call("POST", `/orders/${order.id}/resolve`, resume)).status).toBe(202)
      await shop.until(order, "cancelled")
    }
    await shop.settle()
    expect(shop.placed).toHaveLength(21)
    expect(await shop.books()).toEqual([])
  })
})
