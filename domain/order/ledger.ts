/**
 * What answers say of money and goods always enters the books, whatever state the order is in and however stale the
 * answer is. Only then does the table decide whether the order moves.
 */
import type { Draft } from "./draft.ts"
import type { DataFor, Trigger } from "./triggers.ts"

type Enter = { readonly [T in Trigger]?: (draft: Draft, data: DataFor<T>) => void }

export const ENTER: Enter = {
  "Payment.completed"(draft, { paymentId, amount }) {
    draft.state.captured = amount
    draft.state.payment = { id: paymentId, status: "captured" }
  },
  "Payment.failed"(draft, { paymentId, code, uncertain }) {
    const failed = code === "UNAVAILABLE" || code === "DEADLINE" || code === "CANCELLED"
    draft.state.payment = { id: paymentId, status: uncertain ? "unknown" : failed ? "failed" : "declined" }
  },
  "Payment.refunded"(draft, { paymentId, captured, refunded }) {
    draft.state.captured = captured
    draft.state.refunded = refunded
    draft.state.payment = { id: paymentId, status: refunded > 0 ? "refunded" : "voided" }
  },
  "Payment.refundFailed"(draft, { paymentId, captured, refunded }) {
    draft.state.captured = captured
    draft.state.refunded = refunded
    const kept = captured > 0 ? "captured" : "unknown"
    draft.state.payment = { id: paymentId, status: refunded > 0 ? "partially_refunded" : kept }
  },
  "Inventory.reserved"(draft, { sku, quantity }) {
    const line = draft.state.lines[sku]
    if (line !== undefined) line.reserved = quantity
  },
  "Inventory.released"(draft, { sku, quantity }) {
    const line = draft.state.lines[sku]
    if (line === undefined) return
    // The answer to the reservation may lie in our dead letters: what is given back was held.
    line.reserved = Math.max(line.reserved, quantity)
    line.released = quantity
  },
  "Inventory.deducted"(draft, { sku, quantity, lost }) {
    const line = draft.state.lines[sku]
    // Goods leave once: a stock that was restored may report them again, and otherwise (P8).
    if (line === undefined || line.shipped + line.lost > 0) return
    if (lost) {
      line.lost = quantity
      return
    }
    line.reserved = Math.max(line.reserved, quantity)
    line.shipped = quantity
  },
  "Shipment.created"(draft, { shipmentId, trackingNumber, carrier }) {
    draft.state.shipment = { id: shipmentId, trackingNumber, carrier, status: "created" }
  },
  "Shipment.dispatched": shipmentIs("dispatched"),
  "Shipment.inTransit": shipmentIs("in_transit"),
  "Shipment.delivered": shipmentIs("delivered"),
  "Shipment.cancelled": shipmentIs("cancelled"),
}

function shipmentIs(status: string): (draft: Draft) => void {
  return (draft) => {
    if (draft.state.shipment !== null) draft.state.shipment = { ...draft.state.shipment, status }
  }
}
