/** What the monitor is asked, and what it answers. */
import type { Document, Query } from "./document.ts"
import type { Figures } from "./figures.ts"

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

export interface MonitorAsks {
  /** Asked of a cell. */
  readonly search: { readonly input: SearchInput; readonly answer: SearchAnswer }
  readonly figures: { readonly input: null; readonly answer: CellFigures }
  /** Asked of an order's own key. */
  readonly document: { readonly input: null; readonly answer: Document | null }
}
