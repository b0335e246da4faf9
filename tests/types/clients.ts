/** What must not compile: asking a service for what it doesn't answer. Nothing here is ever run. */
import type { Client } from "../../choreography/client.ts"
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
