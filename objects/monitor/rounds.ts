/**
 * The one key that goes the rounds: it wakes every cell, hears how each is, and calls a person when something is wrong.
 *
 * 1. The round is an effect, so nothing waits for it; what it has found is one commit, alerts and their messages included.
 * 2. Whoever asks for what it has found makes sure that it goes on.
 */
import { conditionsOf, judge } from "../../domain/monitor/alerts.ts"
import {
  addReadings,
  addRounds,
  NO_READING,
  NO_ROUND,
  readingOf,
  readingRowName,
  readingRowNames,
  readingsIn,
  type ReadingRow,
  withReading,
} from "../../domain/monitor/rounds.ts"
import type { Rebuilding, Watch } from "../../domain/monitor/views.ts"
import type { Notification, SweepResult, SweepState, Words } from "./shape.ts"

const NEW: SweepState = {
  kind: "sweep",
  cursor: 0,
  runs: 0,
  gathering: NO_ROUND,
  latest: null,
  roundAt: null,
  down: [],
  notices: [],
  alerts: [],
  sum: NO_READING,
  rebuilding: null,
}

export function goRounds($: Words): void {
  $.expired.sweep(() => {
    const { cursor, gathering: gathered } = stateOf($)
    $.perform("sweep", { cursor, gathered })
  })
  $.settled.sweep(({ outcome }) => {
    const state = stateOf($)
    const next = { ...state, runs: state.runs + 1 }
    $.save(outcome.ok ? found($, next, outcome.result) : next)
    $.after("sweep", $.settings.sweepEveryMs, null)
  })
  // Tried as often as any effect is; who was not reached finds the alert in the list.
  $.settled.notify(({ outcome }) => {
    if (!outcome.ok) $.ignore("whoever is to be told of alerts could not be reached")
  })
  $.settled.rebuild(({ input, outcome }) => {
    const state = stateOf($)
    if (state.rebuilding?.counting !== input.counting) return
    const { rebuilding } = state
    if (!outcome.ok) {
      $.save({ ...state, rebuilding: { ...rebuilding, endedAt: $.now, failure: outcome.reason } })
      return
    }
    const { place, orders } = outcome.result
    const endedAt = place === null ? $.now : null
    $.save({ ...state, rebuilding: { ...rebuilding, orders: rebuilding.orders + orders, endedAt } })
    if (place !== null) $.perform("rebuild", { counting: input.counting, place })
  })
}

function stateOf($: Words): SweepState {
  const state = $.state()
  return state?.kind === "sweep" ? state : NEW
}

/** A complete round is looked at, and the next one begins with nothing. */
function found($: Words, state: SweepState, { cursor, round, isComplete, shop }: SweepResult): SweepState {
  const gathering = addRounds(state.gathering, round)
  const notices = addRounds({ ...NO_ROUND, notices: state.notices }, { ...NO_ROUND, notices: round.notices }).notices
  if (!isComplete || shop === null) return { ...state, cursor, gathering: { ...gathering, notices: [] }, notices }
  const reading = readingOf(gathering, $.now)
  const name = readingRowName($.now)
  // Written under these names right here, and nowhere else.
  $.share(name, withReading($.shared(name) as ReadingRow | null, $.now, reading))
  const finding = { ...shop, reading, down: gathering.down }
  const { alerts, raised, resolved } = judge(state.alerts, conditionsOf(finding, $.settings.alerts), $.now)
  for (const alert of raised) {
    $.alert(`${alert.name}: ${alert.message}`)
    tell($, { type: "alert.raised", at: $.now, alert })
  }
  for (const alert of resolved) tell($, { type: "alert.resolved", at: $.now, alert })
  const sum = addReadings(state.sum, reading)
  const latest = { latest: reading, roundAt: $.now, down: gathering.down }
  return { ...state, ...latest, cursor: 0, gathering: NO_ROUND, notices, alerts, sum }
}

function tell($: Words, notification: Notification): void {
  // The same message keeps its id however often it is sent.
  $.perform("notify", notification, { key: `${notification.type}:${notification.alert.id}` })
}

export function roundAsks($: Words) {
  return {
    start: () => ({ runs: started($).runs }),
    watch: (): Watch => {
      const { alerts, notices, roundAt, latest, down, sum, rebuilding } = started($)
      // Written under these names by `found` alone.
      const rows = readingRowNames().map((name) => $.shared(name) as ReadingRow | null)
      return { alerts, notices, roundAt, latest, down, sum, rebuilding, readings: readingsIn(rows) }
    },
    rebuild: (): Rebuilding => {
      const state = started($)
      if (state.rebuilding !== null && state.rebuilding.endedAt === null) return state.rebuilding
      const counting = (state.rebuilding?.counting ?? 0) + 1
      const rebuilding: Rebuilding = { counting, startedAt: $.now, endedAt: null, orders: 0, failure: null }
      $.save({ ...state, rebuilding })
      $.perform("rebuild", { counting, place: null })
      return rebuilding
    },
  }
}

/** Whoever comes by makes sure that the rounds are gone; once they are, this changes nothing. */
function started($: Words): SweepState {
  const state = stateOf($)
  if ($.timerAt("sweep") === null && !$.thread().effects.some(({ name }) => name === "sweep")) {
    $.save(state)
    $.after("sweep", $.settings.sweepEveryMs, null)
  }
  return state
}
