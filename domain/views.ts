/** What others see of stock, payments, shipments, customers and products; cents and milliseconds, as in `order/views`. */
import type { Notification } from "../events/customer.ts"
import type { Line, PostalAddress } from "../events/parts.ts"

export interface LevelView {
  readonly sku: string
  readonly available: number
  readonly reserved: number
  readonly shipped: number
  readonly updatedAt: number
}

/** Asked before a person settles an undo by hand: nothing more is tried for requests up to this attempt. */
interface FenceInput {
  readonly attempt: number
}

export interface StockFenceInput extends FenceInput {
  readonly quantity: number
  /** What is held goes back to the shelf. */
  readonly release: boolean
}

/** What the ledger says. `inFlight`: an outcome is still awaited, so nothing was fenced. */
export interface StockFence {
  readonly inFlight: boolean
  readonly reserved: number
  readonly released: number
  readonly shipped: number
}

export interface PaymentFence {
  readonly inFlight: boolean
  readonly captured: number
  readonly refunded: number
  /** The gateway may have taken or given back more than is known. */
  readonly uncertain: boolean
}

export interface ShipmentFence {
  readonly inFlight: boolean
  readonly left: boolean
}

/** Asked of the key `SKU/level`, which has no state of its own: the level is what reservations of a SKU share. */
export interface InventoryAsks {
  readonly level: { readonly input: null; readonly answer: LevelView | null }
  /** Creates the SKU if it is new. Null: the shelf doesn't hold as many. */
  readonly add: { readonly input: { readonly quantity: number }; readonly answer: LevelView | null }
  /** Asked of a reservation's own key. */
  readonly fence: { readonly input: StockFenceInput; readonly answer: StockFence }
  /** The first stock of a SKU; does nothing if the SKU exists. */
  readonly seed: { readonly input: { readonly quantity: number }; readonly answer: LevelView }
}

export type PaymentStatus =
  | "requested"
  | "charging"
  | "authorized"
  | "captured"
  | "declined"
  | "failed"
  | "unknown"
  | "voided"
  | "refunding"
  | "partially_refunded"
  | "refunded"

export interface PaymentEntry {
  readonly at: number
  readonly event: "authorized" | "captured" | "declined" | "failed" | "voided" | "refunded" | "retried" | "looked_up"
  readonly amount: number
  readonly key: string
  readonly reason?: string
}

export interface PaymentView {
  readonly id: string
  readonly orderId: string
  readonly status: PaymentStatus
  readonly amount: number
  readonly refunded: number
  readonly currency: string
  readonly attempts: number
  readonly history: readonly PaymentEntry[]
}

/** What the payment gateway says of its own accord. */
export interface PaymentReport {
  readonly type: "charge.succeeded" | "charge.declined" | "charge.failed" | "refund.succeeded" | "refund.failed"
  /** The idempotency key of what it is about. */
  readonly key: string
  /** In minor units. */
  readonly amount: number
  readonly currency: string
}

/** What came of a report: nothing new, a step along, a look-up of what it is about, or a call for a person. */
export type Heard = "known" | "applied" | "looked_up" | "alerted"

export interface PaymentAsks {
  readonly report: { readonly input: PaymentReport; readonly answer: Heard }
  readonly view: { readonly input: null; readonly answer: PaymentView | null }
  readonly fence: { readonly input: FenceInput; readonly answer: PaymentFence }
}

export type ShipmentStatus = "created" | "dispatched" | "in_transit" | "delivered" | "cancelled"

export interface TrackingEntry {
  readonly status: string
  readonly location: string
  readonly at: number
}

export interface ShipmentView {
  readonly id: string
  readonly orderId: string
  readonly carrier: string
  readonly trackingNumber: string
  readonly status: ShipmentStatus
  readonly address: PostalAddress
  readonly items: readonly Line[]
  readonly estimatedDelivery: number
  readonly createdAt: number
  readonly dispatchedAt: number | null
  readonly deliveredAt: number | null
  readonly trackingHistory: readonly TrackingEntry[]
}

/** What the carrier says of its own accord. */
export interface CarrierReport {
  readonly type: "label.dispatched" | "label.in_transit" | "label.delivered" | "label.cancelled"
  /** Null when it names the order alone. */
  readonly trackingNumber: string | null
  readonly location: string | null
  /** When it happened, by the carrier's clock. */
  readonly at: number
}

export interface ShippingAsks {
  readonly report: { readonly input: CarrierReport; readonly answer: Heard }
  /** Null until a label exists. */
  readonly view: { readonly input: null; readonly answer: ShipmentView | null }
  readonly fence: { readonly input: FenceInput; readonly answer: ShipmentFence }
  /** A simulated delivery: as if the carrier reported one. */
  readonly deliver: {
    readonly input: null
    readonly answer: { readonly accepted: boolean; readonly status: ShipmentStatus | "none" }
  }
  /** Asked of a cell: the order whose parcel has this number. One point look-up. */
  readonly track: { readonly input: { readonly trackingNumber: string }; readonly answer: string | null }
}

export interface Notice {
  readonly orderId: string
  readonly type: Notification
  readonly message: string
  readonly at: number
}

export type Claim =
  /** The key is the caller's: place the order under this id, then complete the claim. */
  | { readonly outcome: "claimed"; readonly orderId: string }
  | { readonly outcome: "replay"; readonly status: number; readonly body: string; readonly orderId: string }
  | { readonly outcome: "running" }
  | { readonly outcome: "mismatch" }

export interface CustomerAsks {
  /** Asked of the key `customer/`: its order ids, newest first. */
  readonly orders: {
    readonly input: { readonly limit: number; readonly after: string | null }
    readonly answer: { readonly orderIds: readonly string[]; readonly next: string | null }
  }
  /** Asked of a cell: of all its customers' orders, those that have an object of their own, behind a key. */
  readonly ownOrders: {
    readonly input: { readonly limit: number; readonly after: string | null }
    readonly answer: { readonly orderIds: readonly string[]; readonly next: string | null }
  }
  /** Asked of the order's own key, where orders share no cell: the customer has this order from now on. */
  readonly note: { readonly input: { readonly orderId: string }; readonly answer: null }
  /** The same where open orders are counted; false: the customer has as many as it may, and nothing was noted. */
  readonly admit: { readonly input: { readonly orderId: string }; readonly answer: boolean }
  /** The order was refused after all: it counts no longer. */
  readonly withdraw: { readonly input: { readonly orderId: string }; readonly answer: null }
  readonly notices: { readonly input: null; readonly answer: readonly Notice[] }
  /** Asked of the claim's own key. A running claim that outlived its lease is completed by any twin, same order id. */
  readonly claim: {
    readonly input: {
      readonly bodyHash: string
      readonly orderId: string
      readonly leaseMs: number
      readonly lifeMs: number
    }
    readonly answer: Claim
  }
  /** Only a 201 is stored, and the first one: the answer is the body that the key has from now on. */
  readonly complete: {
    readonly input: { readonly orderId: string; readonly status: number; readonly body: string }
    readonly answer: string
  }
  /** Refused before anything was placed: the key is free again, unless a twin has taken the claim over. */
  readonly free: { readonly input: { readonly orderId: string }; readonly answer: null }
}

export interface Product {
  readonly sku: string
  readonly name: string
  /** Null: whoever orders has to state one, if they may. */
  readonly price: number | null
}

/** All asked of the one key `catalog`. */
export interface CatalogAsks {
  readonly products: { readonly input: null; readonly answer: readonly Product[] }
  /** Adds a SKU that the catalogue doesn't know yet; null when it is full. */
  readonly register: { readonly input: { readonly sku: string }; readonly answer: Product | null }
}
