/** What is on its way is bounded, per customer and per cell; what was accepted is finished all the same. */
import { expect, test } from "vitest"
import { network } from "./network.ts"
import { objectOf } from "./objects.ts"
import { openShop } from "./world.ts"

const shop = openShop({ OPEN_ORDERS_MAX: "2", BACKLOG_MAX: "3", CELLS: "1" })

interface Problem {
  readonly code: string
}

test("a customer with as many open orders as it may have waits until one has ended", async () => {
  network.hold("Payment.requested")
  const customerId = "cust_many"
  const first = await shop.place({ customerId })
  await shop.place({ customerId })
  const refused = await shop.call<Problem>("POST", "/orders", { ...order, customerId })
  expect([refused.status, refused.body.code, refused.headers.get("retry-after")]).toEqual([
    429,
    "too_many_open_orders",
    "60",
  ])
  expect((await shop.call("DELETE", `/orders/${first.id}`)).status).toBe(202)
  await shop.letGo()
  await shop.settle()
  await shop.eventually("the customer knows", async () => (await shop.tryToPlace({ customerId })).status === 201)
  await shop.settle()
  expect(await shop.books()).toEqual([])
})

test("a cell with as much on its way as it may have puts orders off, finishes those it has, and takes on new ones", async () => {
  network.hold("Inventory.reserveRequested")
  const taken: string[] = []
  let codes: readonly unknown[] = []
  for (let number = 0; number < 12; number++) {
    await new Promise((resolve) => setTimeout(resolve, 60))
    const { status, body } = await shop.tryToPlace({ customerId: `cust_${String(number)}` })
    if (status === 201) taken.push(body.id)
    // What is not an order is a problem.
    else codes = [...codes, [status, (body as unknown as Problem).code]]
  }
  expect(taken.length).toBeGreaterThanOrEqual(3)
  expect(taken.length).toBeLessThanOrEqual(6)
  expect(new Set(codes.map(String))).toEqual(new Set(["503,backlogged"]))
  // What was put off counts for nobody, and is found nowhere.
  expect((await shop.call<Problem>("GET", "/orders/cust_11")).status).toBe(404)
  await shop.letGo()
  await shop.settle()
  await shop.eventually(
    "it is open again",
    async () => (await shop.tryToPlace({ customerId: "cust_11" })).status === 201,
  )
  await shop.settle()
  expect(await shop.books()).toEqual([])
})

const order = {
  items: [{ sku: "WIDGET-001", quantity: 1, price: 1 }],
  shippingAddress: { street: "1 Elm", city: "Springfield", state: "IL", zip: "62701", country: "US" },
}

test("a shelf that is full says so, and stays as it is", async () => {
  const before = await shop.level("THING-003")
  const key = "THING-003/level"
  const rest = 1_000_000_000_000 - 25
  expect(await objectOf("Inventory", key).ask(key, "add", { quantity: rest + 1 }, "")).toBeNull()
  expect(await shop.level("THING-003")).toEqual(before)
  expect(await objectOf("Inventory", key).ask(key, "add", { quantity: rest }, "")).toMatchObject({
    available: rest + 25,
  })
  const full = await shop.call<Problem>("POST", "/inventory/THING-003/add", { quantity: 1 })
  expect([full.status, full.body.code]).toEqual([409, "shelf_full"])
})
