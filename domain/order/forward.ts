/**
 * The way forward: who is asked when, and what their answers mean.
 *
 * 1. Steps and what each waits for are data; a step is asked once everything it waits for is completed.
 * 2. A request carries its attempt and its deadline. The step's own clock runs a little longer than the request's.
 * 3. Only the grant lets a parcel go. It is given once, and it closes cancellation.
 */
import type { Flow } from "../../events/parts.ts"
import type { Draft } from "./draft.ts"
import { STEP_TIMERS } from "./draft.ts"
import { allLines, type Step } from "./state.ts"
import { STEPS, type StepName } from "./views.ts"

/** What each step waits for. A new flow is a new row here. */
const FLOWS: Record<Flow, Record<StepName, readonly StepName[]>> = {
  parallel: { payment: [], inventory: [], shipping: ["payment", "inventory"] },
  "reserve-first": { inventory: [], payment: ["inventory"], shipping: ["payment", "inventory"] },
}

/** Asks every step whose turn has come, and says what the order has become by it. */
export function goOn(draft: Draft): void {
  const { steps, flow } = draft.state
  for (const name of STEPS) {
    const ready = FLOWS[flow][name].every((before) => steps[before].status === "completed")
    if (steps[name].status === "waiting" && ready) askStep(draft, name)
  }
  draft.state.status = forwardStatus(steps)
}

function forwardStatus(steps: Record<StepName, Step>): "pending" | "confirmed" | "paid" {
  if (steps.inventory.status !== "completed") return "pending"
  return steps.payment.status === "completed" ? "paid" : "confirmed"
}

function askStep(draft: Draft, name: StepName): void {
  const step = draft.state.steps[name]
  const expiresAt = Math.min(draft.now + draft.settings.stepDeadlineMs, deadlineOf(draft))
  step.status = "pending"
  step.attempt += 1
  step.requestedAt = draft.now
  waitFor(draft, name, expiresAt)
  ASK[name](draft, expiresAt)
}

function deadlineOf(draft: Draft): number {
  return draft.state.createdAt + draft.settings.orderDeadlineMs
}

/** The step's answer is awaited until then; the refusal of an expired request has time to arrive before. */
export function waitFor(draft: Draft, name: StepName, deadline: number): void {
  const at = deadline + ANSWER_GRACE_MS
  draft.state.steps[name].deadlineAt = at
  draft.set(STEP_TIMERS[name], at)
}

/** How long the answer to a request may travel after the request's own deadline. */
const ANSWER_GRACE_MS = 10_000

const ASK: Record<StepName, (draft: Draft, expiresAt: number) => void> = {
  payment(draft, expiresAt) {
    const { id, customerId, total, currency, paymentMethod, simulate, steps } = draft.state
    draft.say({
      type: "Payment.requested",
      data: {
        orderId: id,
        attempt: steps.payment.attempt,
        customerId,
        amount: total,
        currency,
        method: paymentMethod,
        plan: simulate.payment ?? null,
      },
      expiresAt,
    })
  },
  inventory(draft, expiresAt) {
    const { id, simulate, steps } = draft.state
    const lines = allLines(draft.state).map(({ sku, quantity }) => ({ sku, quantity }))
    for (const line of allLines(draft.state)) {
      line.status = "pending"
      line.attempt = steps.inventory.attempt
    }
    draft.say({
      type: "Inventory.reserveRequested",
      data: { orderId: id, attempt: steps.inventory.attempt, lines, plan: simulate.inventory ?? null },
      expiresAt,
    })
  },
  shipping(draft, expiresAt) {
    const { id, customerId, shippingAddress, simulate, steps } = draft.state
    // Without a delay between label and dispatch the grant has nothing to wait for: it travels with the request.
    const granted = draft.settings.dispatchDelayMs === 0
    if (granted) grant(draft)
    const lines = allLines(draft.state).map(({ sku, quantity }) => ({ sku, quantity }))
    const { attempt } = steps.shipping
    const plan = simulate.shipping ?? null
    draft.say({
      type: "Shipment.create",
      data: { orderId: id, attempt, customerId, address: shippingAddress, lines, granted, plan },
      expiresAt,
    })
  },
}

/** The point of no return. */
export function grant(draft: Draft): void {
  draft.state.grantedAt = draft.now
  draft.clear("deadline")
  draft.set("delivery", draft.now + draft.settings.deliveryDeadlineMs)
}

export function stepDone(draft: Draft, name: StepName): void {
  const step = draft.state.steps[name]
  step.status = "completed"
  step.completedAt = draft.now
  step.deadlineAt = null
  step.error = null
  draft.clear(STEP_TIMERS[name])
}
