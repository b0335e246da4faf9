/** What others see of an order; money in cents, times in milliseconds. `http` renders them as the contract says. */
import type { CancellationCode, Flow, Item, Plan, PostalAddress } from "../../events/parts.ts"
import type { Document } from "../monitor/document.ts"
import type { Standing } from "./standing.ts"

export const STATUSES = [
  "pending",
  "confirmed",
  "paid",
  "shipped",
  "delivered",
  "cancelling",
  "cancelled",
  "refunded",
  "attention",
] as const
export type OrderStatus = (typeof STATUSES)[number]

export const STEPS = ["payment", "inventory", "shipping"] as const
export type StepName = (typeof STEPS)[number]

export type StepStatus = "waiting" | "pending" | "completed" | "failed" | "compensating" | "compensated" | "skipped"

/** How each participant is to behave for this order; only where simulation is on. */
export interface Simulate {
  readonly payment?: Plan | undefined
  readonly inventory?: Plan | undefined
  readonly shipping?: Plan | undefined
  readonly refund?: Plan | undefined
  readonly release?: Plan | undefined
  readonly cancelShipment?: Plan | undefined
}

/** A validated order whose prices are settled. */
export interface NewOrder {
  readonly orderId: string
  readonly customerId: string
  readonly items: readonly Item[]
  readonly currency: string
  readonly shippingAddress: PostalAddress
  readonly flow: Flow
  readonly paymentMethod: string | null
  readonly simulate: Simulate
}

export interface Cancellation {
  readonly reason: string
  readonly code: CancellationCode
  readonly at: number
}

export interface OrderView {
  readonly id: string
  readonly customerId: string
  readonly status: OrderStatus
  readonly items: readonly Item[]
  readonly total: number
  readonly currency: string
  readonly shippingAddress: PostalAddress
  readonly flow: Flow
  readonly paymentMethod: string | null
  readonly cancellation: Cancellation | null
  readonly payment: { readonly id: string; readonly status: string } | null
  readonly shipment: { readonly id: string; readonly trackingNumber: string; readonly status: string } | null
  readonly createdAt: number
  readonly updatedAt: number
  readonly version: number
}

export interface StepView {
  readonly name: StepName
  readonly status: StepStatus
  readonly attempts: number
  readonly requestedAt: number | null
  readonly completedAt: number | null
  readonly error: string | null
  readonly deadlineAt: number | null
}

export interface LineView {
  readonly sku: string
  readonly quantity: number
  readonly status: StepStatus
}

export interface TimelineEntry {
  readonly at: number
  readonly direction: "in" | "out"
  readonly id: string
  readonly type: string
  readonly peer: string
  readonly position: number
  readonly causationId: string | null
  readonly statusBefore: string
  readonly statusAfter: string
  readonly receivedAt?: number
  readonly saidAt?: number
  readonly heldAt?: number
  readonly span?: string
  readonly note?: string
}

export type SagaStatus = "in_progress" | "completed" | "compensating" | "failed" | "attention"

export interface SagaView {
  readonly orderId: string
  readonly status: SagaStatus
  readonly flow: Flow
  readonly version: number
  readonly steps: {
    readonly payment: StepView
    readonly inventory: StepView & { readonly lines: readonly LineView[] }
    readonly shipping: StepView
  }
  readonly compensation: {
    readonly required: boolean
    readonly reason: string | null
    readonly outstanding: readonly StepName[]
  }
  readonly startedAt: number
  readonly completedAt: number | null
  readonly failedAt: number | null
  readonly timeline: readonly TimelineEntry[]
}

export interface OrderTrace {
  readonly status: OrderStatus
  readonly traceparent: string
  readonly startedAt: number
  readonly endedAt: number | null
  readonly timeline: readonly TimelineEntry[]
}

/** What came of asking to cancel. */
export type CancelAnswer =
  | { readonly outcome: "accepted"; readonly order: OrderView }
  /** The status or the grant forbids it. */
  | { readonly outcome: "refused"; readonly order: OrderView; readonly detail: string }
  /** The order is no longer at the version that the caller has seen. */
  | { readonly outcome: "moved"; readonly order: OrderView }
  | { readonly outcome: "unknown" }

export type Resolution = "retry" | "compensate" | "accept"

export interface ResolveInput {
  readonly action: Resolution
  readonly reason: string
  readonly who: string
  readonly step: StepName | null
  readonly outcome: "done" | "not_done" | null
  readonly amount: number | null
  /** What the fenced participants' ledgers say; a person's word is taken of no other. */
  readonly fenced?: readonly Fenced[]
}

export interface FencedLine {
  readonly sku: string
  readonly reserved: number
  readonly released: number
  readonly shipped: number
}

/** The attempt up to which nothing more is tried, and what the participant's ledger says. */
export type Fenced =
  | {
      readonly step: "payment"
      readonly attempt: number
      readonly captured: number
      readonly refunded: number
      readonly uncertain: boolean
    }
  | { readonly step: "inventory"; readonly attempt: number; readonly lines: readonly FencedLine[] }
  | { readonly step: "shipping"; readonly attempt: number }

export interface StepToFence {
  readonly step: StepName
  readonly attempt: number
  /** Of the inventory. */
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[]
}

export type ToFenceAnswer =
  | { readonly outcome: "steps"; readonly steps: readonly StepToFence[] }
  | { readonly outcome: "refused"; readonly order: OrderView; readonly detail: string }
  | { readonly outcome: "unknown" }

export type ResolveAnswer =
  | { readonly outcome: "accepted"; readonly order: OrderView }
  | { readonly outcome: "refused"; readonly order: OrderView; readonly detail: string }
  | { readonly outcome: "unknown" }

export type UndoPreview =
  | { readonly step: "shipping"; readonly does: string; readonly trackingNumber: string | null }
  /** `atMost` differs from what is known to be owed while an answer is still awaited. */
  | { readonly step: "payment"; readonly does: string; readonly amount: number; readonly atMost: number }
  | {
      readonly step: "inventory"
      readonly does: string
      readonly units: readonly { readonly sku: string; readonly units: number; readonly atMost: number }[]
    }

export interface CancelPreview {
  readonly version: number
  readonly status: OrderStatus
  readonly accepted: boolean
  /** Why it would be refused. */
  readonly detail: string | null
  readonly undo: readonly UndoPreview[]
  /** What can't be undone any more. */
  readonly final: readonly string[]
}

export interface DeadlineView {
  readonly name: string
  readonly at: number
  readonly does: string
}

export interface MoveDeadlineInput {
  readonly name: string
  readonly action: "extend" | "fire" | "cancel"
  readonly byMs: number
  readonly reason: string
  readonly who: string
}

export type MoveDeadlineAnswer =
  | { readonly outcome: "moved"; readonly deadlines: readonly DeadlineView[] }
  | { readonly outcome: "no_deadline" | "unknown" }

export interface BooksView {
  readonly authorised: number
  readonly captured: number
  readonly refunded: number
  readonly kept: number
  readonly lines: readonly {
    readonly sku: string
    readonly quantity: number
    readonly reserved: number
    readonly shipped: number
    readonly released: number
    readonly lost: number
  }[]
  readonly balanced: boolean
}

/** The shape of the Order service's asks. */
export interface OrderAsks {
  /** Asked of a cell: its orders, as the monitor knows them. */
  readonly documents: {
    readonly input: { readonly after: string | null; readonly limit: number }
    readonly answer: readonly Document[]
  }
  /** Asked of a cell: a customer's orders that wait for something, and so of which the customer's own cell may not know yet. */
  readonly openOrders: { readonly input: { readonly customerId: string }; readonly answer: readonly string[] }
  /** Placing the same order twice answers the first. Null: there is too much to do already, and nothing was placed. */
  readonly place: { readonly input: NewOrder; readonly answer: OrderView | null }
  readonly view: { readonly input: null; readonly answer: OrderView | null }
  readonly saga: { readonly input: null; readonly answer: SagaView | null }
  /** What the order heard and said, and the trace it began in. */
  readonly trace: { readonly input: null; readonly answer: OrderTrace | null }
  readonly cancel: {
    readonly input: { readonly reason: string | null; readonly version: number | null }
    readonly answer: CancelAnswer
  }
  /** Who must be fenced before a person's word is taken. */
  readonly toFence: { readonly input: { readonly step: StepName | null }; readonly answer: ToFenceAnswer }
  readonly resolve: { readonly input: ResolveInput; readonly answer: ResolveAnswer }
  readonly why: { readonly input: null; readonly answer: Standing | null }
  readonly books: { readonly input: null; readonly answer: BooksView | null }
  readonly preview: { readonly input: null; readonly answer: CancelPreview | null }
  readonly deadlines: { readonly input: null; readonly answer: readonly DeadlineView[] | null }
  readonly moveDeadline: { readonly input: MoveDeadlineInput; readonly answer: MoveDeadlineAnswer }
}
