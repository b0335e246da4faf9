/** The outbox in the real runtime: said once, sent until it is received, lost by nobody. */
import { afterEach, describe, expect, test } from "vitest"
import type { Point } from "../../choreography/platform.ts"
import { crashAt } from "./crash.ts"
import { network } from "./network.ts"
import { objectOf, threadOf, within } from "./objects.ts"
import { openShop } from "./world.ts"

// A call that was under way when its object died is looked up once its time is over.
const shop = openShop({ RECEIPT_LEASE_MS: "150", EFFECT_TIMEOUT_MS: "200" })

afterEach(() => {
  network.reset()
})

const SERVICES = ["Order", "Payment", "Inventory", "Shipping"] as const

/** One order, and a crash of a service as soon as it reaches a point on the order's way. */
async function crashesOnTheWay(service: string, point: Point): Promise<void> {
  network.hold("Payment.requested", "Inventory.reserveRequested")
  const order = await shop.place()
  await shop.eventually("both are on their way", () => network.held.length === 2)
  const crashed = crashAt(service, point)
  await shop.letGo()
  await shop.eventually("the crash", () => crashed() !== null)
  await shop.settle()
  expect((await shop.order(order)).status).toBe("delivered")
  expect(network.count("Shipment.create", order.id)).toBe(1)
  expect(await shop.books()).toEqual([])
}

describe.each(SERVICES)("a crash of %s", (service) => {
  test.each<readonly [string, Point]>([
    ["before the commit: nothing of it happened, and it happens when it comes again", "commit:deliver"],
    ["after the commit, before anything is sent: the rows are sent later", "committed:deliver"],
  ])("%s (G1, G4, K-08, K-09, K-18, K-24, A-06, A-08, B-09, A-21)", async (_what, point) => {
    await crashesOnTheWay(service, point)
  })
})

// What others say to a batch, its consumer sends.
describe.each(["Payment", "Shipping"])("a crash of %s, which has news from the world outside", (service) => {
  test.each<readonly [string, Point]>([
    ["before the send: the rows are sent later", "send:before"],
    ["after the send, before anybody knows: duplicates, and one effect", "send:after"],
  ])("%s (G1, G4, K-08, K-09, K-18, K-24, A-06, A-08, B-09, A-21)", async (_what, point) => {
    await crashesOnTheWay(service, point)
  })
})

describe("what is lost on the way", () => {
  test("comes again under the same id and the same position, whatever it is (G4, K-05, K-09, R-15, A-07)", async () => {
    const lost = new Map<string, string>()
    network.rule = ({ delivery }) => {
      const slot = `${delivery.stream}|${delivery.target}|${String(delivery.position)}`
      if (lost.has(slot)) return "pass"
      lost.set(slot, delivery.event.id)
      return "lose"
    }
    const order = await shop.place({ simulate: { shipping: "decline" } })
    await shop.settle()
    expect((await shop.order(order)).status).toBe("cancelled")
    for (const { delivery } of network.seen) {
      expect(lost.get(`${delivery.stream}|${delivery.target}|${String(delivery.position)}`)).toBe(delivery.event.id)
    }
    expect(await shop.books()).toEqual([])
  })

  test("a send that fails leaves its rows, and they go out again (A-07, R-15)", async () => {
    let failures = 0
    network.hook = ({ point, service }) => {
      if (point !== "send:before" || service !== "Order" || failures >= 2) return
      failures += 1
      throw new Error("the queue is not there")
    }
    const order = await shop.place()
    await shop.settle()
    expect([failures, (await shop.order(order)).status]).toEqual([2, "delivered"])
  })

  test("is sent later by those who said it, when the consumer that was to send it for them died first (G4, A-06, K-24)", async () => {
    const lost: string[] = []
    network.loses = (said) => {
      const first = said.filter((id) => !lost.includes(id))
      lost.push(...first)
      return first.length > 0
    }
    const order = await shop.place()
    await shop.settle()
    expect((await shop.order(order)).status).toBe("delivered")
    expect(lost.length).toBeGreaterThan(2)
    expect(await shop.books()).toEqual([])
  })

  test("without any receipt, rows stay and come again with backoff; nothing happens twice (G4, N6, P5, P13)", async () => {
    network.losesReceipts = true
    // Nothing goes back to the order, so no receipt can ride along either.
    network.rule = ({ service, delivery }) => {
      return service === "Order" && delivery.receipt !== undefined ? "lose" : "pass"
    }
    const order = await shop.place()
    await shop.eventually("sent three times", () => {
      return (
        network.seen.filter(({ type, orderId }) => type === "Payment.requested" && orderId === order.id).length >= 3
      )
    })
    const rows = Object.values((await threadOf("Order", order.id))?.outs ?? {}).flatMap((stream) => stream.rows)
    expect(rows.some(({ tries }) => tries >= 2)).toBe(true)
    expect((await shop.payment(order))?.history.filter(({ event }) => event === "captured")).toHaveLength(1)
    network.reset()
    await shop.settle()
    expect(await shop.books()).toEqual([])
  })
})

describe("a row of the outbox", () => {
  test("is there until its receiver holds the event, and the timeline says since when (G4, N6)", async () => {
    network.hold("Payment.requested")
    const order = await shop.place()
    const target = `Payment/${order.id}`
    expect((await threadOf("Order", order.id))?.outs[target]?.rows).toHaveLength(1)
    const line = async () => (await shop.saga(order)).timeline.find(({ type }) => type === "Payment.requested")
    expect((await line())?.receivedAt).toBeUndefined()
    await shop.letGo()
    await shop.settle()
    const thread = await threadOf("Order", order.id)
    expect(thread?.outs[target]).toEqual({ next: 2, rows: [] })
    expect(thread?.events).toEqual({})
    expect((await line())?.receivedAt).toBeDefined()
  })

  test("that can't be received holds up nobody else's (A-07, N9)", async () => {
    const waiting = await shop.place()
    network.rule = ({ orderId }) => (orderId === waiting.id ? "lose" : "pass")
    const orders = await Promise.all(Array.from({ length: 8 }, () => shop.place()))
    await shop.settle(...orders)
    for (const order of orders) expect((await shop.order(order)).status).toBe("delivered")
    network.reset()
    await shop.settle()
  })

  test("is stored with the order or not at all: a commit that fails places nothing and says nothing (G1, A-06, R-04, D-02)", async () => {
    const first = await shop.place()
    await shop.settle()
    // Every order cell's disk is full from now on.
    const full = "CREATE TRIGGER full BEFORE INSERT ON threads BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
    const cells = Array.from({ length: 8 }, (_unused, cell) => first.id.replace(/^ord_.../, `ord_00${String(cell)}`))
    for (const id of cells) await within(objectOf("Order", id), (state) => void state.storage.sql.exec(full).toArray())
    network.seen.length = 0
    const answer = await shop.tryToPlace()
    expect(answer.status).toBe(503)
    expect(network.seen).toEqual([])
    for (const id of cells)
      await within(objectOf("Order", id), (state) => void state.storage.sql.exec("DROP TRIGGER full").toArray())
    await shop.place()
    await shop.settle()
    expect(await shop.books()).toEqual([])
  })

  test("is not receipted by a receiver whose commit failed, and so comes again (G1, G4)", async () => {
    network.hold("Payment.requested")
    const order = await shop.place()
    await shop.eventually("held", () => network.held.length === 1)
    const full = "CREATE TRIGGER full BEFORE INSERT ON threads BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
    const receiver = objectOf("Payment", order.id)
    await within(receiver, (state) => void state.storage.sql.exec(full).toArray())
    const [held] = network.held
    network.rule = () => "pass"
    const outcome = await receiver.deliver(held === undefined ? [] : [held.delivery]).catch(String)
    expect(outcome).toContain("disk is full")
    // Longer than a receipt waits for a ride.
    await new Promise((resolve) => setTimeout(resolve, 60))
    expect((await threadOf("Order", order.id))?.outs[`Payment/${order.id}`]?.rows).toHaveLength(1)
    await within(receiver, (state) => void state.storage.sql.exec("DROP TRIGGER full").toArray())
    await shop.settle()
    expect((await shop.order(order)).status).toBe("delivered")
    expect(await shop.books()).toEqual([])
  })
})
