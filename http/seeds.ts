/** The first stock of a fresh shop. Whoever comes first has it laid out before anything is answered. */
import { SEEDS } from "../domain/catalog.ts"
import { call } from "./calls.ts"
import type { Context } from "./edge.ts"
import { levelKey } from "./references.ts"
import { Turnstile } from "./turnstile.ts"

export interface Seeding {
  /** Done once per isolate; asking a SKU that exists changes nothing, and a failure is tried again by the next request. */
  ensure(c: Context): Promise<void>
}

export function seeding(): Seeding {
  const turnstile = new Turnstile()
  let isDone = false

  async function seed(c: Context): Promise<void> {
    const { inventory } = c.get("shop").services
    const asks = SEEDS.map(({ sku, stock }) =>
      call(c, (trace) => inventory.ask(levelKey(sku), "seed", { quantity: stock }, trace)),
    )
    await Promise.all(asks)
    isDone = true
  }

  return {
    ensure: (c) =>
      turnstile.pass(
        c.get("shop").outside,
        () => isDone,
        () => seed(c),
      ),
  }
}
