/** The orders of the demo: what is done with each, and how it has to end. */
import type { NewOrder } from "../../client/shop.ts"

export interface Case {
  readonly name: string
  /** What is special about it, in a few words. */
  readonly tells: string
  readonly order: Omit<NewOrder, "customerId">
  /** Cancelled by its customer once it is paid. */
  readonly isCancelled?: boolean
  readonly ends: Ending
}

export interface Ending {
  readonly status: "delivered" | "cancelled" | "attention"
  /** Why it was cancelled. */
  readonly code?: string
  /** What the shop keeps of the money, or null where that is still to be decided. */
  readonly kept: number | null
  /** Undos that a person has to bring on. */
  readonly outstanding?: readonly string[]
  /** The event that lies in the dead letters. */
  readonly parked?: string
}

const shippingAddress = { street: "1 Main St", city: "Springfield", state: "IL", zip: "62701", country: "US" }

function order(sku: string, simulate: NewOrder["simulate"], more: Partial<NewOrder> = {}): Case["order"] {
  return { items: [{ sku, quantity: 1 }], shippingAddress, simulate, ...more }
}

export const cases: readonly Case[] = [
  {
    name: "happy",
    tells: "two lines, everything works",
    order: order("WIDGET-001", { payment: "none" }, { items: [line("WIDGET-001", 2), line("GADGET-002", 1)] }),
    ends: { status: "delivered", kept: 109.97 },
  },
  {
    name: "reserve first",
    tells: "stock before money: another flow, the same events",
    order: order("GADGET-002", { payment: "none" }, { flow: "reserve-first" }),
    ends: { status: "delivered", kept: 49.99 },
  },
  {
    name: "lost answer",
    tells: "charged, but the answer got lost: looked up, not charged twice",
    order: order("WIDGET-001", { payment: "timeout_once" }),
    ends: { status: "delivered", kept: 29.99 },
  },
  {
    name: "declined",
    tells: "the card is refused: stock goes back",
    order: order("WIDGET-001", { payment: "decline" }),
    ends: { status: "cancelled", code: "PAYMENT_DECLINED", kept: 0 },
  },
  {
    name: "out of stock",
    tells: "nothing on the shelf: money goes back",
    order: order("OUT-OF-STOCK", { payment: "none" }, { items: [{ ...line("OUT-OF-STOCK", 1), price: 9.99 }] }),
    ends: { status: "cancelled", code: "OUT_OF_STOCK", kept: 0 },
  },
  {
    name: "cancelled",
    tells: "paid, then cancelled by the customer: all is undone",
    order: order("GADGET-002", { payment: "none" }),
    isCancelled: true,
    ends: { status: "cancelled", code: "CUSTOMER_REQUEST", kept: 0 },
  },
  {
    name: "poison",
    tells: "a request nobody can apply: parked, and the order undoes itself",
    order: order("WIDGET-001", { payment: "poison" }),
    ends: { status: "cancelled", kept: 0, parked: "Payment.requested" },
  },
  {
    name: "undo fails",
    tells: "cancelled, but the refund is refused: the rest is undone, a person is asked",
    order: order("WIDGET-001", { payment: "none", refund: "decline" }),
    isCancelled: true,
    ends: { status: "attention", kept: null, outstanding: ["payment"] },
  },
]

function line(sku: string, quantity: number) {
  return { sku, quantity }
}
