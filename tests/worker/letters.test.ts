/** Poison stays put: one bad event in a batch, the dead letters, and a person's hand on them. */
import { afterEach, describe, expect, test } from "vitest"
import { network } from "./network.ts"
import { objectOf, threadOf } from "./objects.ts"
import { said } from "./said.ts"
import type { LetterJson } from "./views.ts"
import { openShop } from "./world.ts"

const shop = openShop({ DISPATCH_DELAY_MS: "60000" })

afterEach(() => {
  network.reset()
})

async function lettersOf(orderId: string): Promise<readonly LetterJson[]> {
  return shop.letters(`?orderId=${orderId}`)
}

describe("one poison event in a batch", () => {
  test("is rolled back alone: all others of the same commit are applied (G10, B-07, N9, G1)", async () => {
    network.hold("Inventory.reserveRequested")
    const orders = await Promise.all(
      Array.from({ length: 9 }, (_unused, index) =>
        shop.place(index === 4 ? { simulate: { inventory: "poison" } } : {}),
      ),
    )
    await shop.eventually("all held", () => network.held.length === 9)
    // One message, one cell, one commit: they all reserve the same SKU.
    await shop.letGo()
    const [poisoned] = orders.splice(4, 1)
    for (const order of orders) expect((await shop.until(order, "paid")).status).toBe("paid")
    expect(await shop.level("WIDGET-001")).toMatchObject({ reserved: 16 })
    await shop.eventually("the poisoned one is undone", async () => {
      return poisoned === undefined || (await shop.order(poisoned)).status === "cancelled"
    })
    const letters = await lettersOf(poisoned?.id ?? "")
    expect(letters.map(({ type, service, verdict }) => [service, type, verdict])).toEqual([
      ["Inventory", "Inventory.reserveRequested", "stale: an undo came first"],
    ])
    // Nothing of it is left behind but the letter, and the cursor that has moved on.
    expect(network.count("Inventory.reserved", poisoned?.id ?? "")).toBe(0)
    for (const order of orders) await shop.call("DELETE", `/orders/${order.id}`)
    await shop.settle()
    expect(await shop.books()).toEqual([])
  })

  test("that makes a handler fail outright is parked as our bug, and the stream goes on (G10, N9)", async () => {
    const order = await shop.place()
    await shop.until(order, "paid")
    // Lines that don't name the SKU of the key: an invariant of Inventory.
    const stub = objectOf("Inventory", `WIDGET-001/${order.id}`)
    const wrong = said({
      from: `Order/${order.id}x`,
      to: `Inventory/WIDGET-001/${order.id}`,
      position: 1,
      type: "Inventory.release",
      orderId: order.id,
      data: { orderId: order.id, attempt: 1, lines: [{ sku: "OTHER", quantity: 1 }], reason: "r", plan: null },
    })
    expect(await stub.deliver([wrong])).toMatchObject({ parked: 1 })
    expect((await lettersOf(order.id))[0]?.reason).toContain("our bug")
    expect(await shop.level("WIDGET-001")).toMatchObject({ reserved: 2 })
    await shop.call("DELETE", `/orders/${order.id}`)
    await shop.settle()
    expect(await shop.books()).toEqual([])
  })
})

describe("a dead letter", () => {
  test("shows its event, its reason and what would come of it (K-25, N10, R-20)", async () => {
    const order = await shop.place({ simulate: { payment: "poison" } })
    await shop.settle(order)
    const [letter] = await lettersOf(order.id)
    expect(letter).toMatchObject({ orderId: order.id, service: "Payment", type: "Payment.requested", attempts: 1 })
    expect(letter?.event).toMatchObject({ correlationid: order.id, data: { orderId: order.id } })
    expect(letter?.verdict).toMatch(/^(would apply|already applied|stale|conflict|invalid at field)/)
    expect((await shop.letters("?service=Shipping")).length).toBe(0)
    expect((await shop.letters("?type=Payment.requested")).map(({ id }) => id)).toContain(letter?.id)
  })

  test("sent again twice, at once and later, has the effect of once (K-25, P15, N10)", async () => {
    const order = await shop.place({ simulate: { cancelShipment: "poison" } })
    await shop.eventually("a label", async () => (await shop.order(order)).shipment !== null)
    await shop.call("DELETE", `/orders/${order.id}`)
    await shop.settle(order)
    expect((await shop.order(order)).status).toBe("attention")
    const [letter] = await lettersOf(order.id)
    const path = `/dead-letters/${letter?.id ?? ""}/redrive`
    const answers = await Promise.all([1, 2, 3].map(() => shop.call("POST", path)))
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 409, 409])
    await shop.eventually("called back", async () => (await shop.shipment(order))?.status === "cancelled")
    expect((await shop.call("POST", path)).status).toBe(409)
    const cancelled = (await threadOf("Shipping", order.id))?.performed
    expect(cancelled).toBe(2)
    expect(await lettersOf(order.id)).toEqual([])
    if ((await shop.order(order)).status !== "cancelled") {
      const again = { action: "retry", reason: "it was sent again" }
      await shop.call("POST", `/orders/${order.id}/resolve`, again)
    }
    await shop.until(order, "cancelled")
  })

  test("edited data must be what the catalogue says, and the letter stays until it is (K-25, N10)", async () => {
    const order = await shop.place({ simulate: { payment: "poison" } })
    await shop.settle(order)
    const [letter] = await lettersOf(order.id)
    const path = `/dead-letters/${letter?.id ?? ""}/redrive`
    const bad = await shop.call<{ errors: readonly { path: string; message: string }[] }>("POST", path, {
      event: { ...letter?.event.data, amount: -1 },
    })
    expect(bad.status).toBe(400)
    expect(JSON.stringify(bad.body.errors)).toContain("amount")
    expect(await lettersOf(order.id)).toHaveLength(1)
    expect((await shop.call("POST", path, { event: { ...letter?.event.data, amount: 1 } })).status).toBe(202)
    // The order is cancelled, and its payment knows: nothing is charged.
    await shop.settle()
    expect((await shop.payment(order))?.history.filter(({ event }) => event === "captured") ?? []).toEqual([])
  })

  test("can be edited in what is said, and not in whom it is about or for (N10, P15)", async () => {
    const [order, other] = [await shop.place({ simulate: { inventory: "poison" } }), await shop.place()]
    await shop.settle(order)
    const [letter] = await lettersOf(order.id)
    const path = `/dead-letters/${letter?.id ?? ""}/redrive`
    for (const edit of [{ orderId: other.id }, { lines: [{ sku: "GADGET-001", quantity: 1 }] }]) {
      const answer = await shop.call("POST", path, { event: { ...letter?.event.data, ...edit } })
      expect([answer.status, await lettersOf(order.id)]).toMatchObject([400, [{ id: letter?.id }]])
    }
    await shop.call("DELETE", `/orders/${other.id}`)
    await shop.settle()
  })

  test("discarded is gone, with a reason, and can't be sent again (K-25)", async () => {
    const order = await shop.place({ simulate: { shipping: "poison" } })
    await shop.settle(order)
    const [letter] = await lettersOf(order.id)
    const path = `/dead-letters/${letter?.id ?? ""}`
    expect((await shop.call("POST", `${path}/discard`, {})).status).toBe(400)
    expect((await shop.call("POST", `${path}/discard`, { reason: "the order is undone" })).status).toBe(200)
    expect(await lettersOf(order.id)).toEqual([])
    expect((await shop.call("POST", `${path}/redrive`)).status).toBe(409)
    expect((await shop.call("POST", `${path}/discard`, { reason: "again" })).status).toBe(409)
  })

  test("of a name that nobody gave is unknown (K-25)", async () => {
    for (const id of ["dl_nothing", "x", "dl_T3JkZXJ8YW55LTB8bm9uZQ"]) {
      expect((await shop.call("POST", `/dead-letters/${id}/redrive`)).status).toBe(404)
    }
  })
})
