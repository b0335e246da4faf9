/** The order and its saga as others see them: read from the state that the order decides by, so they can't disagree. */
import { allLines, type OrderState, type Step } from "./state.ts"
import { outstanding } from "./undo.ts"
import type { OrderStatus, OrderView, SagaStatus, SagaView, StepName, StepView, TimelineEntry } from "./views.ts"

export function orderView(state: OrderState): OrderView {
  const { payment, shipment } = state
  return {
    id: state.id,
    customerId: state.customerId,
    status: state.status,
    items: state.items,
    total: state.total,
    currency: state.currency,
    shippingAddress: state.shippingAddress,
    flow: state.flow,
    paymentMethod: state.paymentMethod,
    cancellation: state.cancellation,
    payment,
    shipment:
      shipment === null ? null : { id: shipment.id, trackingNumber: shipment.trackingNumber, status: shipment.status },
    createdAt: state.createdAt,
    updatedAt: state.updatedAt,
    version: state.version,
  }
}

const SAGA_STATUS: Record<OrderStatus, SagaStatus> = {
  pending: "in_progress",
  confirmed: "in_progress",
  paid: "in_progress",
  shipped: "in_progress",
  delivered: "completed",
  refunded: "completed",
  cancelling: "compensating",
  cancelled: "failed",
  attention: "attention",
}

export function sagaView(state: OrderState, timeline: readonly TimelineEntry[]): SagaView {
  const { payment, inventory, shipping } = state.steps
  const lines = allLines(state).map(({ sku, quantity, status }) => ({ sku, quantity, status }))
  return {
    orderId: state.id,
    status: SAGA_STATUS[state.status],
    flow: state.flow,
    version: state.version,
    steps: {
      payment: stepView("payment", payment),
      inventory: { ...stepView("inventory", inventory), lines },
      shipping: stepView("shipping", shipping),
    },
    compensation: {
      required: state.cancellation !== null,
      reason: state.cancellation?.reason ?? null,
      outstanding: outstanding(state),
    },
    startedAt: state.createdAt,
    completedAt: state.completedAt,
    failedAt: state.failedAt,
    timeline,
  }
}

function stepView(name: StepName, step: Step): StepView {
  const { status, attempt, requestedAt, completedAt, error, deadlineAt } = step
  return { name, status, attempts: attempt, requestedAt, completedAt, error, deadlineAt }
}
