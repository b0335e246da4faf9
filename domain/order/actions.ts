/** What an order does when something happens to it. The table says in which state which of these applies. */
import type { CancellationCode } from "../../events/parts.ts"
import { balances } from "./books.ts"
import type { Draft } from "./draft.ts"
import { UNDO_TIMERS } from "./draft.ts"
import { goOn, grant, stepDone, waitFor } from "./forward.ts"
import { allLines, type LinePart } from "./state.ts"
import type { DataFor, Trigger } from "./triggers.ts"
import { askUndo, compensate, lineSettled, outstanding, undoFailed, undone } from "./undo.ts"
import type { StepName } from "./views.ts"

export type Action<T extends Trigger> = (draft: Draft, data: DataFor<T>) => void

export const paid: Action<"Payment.completed"> = (draft) => {
  stepDone(draft, "payment")
  draft.notify("payment_received", "Your payment has been received.")
  goOn(draft)
}

export const paymentFailed: Action<"Payment.failed"> = (draft, { code, reason, uncertain }) => {
  draft.notify("payment_failed", `Your payment failed: ${reason}`)
  const step = draft.state.steps.payment
  // Where the gateway may have charged after all, the undo has to make sure.
  step.status = uncertain ? "pending" : "failed"
  step.error = `${code}: ${reason}`
  const means: CancellationCode =
    code === "DEADLINE" ? "DEADLINE" : code === "UNAVAILABLE" || code === "CANCELLED" ? "PAYMENT_FAILED" : "PAYMENT_DECLINED"
  compensate(draft, means, reason, "payment")
}

export const reserved: Action<"Inventory.reserved"> = (draft, { sku }) => {
  const line = draft.state.lines[sku]
  if (line === undefined) return ignore(draft, `${sku} is no line of this order`)
  line.status = "completed"
  if (allLines(draft.state).some((other) => other.status !== "completed")) return
  stepDone(draft, "inventory")
  const { id: orderId, customerId } = draft.state
  draft.say({ type: "Order.confirmed", data: { orderId, customerId } })
  draft.notify("order_confirmed", "Your order is confirmed: everything is reserved for you.")
  goOn(draft)
}

export const outOfStock: Action<"Inventory.reservationFailed"> = (draft, data) => {
  const shortage = refuseLine(draft, data)
  if (shortage === null) return
  compensate(draft, data.code === "DEADLINE" ? "DEADLINE" : "OUT_OF_STOCK", shortage, "inventory")
}

/** Another line fell short while the order was being undone already: it has nothing to undo, and is named as well. */
export const alsoOutOfStock: Action<"Inventory.reservationFailed"> = (draft, data) => {
  const { steps, cancellation } = draft.state
  const shortage = refuseLine(draft, data)
  if (shortage === null) return
  if (cancellation?.code !== "OUT_OF_STOCK") return
  draft.state.cancellation = { ...cancellation, reason: `${cancellation.reason}; ${shortage}`.slice(0, 500) }
  steps.inventory.error = draft.state.cancellation.reason
}

function refuseLine(draft: Draft, data: DataFor<"Inventory.reservationFailed">): string | null {
  const { sku, requested, available, reason } = data
  const line = draft.state.lines[sku]
  if (line === undefined) {
    ignore(draft, `${sku} is no line of this order`)
    return null
  }
  const shortage = data.code === "OUT_OF_STOCK" ? `${sku}: ${String(requested)} requested, ${String(available)} available` : `${sku}: ${reason}`
  line.error = shortage
  // An undo that is under way is answered by itself; until then a refusal is all that is known.
  if (line.undo === "none") {
    line.status = "failed"
    draft.state.steps.inventory.status = "failed"
    draft.state.steps.inventory.error ??= shortage
  }
  return shortage
}

export const expired: Action<"Inventory.expired"> = (draft, { sku }) => {
  if (draft.state.grantedAt !== null) return ignore(draft, "dispatch is granted, the hold is kept")
  compensate(draft, "RESERVATION_EXPIRED", `the reservation of ${sku} has expired`, null)
}

export const labelled: Action<"Shipment.created"> = (draft) => {
  const { dispatchDelayMs, stepDeadlineMs } = draft.settings
  waitFor(draft, "shipping", draft.now + dispatchDelayMs + stepDeadlineMs)
}

export const shipmentFailed: Action<"Shipment.failed"> = (draft, { code, reason, uncertain }) => {
  const step = draft.state.steps.shipping
  step.status = uncertain ? "pending" : "failed"
  step.error = `${code}: ${reason}`
  compensate(draft, code === "DEADLINE" ? "DEADLINE" : "SHIPMENT_FAILED", reason, "shipping")
}

export const letGo: Action<"Shipment.ready"> = (draft) => {
  if (draft.state.grantedAt === null) grant(draft)
  waitFor(draft, "shipping", draft.now + draft.settings.stepDeadlineMs)
  draft.say({ type: "Shipment.grant", data: { orderId: draft.state.id } })
}

export const dispatched: Action<"Shipment.dispatched"> = (draft, { trackingNumber }) => {
  if (draft.state.grantedAt === null) grant(draft)
  draft.state.steps.shipping.deadlineAt = null
  draft.clear("shippingStep")
  draft.state.status = "shipped"
  draft.notify("shipped", `Your order is on its way: ${trackingNumber}`)
  arrive(draft)
}

/** The carrier has overruled the recall: while nothing was given back, the order simply goes on. */
export const overruled: Action<"Shipment.dispatched"> = (draft, data) => {
  const { state } = draft
  if (state.steps.shipping.undo !== "asked") return lostGoods(draft, data)
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

/** Goods left for an order that is undone: the status stays, a person is told, the books show them as lost. */
export const lostGoods: Action<"Shipment.dispatched"> = (draft, { trackingNumber }) => {
  draft.note = `goods left after the recall: ${trackingNumber}`
  draft.alert = draft.note
}

export const moving: Action<"Shipment.inTransit"> = (draft, { location }) => {
  draft.note = location
}

export const arrived: Action<"Shipment.delivered"> = (draft) => {
  draft.state.arrived = true
  stepDone(draft, "shipping")
  arrive(draft)
}

export const deducted: Action<"Inventory.deducted"> = (draft) => {
  arrive(draft)
}

/** Delivered waits for deducted, and for balanced books. */
function arrive(draft: Draft): void {
  const { state } = draft
  if (!state.arrived || state.status !== "shipped" || !balances(state, "delivered")) return
  state.status = "delivered"
  state.completedAt = draft.now
  draft.clear("delivery")
  const { id: orderId, customerId, total } = state
  draft.say({ type: "Order.completed", data: { orderId, customerId, total } })
  draft.notify("delivered", "Your order has been delivered.")
}

export const recalled: Action<"Shipment.cancelled"> = (draft, { attempt }) => {
  if (fenced(draft, "shipping", attempt)) undone(draft, "shipping")
}

export const recallFailed: Action<"Shipment.cancelFailed"> = (draft, { attempt, reason }) => {
  if (fenced(draft, "shipping", attempt)) undoFailed(draft, "shipping", reason)
}

export const refunded: Action<"Payment.refunded"> = (draft, { attempt }) => {
  if (fenced(draft, "payment", attempt)) undone(draft, "payment")
}

export const refundFailed: Action<"Payment.refundFailed"> = (draft, { attempt, reason }) => {
  if (fenced(draft, "payment", attempt)) undoFailed(draft, "payment", reason)
}

export const released: Action<"Inventory.released"> = (draft, { sku, attempt }) => {
  const line = fencedLine(draft, sku, attempt)
  if (line !== null) lineSettled(draft, line, null)
}

export const releaseFailed: Action<"Inventory.releaseFailed"> = (draft, { sku, attempt, reason }) => {
  const line = fencedLine(draft, sku, attempt)
  if (line !== null) lineSettled(draft, line, reason)
}

/** An answer to an outdated request moves nothing; what it says of money and goods is in the books already. */
function fenced(draft: Draft, name: StepName, attempt: number): boolean {
  const step = draft.state.steps[name]
  const current = step.attempt === attempt && step.undo === "asked"
  if (!current) ignore(draft, `an answer to attempt ${String(attempt)}, which is not awaited any more`)
  return current
}

function fencedLine(draft: Draft, sku: string, attempt: number): LinePart | null {
  const line = draft.state.lines[sku]
  if (line?.attempt === attempt && line.undo === "asked") return line
  ignore(draft, `an answer to attempt ${String(attempt)}, which is not awaited any more`)
  return null
}

/** Money or goods that turn up after everything was undone are given back at once; the status stays. */
export const lateSuccess: Action<"Payment.completed" | "Inventory.reserved"> = (draft, data) => {
  const name = "sku" in data ? "inventory" : "payment"
  const owed = name === "payment" ? draft.state.captured - draft.state.refunded - draft.state.refundedByHand : 1
  if (owed <= 0) return ignore(draft, "given back already")
  if ("sku" in data) {
    const line = draft.state.lines[data.sku]
    if (line === undefined || line.released >= line.reserved) return ignore(draft, "given back already")
    line.undo = "due"
  }
  askUndo(draft, name, true)
  draft.alert = `late success of ${name}: it is being undone`
}

/** The answer to the undo of a late success: the status stays, the step's undo is over. */
export const lateUndone: Action<"Payment.refunded" | "Inventory.released"> = (draft, data) => {
  const step = draft.state.steps["sku" in data ? "inventory" : "payment"]
  if (step.undo !== "asked") return ignore(draft, "the order is at its end")
  step.undo = "done"
  step.deadlineAt = null
  draft.clear("sku" in data ? UNDO_TIMERS.inventory : UNDO_TIMERS.payment)
}

export const cancel: Action<"cancel"> = (draft, { reason }) => {
  compensate(draft, "CUSTOMER_REQUEST", reason ?? "cancelled on request", null)
}

export const outOfTime: Action<"deadline"> = (draft) => {
  compensate(draft, "DEADLINE", "dispatch was not granted in time", null)
}

export const overdue: Action<"overdue"> = (draft) => {
  draft.state.overdue = true
  draft.alert = "not delivered in time"
}

const FAILURE: Record<StepName, CancellationCode> = {
  payment: "PAYMENT_FAILED",
  inventory: "OUT_OF_STOCK",
  shipping: "SHIPMENT_FAILED",
}

export const noAnswer: Action<"stepTimeout"> = (draft, { step }) => {
  draft.state.steps[step].error = "no answer in time"
  compensate(draft, "DEADLINE", `no answer from ${step} in time`, step)
}

export const requestParked: Action<"requestParked"> = (draft, { step, sku }) => {
  const error = sku === null ? "the request is in the dead letters" : `the request for ${sku} is in the dead letters`
  draft.state.steps[step].error = error
  compensate(draft, FAILURE[step], error, step)
}

export const noUndoAnswer: Action<"undoTimeout"> = (draft, { step }) => {
  if (draft.state.steps[step].undo !== "asked") return ignore(draft, "answered already")
  for (const line of step === "inventory" ? allLines(draft.state) : []) {
    if (line.undo === "asked") {
      line.undo = "outstanding"
      line.error = "no answer in time"
    }
  }
  undoFailed(draft, step, "no answer in time")
}

export const undoParked: Action<"undoParked"> = (draft, { step, sku }) => {
  if (draft.state.steps[step].undo !== "asked") return ignore(draft, "answered already")
  const reason = "the undo is in the dead letters"
  const line = sku === null ? undefined : draft.state.lines[sku]
  if (line === undefined) return undoFailed(draft, step, reason)
  if (line.undo === "asked") lineSettled(draft, line, reason)
}

export const resolve: Action<"resolve"> = (draft, input) => {
  const steps = input.step === null ? outstanding(draft.state) : [input.step]
  draft.note = `${input.action} by ${input.who}: ${input.reason}`
  for (const step of steps) {
    if (draft.state.steps[step].undo !== "outstanding") continue
    if (input.action === "accept") acceptByHand(draft, step, input)
    else askUndo(draft, step, true)
  }
  const waiting = outstanding(draft.state).some((name) => draft.state.steps[name].undo === "asked")
  if (draft.state.status === "attention" && waiting) draft.state.status = "cancelling"
}

/** A person states the outcome, and the books take their word for it. */
function acceptByHand(draft: Draft, step: StepName, input: DataFor<"resolve">): void {
  const { state } = draft
  if (input.outcome === "not_done") {
    draft.note = `${draft.note ?? ""} (not done: it stays outstanding)`
    return
  }
  if (step === "payment") {
    const owed = state.captured - state.refunded - state.refundedByHand
    state.refundedByHand += Math.min(owed, input.amount ?? owed)
  }
  if (step === "inventory") {
    for (const line of allLines(state).filter((each) => each.undo === "outstanding")) {
      line.released = line.reserved - line.shipped
      line.undo = "done"
      if (line.status !== "failed") line.status = "compensated"
    }
  }
  draft.clear(UNDO_TIMERS[step])
  undone(draft, step)
}

function ignore(draft: Draft, why: string): void {
  draft.ignored = why
}
