/** For those who run the shop: is it well, what routes are there, do an order's books balance. */
import type { Answer } from "./api/routes.ts"
import { call } from "./calls.ts"
import type { Context } from "./edge.ts"
import { orderIdOf, unknownOrder } from "./references.ts"
import { renderBooks } from "./renderOperations.ts"
import { rules } from "./rules.ts"

/** The version is the API's, not the deployment's. */
export const API = { name: "order-fulfilment", version: "1" } as const

export function describe(c: Context): Answer<"GET /"> {
  return c.json({ ...API, routes: Object.keys(rules), roles: rules }, 200)
}

export async function health(c: Context): Promise<Answer<"GET /health">> {
  const { services } = c.get("shop")
  await call(c, () => services.health())
  return c.json({ status: "ok", version: API.version }, 200)
}

export async function readBooks(c: Context): Promise<Answer<"GET /orders/:ref/books">> {
  const orderId = await orderIdOf(c)
  const { orders } = c.get("shop").services
  const books = await call(c, (trace) => orders.ask(orderId, "books", null, trace))
  if (books === null) throw unknownOrder()
  return c.json(renderBooks(books), 200)
}
