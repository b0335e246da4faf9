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
} from "../domain/monitor/document.ts"
import { DAYS_ROW, enter, entriesOf, type FigureRows, readFigures } from "../domain/monitor/figures.ts"
import type { DaysRow, HourRow } from "../domain/monitor/figures.ts"
import { flag, type Flagged, NO_FLAGS, search, standingsOf } from "../domain/monitor/search.ts"
import type { MonitorAsks } from "../domain/monitor/views.ts"
import { MONITOR_CELL, monitorCell, monitorCells, SWEEP } from "../domain/placement.ts"
import type { Settings } from "../domain/settings.ts"
import type { Dollar } from "../choreography/dollar.ts"
import type { AppCatalog } from "../events/catalog.ts"
import { service } from "./dollar.ts"
import type { SweepResult } from "./sweep.ts"

interface SweepState {
  readonly kind: "sweep"
  /** Where the next run goes on in the list of all cells. */
  readonly cursor: number
  readonly runs: number
}

interface Counting {
  readonly counting: number
}

interface MonitorShape {
  readonly state: Document | SweepState
  readonly shared: HourRow | DaysRow | Flagged | Counting
  readonly effects: { readonly sweep: { readonly input: { readonly cursor: number }; readonly result: SweepResult } }
  readonly timers: { readonly sweep: null }
  readonly asks: MonitorAsks & { readonly start: { readonly input: null; readonly answer: SweepState } }
  readonly settings: Settings
}

type Words = Dollar<AppCatalog, MonitorShape>

const FLAGGED_ROW = "flagged"
const COUNTING_ROW = "counting"

/** Often enough that no order waits long for a lost alarm, rarely enough to cost nothing. */
const SWEEP_EVERY_MS = 60_000

export const monitor = service<MonitorShape>()(
  "Monitor",
  {
    placement: (settings) => ({
      cellOf: (key) => (key === SWEEP ? MONITOR_CELL : monitorCell(orderIdOf(key), settings.cells)),
      cells: () => monitorCells(settings.cells),
    }),
    subjectOf: orderIdOf,
    isFinal: (state) => state?.kind !== "order" || hasEnded(state),
  },
  ($) => {
    listen($)
    sweep($)
    return { ...searchAsks($), start: () => start($) }
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

// Each row is written under its name by one function, right here, which is what makes the casts of this part true.

function countingOf($: Words): number {
  return ($.shared(COUNTING_ROW) as Counting | null)?.counting ?? 0
}

function flaggedIn($: Words): Flagged {
  return ($.shared(FLAGGED_ROW) as Flagged | null) ?? NO_FLAGS
}

function figureRows($: Words): FigureRows {
  return {
    hour: (name) => $.shared(name) as HourRow | null,
    setHour: (name, row) => $.share(name, row),
    days: () => $.shared(DAYS_ROW) as DaysRow | null,
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

function sweepState($: Words): SweepState {
  const state = $.state()
  return state?.kind === "sweep" ? state : { kind: "sweep", cursor: 0, runs: 0 }
}

function sweep($: Words): void {
  $.expired.sweep(() => $.perform("sweep", { cursor: sweepState($).cursor }))
  $.settled.sweep(({ outcome }) => {
    const { cursor, runs } = sweepState($)
    $.save({ kind: "sweep", cursor: outcome.ok ? outcome.result.cursor : cursor, runs: runs + 1 })
    $.after("sweep", SWEEP_EVERY_MS, null)
  })
}

/** Whoever comes by makes sure that the sweep runs; once it does, this changes nothing. */
function start($: Words): SweepState {
  const state = sweepState($)
  if ($.timerAt("sweep") === null && $.thread().effects.length === 0) {
    $.save(state)
    $.after("sweep", SWEEP_EVERY_MS, null)
  }
  return state
}
