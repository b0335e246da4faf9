/** What the log tells of callers and customers: nothing that it must not, whatever goes wrong. */
import { afterAll, expect, test, vi } from "vitest"
import { objectOf } from "./objects.ts"
import { said } from "./said.ts"
import { openShop } from "./world.ts"

const shop = openShop()

const lines: string[] = []
const spies = (["log", "warn", "error", "info", "debug"] as const).map((name) =>
  vi.spyOn(console, name).mockImplementation((...all: unknown[]) => void lines.push(all.map(String).join(" "))),
)

afterAll(() => {
  for (const spy of spies) spy.mockRestore()
})

const secrets = {
  customerId: "alice.liddell@wonder.example",
  street: "742 Evergreen Terrace",
  city: "Shelbyville-upon-Sea",
  name: "Krusty's very own widget",
  paymentMethod: "pm_4242424242424242",
  reason: "it is for my sister Edith",
  token: "eyJhbGciOiJIUzI1NiJ9.c2VjcmV0LWNsYWltcw.c2lnbmF0dXJl",
  key: "idempotency-of-alice",
}

function wanted(simulate: Readonly<Record<string, string>>) {
  const { street, city, name, customerId, paymentMethod } = secrets
  const shippingAddress = { street, city, state: "IL", zip: "62701", country: "US" }
  return {
    customerId,
    items: [{ sku: "WIDGET-001", quantity: 1, price: 5, name }],
    shippingAddress,
    paymentMethod,
    simulate,
  }
}

test("a whole life of orders, with every failure, leaves no token, address, name or e-mail in the log", async () => {
  const headers = { authorization: `Bearer ${secrets.token}`, "idempotency-key": secrets.key }
  const plans = [
    {},
    { payment: "decline" },
    { payment: "poison" },
    { payment: "timeout_once" },
    { shipping: "always_transient" },
    { refund: "poison", shipping: "decline" },
    { inventory: "poison" },
  ]
  for (const [index, simulate] of plans.entries()) {
    const body = wanted(simulate)
    const unique = { ...headers, "idempotency-key": `${secrets.key}-${String(index)}` }
    const answer = await shop.tryToPlace(body, unique)
    expect([answer.status, answer.body]).toEqual([201, answer.body])
    if (index === 0) await shop.call("DELETE", `/orders/${answer.body.id}`, { reason: secrets.reason })
  }
  await shop.settle(...shop.placed)
  await shop.call("GET", `/customers/${secrets.customerId}/orders`, undefined, headers)
  await shop.call("POST", "/orders", { customerId: secrets.customerId, items: secrets.name }, headers)
  await shop.call("POST", "/orders", `{"customerId": "${secrets.customerId}", `, headers)
  // What nobody can read, or what goes to the wrong place, is filed and not logged.
  await shop.deliver("Customer", [JSON.stringify([{ to: secrets.customerId, street: secrets.street }]), secrets.street])
  const [order] = shop.placed
  const key = `${secrets.customerId}/x`
  const stray = said({
    from: `Order/${order?.id ?? ""}`,
    to: `Customer/${key}`,
    position: 1,
    type: "Customer.notified",
    orderId: order?.id ?? "",
    data: { message: secrets.reason },
  })
  await objectOf("Customer", key).deliver([stray])
  const log = lines.join("\n")
  expect(log).toContain("Payment.completed")
  expect(log).toContain("parked")
  for (const [what, secret] of Object.entries(secrets)) expect([what, log.includes(secret)]).toEqual([what, false])
})
