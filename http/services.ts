/** What the edge needs of those behind it. Object types only: it asks, and never reaches into a service. */
import type { Client } from "../choreography/client.ts"
import type { MonitorAsks } from "../domain/monitor/views.ts"
import type { OrderAsks } from "../domain/order/views.ts"
import type { KeyRows, Told } from "../domain/order/why.ts"
import type { CatalogAsks, CustomerAsks, InventoryAsks, PaymentAsks, ShippingAsks } from "../domain/views.ts"
import type { Problem } from "../events/definition.ts"
import type { Restorer } from "./cells.ts"
import type { RateGates } from "./rates.ts"

/** The client of any service that answers these asks, whatever else its shape holds. */
export type Asking<Asks extends object> = Pick<
  Client<{ state: object; shared: object; effects: object; timers: object; asks: Asks; settings: object }>,
  "ask" | "askCell"
>

export interface DeadLetter {
  readonly id: string
  readonly orderId: string | null
  readonly service: string
  readonly type: string
  readonly reason: string
  readonly attempts: number
  readonly parkedAt: number
  /** What became of it, or null while it waits for a person. */
  readonly verdict: string | null
  readonly event: unknown
}

export interface DeadLetterQuery {
  readonly orderId: string | null
  readonly service: string | null
  readonly type: string | null
  readonly limit: number
  /** A `nextCursor` of an earlier page, as it was given. */
  readonly cursor: string | null
}

export interface DeadLetters {
  /** Null when the cursor is none of ours. */
  list(
    query: DeadLetterQuery,
  ): Promise<{ readonly items: readonly DeadLetter[]; readonly nextCursor: string | null } | null>
  /** Applies it once more, with the data a person has corrected if there is any. */
  redrive(
    id: string,
    data: Readonly<Record<string, unknown>> | null,
    who: string,
  ): Promise<"accepted" | "settled" | "unknown" | { readonly invalid: readonly Problem[] }>
  discard(id: string, reason: string, who: string): Promise<"discarded" | "settled" | "unknown">
  /** Each of those that would apply; the rest is left alone. Null when the cursor is none of ours. */
  redriveAll(query: DeadLetterQuery, reason: string, who: string): Promise<DeadLetterTally | null>
  discardAll(query: DeadLetterQuery, reason: string, who: string): Promise<DeadLetterTally | null>
}

export interface DeadLetterTally {
  readonly matched: number
  readonly done: number
  /** How many were left alone, by verdict. */
  readonly skipped: Readonly<Record<string, number>>
  readonly nextCursor: string | null
}

export interface Services {
  /** The platform's own counters, where they are bound. */
  readonly gates?: RateGates
  readonly orders: Asking<OrderAsks>
  readonly payments: Asking<PaymentAsks>
  readonly inventory: Asking<InventoryAsks>
  readonly shipping: Asking<ShippingAsks>
  readonly customers: Asking<CustomerAsks>
  readonly catalog: Asking<CatalogAsks>
  readonly monitor: Asking<MonitorAsks>
  readonly deadLetters: DeadLetters
  /** What a key of a service waits for, by its rows. */
  explain(service: Told["service"], key: string): Promise<KeyRows>
  readonly cells: Restorer
  /** The events in AsyncAPI: who says what, and who hears it. */
  readonly events: () => object
  /** Touches storage; throws when it can't. */
  health(): Promise<unknown>
}
