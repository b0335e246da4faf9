/**
 * A decision in the making: a copy of the order's state, and what is to be said and waited for. Decisions are pure:
 * the same state, event and time give the same decision.
 */
import type { AppCatalog } from "../../events/catalog.ts"
import type { Notification } from "../../events/customer.ts"
import type { DataOf } from "../../events/definition.ts"
import type { Settings } from "../settings.ts"
import { copyOf, type OrderState } from "./state.ts"
import type { StepName } from "./views.ts"

export const ORDER_SAYS = [
  "Order.placed",
  "Order.confirmed",
  "Order.shipped",
  "Order.cancelling",
  "Order.cancelled",
  "Order.completed",
  "Order.attention",
  "Order.overdue",
  "Order.unbalanced",
  "Order.balanced",
  "Payment.requested",
  "Payment.refund",
  "Inventory.reserveRequested",
  "Inventory.release",
  "Shipment.create",
  "Shipment.grant",
  "Shipment.cancel",
  "Customer.notified",
] as const
export type Says = (typeof ORDER_SAYS)[number]

export type Said = {
  [T in Says]: { readonly type: T; readonly data: DataOf<AppCatalog, T>; readonly expiresAt?: number }
}[Says]

/** The clocks that an order may set. */
export interface OrderTimers {
  /** Until dispatch is granted. */
  deadline: null
  /** After the grant; passing it only alerts. */
  delivery: null
  paymentStep: null
  inventoryStep: null
  shippingStep: null
  paymentUndo: null
  inventoryUndo: null
  shippingUndo: null
}
export type OrderTimer = keyof OrderTimers

export class Draft {
  readonly state: OrderState
  readonly said: Said[] = []
  readonly clocks = new Map<OrderTimer, number | null>()
  readonly now: number
  readonly settings: Settings
  /** Why nothing came of it. */
  ignored: string | null = null
  note: string | null = null
  alert: string | null = null

  constructor(state: OrderState, now: number, settings: Settings) {
    this.state = copyOf(state)
    this.now = now
    this.settings = settings
  }

  ignore(why: string): undefined {
    this.ignored = why
  }

  say(said: Said): void {
    this.said.push(said)
  }

  set(timer: OrderTimer, at: number): void {
    this.clocks.set(timer, at)
  }

  clear(...timers: readonly OrderTimer[]): void {
    for (const timer of timers) this.clocks.set(timer, null)
  }

  /** Each milestone once. */
  notify(type: Notification, message: string): void {
    const { id, customerId, notified } = this.state
    if (notified.includes(type)) return
    this.state.notified = [...notified, type]
    this.say({ type: "Customer.notified", data: { customerId, orderId: id, type, message, sentAt: this.now } })
  }
}

export const STEP_TIMERS = {
  payment: "paymentStep",
  inventory: "inventoryStep",
  shipping: "shippingStep",
} as const satisfies Record<StepName, OrderTimer>

export const UNDO_TIMERS = {
  payment: "paymentUndo",
  inventory: "inventoryUndo",
  shipping: "shippingUndo",
} as const satisfies Record<StepName, OrderTimer>
