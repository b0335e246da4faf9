/** What others see of a shipment. */
import type { ShipmentStatus, ShipmentView } from "../views.ts"
import type { ShipmentState } from "./state.ts"

/** Null until a label exists. */
export function viewOf(state: ShipmentState): ShipmentView | null {
  const { id, orderId, label, request } = state
  const status = publicStatus(state.status)
  if (id === null || label === null || request === null || status === null) return null
  return {
    id,
    orderId,
    ...label,
    status,
    address: request.input.address,
    items: request.input.lines,
    createdAt: state.createdAt,
    dispatchedAt: state.dispatchedAt,
    deliveredAt: state.deliveredAt,
    trackingHistory: state.history,
  }
}

function publicStatus(status: ShipmentState["status"]): ShipmentStatus | null {
  if (status === "preparing" || status === "none") return null
  return status === "ready" ? "created" : status
}

export function statusOf(state: ShipmentState | null): ShipmentStatus | "none" {
  return (state === null ? null : publicStatus(state.status)) ?? "none"
}
