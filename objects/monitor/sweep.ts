/** A run of the monitor's rounds: what it does at every other object, a bounded number of them at a time. */
import type { Performer } from "../../choreography/service.ts"
import { type Bucket, merge, sinceOf } from "../../domain/monitor/figures.ts"
import { addRounds, type CellVitals, NO_ROUND, type Round, roundOf } from "../../domain/monitor/rounds.ts"
import { type CellFigures, standingOfAll } from "../../domain/monitor/views.ts"
import type { SweepInput, SweepResult } from "./shape.ts"

/** Cells visited by one run; the next one goes on behind them. */
const SWEEP_CELLS_MAX = 64
/** The figures that alerts go by. */
const WINDOW_MS = 60 * 60_000

interface CellName {
  readonly service: string
  readonly cell: string
}

export interface SweepPorts {
  readonly cells: () => readonly CellName[]
  /** Has the cell look at its alarm again: doing it twice is harmless, so there is nothing to look up. */
  readonly poke: (name: CellName) => Promise<void>
  readonly vitals: (name: CellName) => Promise<CellVitals>
  readonly orderIdOf: (service: string, key: string) => string
  /** Of every cell of the monitor. */
  readonly figures: () => Promise<readonly CellFigures[]>
  readonly now: () => number
  /** Whoever else keeps figures is told of each complete round. */
  readonly observe: (round: Round, figures: Bucket) => void
}

export function sweeper(ports: SweepPorts): Performer<SweepInput, SweepResult> {
  return {
    async perform({ cursor, gathered = NO_ROUND }) {
      const all = ports.cells()
      const from = cursor < all.length ? cursor : 0
      const rounds = await Promise.all(all.slice(from, from + SWEEP_CELLS_MAX).map((name) => visit(name, ports)))
      const round = rounds.reduce(addRounds, NO_ROUND)
      const next = from + SWEEP_CELLS_MAX
      if (next < all.length) return { cursor: next, round, isComplete: false, shop: null }
      const cells = await ports.figures()
      const { minutes } = merge(cells.map(({ figures }) => figures))
      const figures = sinceOf(minutes, ports.now() - WINDOW_MS)
      ports.observe(addRounds(gathered, round), figures)
      return { cursor: 0, round, isComplete: true, shop: { figures, standing: standingOfAll(cells) } }
    },
    lookup: () => Promise.resolve(undefined),
  }
}

/** One that can't be woken now is met again by a later run. */
async function visit(name: CellName, ports: SweepPorts): Promise<Round> {
  const { service } = name
  const orderIdOf = (key: string): string => ports.orderIdOf(service, key)
  try {
    await ports.poke(name)
    const vitals = await ports.vitals(name)
    // What the monitor itself calls is no gateway, and what it raises it knows.
    const others = service === "Monitor" ? { ...vitals, calls: {}, alerts: [], down: [], retried: 0 } : vitals
    return roundOf(service, others, orderIdOf)
  } catch {
    return roundOf(service, null, orderIdOf)
  }
}
