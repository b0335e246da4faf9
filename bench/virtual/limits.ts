/** What the model in virtual time assumes, and what travels in it. */

// Published limits.
export const MESSAGES_PER_QUEUE_MS = 5
export const CONSUMERS_PER_QUEUE = 250
export const BATCH_MAX = 100
/** An object answers about a thousand calls a second. */
export const CALL_MS = 1

// Assumptions.
export const SEND_MS = 10
export const HOP_MS = 50
export const RPC_MS = 5
/** A commit is confirmed by several places before anything leaves. */
export const COMMIT_MS = 8
export const EVENT_CPU_MS = 0.2
export const GATEWAY_MS = 100
export const CALL_EVENTS_MAX = 200
export const BUNDLE_MAX = 40
export const POLL_MS = 5
/** Of arrivals; then everything runs to its end. */
export const SECONDS = 3
export const WARM_UP_MS = 1_000
/** The clock counts whole microseconds. */
export const US = 1_000
export const SEED = 42

export type Service = "order" | "payment" | "stock" | "shipping"
export interface Delivery {
  readonly to: Service
  readonly cell: number
  readonly order: Sold
  readonly what: "place" | "request" | "effect" | "answer" | "dispatched"
}

export interface Sold {
  readonly at: number
  readonly home: number
  readonly skus: readonly [number, number]
  answers: number
}
