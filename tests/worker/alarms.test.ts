/** Alarms: what is owed is done, whatever becomes of the alarm; and one that can't be served keeps nobody waiting. */
import { createScheduledController, evictDurableObject, runDurableObjectAlarm } from "cloudflare:test"
import { env } from "cloudflare:workers"
import { afterEach, describe, expect, test } from "vitest"
import { SWEEP } from "../../domain/placement.ts"
import worker from "../../index.ts"
import { network } from "./network.ts"
import { alarmOf, objectOf, objects, within } from "./objects.ts"
import { openShop } from "./world.ts"

/** Passes by advancing only: on a slow machine too nothing is said again before a test wants it. */
const LEASE_MS = 30_000
const shop = openShop({ RECEIPT_LEASE_MS: String(LEASE_MS) })

afterEach(() => {
  network.reset()
})

/** An order whose first events are all lost: only its object's alarm can say them again. */
async function silent(): Promise<{ id: string }> {
  network.rule = ({ service }) => (service === "Customer" ? "pass" : "lose")
  const order = await shop.place()
  await shop.eventually("they are lost", () =>
    ["Payment", "Inventory"].every((to) =>
      network.seen.some((each) => each.orderId === order.id && each.service === to),
    ),
  )
  return order
}

async function loseAlarm(order: { id: string }): Promise<void> {
  await within(objectOf("Order", order.id), (state) => state.storage.deleteAlarm())
  network.rule = () => "pass"
}

describe("a lost alarm", () => {
  test("is repaired when the object wakes with work that is owed (N7, G5, P17)", async () => {
    const order = await silent()
    await loseAlarm(order)
    await evictDurableObject(objectOf("Order", order.id))
    expect((await shop.order(order)).status).toBe("pending")
    await shop.advance(LEASE_MS)
    await shop.settle()
    expect((await shop.order(order)).status).toBe("delivered")
  })

  test("is repaired when the sweep comes by (N7, G5, P17)", async () => {
    const order = await silent()
    await loseAlarm(order)
    // Nothing else would ever wake it: its memory holds that the alarm is set.
    await shop.advance(LEASE_MS)
    expect((await shop.order(order)).status).toBe("pending")
    await objectOf("Order", order.id).poke()
    await shop.settle()
    expect((await shop.order(order)).status).toBe("delivered")
  })

  test("of every object at once is found by the scheduled sweep, within minutes (N7, P17)", async () => {
    const order = await silent()
    for (const stub of await objects("Order")) await within(stub, (state) => state.storage.deleteAlarm())
    network.rule = () => "pass"
    await worker.scheduled(createScheduledController(), env)
    await shop.advance(3 * 60_000)
    await shop.settle()
    expect((await shop.order(order)).status).toBe("delivered")
    expect(await shop.books()).toEqual([])
  })

  test("of the one who goes the rounds is found by the schedule, though its object is awake (P17, G5)", async () => {
    await worker.scheduled(createScheduledController(), env)
    const monitor = objectOf("Monitor", SWEEP)
    await within(monitor, (state) => state.storage.deleteAlarm())
    expect(await alarmOf(monitor)).toBeNull()
    await worker.scheduled(createScheduledController(), env)
    expect(await alarmOf(monitor)).not.toBeNull()
  })

  test("long past is taken for lost and set anew (P17, platform fact 6)", async () => {
    const order = await silent()
    const stub = objectOf("Order", order.id)
    await shop.advance(2 * 60_000)
    await within(stub, (state) => state.storage.setAlarm(Date.now() - 90_000))
    network.rule = () => "pass"
    await stub.poke()
    await shop.settle()
    expect((await shop.order(order)).status).toBe("delivered")
  })
})

describe("an alarm", () => {
  test("that is set is left alone on waking: it would never fire otherwise (platform fact 6)", async () => {
    const order = await silent()
    const stub = objectOf("Order", order.id)
    const at = Date.now() + 5_000
    await within(stub, (state) => state.storage.setAlarm(at))
    await evictDurableObject(stub)
    expect(await alarmOf(stub)).toBe(at)
    await loseAlarm(order)
    await stub.poke()
    await shop.advance(LEASE_MS)
    await shop.settle()
  })

  test("that fires twice, also at once, does things once (fault 16)", async () => {
    const order = await silent()
    await loseAlarm(order)
    await shop.advance(LEASE_MS)
    const stub = objectOf("Order", order.id)
    await Promise.all(
      [1, 2, 3].map(() =>
        within(stub, (_state, cell) => {
          cell.alarm()
        }),
      ),
    )
    await Promise.all([runDurableObjectAlarm(stub), runDurableObjectAlarm(stub)])
    await shop.settle()
    expect((await shop.payment(order))?.history.filter(({ event }) => event === "captured")).toHaveLength(1)
  })

  test("never throws, and is set again before it works, whatever its rows do (G5, fault 17)", async () => {
    const order = await silent()
    const other = await shop.place()
    const stub = objectOf("Order", order.id)
    const sql = "CREATE TRIGGER stuck BEFORE UPDATE ON threads BEGIN SELECT RAISE(ABORT, 'broken row'); END"
    await within(stub, (state) => void state.storage.sql.exec(sql).toArray())
    await shop.advance(1_000)
    await within(stub, (_state, cell) => {
      cell.alarm()
    })
    const at = await alarmOf(stub)
    expect(at).toBeGreaterThan(Date.now())
    await within(stub, (state) => void state.storage.sql.exec("DROP TRIGGER stuck").toArray())
    network.rule = () => "pass"
    await shop.advance(16 * 60_000)
    await shop.settle()
    for (const each of [order, other]) expect((await shop.order(each)).status).toMatch(/delivered|cancelled/)
  })

  test("one key that can't be served keeps no other of its cell from being served (G10, N9)", async () => {
    network.rule = ({ service }) => (service === "Customer" ? "pass" : "lose")
    const orders = await Promise.all(Array.from({ length: 12 }, () => shop.place()))
    const [stuck] = orders
    const cell = (id: string): string => id.slice(4, 7)
    const neighbours = orders.filter(({ id }) => stuck !== undefined && id !== stuck.id && cell(id) === cell(stuck.id))
    const stub = objectOf("Order", stuck?.id ?? "")
    const sql = `CREATE TRIGGER stuck BEFORE UPDATE ON threads WHEN NEW.key = '${stuck?.id ?? ""}'
                 BEGIN SELECT RAISE(ABORT, 'broken row'); END`
    await within(stub, (state) => void state.storage.sql.exec(sql).toArray())
    // Nothing but its clock comes to it.
    network.rule = ({ service, orderId }) => (service === "Order" && orderId === stuck?.id ? "lose" : "pass")
    for (const order of neighbours) expect((await shop.until(order, "delivered")).status).toBe("delivered")
    await within(stub, (state) => void state.storage.sql.exec("DROP TRIGGER stuck").toArray())
    network.rule = () => "pass"
    await shop.advance(20 * 60_000)
    await shop.settle()
    expect(await shop.books()).toEqual([])
  })
})
