/** As the API takes a person's word: whoever it is about is fenced first, each by its own ledger. */
import type { Fenced, StepName, StepToFence, ToFenceAnswer } from "../../../domain/order/views.ts"
import type { PaymentFence, ShipmentFence, StockFence } from "../../../domain/views.ts"
import { insistOn } from "../client.ts"
import type { World } from "../platform/world.ts"
import { reservationKey } from "../../../domain/stock/reservation.ts"

type Found = readonly Fenced[] | "refused" | "in flight"

export async function fenceAll(world: World, orderId: string, step: StepName | null, done: boolean): Promise<Found> {
  const answer = await ask<ToFenceAnswer>(world, "Order", orderId, "toFence", { step })
  if (answer.outcome !== "steps") return "refused"
  const fenced: Fenced[] = []
  for (const each of answer.steps) {
    const ledger = await fence(world, orderId, each, done)
    if (ledger === null) return "in flight"
    fenced.push(ledger)
  }
  return fenced
}

async function fence(
  world: World,
  orderId: string,
  { step, attempt, lines }: StepToFence,
  done: boolean,
): Promise<Fenced | null> {
  if (step === "payment") {
    const { inFlight, ...ledger } = await ask<PaymentFence>(world, "Payment", orderId, "fence", { attempt })
    return inFlight ? null : { step, attempt, ...ledger }
  }
  if (step === "shipping") {
    const { inFlight } = await ask<ShipmentFence>(world, "Shipping", orderId, "fence", { attempt })
    return inFlight ? null : { step, attempt }
  }
  const ledgers: Extract<Fenced, { step: "inventory" }>["lines"][number][] = []
  for (const { sku, quantity } of lines) {
    const asked = { attempt, quantity, release: done }
    const { inFlight, ...ledger } = await ask<StockFence>(
      world,
      "Inventory",
      reservationKey(sku, orderId),
      "fence",
      asked,
    )
    if (inFlight) return null
    ledgers.push({ sku, ...ledger })
  }
  return { step, attempt, lines: ledgers }
}

/** The service's own type says what it answers. */
async function ask<Answer>(world: World, service: string, key: string, name: string, input: unknown): Promise<Answer> {
  return (await insistOn(world, () => world.ask(service, key, name, input))) as Answer
}
