/** What can happen to an order. */
import type { AppCatalog } from "../../events/catalog.ts"
import type { DataOf } from "../../events/definition.ts"
import type { ResolveInput, StepName } from "./views.ts"

/** Events that the order hears; `HEARD` is the same list for code. */
export const HEARD = [
  "Payment.completed",
  "Payment.failed",
  "Payment.refunded",
  "Payment.refundFailed",
  "Inventory.reserved",
  "Inventory.reservationFailed",
  "Inventory.released",
  "Inventory.releaseFailed",
  "Inventory.expired",
  "Inventory.deducted",
  "Shipment.created",
  "Shipment.failed",
  "Shipment.ready",
  "Shipment.dispatched",
  "Shipment.inTransit",
  "Shipment.delivered",
  "Shipment.cancelled",
  "Shipment.cancelFailed",
] as const
export type HeardType = (typeof HEARD)[number]

/** What else moves an order: callers, its own clocks, and events of its own that ended in dead letters. */
export interface OtherTriggers {
  /** A customer, or whoever may, cancels. */
  cancel: { readonly reason: string | null }
  /** A person decides about an order in attention. */
  resolve: ResolveInput
  /** Dispatch was not granted in time. */
  deadline: null
  /** Not delivered in time. */
  overdue: null
  stepTimeout: { readonly step: StepName }
  undoTimeout: { readonly step: StepName }
  /** A forward request lies in its receiver's dead letters. */
  requestParked: { readonly step: StepName; readonly sku: string | null }
  undoParked: { readonly step: StepName; readonly sku: string | null }
}

export type Trigger = HeardType | keyof OtherTriggers

export type DataFor<T extends Trigger> = T extends HeardType
  ? DataOf<AppCatalog, T>
  : T extends keyof OtherTriggers
    ? OtherTriggers[T]
    : never
