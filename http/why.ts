/** Why an order stands still: asked of the order, and of everyone that it waits for. */
import { type KeyRows, type Told, why } from "../domain/order/why.ts"
import type { Answer } from "./api/routes.ts"
import { call, inParallel } from "./calls.ts"
import type { Context } from "./edge.ts"
import { orderIdOf, unknownOrder } from "./references.ts"
import { renderWhy } from "./renderOperations.ts"

export async function readWhy(c: Context): Promise<Answer<"GET /orders/:ref/why">> {
  const orderId = await orderIdOf(c)
  const { orders } = c.get("shop").services
  const standing = await call(c, (trace) => orders.ask(orderId, "why", null, trace))
  if (standing === null) throw unknownOrder()
  const keys: readonly Omit<Told, "rows">[] = [{ service: "Order", key: orderId }, ...standing.ask]
  const told = await inParallel(keys, async (each) => ({ ...each, rows: await rowsOf(c, each) }))
  return c.json(renderWhy(why(standing, told)), 200)
}

/** Who can't be asked must not keep the others from answering. */
async function rowsOf(c: Context, { service, key }: Omit<Told, "rows">): Promise<KeyRows | null> {
  const { services, outside } = c.get("shop")
  try {
    return await call(c, () => services.explain(service, key))
  } catch (error) {
    outside.log({ level: "warn", message: "can't be asked why", service, reason: String(error) })
    return null
  }
}
