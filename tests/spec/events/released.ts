/**
 * One event of every version that was ever released, as it may still lie in an outbox, a queue or a dead letter. Lines are
 * added here and never changed: what is stored somewhere can't be changed either.
 */
type Data = Readonly<Record<string, unknown>>

const orderId = "ord_0041m7wv5tsag420d9vafmx6mb7jjgr61jkd61tn23"
const whose = { orderId, customerId: "cust_alice" }
const at = 1_795_190_400_000
const attempt = 1
const asked = { orderId, attempt }
const line = { sku: "WIDGET-001", quantity: 2 }
const sku = { ...asked, sku: "WIDGET-001" }
const parcel = { orderId, shipmentId: "shp_1" }
const where = { carrier: "FastShip", trackingNumber: "FS1" }
const address = { street: "1 Elm", city: "Springfield", state: "IL", zip: "62701", country: "US" }
const ledger = { paymentId: "pay_1", captured: 5_998, refunded: 5_998 }
const item = { ...line, name: "Widget", price: 2_999 }

/** By type, its versions from the first on. */
export const RELEASED: Readonly<Record<string, readonly Data[]>> = {
  "Order.placed": [{ ...whose, items: [item], total: 5_998, currency: "USD", flow: "parallel", placedAt: at }],
  "Order.confirmed": [whose],
  "Order.shipped": [{ ...whose, ...where, paymentId: "pay_1", shipmentId: "shp_1", shippedAt: at }],
  "Order.cancelling": [{ ...whose, paymentId: null, code: "CUSTOMER_REQUEST" }],
  "Order.cancelled": [{ ...whose, code: "OUT_OF_STOCK", reason: "none left", refunded: 0 }],
  "Order.completed": [{ ...whose, total: 5_998 }],
  "Order.attention": [{ ...whose, outstanding: ["payment"], reason: "undo failed" }],
  "Order.overdue": [whose],
  "Order.unbalanced": [whose],
  "Order.balanced": [whose],
  "Payment.requested": [
    { ...asked, customerId: "cust_alice", amount: 5_998, currency: "USD", method: null, plan: "timeout_once" },
  ],
  "Payment.completed": [{ ...asked, paymentId: "pay_1", amount: 5_998, currency: "USD" }],
  "Payment.failed": [{ ...asked, paymentId: "pay_1", code: "CARD_DECLINED", reason: "no", uncertain: false }],
  "Payment.refund": [{ ...asked, reason: "cancelled", plan: null }],
  "Payment.refunded": [{ ...asked, ...ledger, refundId: "ref_1" }],
  "Payment.refundFailed": [{ ...asked, ...ledger, refunded: 0, reason: "refused" }],
  "Inventory.reserveRequested": [{ ...asked, lines: [line], plan: null }],
  "Inventory.reserved": [{ ...sku, reservationId: "res_1", quantity: 2, expiresAt: at }],
  "Inventory.reservationFailed": [{ ...sku, code: "OUT_OF_STOCK", requested: 2, available: 0, reason: "none left" }],
  "Inventory.release": [{ ...asked, lines: [line], reason: "cancelled", plan: null }],
  "Inventory.released": [{ ...sku, quantity: 2 }],
  "Inventory.releaseFailed": [{ ...sku, reason: "refused" }],
  "Inventory.expired": [{ orderId, sku: "WIDGET-001", reservationId: "res_1" }],
  "Inventory.deducted": [{ orderId, ...line, lost: false }],
  "Shipment.create": [{ ...asked, customerId: "cust_alice", address, lines: [line], granted: true, plan: null }],
  "Shipment.created": [{ ...asked, ...parcel, ...where, estimatedDelivery: at }],
  "Shipment.failed": [{ ...asked, code: "REFUSED", reason: "no", uncertain: true }],
  "Shipment.ready": [parcel],
  "Shipment.grant": [{ orderId }],
  "Shipment.dispatched": [{ ...parcel, ...where, lines: [line], dispatchedAt: at, overruled: false }],
  "Shipment.inTransit": [{ ...parcel, location: "hub", at }],
  "Shipment.delivered": [{ ...parcel, deliveredAt: at, signature: null }],
  "Shipment.cancel": [{ ...asked, reason: "cancelled", plan: null }],
  "Shipment.cancelled": [{ ...asked, shipmentId: null }],
  "Shipment.cancelFailed": [{ ...asked, reason: "dispatched" }],
  "Customer.notified": [{ ...whose, type: "shipped", message: "On its way", sentAt: at }],
}
