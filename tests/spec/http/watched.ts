// What the monitor answers a shop that has seen nothing.
import { NOTHING } from "../../../domain/monitor/figures.ts"
import { NO_READING } from "../../../domain/monitor/rounds.ts"
import type { MonitorAsks } from "../../../domain/monitor/views.ts"

type Answers = { readonly [Name in keyof MonitorAsks]: () => MonitorAsks[Name]["answer"] }

export const watched: Answers = {
  watch: () => ({
    ...{
      alerts: [],
      notices: [],
      roundAt: null,
      latest: null,
      down: [],
      readings: {},
      sum: NO_READING,
      rebuilding: null,
    },
  }),
  start: () => ({ runs: 0 }),
  rebuild: () => ({ counting: 1, startedAt: 0, endedAt: null, orders: 0, failure: null }),
  recount: () => null,
  search: () => ({ items: [], seenTo: null }),
  figures: () => ({
    figures: { minutes: {}, days: {}, total: NOTHING },
    standing: { attention: 0, unbalanced: 0, overdue: 0 },
    counting: 0,
  }),
  document: () => null,
  restore: () => null,
}
