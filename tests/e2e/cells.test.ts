/** The hazard: raising the number of cells moves nothing, so whoever looks in the wrong place finds no order. */
import { afterAll, beforeAll, expect, test } from "vitest"
import { DevServer } from "./devServer.ts"
import { type Order, Shopper } from "./shopper.ts"

const vars = { PAYMENT_FAILURE_RATE: 0, DISPATCH_DELAY_MS: 0, TRANSIT_DELAY_MS: 0, DELIVERY_DELAY_MS: "off" }
const ORDERS = 6

let server: DevServer

beforeAll(async () => {
  server = await DevServer.start({ ...vars, CELLS: 2 })
})

afterAll(async () => {
  await server.stop()
})

test("orders of a shop with 2 cells answer, and go on, in one with 16", { timeout: 240_000 }, async () => {
  const shop = new Shopper(server.url)
  const customers = Array.from({ length: ORDERS }, (_, number) => `cust_cells_${number}`)
  const old: Order[] = []
  for (const customerId of customers) old.push(await shop.place({ customerId }))
  for (const { id } of old) await shop.until(id, ({ status }) => status === "shipped")
  const before = await Promise.all(old.map(({ id }) => shop.order(id)))
  const last = await shop.place({ customerId: "cust_cells_last" })

  await server.restart({ ...vars, CELLS: 16 })

  expect(await Promise.all(old.map(({ id }) => shop.order(id)))).toEqual(before)
  expect(await Promise.all(customers.map((customerId) => shop.order(customerId)))).toEqual(before)
  await shop.until(last.id, ({ status }) => status === "shipped")
  for (const { id } of [...old, last]) {
    const answer = await shop.ask(`/orders/${id}/deliver`, { method: "POST" })
    expect(answer.status).toBe(202)
    expect((await shop.ends(id)).status).toBe("delivered")
  }
  for (const customerId of customers) {
    const { id } = await shop.place({ customerId })
    await shop.until(id, ({ status }) => status === "shipped")
    expect(await shop.orders(customerId)).toHaveLength(2)
  }
})
