/**
 * A reservation: what one order holds of one SKU.
 *
 * 1. An order reserves a SKU once; what was released or shipped is never reserved again.
 * 2. An undo is a tombstone from the moment it is heard.
 * 3. A hold that has expired is kept: the order decides, and the release comes from there (P3).
 */
import type { Plan } from "../../events/parts.ts"
import type { Data, Saying } from "../participant.ts"
import type { Level } from "./level.ts"

export type RefusalCode = Data<"Inventory.reservationFailed">["code"]

interface Refusal {
  readonly code: RefusalCode
  readonly available: number
  readonly reason: string
}

export interface Release {
  /** The newest request, which is the one to answer. */
  readonly attempt: number
  /**
   * `failed`: it was given up, the hold is still there, and another request may try again. `fenced`: a person has decided
   * to keep it so, and only a newer request may try again.
   */
  readonly status: "retrying" | "done" | "failed" | "fenced"
  readonly plan: Plan | null
  readonly tries: number
  /** What was given back. */
  readonly quantity: number
}

export interface Reservation {
  readonly orderId: string
  readonly sku: string
  readonly quantity: number
  /** `asked`: a rehearsed failure waits for its next try. `none`: an undo came before any request. */
  readonly status: "none" | "asked" | "held" | "refused" | "released" | "deducted"
  /** Null until something was held. */
  readonly id: string | null
  readonly attempt: number
  readonly plan: Plan | null
  readonly tries: number
  readonly expiresAt: number
  readonly refusal: Refusal | null
  readonly release: Release | null
  /** When its hold ended, if the level's row was not written for that: who reads that row has to count it. */
  readonly endedAt?: number
  /** Units that left although their hold was gone. */
  readonly lost: number
}

export const STOCK_SAYS = [
  "Inventory.reserved",
  "Inventory.reservationFailed",
  "Inventory.released",
  "Inventory.releaseFailed",
  "Inventory.expired",
  "Inventory.deducted",
] as const
export type StockSaying = Saying<(typeof STOCK_SAYS)[number]>

export type StockTimer = "reserve" | "release" | "expiry"

export interface StockDecision {
  /** Null: nothing is to be remembered. */
  readonly state: Reservation | null
  /** Null: no unit moves. */
  readonly level: Level | null
  /** The state tells it as well, to whoever reads the level's row: that need not be written for this. */
  readonly levelWaits: boolean
  readonly says: readonly StockSaying[]
  /** The answer's first delivery gets lost. */
  readonly loseFirst: boolean
  readonly start: { readonly timer: StockTimer; readonly ms: number } | null
  /** Those of these that run. */
  readonly stop: readonly StockTimer[]
  /** Why the event can't be applied. */
  readonly poison: string | null
  /** Why the event has no effect. */
  readonly ignored: string | null
}

const NOTHING: StockDecision = {
  state: null,
  level: null,
  levelWaits: false,
  says: [],
  loseFirst: false,
  start: null,
  stop: [],
  poison: null,
  ignored: null,
}

export function decide(part: Partial<StockDecision>): StockDecision {
  return { ...NOTHING, ...part }
}

/** What a decision on stock depends on, besides the event. */
export interface Shelf {
  readonly level: Level | null
  readonly now: number
  /** Taken if something comes to be held. */
  readonly newId: string
  readonly ttlMs: number
  readonly attemptsMax: number
  readonly backoffMs: number
}

/** The key of what an order holds of a SKU. A SKU may have slashes, an order id has none. */
export function reservationKey(sku: string, orderId: string): string {
  return `${sku}/${orderId}`
}

export function skuOf(key: string): string {
  return key.slice(0, key.lastIndexOf("/"))
}

export function orderOf(key: string): string {
  return key.slice(key.lastIndexOf("/") + 1)
}

export function newReservation(orderId: string, sku: string, quantity: number): Reservation {
  return {
    orderId,
    sku,
    quantity,
    status: "none",
    id: null,
    attempt: 0,
    plan: null,
    tries: 0,
    expiresAt: 0,
    refusal: null,
    release: null,
    lost: 0,
  }
}

export function reserved(state: Reservation, id: string): StockSaying {
  const { orderId, sku, attempt, quantity, expiresAt } = state
  return { type: "Inventory.reserved", data: { orderId, sku, attempt, reservationId: id, quantity, expiresAt } }
}

export function reservationFailed(
  state: Reservation,
  code: RefusalCode,
  available: number,
  reason: string,
): StockSaying {
  const { orderId, sku, attempt, quantity } = state
  return {
    type: "Inventory.reservationFailed",
    data: { orderId, sku, attempt, code, requested: quantity, available, reason },
  }
}
