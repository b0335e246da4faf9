// Orders that have an object each can't be listed by name: what is made anew finds them by their customers.
import { expect, test } from "vitest"
import { openShop } from "./world.ts"

const shop = openShop({ CELLS: "0" })

test("figures made anew equal those that were counted, though every order has an object of its own", async () => {
  const ends = [{}, { payment: "decline" }, { shipping: "decline" }]
  for (const [number, simulate] of ends.entries()) {
    await shop.place({ customerId: `cust_${String(number)}`, simulate })
    await shop.place({ customerId: `cust_${String(number)}` })
  }
  await shop.settle()
  const pick = async () => {
    const { body } = await shop.call("GET", "/figures?window=30d")
    const { placed, completed, cancelled, compensationByReason, series, rebuilding } = body
    return { figures: { placed, completed, cancelled, compensationByReason, series }, rebuilding }
  }
  await shop.eventually("all counted", async () => (await pick()).figures.placed === ends.length * 2)
  const before = await pick()
  expect(before.figures).toMatchObject({ completed: 4, cancelled: 2 })
  expect((await shop.call("POST", "/admin/monitor/rebuild")).status).toBe(202)
  await shop.eventually("made anew", async () => {
    const { status, orders } = ((await pick()).rebuilding ?? {}) as {
      readonly status?: string
      readonly orders?: number
    }
    return status === "done" && orders === ends.length * 2
  })
  expect((await pick()).figures).toEqual(before.figures)
})
