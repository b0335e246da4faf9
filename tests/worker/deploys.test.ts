// Two deployments at once: an older and a newer worker share the objects, their storage and the queues.
import { afterEach, expect, test } from "vitest"
import { services } from "../../objects/registry.ts"
import { newer } from "../simulation/platform/builds.ts"
import { network } from "./network.ts"
import { openShop, pause } from "./world.ts"

const shop = openShop({ RECEIPT_LEASE_MS: "150", VERSION_WAIT_MS: "60000" })

// Declared read-only, and a map: what an object is of is looked up here when it wakes.
const builds = services.services as Map<string, NonNullable<ReturnType<typeof services.services.get>>>
const released = new Map(builds)

/** These services are newer from now on, the others as released; every object wakes anew. */
async function deploy(...names: readonly string[]): Promise<void> {
  for (const [name, service] of released) builds.set(name, names.includes(name) ? newer(service) : service)
  await shop.evict()
}

const ALL = [...released.keys()]

/** The versions in which a service has said something. */
function versionsSaidBy(service: string): string[] {
  const said = network.seen.filter(({ delivery }) => delivery.event.source.startsWith(`/${service.toLowerCase()}/`))
  return [...new Set(said.map(({ delivery }) => delivery.event.dataschema.split(":").at(-1) ?? ""))].sort()
}

afterEach(async () => {
  network.reset()
  await deploy()
})

test.each([
  ["the order's", ["Order"]],
  ["the participants'", ["Payment", "Inventory", "Shipping"]],
  ["one participant's", ["Inventory"]],
])(
  "orders go on while only %s worker is newer, and end as soon as the others are (B-20, P6)",
  async (_whose, early) => {
    const orders = [await shop.place(), await shop.place({ flow: "reserve-first" })]
    await deploy(...early)
    orders.push(await shop.place(), await shop.place({ simulate: { shipping: "decline" } }))
    await pause(500)
    for (const service of early) {
      for (const version of versionsSaidBy(service)) expect(["1", "2"]).toContain(version)
    }
    await deploy(...ALL)
    await shop.settle(...orders)
    const statuses = await Promise.all(orders.map(async (order) => (await shop.order(order)).status))
    expect(statuses).toEqual(["delivered", "delivered", "delivered", "cancelled"])
    expect(early.flatMap(versionsSaidBy)).toContain("2")
    expect(await shop.letters()).toEqual([])
    await shop.settle()
    expect(await shop.books()).toEqual([])
  },
)

test("what an older worker said is lifted by a newer one: an order begun before ends after (B-20)", async () => {
  network.hold("Payment.requested", "Inventory.reserveRequested")
  const order = await shop.place()
  await shop.eventually("both are on their way", () => network.held.length === 2)
  await deploy(...ALL)
  await shop.letGo()
  await shop.until(order, "delivered")
  expect(versionsSaidBy("Payment")).toEqual(["2"])
  expect(await shop.letters()).toEqual([])
})

test("a rollback finds its place: objects that were newer go on as released (docs/operations.md)", async () => {
  await deploy(...ALL)
  const first = await shop.place()
  await shop.settle()
  await deploy()
  network.seen.length = 0
  const second = await shop.place()
  await shop.settle(second)
  expect([(await shop.order(first)).status, (await shop.order(second)).status]).toEqual(["delivered", "delivered"])
  expect(versionsSaidBy("Order")).toEqual(["1"])
  await shop.settle()
  expect(await shop.books()).toEqual([])
})
