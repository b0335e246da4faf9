/** What an order remembers: enough to decide by, and for its books. */
import type { Notification } from "../../events/customer.ts"
import type { Flow, Item, Line, PostalAddress } from "../../events/parts.ts"
import type { Cancellation, NewOrder, OrderStatus, Simulate, StepName, StepStatus } from "./views.ts"

/**
 * How far a participant's undo has come. `due`: to be asked once the shipment has answered; `outstanding`: given up, a
 * person must decide.
 */
export type Undo = "none" | "due" | "asked" | "done" | "outstanding"

export interface Part {
  status: StepStatus
  undo: Undo
  /** Forward and undo requests made; each request names its own, and answers name it again. */
  attempt: number
  error: string | null
}

export interface Step extends Part {
  requestedAt: number | null
  completedAt: number | null
  deadlineAt: number | null
  /** When its undo was last asked for. */
  undoAskedAt: number | null
}

export interface LinePart extends Part {
  readonly sku: string
  readonly quantity: number
  reserved: number
  released: number
  shipped: number
  /** Left without a reservation, or although given back. */
  lost: number
}

export interface OrderState {
  readonly id: string
  readonly customerId: string
  readonly items: readonly Item[]
  readonly total: number
  readonly currency: string
  readonly shippingAddress: PostalAddress
  readonly flow: Flow
  readonly paymentMethod: string | null
  readonly simulate: Simulate
  readonly createdAt: number
  status: OrderStatus
  version: number
  updatedAt: number
  /** Dispatch is granted: the point of no return. */
  grantedAt: number | null
  cancellation: Cancellation | null
  payment: { id: string; status: string } | null
  shipment: { id: string; trackingNumber: string; carrier: string; status: string } | null
  steps: Record<StepName, Step>
  lines: Record<string, LinePart>
  captured: number
  refunded: number
  /** Settled outside the system, as a person has stated. */
  refundedByHand: number
  /** Steps whose undo a person has settled: what they answer from now on moves nothing. */
  byHand: readonly StepName[]
  /** Since when a person must decide. */
  attentionAt: number | null
  /** The carrier has reported the delivery; the order is delivered once the stock is deducted as well. */
  arrived: boolean
  notified: readonly Notification[]
  overdue: boolean
  completedAt: number | null
  failedAt: number | null
}

/** Lines of one SKU are one reservation. */
function linesOf(items: readonly Item[]): Line[] {
  const quantities = new Map<string, number>()
  for (const { sku, quantity } of items) quantities.set(sku, (quantities.get(sku) ?? 0) + quantity)
  return [...quantities].map(([sku, quantity]) => ({ sku, quantity }))
}

function totalOf(items: readonly Item[]): number {
  return items.reduce((sum, { price, quantity }) => sum + price * quantity, 0)
}

export function newState(order: NewOrder, now: number): OrderState {
  const lines = linesOf(order.items).map((line): [string, LinePart] => [
    line.sku,
    {
      ...line,
      status: "waiting",
      undo: "none",
      attempt: 0,
      error: null,
      reserved: 0,
      released: 0,
      shipped: 0,
      lost: 0,
    },
  ])
  return {
    id: order.orderId,
    customerId: order.customerId,
    items: order.items,
    total: totalOf(order.items),
    currency: order.currency,
    shippingAddress: order.shippingAddress,
    flow: order.flow,
    paymentMethod: order.paymentMethod,
    simulate: order.simulate,
    createdAt: now,
    status: "pending",
    version: 0,
    updatedAt: now,
    grantedAt: null,
    cancellation: null,
    payment: null,
    shipment: null,
    steps: { payment: newStep(), inventory: newStep(), shipping: newStep() },
    lines: Object.fromEntries(lines),
    captured: 0,
    refunded: 0,
    refundedByHand: 0,
    byHand: [],
    attentionAt: null,
    arrived: false,
    notified: [],
    overdue: false,
    completedAt: null,
    failedAt: null,
  }
}

function newStep(): Step {
  const part = { status: "waiting", undo: "none", attempt: 0, error: null } as const
  return { ...part, requestedAt: null, completedAt: null, deadlineAt: null, undoAskedAt: null }
}

/** A copy that may be changed; states themselves are values. */
export function copyOf(state: OrderState): OrderState {
  const { payment, inventory, shipping } = state.steps
  const lines = Object.entries(state.lines).map(([sku, line]): [string, LinePart] => [sku, { ...line }])
  return {
    ...state,
    steps: { payment: { ...payment }, inventory: { ...inventory }, shipping: { ...shipping } },
    lines: Object.fromEntries(lines),
  }
}

export function allLines(state: OrderState): readonly LinePart[] {
  return Object.values(state.lines)
}
