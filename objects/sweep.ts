/** The monitor's rounds: what it does at every other object, a bounded number of them at a time. */
import type { Performer } from "../choreography/service.ts"

export interface SweepResult {
  readonly cursor: number
}

/** Cells woken by one run; the next one goes on behind them. */
const SWEEP_CELLS_MAX = 64

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
