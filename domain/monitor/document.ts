/**
 * What the monitor knows of an order: its search document, built from what the order has said of itself.
 *
 * 1. A document is a value; the same fact heard twice leaves it as it is.
 * 2. What an order adds to the figures follows from its document alone (`figures.ts`), so figures can be made anew.
 * 3. An end is final: whatever is heard late changes no document that has ended, but for what the books say.
 */
import type { CancellationCode, Item } from "../../events/parts.ts"
import { newestFirst, placedAtOf } from "../orderId.ts"
import { isUnbalanced } from "../order/report.ts"
import type { OrderState } from "../order/state.ts"
import type { OrderStatus } from "../order/views.ts"

/** How far an order is, as far as it tells: what happens between being placed and being shipped is its own business. */
export const STAGES = ["placed", "shipped", "delivered", "cancelling", "cancelled", "attention", "refunded"] as const
export type Stage = (typeof STAGES)[number]

export const VIEWS = ["attention", "unbalanced", "overdue"] as const
export type ViewName = (typeof VIEWS)[number]

export interface Document {
  readonly kind: "order"
  readonly orderId: string
  readonly customerId: string
  readonly stage: Stage
  readonly skus: readonly string[]
  /** Null: the order was heard of, but not yet that it was placed. */
  readonly total: number | null
  readonly currency: string | null
  readonly placedAt: number
  readonly shippedAt: number | null
  readonly endedAt: number | null
  readonly updatedAt: number
  readonly paymentId: string | null
  readonly trackingNumber: string | null
  readonly code: CancellationCode | null
  readonly outstanding: readonly string[]
  readonly unbalanced: boolean
  readonly overdue: boolean
  /** Of which counting its figures are a part. */
  readonly counting: number
}

/** Newest first, by key alone. */
export function documentKey(orderId: string): string {
  return newestFirst(orderId)
}

export function orderIdOf(key: string): string {
  return key.slice(key.indexOf(".") + 1)
}

export function isDocumentKey(key: string): boolean {
  return key.includes(".")
}

export function hasEnded({ stage }: Document): boolean {
  return stage === "delivered" || stage === "cancelled" || stage === "refunded"
}

export function viewsOf(document: Document | null): readonly ViewName[] {
  if (document === null) return []
  const { stage, unbalanced, overdue } = document
  const views: ViewName[] = []
  if (stage === "attention") views.push("attention")
  if (unbalanced) views.push("unbalanced")
  if (overdue && !hasEnded(document)) views.push("overdue")
  return views
}

interface Whose {
  readonly orderId: string
  readonly customerId: string
}

/** The document that a fact is entered into; a fact may be the first that is heard of its order. */
export function known(document: Document | null, { orderId, customerId }: Whose, counting: number): Document {
  if (document !== null) return document
  const placedAt = placedAtOf(orderId)
  const nothing = { skus: [], total: null, currency: null, shippedAt: null, endedAt: null, outstanding: [] }
  const unknown = { paymentId: null, trackingNumber: null, code: null, unbalanced: false, overdue: false }
  const base = { kind: "order", orderId, customerId, stage: "placed", placedAt, updatedAt: placedAt, counting } as const
  return { ...base, ...nothing, ...unknown }
}

export interface Placing {
  readonly items: readonly Item[]
  readonly total: number
  readonly currency: string
  readonly placedAt: number
}

/** Null where nothing comes of it. */
export function placed(document: Document, { items, total, currency, placedAt }: Placing): Document | null {
  if (document.total !== null) return null
  const skus = [...new Set(items.map(({ sku }) => sku))]
  return { ...document, skus, total, currency, placedAt, updatedAt: Math.max(placedAt, document.updatedAt) }
}

export type Change = Partial<
  Pick<
    Document,
    "stage" | "shippedAt" | "endedAt" | "paymentId" | "trackingNumber" | "code" | "outstanding" | "overdue"
  >
>

export function changed(document: Document, at: number, change: Change): Document | null {
  if (hasEnded(document)) return null
  const paymentId = change.paymentId ?? document.paymentId
  return { ...document, outstanding: [], ...change, paymentId, updatedAt: at }
}

export function balanced(document: Document, at: number, isBalanced: boolean): Document | null {
  if (document.unbalanced === !isBalanced) return null
  return { ...document, unbalanced: !isBalanced, updatedAt: at }
}

const STAGE_OF: Record<OrderStatus, Stage> = {
  pending: "placed",
  confirmed: "placed",
  paid: "placed",
  shipped: "shipped",
  delivered: "delivered",
  cancelling: "cancelling",
  cancelled: "cancelled",
  refunded: "refunded",
  attention: "attention",
}

/** What the order's own row says, in the shape of a document. */
export function documentOf(state: OrderState, outstanding: readonly string[]): Document {
  const stage = STAGE_OF[state.status]
  return {
    kind: "order",
    orderId: state.id,
    customerId: state.customerId,
    stage,
    skus: [...new Set(state.items.map(({ sku }) => sku))],
    total: state.total,
    currency: state.currency,
    placedAt: state.createdAt,
    shippedAt: null,
    endedAt: state.completedAt ?? state.failedAt,
    updatedAt: state.updatedAt,
    paymentId: state.payment?.id ?? null,
    trackingNumber: state.shipment?.trackingNumber ?? null,
    code: state.cancellation?.code ?? null,
    outstanding: stage === "attention" ? outstanding : [],
    unbalanced: isUnbalanced(state),
    overdue: state.overdue,
    counting: 0,
  }
}

/**
 * The order's own row is the truth, unless more has been heard since it was read; when it was shipped is all that only the
 * monitor has noted.
 */
export function restored(before: Document | null, truth: Document, counting: number): Document {
  if (before !== null && before.updatedAt > truth.updatedAt) return { ...before, counting }
  return { ...truth, shippedAt: before?.shippedAt ?? null, counting }
}

export interface Query {
  readonly customerId: string | null
  readonly sku: string | null
  readonly paymentId: string | null
  readonly trackingNumber: string | null
  readonly stages: readonly Stage[] | null
  readonly view: ViewName | null
  /** Placed at this time or later. */
  readonly since: number | null
}

export function matches(document: Document, query: Query): boolean {
  const { customerId, sku, paymentId, trackingNumber, stages, view, since } = query
  if (customerId !== null && document.customerId !== customerId) return false
  if (sku !== null && !document.skus.includes(sku)) return false
  if (paymentId !== null && document.paymentId !== paymentId) return false
  if (trackingNumber !== null && document.trackingNumber !== trackingNumber) return false
  if (stages !== null && !stages.includes(document.stage)) return false
  if (since !== null && document.placedAt < since) return false
  return view === null || viewsOf(document).includes(view)
}
