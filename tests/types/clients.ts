/** What must not compile: asking a service for what it does not answer, asking the shop for what it has not. Nothing here is run. */
import type { Client } from "../../choreography/client.ts"
import type { Shop } from "../../client/shop.ts"
import type { ShippingShape } from "../../objects/Shipping.ts"

export async function misuse(shipping: Client<ShippingShape>): Promise<unknown> {
  await shipping.ask("ord_1", "view", null)
  // @ts-expect-error an ask that isn't declared
  await shipping.ask("ord_1", "look", null)
  // @ts-expect-error the input of another ask
  await shipping.ask("ord_1", "track", { number: "FS1" })
  // @ts-expect-error an ask without its input
  await shipping.ask("ord_1", "track")
  const answer = await shipping.ask("ord_1", "deliver", null)
  // @ts-expect-error an answer that it doesn't give
  return answer.delivered
}

type OneOrder = Shop["api"]["orders"][":ref"]

/** What must not compile against the shop's own routes. */
export async function misuseOfShop(shop: Shop): Promise<unknown> {
  const shippingAddress = { street: "1 Elm", city: "Springfield", state: "IL", zip: "62701", country: "US" }
  const order = await shop.place({ customerId: "c", items: [{ sku: "A", quantity: 1 }], shippingAddress })
  const total: number = order.total
  // @ts-expect-error a body without its lines
  await shop.place({ customerId: "c", shippingAddress })
  // @ts-expect-error a line whose quantity is no number
  await shop.place({ customerId: "c", items: [{ sku: "A", quantity: "1" }], shippingAddress })
  // @ts-expect-error a field that nobody knows
  await shop.place({ customerId: "c", items: [{ sku: "A", quantity: 1 }], shippingAddress, coupon: "X" })
  // @ts-expect-error a field that an order doesn't have
  order.paid satisfies unknown
  // @ts-expect-error a status that no order has
  if (order.status === "lost") return total
  // @ts-expect-error an answer is read, not changed
  order.total = 0
  // @ts-expect-error a path that isn't there
  const path: keyof OneOrder = "refund"
  // @ts-expect-error a method that the path doesn't have
  const method: keyof OneOrder = "$put"
  if (path === method) return path
  // @ts-expect-error a parameter of another path
  await shop.api.orders[":ref"].$get({ param: { sku: "x" } })
  // @ts-expect-error a decision that nobody can take
  await shop.resolve(order.id, { action: "ignore", reason: "r" })
  const figures = await (await shop.api.figures.$get({ query: { window: "24h" } })).json()
  // @ts-expect-error a query that the route doesn't have
  await shop.api.figures.$get({ query: { days: "7" } })
  // @ts-expect-error figures have no such field
  return figures.orders
}
