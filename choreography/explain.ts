/** What a key waits for and what will happen next by itself, read from its rows: to answer why something stands still. */
import type { Core } from "./core.ts"
import type { Effects } from "./effects.ts"
import { letterId, readLetter } from "./letters.ts"
import type { EffectRow, Thread } from "./thread.ts"

export interface EffectStanding {
  readonly name: string
  readonly tries: number
  readonly triesMax: number
  /** When it is picked up again, unless its answer comes first. */
  readonly nextAt: number
  readonly deadlineAt: number | null
  readonly lastError: string | null
  /** What it calls is down: it waits for a probe to be answered, at no cost. */
  readonly braked: boolean
  readonly underWay: boolean
}

export interface UnreceivedRow {
  readonly type: string
  readonly target: string
  /** Times that it was sent again. */
  readonly tries: number
  readonly since: number
  readonly nextAt: number
}

export interface ParkedLetter {
  readonly id: string
  readonly type: string
  readonly reason: string
  readonly parkedAt: number
}

export interface Explanation {
  readonly effects: readonly EffectStanding[]
  readonly timers: readonly { readonly name: string; readonly at: number }[]
  readonly unreceived: readonly UnreceivedRow[]
  readonly letters: readonly ParkedLetter[]
}

/** Letters of one key that an answer names; more would tell nobody anything. */
const LETTERS_MAX = 20

export function explain(core: Core, effects: Effects, key: string): Explanation {
  const thread = core.load(key)?.thread
  return {
    effects: thread?.effects.map((row) => standing(core, effects, key, row)) ?? [],
    timers: Object.entries(thread?.timers ?? {}).map(([name, { at }]) => ({ name, at })),
    unreceived: thread === undefined ? [] : unreceived(thread),
    letters: core.store.openLettersOf(key, LETTERS_MAX).map(({ body }) => {
      const { row, type, reason, parkedAt } = readLetter(body)
      return { id: letterId({ service: core.service.name, cell: core.name, row }), type, reason, parkedAt }
    }),
  }
}

function standing(core: Core, effects: Effects, key: string, row: EffectRow): EffectStanding {
  return {
    name: row.name,
    tries: row.tries,
    triesMax: core.settings.effectAttemptsMax,
    nextAt: row.next,
    deadlineAt: row.deadline,
    lastError: row.error ?? null,
    braked: effects.isBraked(row.name),
    underWay: effects.isUnderWay(key, row.id),
  }
}

function unreceived(thread: Thread): UnreceivedRow[] {
  return Object.entries(thread.outs).flatMap(([target, { rows }]) =>
    rows.flatMap(({ event, tries, next }) => {
      const said = thread.events[event]
      return said === undefined ? [] : [{ type: said.type, target, tries, since: Date.parse(said.time), nextAt: next }]
    }),
  )
}
