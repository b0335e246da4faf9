/** A commit is all or nothing, although nothing is copied so that it could be rolled back. */
import { expect, test } from "vitest"
import { network } from "./network.ts"
import { objectOf, threadOf, within } from "./objects.ts"
import { openShop } from "./world.ts"

const shop = openShop({ CELLS: "1" })

test("one that fails half-way takes the object with it: no part of it stays, and all of it comes again (G1)", async () => {
  network.hold("Payment.requested")
  const orders = [await shop.place(), await shop.place()]
  await shop.eventually("both requests are held", () => network.held.length === orders.length)
  const deliveries = network.held.map(({ delivery }) => delivery)
  const last = deliveries.at(-1)?.event.subject ?? ""
  network.rule = () => "pass"
  // A stub is broken by an exception: each call has its own.
  const payment = () => objectOf("Payment", last)
  const sql = (text: string) => within(payment(), (state) => void state.storage.sql.exec(text).toArray())
  const refused = `WHEN NEW.key = '${last}' BEGIN SELECT RAISE(ABORT, 'disk is full'); END`
  await sql(`CREATE TRIGGER full BEFORE INSERT ON threads ${refused}`)

  expect(
    await payment()
      .deliver(deliveries)
      .then(() => "applied", String),
  ).toContain("disk is full")
  for (const { id } of orders) expect(await threadOf("Payment", id)).toBeNull()
  await sql("DROP TRIGGER full")
  await shop.letGo()
  await shop.settle()
  for (const order of orders) expect((await shop.order(order)).status).toBe("delivered")
  expect(await shop.books()).toEqual([])
})
