/** The inbox in the real runtime: a position takes effect once, in order, whatever the queue makes of it. */
import { afterEach, describe, expect, test } from "vitest"
import { EARLY_MAX } from "../../choreography/settings.ts"
import type { Delivery } from "../../choreography/wire.ts"
import { orderKey } from "../../domain/customer.ts"
import { newOrderId } from "../../domain/orderId.ts"
import { network, type Passing } from "./network.ts"
import { objectOf, threadOf, type ServiceName } from "./objects.ts"
import { said } from "./said.ts"
import { openShop } from "./world.ts"

const shop = openShop()
const DAY_MS = 24 * 3_600_000

afterEach(() => {
  network.reset()
})

/** All that was ever delivered for an order, once each. */
function everythingSaid(orderId: string): Passing[] {
  const once = new Map<string, Passing>()
  for (const each of network.seen.filter((passing) => passing.orderId === orderId)) {
    once.set(`${each.delivery.stream}|${each.delivery.target}|${String(each.delivery.position)}`, each)
  }
  return [...once.values()]
}

async function deliverAll(passings: readonly Passing[]): Promise<void> {
  for (const service of new Set(passings.map((each) => each.service))) {
    const deliveries = passings.filter((each) => each.service === service).map(({ delivery }) => delivery)
    expect(await shop.deliver(service, [JSON.stringify(deliveries)])).toEqual([])
  }
}

/** What an order's participants have said and done so far. */
async function told(orderId: string): Promise<unknown> {
  const keys: [ServiceName, string][] = [
    ["Order", orderId],
    ["Payment", orderId],
    ["Shipping", orderId],
    ["Inventory", `WIDGET-001/${orderId}`],
  ]
  return Promise.all(
    keys.map(async ([service, key]) => {
      const thread = await threadOf(service, key)
      return [thread?.said, thread?.performed, JSON.stringify(thread?.state)]
    }),
  )
}

/** A note to the row of an order at its customer, from a sender made up. */
function note(orderId: string, position: number, message = `note ${String(position)}`): Delivery {
  const types = ["order_confirmed", "payment_received", "payment_failed", "shipped", "delivered", "cancelled"]
  const type = types[(position - 1) % types.length]
  const data = { customerId: "cust_notes", orderId, type, message, sentAt: position }
  const to = `Customer/${orderKey("cust_notes", orderId)}`
  return said({ from: `Order/${orderId}`, to, position, type: "Customer.notified", orderId, data })
}

function anOrderId(): string {
  return newOrderId({ region: "any", cell: 3 }, Date.now(), Math.random)
}

describe("copies", () => {
  test.each(["deliver", "cancel"])(
    "of everything, three times over, have no effect: %s (G2, K-01, K-06, K-07, K-11, A-15, B-12, D-07, D-10)",
    async (end) => {
      network.rule = () => "twice"
      const order = await shop.place({ simulate: end === "cancel" ? { shipping: "decline" } : {} })
      await shop.settle()
      const [before, view, all] = [await told(order.id), await shop.order(order), everythingSaid(order.id)]
      expect(all.length).toBeGreaterThan(10)
      await deliverAll([...all, ...all, ...all].reverse())
      await shop.settle()
      expect(await told(order.id)).toEqual(before)
      expect(await shop.order(order)).toEqual(view)
      expect(await shop.books()).toEqual([])
    },
  )

  test("that arrive at the same instant are one (platform rule 5, R-17, A-15)", async () => {
    network.hold("Payment.requested")
    const order = await shop.place()
    await shop.eventually("held", () => network.held.length === 1)
    const copies = network.held.splice(0).map(({ delivery }) => delivery)
    network.rule = () => "pass"
    const body = JSON.stringify([...copies, ...copies])
    await Promise.all([1, 2, 3, 4].map(() => shop.deliver("Payment", [body, body])))
    await shop.settle()
    expect((await shop.payment(order))?.history.filter(({ event }) => event === "captured")).toHaveLength(1)
  })

  test("that come a month and a year after the end have no effect, though nothing but a cursor is left (N5, P7, G2)", async () => {
    const order = await shop.place()
    await shop.settle()
    const all = everythingSaid(order.id)
    const before = await told(order.id)
    for (const days of [31, 365]) {
      await shop.advance(days * DAY_MS)
      await deliverAll(all)
      await shop.settle()
      expect(await told(order.id)).toEqual(before)
    }
    const thread = await threadOf("Payment", order.id)
    expect(Object.values(thread?.ins ?? {}).map(({ hashes }) => Object.keys(hashes).length)).toEqual([0])
    expect(await shop.books()).toEqual([])
  })
})

describe("the order of a stream", () => {
  test("is kept, whatever order the queue delivers in (G3, B-05, B-17)", async () => {
    const orderId = anOrderId()
    const notes = [4, 2, 6, 1, 3, 5].map((position) => note(orderId, position))
    for (const each of notes) await shop.deliver("Customer", [JSON.stringify([each])])
    const thread = await threadOf("Customer", orderKey("cust_notes", orderId))
    const { notices } = thread?.state as { notices: readonly { message: string }[] }
    expect(notices.map(({ message }) => message)).toEqual([1, 2, 3, 4, 5, 6].map((number) => `note ${String(number)}`))
  })

  test("waits for what is missing, holds a bounded number, and takes the rest when it comes again (G3, P6)", async () => {
    const orderId = anOrderId()
    const stub = objectOf("Customer", orderKey("cust_notes", orderId))
    const many = Array.from({ length: EARLY_MAX + 8 }, (_unused, index) => note(orderId, index + 2))
    expect(await stub.deliver(many)).toMatchObject({ applied: 0, held: EARLY_MAX, refused: 8 })
    expect(await stub.deliver([note(orderId, 1)])).toMatchObject({ applied: EARLY_MAX + 1 })
    // What was refused got no receipt, so its sender says it again.
    expect(await stub.deliver(many)).toMatchObject({ applied: 8, duplicates: EARLY_MAX })
  })

  test("is a stream's own: one that waits holds up no other (B-06, N9)", async () => {
    const [waiting, going] = [anOrderId(), anOrderId()]
    const result = await objectOf("Customer", orderKey("cust_notes", going)).deliver([
      note(waiting, 2),
      note(going, 1),
      note(going, 2),
    ])
    expect(result).toMatchObject({ applied: 2, held: 1 })
  })
})

describe("another content under a position that is spent", () => {
  test("is parked as a conflict, has no effect, and stops nobody (N5, G2, P8)", async () => {
    const orderId = anOrderId()
    const stub = objectOf("Customer", orderKey("cust_notes", orderId))
    await stub.deliver([note(orderId, 1), note(orderId, 2)])
    const other = note(orderId, 1, "something else")
    expect(await stub.deliver([other, note(orderId, 3)])).toMatchObject({ applied: 1, parked: 1 })
    // However often it comes, it is one letter.
    expect(await stub.deliver([other])).toMatchObject({ applied: 0, parked: 1 })
    const letters = await shop.letters(`?orderId=${orderId}`)
    expect(letters.map(({ verdict, reason }) => [verdict, reason.slice(0, 8)])).toEqual([["conflict", "conflict"]])
  })

  test("is seen even while the position only waits for its turn (N5)", async () => {
    const orderId = anOrderId()
    const stub = objectOf("Customer", orderKey("cust_notes", orderId))
    await stub.deliver([note(orderId, 2)])
    expect(await stub.deliver([note(orderId, 2, "something else")])).toMatchObject({ parked: 1 })
    await stub.deliver([note(orderId, 1)])
    const thread = await threadOf("Customer", orderKey("cust_notes", orderId))
    const { notices } = thread?.state as { notices: readonly { message: string }[] }
    expect(notices.map(({ message }) => message)).toEqual(["note 1", "note 2"])
  })

  test("is a duplicate like any other once the contents are forgotten (P7)", async () => {
    const orderId = anOrderId()
    const stub = objectOf("Customer", orderKey("cust_notes", orderId))
    await stub.deliver([note(orderId, 1)])
    await shop.advance(40 * DAY_MS)
    // The sweep comes by, also where no clock was ever set.
    await stub.poke()
    await shop.eventually("thinned", async () => {
      const thread = await threadOf("Customer", orderKey("cust_notes", orderId))
      return Object.values(thread?.ins ?? {}).every(({ hashes }) => Object.keys(hashes).length === 0)
    })
    expect(await stub.deliver([note(orderId, 1, "something else")])).toMatchObject({ duplicates: 1, parked: 0 })
  })
})

describe("a version that is newer than its reader", () => {
  test("gets no receipt while it waits, even if it comes early, and is parked in the end (P6, B-15)", async () => {
    const orderId = anOrderId()
    const stub = objectOf("Customer", orderKey("cust_notes", orderId))
    const { event, ...rest } = note(orderId, 2)
    const newer: Delivery = { ...rest, event: { ...event, dataschema: "urn:event:Customer.notified:9" } }
    // Held would mean received: its sender would forget it, and nobody could ever read it.
    expect(await stub.deliver([newer])).toMatchObject({ held: 0, refused: 1 })
    expect(await stub.deliver([note(orderId, 1), newer])).toMatchObject({ applied: 1, refused: 1 })
    expect(await stub.deliver([newer])).toMatchObject({ applied: 0, refused: 1 })
    await shop.advance(11 * 60_000)
    expect(await stub.deliver([newer, note(orderId, 3)])).toMatchObject({ applied: 1, parked: 1 })
    const [letter] = await shop.letters(`?orderId=${orderId}`)
    expect(letter?.reason).toContain("newer")
  })
})
