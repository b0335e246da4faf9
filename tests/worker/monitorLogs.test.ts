// What is logged of a full run: a line for each event, and nobody's name, address or means of payment in any of them.
import { afterAll, beforeAll, expect, test, vi } from "vitest"
import { openShop } from "./world.ts"

const shop = openShop()
const lines: string[] = []
const SECRETS = ["Winterbottom", "Gooseberry Lane", "Nether Wallop", "SO20 8EX", "tok_visa_4242"]

beforeAll(() => {
  const keep = (...said: readonly unknown[]): void => void lines.push(said.map(String).join(" "))
  for (const name of ["log", "warn", "error"] as const) vi.spyOn(console, name).mockImplementation(keep)
})

afterAll(() => {
  vi.restoreAllMocks()
})

test("D-30 the cascade of an order is readable, line by line, and tells nobody's secrets", async () => {
  const [name = "", street, city, zip, paymentMethod] = SECRETS
  const personal = {
    customerId: "cust_secretive",
    shippingAddress: { street: `${name}, ${street ?? ""}`, city, state: "HA", zip, country: "GB" },
    paymentMethod,
  }
  const delivered = await shop.place(personal)
  await shop.place({ ...personal, simulate: { payment: "decline" } })
  await shop.place({ ...personal, simulate: { shipping: "decline", refund: "poison" } })
  const { id } = await shop.place({ ...personal, simulate: { payment: "timeout_once" } })
  await shop.call("DELETE", `/orders/${id}`, { reason: `${name} has moved away` })
  await shop.settle()
  const text = lines.join("\n")
  for (const secret of SECRETS) expect(text, secret).not.toContain(secret)
  const cascade = lines.filter((line) => line.startsWith(delivered.id)).join("\n")
  for (const type of ["Payment.requested", "Inventory.reserved", "Shipment.dispatched", "Order.completed"]) {
    expect(cascade).toContain(type)
  }
})
