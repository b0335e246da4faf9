/** The clocks of an order as rows that a person can read, extend, fire now or cancel. */
import { type OrderTimer, STEP_TIMERS, UNDO_TIMERS } from "./draft.ts"
import { copyOf, type OrderState } from "./state.ts"
import { STEPS } from "./views.ts"

export const DEADLINES: Record<OrderTimer, string> = {
  deadline: "cancels the order, because dispatch was not granted in time",
  delivery: "raises an alert, because the order was not delivered in time",
  paymentStep: "cancels the order, because Payment has not answered in time",
  inventoryStep: "cancels the order, because Inventory has not answered in time",
  shippingStep: "cancels the order, because Shipping has not answered in time",
  paymentUndo: "leaves the refund outstanding and asks for a person",
  inventoryUndo: "leaves the release outstanding and asks for a person",
  shippingUndo: "leaves the recall outstanding, goes on with refund and release, and asks for a person",
}

export function isDeadline(name: string): name is OrderTimer {
  return Object.hasOwn(DEADLINES, name)
}

/** The step says when it is awaited until; it must say what its clock says. */
export function movedTo(state: OrderState, timer: OrderTimer, at: number | null, now: number): OrderState {
  const next = copyOf(state)
  for (const name of STEPS) {
    if (STEP_TIMERS[name] === timer || UNDO_TIMERS[name] === timer) next.steps[name].deadlineAt = at
  }
  next.version += 1
  next.updatedAt = now
  return next
}
