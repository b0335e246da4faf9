/** What the HTTP contract answers, as far as the tests read it. */
export type Json = Readonly<Record<string, unknown>>

export interface OrderJson {
  readonly id: string
  readonly customerId: string
  readonly status: string
  readonly items: readonly { readonly sku: string; readonly quantity: number; readonly price: number }[]
  readonly total: number
  readonly cancellation: { readonly code: string; readonly reason: string } | null
  readonly payment: { readonly id: string; readonly status: string } | null
  readonly shipment: { readonly id: string; readonly trackingNumber: string; readonly status: string } | null
  readonly version: number
  readonly code?: string
  readonly detail?: string
}

export interface StepJson {
  readonly status: string
  readonly attempts: number
  readonly error: string | null
  readonly deadlineAt: string | null
}

export interface TimelineJson {
  readonly at: string
  readonly direction: "in" | "out"
  readonly id: string
  readonly type: string
  readonly peer: string
  readonly position: number
  readonly causationId: string | null
  readonly statusBefore: string
  readonly statusAfter: string
  readonly receivedAt?: string
  readonly note?: string
}

export interface SagaJson {
  readonly orderId: string
  readonly status: string
  readonly version: number
  readonly steps: {
    readonly payment: StepJson
    readonly inventory: StepJson & { readonly lines: readonly { readonly sku: string; readonly status: string }[] }
    readonly shipping: StepJson
  }
  readonly compensation: {
    readonly required: boolean
    readonly reason: string | null
    readonly outstanding: readonly string[]
  }
  readonly completedAt: string | null
  readonly failedAt: string | null
  readonly timeline: readonly TimelineJson[]
}

export interface PaymentJson {
  readonly id: string
  readonly status: string
  readonly amount: number
  readonly refunded: number
  readonly attempts: number
  readonly history: readonly { readonly event: string; readonly amount: number; readonly key: string }[]
}

export interface ShipmentJson {
  readonly id: string
  readonly status: string
  readonly carrier: string
  readonly trackingNumber: string
  readonly dispatchedAt: string | null
  readonly deliveredAt: string | null
  readonly trackingHistory: readonly { readonly status: string; readonly location: string; readonly at: string }[]
}

export interface StockJson {
  readonly sku: string
  readonly available: number
  readonly reserved: number
  readonly shipped: number
}

export interface LetterJson {
  readonly id: string
  readonly orderId: string
  readonly service: string
  readonly type: string
  readonly reason: string
  readonly attempts: number
  readonly verdict: string
  readonly event: { readonly id: string; readonly data: Json; readonly correlationid: string }
}

export interface BooksJson {
  readonly captured: number
  readonly refunded: number
  readonly kept: number
  readonly balanced: boolean
}
