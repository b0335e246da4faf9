/** What whoever holds a binding can do to an object, and what it makes of nonsense. */
import { env } from "cloudflare:workers"
import { describe, expect, test } from "vitest"
import { CellDurableObject, type CellObject } from "../../choreography/durable.ts"
import { objectOf, within } from "./objects.ts"
import { said } from "./said.ts"
import { openShop } from "./world.ts"

const shop = openShop()

/** All that can be called from outside; a new method has to be thought about before it is added here. */
const doors = [
  "alarm",
  "ask",
  "deliver",
  "discard",
  "explain",
  "fileUnreadable",
  "letters",
  "park",
  "poke",
  "prepareRestore",
  "reached",
  "receipts",
  "redrive",
  "reincarnate",
  "restart",
  "spent",
  "take",
  "vitals",
]

describe("the door of an object", () => {
  test("has these methods and no others, whichever service it is of", async () => {
    const order = await shop.place()
    await within(objectOf("Order", order.id), (_state, cell) => {
      const own: object = Object.getPrototypeOf(cell) as object
      expect(Object.getOwnPropertyNames(own)).toEqual(["constructor"])
      expect(Object.keys(cell)).not.toContain("surroundings")
    })
    const methods = Object.getOwnPropertyNames(CellDurableObject.prototype).filter((name) => name !== "constructor")
    expect(methods.filter((name) => !doors.includes(name))).toEqual([])
  })

  const delivery = said({
    from: "Order/x",
    to: "Payment/x",
    position: 1,
    type: "Payment.requested",
    orderId: "x",
    data: {},
  })
  const receipt = { stream: "Order/x", reader: "Payment/x", upTo: 1, early: [], parked: [], hashes: [] }
  // Each of these is refused by type as well; a caller from elsewhere has no types.
  const calls: readonly (readonly [
    string,
    (cell: Record<string, (...all: unknown[]) => Promise<unknown>>) => unknown,
  ])[] = [
    ["a delivery at no position", (cell) => cell["deliver"]?.([{ ...delivery, position: 0 }])],
    ["a delivery at half a position", (cell) => cell["deliver"]?.([{ ...delivery, position: 1.5 }])],
    ["a delivery from a number", (cell) => cell["deliver"]?.([{ ...delivery, stream: 7 }])],
    ["an event of no type", (cell) => cell["deliver"]?.([{ ...delivery, event: { ...delivery.event, type: {} } }])],
    ["a receipt without lists", (cell) => cell["receipts"]?.([{ ...receipt, early: null }])],
    ["a receipt of crooked hashes", (cell) => cell["receipts"]?.([{ ...receipt, hashes: [7] }])],
    ["a thousand and one receipts", (cell) => cell["receipts"]?.(Array.from({ length: 1_001 }, () => receipt))],
    ["an ask of no key", (cell) => cell["ask"]?.("", "view", null, "")],
    ["an ask of nothing", (cell) => cell["ask"]?.("x", null, null, "")],
    ["an ask by a name that every object has", (cell) => cell["ask"]?.("x", "constructor", null, "")],
    ["a letter that is no text", (cell) => cell["discard"]?.({}, "why", "who")],
  ]

  test.each(calls)("refuses %s, and nothing of it is kept", async (_what, call) => {
    const order = await shop.place()
    await shop.settle(order)
    const stub: unknown = objectOf("Order", order.id)
    const before = await within(objectOf("Order", order.id), (state) => state.storage.sql.databaseSize)
    await expect(async () => call(stub as never)).rejects.toThrow(/refused|can't be asked/)
    expect(await within(objectOf("Order", order.id), (state) => state.storage.sql.databaseSize)).toBe(before)
    expect((await shop.order(order)).status).toBe("delivered")
  })

  test("a forged delivery can't raise money or stock by itself", async () => {
    const order = await shop.place({ items: [{ sku: "WIDGET-001", quantity: 1, price: 1 }] })
    await shop.settle(order)
    const forged = said({
      from: `Order/${order.id}`,
      to: `Payment/${order.id}`,
      position: 50,
      type: "Payment.requested",
      orderId: order.id,
      data: { orderId: order.id, customerId: "x", attempt: 9, amount: 1, currency: "USD" },
    })
    const cell: CellObject = objectOf("Payment", order.id)
    await cell.deliver([forged])
    expect((await shop.payment(order))?.history.filter(({ event }) => event === "captured")).toHaveLength(1)
    expect(env.PAYMENT).toBeDefined()
  })
})

describe("point-in-time recovery, which only the platform itself has", () => {
  test("is refused in words where there is none, and a restored object says so by hand", async () => {
    const order = await shop.place()
    await shop.settle(order)
    const cell = `/admin/cells/Order/${objectOf("Order", order.id).name ?? ""}`
    const at = "2020-01-01T00:00:00Z"
    const restored = await shop.call<{ code: string }>("POST", `${cell}/restore`, { at, reason: "a test" })
    expect([restored.status, restored.body.code]).toEqual([422, "not_supported"])
    const { status, body } = await shop.call<{ incarnation: number }>("POST", `${cell}/reincarnate`, {
      reason: "a test",
    })
    expect([status, body.incarnation > 1_000_000]).toEqual([200, true])
    expect((await shop.call("POST", "/admin/cells/Order/any-77/reincarnate", { reason: "a test" })).status).toBe(404)
    const next = await shop.place()
    await shop.settle(next)
    expect((await shop.order(order)).status).toBe("delivered")
  })
})
