/** What the monitor is asked, and what it answers. */
import type { Alert } from "./alerts.ts"
import type { Document, Query } from "./document.ts"
import type { Figures } from "./figures.ts"
import type { Notice, Reading } from "./rounds.ts"

export interface SearchInput {
  readonly query: Query
  /** The key behind which to go on. */
  readonly after: string | null
  readonly limit: number
}

export interface SearchAnswer {
  readonly items: readonly Document[]
  /** Everything up to this key has been looked at; null when there is nothing behind it. */
  readonly seenTo: string | null
}

export interface Standings {
  readonly attention: number
  readonly unbalanced: number
  readonly overdue: number
}

export interface CellFigures {
  readonly figures: Figures
  readonly standing: Standings
  readonly counting: number
}

export interface Watch {
  readonly alerts: readonly Alert[]
  /** What services have raised themselves, newest last. */
  readonly notices: readonly Notice[]
  /** When the last round through all cells ended, and what it found; null before the first. */
  readonly roundAt: number | null
  readonly latest: Reading | null
  readonly down: readonly string[]
  /** By minute. */
  readonly readings: Readonly<Record<number, Reading>>
  /** Of all rounds there ever were. */
  readonly sum: Reading
  readonly rebuilding: Rebuilding | null
}

/** Where in the cells of orders the next go begins. */
export interface RebuildPlace {
  readonly cell: number
  readonly after: string | null
}

export interface Rebuilding {
  readonly counting: number
  readonly startedAt: number
  readonly endedAt: number | null
  readonly orders: number
  readonly failure: string | null
}

export interface MonitorAsks {
  /** Asked of the key that sweeps, and sees to it that it does. */
  readonly watch: { readonly input: null; readonly answer: Watch }
  /** Asked of the same key: sees to it that rounds are gone, and says how many were. */
  readonly start: { readonly input: null; readonly answer: { readonly runs: number } }
  /** Begins to make documents and figures anew, unless that is under way. */
  readonly rebuild: { readonly input: null; readonly answer: Rebuilding }
  /** Asked of a cell: from here on nothing is counted but what is restored or heard. */
  readonly recount: { readonly input: { readonly counting: number }; readonly answer: null }
  /** Asked of a cell. */
  readonly search: { readonly input: SearchInput; readonly answer: SearchAnswer }
  readonly figures: { readonly input: null; readonly answer: CellFigures }
  /** Asked of an order's own key. */
  readonly document: { readonly input: null; readonly answer: Document | null }
  readonly restore: {
    readonly input: { readonly document: Document; readonly counting: number }
    readonly answer: null
  }
}

/** How many orders are on each of the lists, in all cells. */
export function standingOfAll(cells: readonly CellFigures[]): Standings {
  const sum = (name: keyof Standings): number => cells.reduce((total, { standing }) => total + standing[name], 0)
  return { attention: sum("attention"), unbalanced: sum("unbalanced"), overdue: sum("overdue") }
}
