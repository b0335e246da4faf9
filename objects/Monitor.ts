/**
 * Monitor: watches what crosses orders, and is never on the path of one. It keeps what no other object can (messages
 * that nobody can read), and it sweeps: whatever owes work and has lost its alarm is woken.
 */
import type { Performer } from "../choreography/service.ts"
import type { Settings } from "../domain/settings.ts"
import { service } from "./dollar.ts"

export interface SweepState {
  /** Where the next run goes on in the list of all cells. */
  readonly cursor: number
  readonly runs: number
}

interface MonitorShape {
  readonly state: SweepState
  readonly shared: object
  readonly effects: { readonly sweep: { readonly input: { readonly cursor: number }; readonly result: SweepResult } }
  readonly timers: { readonly sweep: null }
  readonly asks: { readonly start: { readonly input: null; readonly answer: SweepState } }
  readonly settings: Settings
}

export interface SweepResult {
  readonly cursor: number
}

/** The one cell of the monitor, and its key. */
export const MONITOR_CELL = "monitor-0"
export const SWEEP = "sweep"

/** Often enough that no order waits long for a lost alarm, rarely enough to cost nothing. */
const SWEEP_EVERY_MS = 60_000
/** Cells woken by one run; the next one goes on behind them. */
const SWEEP_CELLS_MAX = 64

export const monitor = service<MonitorShape>()(
  "Monitor",
  { placement: () => ({ cellOf: () => MONITOR_CELL, cells: () => [MONITOR_CELL] }) },
  ($) => {
    $.expired.sweep(() => $.perform("sweep", { cursor: $.state()?.cursor ?? 0 }))
    $.settled.sweep(({ outcome }) => {
      const { cursor, runs } = $.state() ?? { cursor: 0, runs: 0 }
      $.save({ cursor: outcome.ok ? outcome.result.cursor : cursor, runs: runs + 1 })
      $.after("sweep", SWEEP_EVERY_MS, null)
    })
    return {
      /** Whoever comes by makes sure that the sweep runs; once it does, this changes nothing. */
      start() {
        const state = $.state() ?? { cursor: 0, runs: 0 }
        if ($.timerAt("sweep") === null && $.thread().effects.length === 0) {
          $.save(state)
          $.after("sweep", SWEEP_EVERY_MS, null)
        }
        return state
      },
    }
  },
)

export type MonitorAsking = MonitorShape

/** Wakes a number of cells by name. Doing it twice is harmless, so there is nothing to look up. */
export function sweeper(
  cells: () => readonly { readonly service: string; readonly cell: string }[],
  poke: (service: string, cell: string) => Promise<void>,
): Performer<{ readonly cursor: number }, SweepResult> {
  return {
    async perform({ cursor }) {
      const all = cells()
      const from = cursor < all.length ? cursor : 0
      // One that can't be woken now is met again by a later run.
      await Promise.allSettled(all.slice(from, from + SWEEP_CELLS_MAX).map(({ service, cell }) => poke(service, cell)))
      return { cursor: from + SWEEP_CELLS_MAX }
    },
    lookup: () => Promise.resolve(undefined),
  }
}
