/**
 * The order's state machine: every state × everything that can happen has a declared outcome, or this doesn't compile.
 * The diagram in `docs/order-states.md` is generated from it.
 */
import type { OrderStatus } from "./views.ts"
import * as act from "./actions.ts"
import * as back from "./undoActions.ts"
import type { Action } from "./actions.ts"
import { resolve } from "./resolve.ts"
import type { Trigger } from "./triggers.ts"

export type Outcome<T extends Trigger> =
  | { readonly does: "apply"; readonly action: Action<T>; readonly to: readonly OrderStatus[] }
  /** The order will not be delivered: whoever was asked is asked to undo. */
  | { readonly does: "compensate"; readonly action: Action<T>; readonly to: readonly OrderStatus[] }
  /** Nothing comes of it, and this is why. What it says of money and goods enters the books all the same. */
  | { readonly does: "ignore"; readonly why: string }
  /** A caller is told no. */
  | { readonly does: "refuse"; readonly why: string }

export type Row = { readonly [T in Trigger]: Outcome<T> }
type Table = Readonly<Record<OrderStatus, Row>>

function apply<T extends Trigger>(action: Action<T>, ...to: readonly OrderStatus[]): Outcome<T> {
  return { does: "apply", action, to }
}

function undo<T extends Trigger>(action: Action<T>): Outcome<T> {
  return { does: "compensate", action, to: ["cancelling", "cancelled"] }
}

function ignore(why: string): { readonly does: "ignore"; readonly why: string } {
  return { does: "ignore", why }
}

function refuse(why: string): { readonly does: "refuse"; readonly why: string } {
  return { does: "refuse", why }
}

const already = ignore("already applied")
const noUndo = ignore("nothing is being undone")
const notAsked = ignore("not asked for yet")
const undoing = ignore("the undo is under way and answers for it")
const over = ignore("the order is at its end")
const notInAttention = refuse("the order is not in attention")

/** What holds before the parcel is granted, wherever the order stands on its way. */
const forward = {
  "Payment.refunded": noUndo,
  "Payment.refundFailed": noUndo,
  "Inventory.released": noUndo,
  "Inventory.releaseFailed": noUndo,
  "Inventory.expired": undo(act.expired),
  "Shipment.cancelled": noUndo,
  "Shipment.cancelFailed": noUndo,
  cancel: undo(act.cancel),
  resolve: notInAttention,
  deadline: undo(act.outOfTime),
  overdue: ignore("dispatch is not granted yet"),
  stepTimeout: undo(act.noAnswer),
  undoTimeout: noUndo,
  requestParked: undo(act.requestParked),
  undoParked: noUndo,
} satisfies Partial<Row>

const noShipment = {
  "Inventory.deducted": notAsked,
  "Shipment.created": notAsked,
  "Shipment.failed": notAsked,
  "Shipment.ready": notAsked,
  "Shipment.dispatched": notAsked,
  "Shipment.inTransit": notAsked,
  "Shipment.delivered": notAsked,
} satisfies Partial<Row>

const undoAnswers = {
  "Payment.refunded": apply(back.refunded, "cancelling", "cancelled", "attention"),
  "Payment.refundFailed": apply(back.refundFailed, "cancelling", "attention"),
  "Inventory.released": apply(back.released, "cancelling", "cancelled", "attention"),
  "Inventory.releaseFailed": apply(back.releaseFailed, "cancelling", "attention"),
  "Shipment.cancelled": apply(back.recalled, "cancelling", "cancelled", "attention"),
  "Shipment.cancelFailed": apply(back.recallFailed, "cancelling", "attention"),
} satisfies Partial<Row>

const endRow = {
  "Payment.failed": over,
  "Inventory.reservationFailed": over,
  "Inventory.expired": over,
  "Shipment.created": over,
  "Shipment.failed": over,
  "Shipment.ready": over,
  "Shipment.inTransit": over,
  "Shipment.delivered": over,
  deadline: over,
  overdue: over,
  stepTimeout: over,
  undoTimeout: over,
  requestParked: over,
  undoParked: over,
  resolve: notInAttention,
} satisfies Partial<Row>

const shipped = {
  "Payment.completed": already,
  "Payment.failed": already,
  "Payment.refunded": noUndo,
  "Payment.refundFailed": noUndo,
  "Inventory.reserved": already,
  "Inventory.reservationFailed": already,
  "Inventory.released": noUndo,
  "Inventory.releaseFailed": noUndo,
  "Inventory.expired": ignore("the goods have left"),
  "Inventory.deducted": apply(act.deducted, "shipped", "delivered"),
  "Shipment.created": already,
  "Shipment.failed": already,
  "Shipment.ready": already,
  "Shipment.dispatched": already,
  "Shipment.inTransit": apply(act.moving, "shipped"),
  "Shipment.delivered": apply(act.arrived, "shipped", "delivered"),
  "Shipment.cancelled": noUndo,
  "Shipment.cancelFailed": noUndo,
  cancel: refuse("the order is dispatched"),
  resolve: notInAttention,
  deadline: already,
  overdue: apply(act.overdue, "shipped"),
  stepTimeout: already,
  undoTimeout: noUndo,
  requestParked: already,
  undoParked: noUndo,
} satisfies Row

const delivered = {
  ...endRow,
  ...{ "Payment.completed": over, "Inventory.reserved": over, "Inventory.deducted": over },
  ...{ "Payment.refunded": over, "Payment.refundFailed": over, "Inventory.released": over },
  ...{ "Inventory.releaseFailed": over, "Shipment.dispatched": over, "Shipment.cancelled": over },
  ...{ "Shipment.cancelFailed": over, cancel: refuse("the order is delivered") },
} satisfies Row

export const table: Table = {
  pending: {
    ...forward,
    ...noShipment,
    "Payment.completed": apply(act.paid, "pending"),
    "Payment.failed": undo(act.paymentFailed),
    "Inventory.reserved": apply(act.reserved, "pending", "confirmed", "paid"),
    "Inventory.reservationFailed": undo(act.outOfStock),
  },
  confirmed: {
    ...forward,
    ...noShipment,
    "Payment.completed": apply(act.paid, "paid"),
    "Payment.failed": undo(act.paymentFailed),
    "Inventory.reserved": already,
    "Inventory.reservationFailed": already,
  },
  paid: {
    ...forward,
    "Payment.completed": already,
    "Payment.failed": already,
    "Inventory.reserved": already,
    "Inventory.reservationFailed": already,
    "Inventory.deducted": apply(act.deducted, "paid"),
    "Shipment.created": apply(act.labelled, "paid"),
    "Shipment.failed": undo(act.shipmentFailed),
    "Shipment.ready": apply(act.letGo, "paid"),
    "Shipment.dispatched": apply(act.dispatched, "shipped"),
    "Shipment.inTransit": ignore("not dispatched yet"),
    "Shipment.delivered": ignore("not dispatched yet"),
    overdue: apply(act.overdue, "paid"),
  },
  shipped,
  delivered,
  cancelling: {
    ...undoAnswers,
    "Payment.completed": undoing,
    "Payment.failed": undoing,
    "Inventory.reserved": undoing,
    "Inventory.reservationFailed": apply(act.alsoOutOfStock, "cancelling"),
    "Inventory.expired": undoing,
    "Inventory.deducted": ignore("the carrier's word on the parcel decides"),
    "Shipment.created": undoing,
    "Shipment.failed": undoing,
    "Shipment.ready": ignore("it is called back and not let go"),
    "Shipment.dispatched": apply(back.overruled, "shipped", "cancelling"),
    "Shipment.inTransit": undoing,
    "Shipment.delivered": undoing,
    cancel: ignore("it is being cancelled already"),
    resolve: refuse("the order is being undone already"),
    deadline: undoing,
    overdue: undoing,
    stepTimeout: undoing,
    undoTimeout: apply(back.noUndoAnswer, "cancelling", "attention"),
    requestParked: undoing,
    undoParked: apply(back.undoParked, "cancelling", "attention"),
  },
  cancelled: {
    ...endRow,
    "Payment.refundFailed": apply(back.lateUndoFailed, "cancelled"),
    "Inventory.releaseFailed": apply(back.lateUndoFailed, "cancelled"),
    "Inventory.deducted": over,
    ...{ "Shipment.cancelled": over, "Shipment.cancelFailed": over },
    "Payment.completed": apply(back.lateSuccess, "cancelled"),
    "Payment.refunded": apply(back.lateUndone, "cancelled"),
    "Inventory.reserved": apply(back.lateSuccess, "cancelled"),
    "Inventory.released": apply(back.lateUndone, "cancelled"),
    "Shipment.dispatched": apply(back.lostGoods, "cancelled"),
    cancel: ignore("it is cancelled"),
  },
  refunded: delivered,
  attention: {
    ...undoAnswers,
    "Payment.completed": undoing,
    "Payment.failed": undoing,
    "Inventory.reserved": undoing,
    "Inventory.reservationFailed": apply(act.alsoOutOfStock, "attention"),
    "Inventory.expired": ignore("the hold is kept until a person decides"),
    "Inventory.deducted": ignore("a person decides"),
    "Shipment.created": undoing,
    "Shipment.failed": undoing,
    "Shipment.ready": ignore("it is called back and not let go"),
    "Shipment.dispatched": apply(back.lostGoods, "attention"),
    "Shipment.inTransit": ignore("a person decides"),
    "Shipment.delivered": ignore("a person decides"),
    cancel: ignore("it is being cancelled already"),
    resolve: apply(resolve, "attention", "cancelling", "cancelled"),
    deadline: undoing,
    overdue: undoing,
    stepTimeout: undoing,
    undoTimeout: apply(back.noUndoAnswer, "attention"),
    requestParked: undoing,
    undoParked: apply(back.undoParked, "attention"),
  },
}
