/**
 * A person's decision about an order in attention. What they state as done or not done is believed only of a participant
 * that is fenced: it tries nothing more, and says what its ledger holds.
 */
import type { Fenced, ResolveAnswer, ResolveInput, StepToFence } from "../domain/order/views.ts"
import type { Answer } from "./api/routes.ts"
import { jsonBody } from "./body.ts"
import { call, inParallel } from "./calls.ts"
import type { Context } from "./edge.ts"
import { orderAnswer } from "./orders.ts"
import { Problem } from "./problem.ts"
import { orderIdOf, unknownOrder } from "./references.ts"
import { check, resolveBody } from "./validation.ts"
import { reservationKey } from "../domain/stock/reservation.ts"

export async function resolveOrder(c: Context): Promise<Answer<"POST /orders/:ref/resolve">> {
  const { action, reason, step = null, outcome = null, amount = null } = check(resolveBody, await jsonBody(c))
  const orderId = await orderIdOf(c)
  const input: ResolveInput = { action, reason, who: c.get("caller").sub, step, outcome, amount }
  const fenced = action === "accept" ? await fenceAll(c, orderId, input) : []
  const { orders } = c.get("shop").services
  const answer = await call(c, (trace) => orders.ask(orderId, "resolve", { ...input, fenced }, trace), { once: true })
  return resolved(c, answer)
}

function resolved(c: Context, answer: ResolveAnswer) {
  switch (answer.outcome) {
    case "accepted":
      return orderAnswer(c, answer.order, 202)
    case "refused":
      throw new Problem("resolution_refused", answer.detail)
    case "unknown":
      throw unknownOrder()
  }
}

/** Fencing twice is harmless, and a retry lifts it: a decision that fails half-way is simply made again. */
async function fenceAll(c: Context, orderId: string, input: ResolveInput): Promise<readonly Fenced[]> {
  const { orders } = c.get("shop").services
  const answer = await call(c, (trace) => orders.ask(orderId, "toFence", { step: input.step }, trace))
  if (answer.outcome === "unknown") throw unknownOrder()
  if (answer.outcome === "refused") throw new Problem("resolution_refused", answer.detail)
  const fenced: Fenced[] = []
  for (const each of answer.steps) fenced.push(await fence(c, orderId, each, input.outcome !== "not_done"))
  return fenced
}

function fence(c: Context, orderId: string, { step, attempt, lines }: StepToFence, done: boolean): Promise<Fenced> {
  switch (step) {
    case "payment":
      return fencePayment(c, orderId, attempt)
    case "shipping":
      return fenceShipment(c, orderId, attempt)
    case "inventory":
      return fenceStock(c, orderId, attempt, lines, done)
  }
}

async function fencePayment(c: Context, orderId: string, attempt: number): Promise<Fenced> {
  const { payments } = c.get("shop").services
  const { inFlight, ...ledger } = await call(c, (trace) => payments.ask(orderId, "fence", { attempt }, trace))
  if (inFlight) throw stillInFlight("Payment")
  return { step: "payment", attempt, ...ledger }
}

async function fenceShipment(c: Context, orderId: string, attempt: number): Promise<Fenced> {
  const { shipping } = c.get("shop").services
  const { inFlight } = await call(c, (trace) => shipping.ask(orderId, "fence", { attempt }, trace))
  if (inFlight) throw stillInFlight("Shipping")
  return { step: "shipping", attempt }
}

async function fenceStock(
  c: Context,
  orderId: string,
  attempt: number,
  lines: StepToFence["lines"],
  release: boolean,
): Promise<Fenced> {
  const { inventory } = c.get("shop").services
  const ledgers = await inParallel(lines, async ({ sku, quantity }) => {
    const asked = { attempt, quantity, release }
    const { inFlight, ...ledger } = await call(c, (trace) =>
      inventory.ask(reservationKey(sku, orderId), "fence", asked, trace),
    )
    if (inFlight) throw stillInFlight(`Inventory, for ${sku},`)
    return { sku, ...ledger }
  })
  return { step: "inventory", attempt, lines: ledgers }
}

function stillInFlight(who: string): Problem {
  return new Problem(
    "resolution_refused",
    `${who} has a call under way whose outcome is not known yet. Try again later.`,
  )
}
