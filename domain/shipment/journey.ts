/** From the door to the customer. */
import { ALREADY } from "../participant.ts"
import { decide, entry, isOnItsWay, type ShipmentDecision, type ShipmentState } from "./state.ts"

/** The time of dispatch has come. Without the order's grant the parcel waits at the door. */
export function dispatchDue(state: ShipmentState, now: number): ShipmentDecision {
  if (state.undo !== null) return decide({ ignored: "the parcel was called back" })
  if (state.status !== "created" && state.status !== "ready") return decide({ ignored: "there is nothing to dispatch" })
  if (state.granted) return dispatch(state, now, false)
  if (state.id === null) return decide({ poison: "a parcel of no shipment" })
  return decide({
    state: { ...state, status: "ready" },
    says: { type: "Shipment.ready", data: { orderId: state.orderId, shipmentId: state.id } },
  })
}

export function grantDispatch(state: ShipmentState | null, now: number): ShipmentDecision {
  if (state === null) return decide({ ignored: "there is nothing to dispatch" })
  if (state.undo !== null) return decide({ ignored: "the parcel was called back" })
  if (state.granted) return decide({ ignored: `${ALREADY}: it may go` })
  const granted: ShipmentState = { ...state, granted: true }
  return state.status === "ready" ? dispatch(granted, now, false) : decide({ state: granted })
}

/** `overruled`: the carrier took it although it had been called back. */
export function dispatch(state: ShipmentState, now: number, overruled: boolean): ShipmentDecision {
  const { orderId, id, label, request } = state
  if (id === null || label === null || request === null)
    return decide({ poison: "a parcel without a label can't leave" })
  const { carrier, trackingNumber } = label
  const dispatched: ShipmentState = {
    ...state,
    status: "dispatched",
    createdAt: state.createdAt === 0 ? now : state.createdAt,
    dispatchedAt: now,
    history: [...state.history, entry("dispatched", "Handed to the carrier", now)],
  }
  const lines = [...request.input.lines]
  const data = { orderId, shipmentId: id, carrier, trackingNumber, lines, dispatchedAt: now, overruled }
  return decide({
    state: dispatched,
    says: { type: "Shipment.dispatched", data },
    track: trackingNumber,
    start: "transit",
  })
}

/** By the clock, or because the carrier says so: then it says where. */
export function transitDue(state: ShipmentState, now: number, where: string | null = null): ShipmentDecision {
  if (state.status !== "dispatched" || state.id === null) return decide({ ignored: "it is not on its way" })
  const { orderId, id, request } = state
  const location = where ?? `On the way to ${request?.input.address.city ?? "the customer"}`
  return decide({
    state: { ...state, status: "in_transit", history: [...state.history, entry("in_transit", location, now)] },
    says: { type: "Shipment.inTransit", data: { orderId, shipmentId: id, location, at: now } },
    start: "delivery",
  })
}

/** By the clock, or because the carrier says so. */
export function deliver(state: ShipmentState, now: number): ShipmentDecision {
  if (!isOnItsWay(state) || state.id === null) return decide({ ignored: "it is not on its way" })
  const { orderId, id } = state
  return decide({
    state: {
      ...state,
      status: "delivered",
      deliveredAt: now,
      history: [...state.history, entry("delivered", "Delivered", now)],
    },
    says: { type: "Shipment.delivered", data: { orderId, shipmentId: id, deliveredAt: now, signature: null } },
    silent: true,
  })
}
