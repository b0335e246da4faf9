/**
 * Looking for orders in a cell of the monitor.
 *
 * 1. Documents are looked at, newest first, a bounded number for one answer: reading a thousand rows costs what writing
 *    one does, so there is an index for what is rare and asked for often (the views), and none for the rest.
 * 2. An answer says how far it has looked, so that several cells can be put together without missing one.
 */
import {
  type Document,
  documentKey,
  isDocumentKey,
  matches,
  orderIdOf,
  VIEWS,
  viewsOf,
  type ViewName,
} from "./document.ts"
import { placedAtOf } from "../orderId.ts"
import type { SearchAnswer, SearchInput, Standings } from "./views.ts"

/** Documents that one answer looks at. */
const LOOKED_AT_MAX = 1_000
/** An order is placed a little after its id is made. */
const PLACING_MS_MAX = 60_000
/** Keys that one list holds; beyond it an order is still found by its stage. */
const FLAGGED_MAX = 5_000

/** Keys of the orders in each view. */
export type Flagged = Readonly<Record<ViewName, readonly string[]>>
export const NO_FLAGS: Flagged = { attention: [], unbalanced: [], overdue: [] }

/** Null when nothing changes. */
export function flag(flagged: Flagged, before: Document | null, after: Document): Flagged | null {
  const key = documentKey(after.orderId)
  const [was, is] = [viewsOf(before), viewsOf(after)]
  const changes = VIEWS.filter((view) => was.includes(view) !== is.includes(view))
  if (changes.length === 0) return null
  const lists = changes.map((view): [ViewName, readonly string[]] => {
    const others = flagged[view].filter((other) => other !== key)
    return [view, is.includes(view) && others.length < FLAGGED_MAX ? [...others, key] : others]
  })
  return { ...flagged, ...Object.fromEntries(lists) }
}

export function standingsOf(flagged: Flagged): Standings {
  const { attention, unbalanced, overdue } = flagged
  return { attention: attention.length, unbalanced: unbalanced.length, overdue: overdue.length }
}

interface Shelf {
  /** In their order, behind a key. */
  keys(after: string | null, limit: number): readonly string[]
  document(key: string): Document | null
}

export function search(shelf: Shelf, flagged: Flagged, { query, after, limit }: SearchInput): SearchAnswer {
  const keys = query.view === null ? shelf.keys(after, LOOKED_AT_MAX) : listed(flagged[query.view], after)
  const items: Document[] = []
  for (const key of keys) {
    // The cell's other keys say nothing about when an order was placed.
    if (!isDocumentKey(key)) continue
    if (query.since !== null && placedAtOf(orderIdOf(key)) < query.since - PLACING_MS_MAX)
      return { items, seenTo: null }
    const document = shelf.document(key)
    if (document === null || !matches(document, query)) continue
    items.push(document)
    if (items.length === limit) return { items, seenTo: key }
  }
  return { items, seenTo: keys.length < LOOKED_AT_MAX ? null : (keys.at(-1) ?? null) }
}

function listed(keys: readonly string[], after: string | null): readonly string[] {
  const sorted = [...keys].sort()
  return (after === null ? sorted : sorted.filter((key) => key > after)).slice(0, LOOKED_AT_MAX)
}

/** What several cells have found, as one page: nothing behind a place that some cell has not looked beyond. */
export function together(answers: readonly SearchAnswer[], limit: number): SearchAnswer {
  const borders = answers.flatMap(({ seenTo }) => seenTo ?? []).sort()
  const border = borders[0] ?? null
  const found = answers
    .flatMap(({ items }) => items)
    .map((document) => ({ key: documentKey(document.orderId), document }))
    .filter(({ key }) => border === null || key <= border)
    .sort((a, b) => (a.key < b.key ? -1 : 1))
  const page = found.slice(0, limit)
  const last = page.at(-1)?.key ?? null
  return { items: page.map(({ document }) => document), seenTo: found.length > limit ? last : border }
}
