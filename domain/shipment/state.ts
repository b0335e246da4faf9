/**
 * What a shipment is, and what it asks of the carrier.
 *
 * 1. A label is made at most once; its key changes only once the outcome of the one before is known.
 * 2. A parcel leaves by the order's grant alone, or because the carrier took it.
 * 3. From an undo on nothing happens by itself: only the carrier can still report that the parcel left (P4).
 */
import type { Line, Plan, PostalAddress } from "../../events/parts.ts"
import type { Data, Saying, Undo } from "../participant.ts"
import type { ShipmentStatus, TrackingEntry } from "../views.ts"

export interface LabelInput {
  readonly orderId: string
  readonly address: PostalAddress
  readonly lines: readonly Line[]
  /** When it was asked for; part of the request, so that a repeat asks for the very same label. */
  readonly at: number
  readonly plan: Plan | null
}

export interface Label {
  readonly carrier: string
  readonly trackingNumber: string
  readonly estimatedDelivery: number
}

export type LabelResult =
  ({ readonly outcome: "labelled" } & Label) | { readonly outcome: "refused"; readonly reason: string }

export interface CancelLabelInput {
  readonly orderId: string
  readonly plan: Plan | null
  /** The label as it was asked for. */
  readonly label: LabelInput & { readonly key: string }
}

export type CancelLabelResult =
  /** There is no label, and there will be none. */
  | { readonly outcome: "cancelled" }
  /** Too late: the parcel is with the carrier. */
  | ({ readonly outcome: "dispatched" } & Label)
  | { readonly outcome: "refused"; readonly reason: string }

export interface LabelRequest {
  readonly key: string
  readonly input: LabelInput
  readonly standing: "under_way" | "made" | "refused" | "unknown"
  /** A call with this key may have made the label; later failures don't take that back, only an answer does. */
  readonly doubt: boolean
}

export interface ShipmentState {
  /** Null until a shipment was asked for. */
  readonly id: string | null
  readonly orderId: string
  /** `preparing`: no label yet. `ready`: at the door, waiting for the grant. `none`: nothing will be sent. */
  readonly status: "preparing" | "ready" | "none" | ShipmentStatus
  /** The newest request, which is the one to answer; 0 when an undo came before any. */
  readonly attempt: number
  readonly request: LabelRequest | null
  readonly failure: { readonly code: string; readonly reason: string } | null
  readonly label: Label | null
  readonly granted: boolean
  readonly createdAt: number
  readonly dispatchedAt: number | null
  readonly deliveredAt: number | null
  readonly undo: Undo | null
  readonly history: readonly TrackingEntry[]
}

export const SHIPMENT_SAYS = [
  "Shipment.created",
  "Shipment.failed",
  "Shipment.ready",
  "Shipment.dispatched",
  "Shipment.inTransit",
  "Shipment.delivered",
  "Shipment.cancelled",
  "Shipment.cancelFailed",
] as const
export type ShipmentSaying = Saying<(typeof SHIPMENT_SAYS)[number]>

export type ShipmentTimer = "dispatch" | "transit" | "delivery"

export interface ShipmentDecision {
  /** Null: nothing is to be remembered. */
  readonly state: ShipmentState | null
  readonly says: ShipmentSaying | null
  readonly label: { readonly key: string; readonly input: LabelInput } | null
  readonly cancelLabel: { readonly key: string; readonly input: CancelLabelInput } | null
  /** Found by this number from now on. */
  readonly track: string | null
  readonly start: ShipmentTimer | null
  /** The key of a call that is said to have an answer. */
  readonly lookUp: string | null
  /** What a person should look at. */
  readonly alert: string | null
  /** None of the shipment's own timers runs any more, but for the one that is started. */
  readonly silent: boolean
  /** Why the event can't be applied. */
  readonly poison: string | null
  /** Why the event has no effect. */
  readonly ignored: string | null
}

const NOTHING: ShipmentDecision = {
  state: null,
  says: null,
  label: null,
  cancelLabel: null,
  track: null,
  start: null,
  lookUp: null,
  alert: null,
  silent: false,
  poison: null,
  ignored: null,
}

export function decide(part: Partial<ShipmentDecision>): ShipmentDecision {
  return { ...NOTHING, ...part }
}

export function newShipment(orderId: string): ShipmentState {
  return {
    id: null,
    orderId,
    status: "none",
    attempt: 0,
    request: null,
    failure: null,
    label: null,
    granted: false,
    createdAt: 0,
    dispatchedAt: null,
    deliveredAt: null,
    undo: null,
    history: [],
  }
}

export function created(state: ShipmentState, shipmentId: string, label: Label): ShipmentSaying {
  const { orderId, attempt } = state
  const { carrier, trackingNumber, estimatedDelivery } = label
  return {
    type: "Shipment.created",
    data: { orderId, attempt, shipmentId, carrier, trackingNumber, estimatedDelivery },
  }
}

export function failed(state: ShipmentState, code: string, reason: string, uncertain = false): ShipmentSaying {
  const { orderId, attempt } = state
  return { type: "Shipment.failed", data: { orderId, attempt, code, reason, uncertain } }
}

export function entry(status: string, location: string, at: number): TrackingEntry {
  return { status, location, at }
}

export function isOnItsWay(state: ShipmentState): boolean {
  return state.status === "dispatched" || state.status === "in_transit"
}

export function hasLeft(state: ShipmentState): boolean {
  return isOnItsWay(state) || state.status === "delivered"
}

export type CreateRequest = Data<"Shipment.create">
