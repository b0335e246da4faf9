/** What a shop can set. Read once from the variables by `http`/`index.ts`, passed to every service. */
import type { Thresholds } from "./monitor/alerts.ts"
import type { CellCounts } from "./placement.ts"

export interface Settings {
  readonly cells: CellCounts
  readonly simulation: boolean
  /** Beyond which the monitor calls for a person. */
  readonly alerts: Thresholds
  /** How often the monitor goes its round. */
  readonly sweepEveryMs: number
  readonly paymentFailureRate: number
  readonly carrierFailureRate: number
  readonly dispatchDelayMs: number
  readonly transitDelayMs: number
  /** Null: only `/deliver` or a carrier's webhook delivers. */
  readonly deliveryDelayMs: number | null
  readonly reservationTtlMs: number
  /** Until dispatch is granted. */
  readonly orderDeadlineMs: number
  /** From the grant on; passing it only alerts. */
  readonly deliveryDeadlineMs: number
  /** How long a step may take to answer before the order compensates. */
  readonly stepDeadlineMs: number
  /** How long an undo may take before it is outstanding and a person must decide. */
  readonly undoDeadlineMs: number
  /** Orders of one customer that may be open at once; 0 is no limit. */
  readonly openOrdersMax: number
  /** Orders of one cell that may be on their way before it takes no more; 0 is no limit. */
  readonly backlogMax: number
  /** Tries and first backoff that simulated stock failures obey, the same as effects do. */
  readonly effectAttemptsMax: number
  readonly effectBackoffMs: number
}
