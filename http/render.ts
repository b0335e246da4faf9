/** What is seen inside, as the contract writes it: money as decimals, times as ISO 8601 with milliseconds. */
import { timeText } from "../choreography/times.ts"
import { toDecimal } from "../domain/money.ts"
import type { OrderView, SagaView, StepView } from "../domain/order/views.ts"
import type { LevelView, Notice, PaymentView, Product, ShipmentView, TrackingEntry } from "../domain/views.ts"

export function time(ms: number): string {
  return timeText(ms)
}

export function timeOrNull(ms: number | null): string | null {
  return ms === null ? null : time(ms)
}

export function renderOrder(order: OrderView) {
  const { cancellation } = order
  return {
    id: order.id,
    customerId: order.customerId,
    status: order.status,
    items: order.items.map((item) => ({
      sku: item.sku,
      name: item.name,
      quantity: item.quantity,
      price: toDecimal(item.price),
    })),
    total: toDecimal(order.total),
    currency: order.currency,
    shippingAddress: order.shippingAddress,
    flow: order.flow,
    paymentMethod: order.paymentMethod,
    cancellation:
      cancellation === null
        ? null
        : { reason: cancellation.reason, code: cancellation.code, at: time(cancellation.at) },
    payment: order.payment,
    shipment: order.shipment,
    createdAt: time(order.createdAt),
    updatedAt: time(order.updatedAt),
    version: order.version,
  }
}

export function renderSaga(saga: SagaView) {
  const { payment, inventory, shipping } = saga.steps
  return {
    orderId: saga.orderId,
    status: saga.status,
    flow: saga.flow,
    version: saga.version,
    steps: {
      payment: renderStep(payment),
      inventory: { ...renderStep(inventory), lines: inventory.lines },
      shipping: renderStep(shipping),
    },
    compensation: saga.compensation,
    startedAt: time(saga.startedAt),
    completedAt: timeOrNull(saga.completedAt),
    failedAt: timeOrNull(saga.failedAt),
    timeline: saga.timeline.map(({ at, receivedAt, saidAt, heldAt, ...entry }) => ({
      at: time(at),
      ...entry,
      ...(saidAt === undefined ? {} : { saidAt: time(saidAt) }),
      ...(heldAt === undefined ? {} : { heldAt: time(heldAt) }),
      ...(receivedAt === undefined ? {} : { receivedAt: time(receivedAt) }),
    })),
  }
}

function renderStep(step: StepView) {
  return {
    name: step.name,
    status: step.status,
    attempts: step.attempts,
    requestedAt: timeOrNull(step.requestedAt),
    completedAt: timeOrNull(step.completedAt),
    error: step.error,
    deadlineAt: timeOrNull(step.deadlineAt),
  }
}

/** A SKU that is registered but was never stocked has an empty shelf. */
export function renderLevel(product: Product, level: LevelView | null) {
  return {
    sku: product.sku,
    name: product.name,
    price: product.price === null ? null : toDecimal(product.price),
    available: level?.available ?? 0,
    reserved: level?.reserved ?? 0,
    shipped: level?.shipped ?? 0,
    updatedAt: timeOrNull(level?.updatedAt ?? null),
  }
}

export function renderPayment(payment: PaymentView) {
  return {
    id: payment.id,
    orderId: payment.orderId,
    status: payment.status,
    amount: toDecimal(payment.amount),
    refunded: toDecimal(payment.refunded),
    currency: payment.currency,
    attempts: payment.attempts,
    history: payment.history.map(({ at, event, amount, key, reason }) => ({
      at: time(at),
      event,
      amount: toDecimal(amount),
      key,
      ...(reason === undefined ? {} : { reason }),
    })),
  }
}

export function renderShipment(shipment: ShipmentView) {
  return {
    id: shipment.id,
    orderId: shipment.orderId,
    carrier: shipment.carrier,
    trackingNumber: shipment.trackingNumber,
    status: shipment.status,
    address: shipment.address,
    items: shipment.items,
    estimatedDelivery: time(shipment.estimatedDelivery),
    createdAt: time(shipment.createdAt),
    dispatchedAt: timeOrNull(shipment.dispatchedAt),
    deliveredAt: timeOrNull(shipment.deliveredAt),
    trackingHistory: shipment.trackingHistory.map(renderTracking),
  }
}

/** What whoever holds a tracking number may know: no address, and no order that the number doesn't name itself. */
export function renderTrack(shipment: ShipmentView) {
  return {
    trackingNumber: shipment.trackingNumber,
    carrier: shipment.carrier,
    status: shipment.status,
    trackingHistory: shipment.trackingHistory.map(renderTracking),
    estimatedDelivery: time(shipment.estimatedDelivery),
    actualDelivery: timeOrNull(shipment.deliveredAt),
  }
}

function renderTracking(entry: TrackingEntry) {
  return { status: entry.status, location: entry.location, at: time(entry.at) }
}

export function renderNotice(notice: Notice) {
  return { orderId: notice.orderId, type: notice.type, message: notice.message, sentAt: time(notice.at) }
}
