// An object that was restored to an earlier time, and those who have heard what it has forgotten.
import { expect, test } from "vitest"
import { Cell } from "../../../choreography/cell.ts"
import { ANSWER_FIRST_MS } from "../../../choreography/outgoing.ts"
import { defaults } from "../../../choreography/settings.ts"
import type { Delivery } from "../../../choreography/wire.ts"
import { newOrderId } from "../../../domain/orderId.ts"
import { readSettings } from "../../../http/settings.ts"
import { services } from "../../../objects/registry.ts"
import { TestDisk } from "./disk.ts"
import { quietPlatform } from "./quiet.ts"

const LEASE_MS = defaults.receiptLeaseMs
const id = newOrderId({ region: "any", cell: 0 }, 1_000, () => 0.5)
const items = [{ sku: "WIDGET-001", name: "Widget", quantity: 1, price: 100 }]
const shippingAddress = { street: "s", city: "c", state: "s", zip: "z", country: "US" }
const order = {
  orderId: id,
  customerId: "c",
  items,
  currency: "USD",
  shippingAddress,
  flow: "parallel",
  paymentMethod: null,
  simulate: {},
}

class World {
  time = 1_000_000
  readonly sent: Delivery[] = []
  readonly #background: Promise<void>[] = []

  async wake(service: string, name: string, disk: TestDisk): Promise<Cell> {
    const reading = readSettings({})
    const declared = services.services.get(service)
    if (!reading.ok || declared === undefined) throw new Error(`no service ${service}`)
    const platform = quietPlatform(disk, {
      now: () => this.time,
      send: (_service, bundles) => {
        for (const bundle of bundles) this.sent.push(...(JSON.parse(bundle) as Delivery[]))
        return Promise.resolve()
      },
      background: (work) => void this.#background.push(work),
      later: (ms, body) => {
        // What waits for an answer to be on its way; nothing else here comes later.
        if (ms === ANSWER_FIRST_MS) body()
        return () => undefined
      },
    })
    const settings = { settings: defaults, serviceSettings: reading.settings.shop }
    const cell = new Cell({ name, service: declared, registry: services, platform, performers: {}, ...settings })
    await cell.wake()
    return cell
  }

  /** What has been sent to a service since this was last asked. */
  async take(service: string): Promise<Delivery[]> {
    await Promise.all(this.#background)
    return this.sent.splice(0).filter(({ target }) => target.startsWith(`${service}/`))
  }
}

test("P8 streams begin anew under another name: what was not received is heard, though it was heard before", async () => {
  const world = new World()
  const disk = new TestDisk()
  const sender = await world.wake("Order", "any-0", disk)
  sender.ask(id, "place", order, "")
  const [first] = await world.take("Payment")
  const payment = await world.wake("Payment", "any-0", new TestDisk())
  expect(payment.deliver(first === undefined ? [] : [first])).toMatchObject({ applied: 1 })
  const incarnation = sender.reincarnate()
  world.time += 2 * LEASE_MS
  sender.alarm()
  const [again] = await world.take("Payment")
  expect(again).toMatchObject({ stream: `Order/${id}~${incarnation}`, position: 1, event: { id: first?.event.id } })
  expect(payment.deliver(again === undefined ? [] : [again])).toMatchObject({ applied: 1, held: 0, parked: 0 })
})

test("P8 what is said after a restore stands right behind it, in the same order, across a restart", async () => {
  const world = new World()
  const disk = new TestDisk()
  const sender = await world.wake("Order", "any-0", disk)
  sender.ask(id, "place", order, "")
  await world.take("Payment")
  const incarnation = sender.reincarnate()
  const restarted = await world.wake("Order", "any-0", disk)
  restarted.ask(id, "cancel", { reason: null, version: null }, "")
  const [undo] = await world.take("Payment")
  expect(undo).toMatchObject({ stream: `Order/${id}~${incarnation}`, position: 2 })
  world.time += 10
  const other = newOrderId({ region: "any", cell: 0 }, 2_000, () => 0.25)
  restarted.ask(other, "place", { ...order, orderId: other }, "")
  const third = await world.wake("Order", "any-0", disk)
  third.ask(other, "cancel", { reason: null, version: null }, "")
  const positions = (await world.take("Payment")).map(({ position }) => position)
  expect(positions).toEqual([1, 2])
})

test("P8 no incarnation is used twice, though each restore forgets those before it", async () => {
  const world = new World()
  const one = (await world.wake("Order", "any-0", new TestDisk())).reincarnate()
  world.time += 1
  const two = (await world.wake("Order", "any-0", new TestDisk())).reincarnate()
  expect(two).toBeGreaterThan(one)
})
