/** What an order does on its way back: answers to its undos, goods and money that turn up late. */
import type { Action } from "./actions.ts"
import { dispatched } from "./actions.ts"
import { kept } from "./books.ts"
import type { Draft } from "./draft.ts"
import { UNDO_TIMERS } from "./draft.ts"
import { allLines, type OrderState, type Part } from "./state.ts"
import { askUndo, lineSettled, undoFailed, undone } from "./undo.ts"

/** The carrier has overruled the recall: while nothing was given back, the order simply goes on. */
export const overruled: Action<"Shipment.dispatched"> = (draft, data) => {
  const { state } = draft
  if (state.steps.shipping.undo !== "asked") return lostGoods(draft, data)
  if (isGivenBack(state)) {
    lostGoods(draft, data)
    return undoFailed(draft, "shipping", draft.note ?? "the goods have left")
  }
  for (const part of [state.steps.payment, state.steps.inventory, state.steps.shipping, ...allLines(state)]) {
    part.undo = "none"
    part.error = null
    part.status = "completed"
  }
  state.steps.shipping.status = "pending"
  state.cancellation = null
  draft.clear("shippingUndo")
  draft.note = "the carrier took the parcel although it had been called back"
  dispatched(draft, data)
}

/** Once money or goods are on their way back, there is no way on. */
function isGivenBack({ steps, lines }: OrderState): boolean {
  const parts: readonly Part[] = [steps.payment, ...Object.values(lines)]
  return parts.some(({ undo }) => undo !== "none" && undo !== "due")
}

/** Goods left for an order that is undone: the status stays, a person is told, the books show them as lost. */
export const lostGoods: Action<"Shipment.dispatched"> = (draft, { trackingNumber }) => {
  draft.note = `goods left after the recall: ${trackingNumber}`
  draft.alert = draft.note
}

export const recalled: Action<"Shipment.cancelled"> = (draft, { attempt }) => {
  if (!isAnswered(draft, draft.state.steps.shipping, attempt, true)) return
  // There is no parcel any more that the grant could let go.
  draft.state.grantedAt = null
  undone(draft, "shipping")
}

export const recallFailed: Action<"Shipment.cancelFailed"> = (draft, { attempt, reason }) => {
  if (isAnswered(draft, draft.state.steps.shipping, attempt, false)) undoFailed(draft, "shipping", reason)
}

export const refunded: Action<"Payment.refunded"> = (draft, { attempt }) => {
  if (isAnswered(draft, draft.state.steps.payment, attempt, true)) undone(draft, "payment")
}

export const refundFailed: Action<"Payment.refundFailed"> = (draft, { attempt, reason }) => {
  if (isAnswered(draft, draft.state.steps.payment, attempt, false)) undoFailed(draft, "payment", reason)
}

export const released: Action<"Inventory.released"> = (draft, { sku, attempt }) => {
  const line = draft.state.lines[sku]
  if (line !== undefined && isAnswered(draft, line, attempt, true)) lineSettled(draft, line, null)
}

export const releaseFailed: Action<"Inventory.releaseFailed"> = (draft, { sku, attempt, reason }) => {
  const line = draft.state.lines[sku]
  if (line !== undefined && isAnswered(draft, line, attempt, false)) lineSettled(draft, line, reason)
}

/**
 * An answer to an outdated request moves nothing; what it says of money and goods is in the books already. One to a later
 * request than was made is as new as any: a person has edited one, or the order was restored to an earlier time. An undo
 * that was given up may still succeed, by a person's redrive above all.
 */
function isAnswered(draft: Draft, part: Part, attempt: number, success: boolean): boolean {
  const awaited = part.undo === "asked" || (success && part.undo === "outstanding")
  if (awaited && attempt >= part.attempt) return true
  draft.ignore(`an answer to attempt ${String(attempt)}, which is not awaited any more`)
  return false
}

/** Money or goods that turn up after everything was undone are given back at once; the status stays. */
export const lateSuccess: Action<"Payment.completed" | "Inventory.reserved"> = (draft, data) => {
  const name = "sku" in data ? "inventory" : "payment"
  const owed = name === "payment" ? kept(draft.state) : 1
  if (owed <= 0) return draft.ignore("given back already")
  if ("sku" in data) {
    const line = draft.state.lines[data.sku]
    if (line === undefined || line.released >= line.reserved) return draft.ignore("given back already")
    line.undo = "due"
  }
  askUndo(draft, name, true)
  draft.alert = `late success of ${name}: it is being undone`
}

/** The answer to the undo of a late success: the status stays, the step's undo is over. */
export const lateUndone: Action<"Payment.refunded" | "Inventory.released"> = (draft, data) => {
  const step = draft.state.steps["sku" in data ? "inventory" : "payment"]
  if (step.undo !== "asked") return draft.ignore("the order is at its end")
  step.undo = "done"
  step.deadlineAt = null
  draft.clear("sku" in data ? UNDO_TIMERS.inventory : UNDO_TIMERS.payment)
}

export const lateUndoFailed: Action<"Payment.refundFailed" | "Inventory.releaseFailed"> = (draft, data) => {
  const name = "sku" in data ? "inventory" : "payment"
  const step = draft.state.steps[name]
  if (step.undo !== "asked") return draft.ignore("the order is at its end")
  step.undo = "outstanding"
  step.error = data.reason
  step.deadlineAt = null
  draft.clear(UNDO_TIMERS[name])
  draft.alert = `late success of ${name}, and it can't be undone: ${data.reason}`
}

export const noUndoAnswer: Action<"undoTimeout"> = (draft, { step }) => {
  if (draft.state.steps[step].undo !== "asked") return draft.ignore("answered already")
  for (const line of step === "inventory" ? allLines(draft.state) : []) {
    if (line.undo === "asked") {
      line.undo = "outstanding"
      line.error = "no answer in time"
    }
  }
  undoFailed(draft, step, "no answer in time")
}

export const undoParked: Action<"undoParked"> = (draft, { step, sku }) => {
  if (draft.state.steps[step].undo !== "asked") return draft.ignore("answered already")
  const reason = "the undo is in the dead letters"
  const line = sku === null ? undefined : draft.state.lines[sku]
  if (line === undefined) return undoFailed(draft, step, reason)
  if (line.undo === "asked") lineSettled(draft, line, reason)
}
