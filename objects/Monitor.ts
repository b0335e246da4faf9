/**
 * Monitor: watches what crosses orders, and is never on the path of one. It keeps a search document of each order and the
 * shop's figures, both from what orders say of themselves; it keeps what no other object can (messages that nobody can
 * read); and it sweeps: whatever owes work and has lost its alarm is woken.
 *
 * 1. An order's document and what it adds to the figures change together, once, however often a fact is heard.
 * 2. It says nothing, so nothing ever waits for it.
 */
import {
  balanced,
  type Change,
  changed,
  type Document,
  documentKey,
  hasEnded,
  known,
  orderIdOf,
  placed,
  restored,
} from "../domain/monitor/document.ts"
import { clear, DAYS_ROW, enter, entriesOf, type FigureRows, readFigures } from "../domain/monitor/figures.ts"
import type { DaysRow, HourRow } from "../domain/monitor/figures.ts"
import { flag, type Flagged, NO_FLAGS, search, standingsOf } from "../domain/monitor/search.ts"
import type { MonitorAsks } from "../domain/monitor/views.ts"
import { MONITOR_CELL, monitorCell, monitorCells, SWEEP } from "../domain/placement.ts"
import { service } from "./dollar.ts"
import { goRounds, roundAsks } from "./monitor/rounds.ts"
import type { Counting, MonitorShape, Words } from "./monitor/shape.ts"

const FLAGGED_ROW = "flagged"
const COUNTING_ROW = "counting"

export const monitor = service<MonitorShape>()(
  "Monitor",
  {
    says: [],
    placement: (settings) => ({
      cellOf: (key) => (key === SWEEP ? MONITOR_CELL : monitorCell(orderIdOf(key), settings.cells)),
      cells: () => monitorCells(settings.cells),
    }),
    subjectOf: orderIdOf,
    isFinal: (state) => state?.kind !== "order" || hasEnded(state),
  },
  ($) => {
    listen($)
    goRounds($)
    return { ...searchAsks($), ...countingAsks($), ...roundAsks($) }
  },
)

/** Every fact reaches the document of its order. */
function keys({ subject }: { readonly subject: string }): readonly string[] {
  return [documentKey(subject)]
}

function listen($: Words): void {
  $.on.Order.placed(({ data }) => record($, data, (document) => placed(document, data)), keys)
  $.on.Order.shipped(({ data, event }) => {
    const { paymentId, trackingNumber, shippedAt } = data
    // Shipped after all: what had turned it back is undone itself.
    move($, data, event.time, { stage: "shipped", paymentId, trackingNumber, shippedAt, code: null })
  }, keys)
  $.on.Order.cancelling(({ data, event }) => {
    const { paymentId, code } = data
    move($, data, event.time, { stage: "cancelling", paymentId, code })
  }, keys)
  $.on.Order.attention(({ data, event }) => {
    move($, data, event.time, { stage: "attention", outstanding: data.outstanding })
  }, keys)
  $.on.Order.cancelled(({ data, event }) => {
    const { paymentId, code } = data
    move($, data, event.time, { stage: "cancelled", endedAt: Date.parse(event.time), paymentId, code })
  }, keys)
  $.on.Order.completed(({ data, event }) => {
    move($, data, event.time, { stage: "delivered", endedAt: Date.parse(event.time) })
  }, keys)
  $.on.Order.overdue(({ data, event }) => move($, data, event.time, { overdue: true }), keys)
  const balance = (isBalanced: boolean) => (document: Document, at: number) => balanced(document, at, isBalanced)
  $.on.Order.unbalanced(({ data, event }) => record($, data, balance(false), event.time), keys)
  $.on.Order.balanced(({ data, event }) => record($, data, balance(true), event.time), keys)
}

interface Whose {
  readonly orderId: string
  readonly customerId: string
}

function move($: Words, data: Whose, time: string, change: Change): undefined {
  record($, data, (document, at) => changed(document, at, change), time)
}

function record(
  $: Words,
  data: Whose,
  change: (document: Document, at: number) => Document | null,
  time = "",
): undefined {
  const counting = countingOf($)
  const before = documentIn($)
  const after = change(known(before, data, counting), Date.parse(time))
  if (after === null) {
    $.ignore("already applied")
    return
  }
  keep($, before, { ...after, counting }, counting)
}

/** The document, what it adds to the figures, and the lists it is on. */
function keep($: Words, before: Document | null, after: Document, counting: number): undefined {
  $.save(after)
  enter(figureRows($), entriesOf(before, counting), entriesOf(after, counting))
  const flagged = flag(flaggedIn($), before, after)
  if (flagged !== null) $.share(FLAGGED_ROW, flagged)
}

function documentIn($: Words): Document | null {
  const state = $.state()
  return state?.kind === "order" ? state : null
}

function countingOf($: Words): number {
  // Written by `recount` alone.
  return ($.shared(COUNTING_ROW) as Counting | null)?.counting ?? 0
}

function flaggedIn($: Words): Flagged {
  // Written by `keep` and `recount` alone.
  return ($.shared(FLAGGED_ROW) as Flagged | null) ?? NO_FLAGS
}

function figureRows($: Words): FigureRows {
  return {
    hour: (name) => $.shared(name) as HourRow | null, // written right below, and nowhere else
    setHour: (name, row) => $.share(name, row),
    days: () => $.shared(DAYS_ROW) as DaysRow | null, // the same
    setDays: (row) => $.share(DAYS_ROW, row),
  }
}

function searchAsks($: Words) {
  return {
    search: (input: MonitorAsks["search"]["input"]) => {
      const shelf = {
        keys: (after: string | null, limit: number) => $.keysWithPrefix("", after, limit),
        document: (key: string) => {
          const state = $.peek(key)
          return state?.kind === "order" ? state : null
        },
      }
      return search(shelf, flaggedIn($), input)
    },
    figures: () => ({
      figures: readFigures(figureRows($)),
      standing: standingsOf(flaggedIn($)),
      counting: countingOf($),
    }),
    document: () => documentIn($),
  }
}

function countingAsks($: Words) {
  return {
    recount: ({ counting }: MonitorAsks["recount"]["input"]) => {
      if (countingOf($) === counting) return null
      $.share(COUNTING_ROW, { counting })
      $.share(FLAGGED_ROW, NO_FLAGS)
      clear(figureRows($))
      return null
    },
    restore: ({ document, counting }: MonitorAsks["restore"]["input"]) => {
      if (countingOf($) !== counting) return null
      const before = documentIn($)
      keep($, before, restored(before, document, counting), counting)
      return null
    },
  }
}
