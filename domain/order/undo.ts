/**
 * The way back.
 *
 * 1. Every participant ever asked is asked to undo, whether or not its answer is in; one that has answered with a final
 *    refusal has nothing to undo and said so.
 * 2. The shipment is asked first, since goods that leave can't be recalled. Refund and release wait for its answer, and
 *    for nothing else; they are independent of each other.
 * 3. An undo that fails never holds up another: it is outstanding, the others complete, and a person decides.
 * 4. The order is cancelled only when everyone has answered and the books balance.
 */
import type { CancellationCode } from "../../events/parts.ts"
import { balances } from "./books.ts"
import type { Draft } from "./draft.ts"
import { STEP_TIMERS, UNDO_TIMERS } from "./draft.ts"
import { allLines, type LinePart, type OrderState, type Part } from "./state.ts"
import { STEPS, type StepName } from "./views.ts"

/** From here on the order will not be delivered. */
export function compensate(draft: Draft, code: CancellationCode, reason: string, cause: StepName | null): void {
  const { state } = draft
  state.cancellation = { reason, code, at: draft.now }
  state.status = "cancelling"
  draft.clear("deadline", "delivery", ...STEPS.map((name) => STEP_TIMERS[name]))
  for (const name of STEPS) {
    const step = state.steps[name]
    step.deadlineAt = null
    if (name === "inventory") for (const line of allLines(state)) beginUndo(line, line.status === "failed")
    const nothingToUndo = name === "inventory" ? allLines(state).every(isUndone) : step.error !== null && refused(step)
    beginUndo(step, nothingToUndo)
    if (name === cause) step.status = "failed"
  }
  undoNext(draft)
}

/** A final refusal: the participant did nothing and will do nothing. */
function refused(part: Part): boolean {
  return part.status === "failed" && part.undo === "none"
}

function beginUndo(part: Part, nothingToUndo: boolean): void {
  if (part.status === "waiting") part.status = "skipped"
  if (part.status === "skipped" || nothingToUndo) return
  part.undo = "due"
  if (part.status !== "failed") part.status = "compensating"
}

function isUndone(part: Part): boolean {
  return part.undo === "none" || part.undo === "done"
}

/** Asks whoever may be asked by now, and ends the undoing when everyone has answered. */
function undoNext(draft: Draft): void {
  const { steps } = draft.state
  if (steps.shipping.undo === "due") askUndo(draft, "shipping")
  if (steps.shipping.undo === "asked") return
  if (steps.payment.undo === "due") askUndo(draft, "payment")
  if (steps.inventory.undo === "due") askUndo(draft, "inventory")
  finish(draft)
}

/** `again`: a person's retry runs without any rehearsal plan. */
export function askUndo(draft: Draft, name: StepName, again = false): void {
  const { state } = draft
  const step = state.steps[name]
  step.undo = "asked"
  step.undoAskedAt = draft.now
  step.attempt += 1
  step.error = step.status === "failed" ? step.error : null
  const deadline = draft.now + draft.settings.undoDeadlineMs
  step.deadlineAt = deadline
  draft.set(UNDO_TIMERS[name], deadline)
  const reason = state.cancellation?.reason ?? ""
  const about = { orderId: state.id, attempt: step.attempt, reason }
  const { refund, release, cancelShipment } = state.simulate
  const planOf = (plan: typeof refund) => (again ? "none" : (plan ?? null))
  if (name === "payment") draft.say({ type: "Payment.refund", data: { ...about, plan: planOf(refund) } })
  if (name === "shipping") draft.say({ type: "Shipment.cancel", data: { ...about, plan: planOf(cancelShipment) } })
  if (name === "inventory") {
    const lines = allLines(state).filter((line) => line.undo === "due" || line.undo === "outstanding")
    for (const line of lines) {
      line.undo = "asked"
      line.attempt = step.attempt
      line.error = line.status === "failed" ? line.error : null
    }
    const wanted = lines.map(({ sku, quantity }) => ({ sku, quantity }))
    draft.say({ type: "Inventory.release", data: { ...about, lines: wanted, plan: planOf(release) } })
  }
}

export function undone(draft: Draft, name: StepName): void {
  const step = draft.state.steps[name]
  settle(step, "done", null)
  step.deadlineAt = null
  draft.clear(UNDO_TIMERS[name])
  undoNext(draft)
}

export function undoFailed(draft: Draft, name: StepName, reason: string): void {
  const step = draft.state.steps[name]
  settle(step, "outstanding", reason)
  step.deadlineAt = null
  draft.clear(UNDO_TIMERS[name])
  undoNext(draft)
}

/** One line's answer; the step has answered when all of its lines have. */
export function lineSettled(draft: Draft, line: LinePart, failure: string | null): void {
  settle(line, failure === null ? "done" : "outstanding", failure)
  const lines = allLines(draft.state)
  if (lines.some((other) => other.undo === "asked" || other.undo === "due")) return
  const failed = lines.filter((other) => other.undo === "outstanding")
  if (failed.length === 0) undone(draft, "inventory")
  else undoFailed(draft, "inventory", failed.map((other) => `${other.sku}: ${other.error ?? ""}`).join("; "))
}

function settle(part: Part, undo: "done" | "outstanding", error: string | null): void {
  part.undo = undo
  if (part.status !== "failed") part.status = undo === "done" ? "compensated" : "compensating"
  if (error !== null) part.error = error
  else if (part.status === "compensated") part.error = null
}

export function outstanding(state: OrderState): StepName[] {
  return STEPS.filter((name) => !isUndone(state.steps[name]))
}

function finish(draft: Draft): void {
  const { state } = draft
  const { id: orderId, customerId, cancellation } = state
  if (STEPS.some((name) => state.steps[name].undo === "asked" || state.steps[name].undo === "due")) return
  const left = outstanding(state)
  if (left.length > 0 || !balances(state, "cancelled")) {
    const reason = left.length > 0 ? `undo failed: ${left.join(", ")}` : "the books don't balance"
    if (state.status !== "attention") {
      state.attentionAt = draft.now
      draft.say({ type: "Order.attention", data: { orderId, customerId, outstanding: left, reason } })
    }
    state.status = "attention"
    return
  }
  state.status = "cancelled"
  state.failedAt = draft.now
  const { code, reason } = cancellation ?? { code: "OPERATOR" as const, reason: "" }
  const refunded = state.refunded + state.refundedByHand
  const paymentId = state.payment?.id ?? null
  draft.say({ type: "Order.cancelled", data: { orderId, customerId, code, reason, refunded, paymentId } })
  if (refunded > 0) draft.notify("refunded", "What you paid has been refunded.")
  draft.notify("cancelled", `Your order was cancelled: ${reason}`)
}
