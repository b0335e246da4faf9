/** What the monitor's keys hold, do and are asked: documents of orders, and the one key that goes the rounds. */
import type { Alert } from "../../domain/monitor/alerts.ts"
import type { Document } from "../../domain/monitor/document.ts"
import type { Bucket, DaysRow, HourRow } from "../../domain/monitor/figures.ts"
import type { Notice, Reading, ReadingRow, Round } from "../../domain/monitor/rounds.ts"
import type { Flagged } from "../../domain/monitor/search.ts"
import type { MonitorAsks, Rebuilding, RebuildPlace, Standings } from "../../domain/monitor/views.ts"
import type { Settings } from "../../domain/settings.ts"
import type { Dollar } from "../../choreography/dollar.ts"
import type { AppCatalog } from "../../events/catalog.ts"

export interface SweepState {
  readonly kind: "sweep"
  /** Where the next run goes on in the list of all cells. */
  readonly cursor: number
  readonly runs: number
  /** The round under way. */
  readonly gathering: Round
  readonly latest: Reading | null
  readonly roundAt: number | null
  readonly down: readonly string[]
  readonly notices: readonly Notice[]
  readonly alerts: readonly Alert[]
  readonly sum: Reading
  readonly rebuilding: Rebuilding | null
}

/** Of which counting the figures of a cell are: a new one begins with nothing. */
export interface Counting {
  readonly counting: number
}

export interface SweepInput {
  readonly cursor: number
  /** What the runs before this one have found in the same round. */
  readonly gathered?: Round
}

export interface SweepResult {
  readonly cursor: number
  readonly round: Round
  /** Whether it has come to the last cell. */
  readonly isComplete: boolean
  /** What orders say of themselves, in all cells of the monitor; null unless the round is complete. */
  readonly shop: { readonly figures: Bucket; readonly standing: Standings } | null
}

export interface Notification {
  readonly type: "alert.raised" | "alert.resolved"
  readonly at: number
  readonly alert: Alert
}

export interface MonitorShape {
  readonly says: readonly []
  readonly state: Document | SweepState
  readonly shared: HourRow | DaysRow | ReadingRow | Flagged | Counting
  readonly effects: {
    readonly sweep: { readonly input: SweepInput; readonly result: SweepResult }
    readonly notify: { readonly input: Notification; readonly result: object }
    readonly rebuild: {
      readonly input: { readonly counting: number; readonly place: RebuildPlace | null }
      readonly result: { readonly place: RebuildPlace | null; readonly orders: number }
    }
  }
  readonly timers: { readonly sweep: null }
  readonly asks: MonitorAsks
  readonly settings: Settings
}

export type Words = Dollar<AppCatalog, MonitorShape>
