/** For those who run the shop: is it well, what routes are there, do an order's books balance. */
import { call } from "./calls.ts"
import type { Context } from "./edge.ts"
import { orderIdOf, unknownOrder } from "./references.ts"
import { renderBooks } from "./renderOperations.ts"
import { rules } from "./rules.ts"

const NAME = "order-fulfilment"
/** The API's, not the deployment's. */
const VERSION = "1"

export function describe(c: Context): Response {
  return c.json({ name: NAME, version: VERSION, routes: Object.keys(rules), roles: rules })
}

export async function health(c: Context): Promise<Response> {
  const { services } = c.get("shop")
  await call(c, () => services.health())
  return c.json({ status: "ok", version: VERSION })
}

export async function readBooks(c: Context): Promise<Response> {
  const orderId = await orderIdOf(c)
  const { orders } = c.get("shop").services
  const books = await call(c, (trace) => orders.ask(orderId, "books", null, trace))
  if (books === null) throw unknownOrder()
  return c.json(renderBooks(books))
}
