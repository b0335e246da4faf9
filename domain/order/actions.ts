/** What an order does on its way forward, and what turns it back. The table says in which state which of these applies. */
import type { CancellationCode } from "../../events/parts.ts"
import { balances } from "./books.ts"
import type { Draft } from "./draft.ts"
import { goOn, grant, stepDone, waitFor } from "./forward.ts"
import { allLines } from "./state.ts"
import type { DataFor, Trigger } from "./triggers.ts"
import { compensate } from "./undo.ts"
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
    code === "DEADLINE"
      ? "DEADLINE"
      : code === "UNAVAILABLE" || code === "CANCELLED"
        ? "PAYMENT_FAILED"
        : "PAYMENT_DECLINED"
  compensate(draft, means, reason, "payment")
}

export const reserved: Action<"Inventory.reserved"> = (draft, { sku }) => {
  const line = draft.state.lines[sku]
  if (line === undefined) return draft.ignore(`${sku} is no line of this order`)
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
    draft.ignore(`${sku} is no line of this order`)
    return null
  }
  const shortage =
    data.code === "OUT_OF_STOCK"
      ? `${sku}: ${String(requested)} requested, ${String(available)} available`
      : `${sku}: ${reason}`
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
  if (draft.state.grantedAt !== null) return draft.ignore("dispatch is granted, the hold is kept")
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
  // There is no parcel that the grant could let go.
  if (!uncertain) draft.state.grantedAt = null
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
