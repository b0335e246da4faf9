/** A person's word on an undo that has failed: taken only of a fenced participant, and noted. */
import { afterEach, beforeAll, describe, expect, test } from "vitest"
import { network } from "./network.ts"
import type { BooksJson, OrderJson } from "./views.ts"
import { type Answer, openShop } from "./world.ts"

const shop = openShop({ DISPATCH_DELAY_MS: "60000" })

beforeAll(async () => {
  await shop.stock("PLENTY", 1_000)
})
afterEach(() => {
  network.reset()
})

async function inAttention(simulate: Readonly<Record<string, string>>): Promise<OrderJson> {
  const order = await shop.place({ items: [{ sku: "PLENTY", quantity: 3, price: 10 }], simulate })
  await shop.eventually("a label", async () => (await shop.order(order)).shipment !== null)
  await shop.call("DELETE", `/orders/${order.id}`)
  return shop.until(order, "attention")
}

function accept({ id }: OrderJson, body: object = {}): Promise<Answer<OrderJson>> {
  return shop.call<OrderJson>("POST", `/orders/${id}/resolve`, { action: "accept", reason: "by hand", ...body })
}

async function booksOf({ id }: OrderJson): Promise<BooksJson> {
  return (await shop.call<BooksJson>("GET", `/orders/${id}/books`)).body
}

async function noted(order: OrderJson): Promise<(string | undefined)[]> {
  return (await shop.saga(order)).timeline.filter(({ type }) => type === "ask.resolve").map(({ note }) => note)
}

describe("a refund that was made by hand", () => {
  test("ends the order, counts in its books, and who, when and why stand in the timeline (P11, N2)", async () => {
    const order = await inAttention({ refund: "decline" })
    expect(await booksOf(order)).toMatchObject({ kept: 30, balanced: false })
    const { status, body } = await accept(order, { step: "payment", outcome: "done", amount: 30 })
    expect([status, body.status]).toEqual([202, "cancelled"])
    expect(await booksOf(order)).toMatchObject({ captured: 30, refunded: 30, kept: 0, balanced: true })
    expect(await noted(order)).toEqual(["accept payment by development: by hand"])
  })

  test("is made no second time by the letter that a person sends again (P11, P15)", async () => {
    const order = await inAttention({ refund: "poison" })
    const [before] = await shop.letters(`?orderId=${order.id}`)
    expect(before?.verdict).toBe("would apply")
    expect((await accept(order)).body.status).toBe("cancelled")
    const [letter] = await shop.letters(`?orderId=${order.id}`)
    expect(letter?.verdict).toBe("stale: a person has settled it by hand")
    expect((await shop.call("POST", `/dead-letters/${letter?.id ?? ""}/redrive`)).status).toBe(202)
    await shop.settle(order)
    expect((await shop.payment(order))?.history.map(({ event }) => event)).toEqual(["authorized", "captured"])
    expect(await booksOf(order)).toMatchObject({ refunded: 30, balanced: true })
  })

  test("in part leaves the order in attention until the rest is settled (P11)", async () => {
    const order = await inAttention({ refund: "decline" })
    expect((await accept(order, { step: "payment", amount: 10 })).body.status).toBe("attention")
    expect(await booksOf(order)).toMatchObject({ kept: 20, balanced: false })
    expect((await accept(order, { step: "payment", amount: 20 })).body.status).toBe("cancelled")
    expect(await booksOf(order)).toMatchObject({ kept: 0, balanced: true })
  })

  test("stated as not done changes nothing, and a retry lifts the fence (P11)", async () => {
    const order = await inAttention({ refund: "decline" })
    expect((await accept(order, { outcome: "not_done" })).body.status).toBe("attention")
    const retry = { action: "retry", reason: "the gateway is well" }
    expect((await shop.call("POST", `/orders/${order.id}/resolve`, retry)).status).toBe(202)
    await shop.until(order, "cancelled")
    expect((await shop.payment(order))?.status).toBe("refunded")
  })
})

describe("a release that was made by hand", () => {
  test.each(["decline", "always_transient", "poison"])(
    "puts the goods back on our own shelf (%s) (P11)",
    async (plan) => {
      const before = await shop.level("PLENTY")
      const order = await inAttention({ release: plan })
      expect(await shop.level("PLENTY")).toMatchObject({ reserved: before.reserved + 3 })
      expect((await accept(order, { step: "inventory" })).body.status).toBe("cancelled")
      expect(await shop.level("PLENTY")).toMatchObject({ available: before.available, reserved: before.reserved })
      for (const { id, verdict } of await shop.letters(`?orderId=${order.id}`)) {
        expect(verdict).toBe("already applied: it is undone")
        expect((await shop.call("POST", `/dead-letters/${id}/redrive`)).status).toBe(202)
      }
      expect(await shop.level("PLENTY")).toMatchObject({ available: before.available })
      expect(await booksOf(order)).toMatchObject({ balanced: true })
    },
  )
})

describe("a recall that was made by hand", () => {
  test("ends the order, and its parcel never leaves by itself (P11, P4)", async () => {
    const order = await inAttention({ cancelShipment: "poison" })
    expect((await accept(order)).body.status).toBe("cancelled")
    expect((await shop.shipment(order))?.dispatchedAt ?? null).toBeNull()
    expect(await noted(order)).toEqual(["accept shipping by development: by hand"])
  })

  test("and all the rest, in one decision (P11, N1)", async () => {
    const order = await inAttention({ refund: "decline", release: "decline", cancelShipment: "decline" })
    const { body } = await accept(order)
    expect(body.status).toBe("cancelled")
    expect(await booksOf(order)).toMatchObject({ kept: 0, balanced: true })
    expect(await noted(order)).toEqual(["accept payment, inventory, shipping by development: by hand"])
  })
})

describe("a person's word", () => {
  test("is not taken of an order that needs none, and needs no amount where the ledger knows (P11)", async () => {
    const order = await shop.place({ items: [{ sku: "PLENTY", quantity: 1, price: 10 }] })
    expect((await accept(order)).status).toBe(409)
    await shop.eventually("a label", async () => (await shop.order(order)).shipment !== null)
    network.hold("Payment.refunded")
    await shop.call("DELETE", `/orders/${order.id}`)
    await shop.eventually("the answer is on its way", () => network.held.length > 0)
    // Nobody has answered in time, as the order sees it.
    await shop.call("POST", `/orders/${order.id}/deadlines/paymentUndo`, { action: "fire", reason: "enough" })
    await shop.until(order, "attention")
    // The gateway has answered, so it is fenced; the ledger says that nothing is owed.
    expect((await accept(order)).body.status).toBe("cancelled")
    await shop.letGo()
    await shop.settle()
    expect(await booksOf(order)).toMatchObject({ captured: 10, refunded: 10, kept: 0, balanced: true })
    const late = (await shop.saga(order)).timeline.filter(({ type }) => type === "Payment.refunded")
    expect(late.map(({ note }) => note)).toEqual(["only for the books: payment was settled by hand"])
  })
})
