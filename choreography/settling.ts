/**
 * How the outcome of an effect becomes a turn.
 *
 * 1. An answer of the world is never lost: a handler that can't take it is tried again, the call is not.
 * 2. An effect that is late and has surely not been made is given up without another call.
 */
import { address } from "./address.ts"
import type { Core } from "./core.ts"
import { type Attempt, conclude, type Effects, EXHAUSTED } from "./effects.ts"
import { messageOf } from "./errors.ts"
import type { EffectRow, Outcome, Thread } from "./thread.ts"
import type { Start, Work } from "./work.ts"

/** Effects whose time has come: started once more, given up, or their answer brought to its handler again. */
export function serveEffects(core: Core, effects: Effects, work: Work, key: string, starts: Start[]): void {
  const { settings } = core
  for (const row of [...work.thread(key).thread.effects]) {
    if (row.next > work.now) continue
    if (row.outcome !== undefined) {
      settled(core, work, key, row, row.outcome)
      continue
    }
    const late = row.deadline !== null && work.now >= row.deadline && !row.maybe
    if (late && !effects.isUnderWay(key, row.id)) {
      settled(core, work, key, row, { ok: false, code: EXHAUSTED, reason: "deadline", uncertain: false })
      continue
    }
    row.next = work.now + settings.effectTimeoutMs * 2
    if (effects.isUnderWay(key, row.id)) continue
    starts.push({ key, effect: row.id, lookFirst: row.maybe })
    row.maybe = true
  }
}

export function settleAttempt(core: Core, work: Work, attempt: Attempt): void {
  const row = work.thread(attempt.key).thread.effects.find((effect) => effect.id === attempt.effect)
  if (row === undefined) return
  work.touch(attempt.key)
  const outcome = conclude(core, row, attempt, work.now)
  if (outcome !== null) settled(core, work, attempt.key, row, outcome)
}

function settled(core: Core, work: Work, key: string, row: EffectRow, outcome: Outcome<unknown>): void {
  const { service, platform, settings } = core
  const { thread } = work.thread(key)
  const self = address(service.name, key)
  const cause = { type: `settled.${row.name}`, id: `${self}!${row.id}`, peer: self, position: 0, causationId: null }
  work.touch(key)
  noteDoubt(thread, row.key, outcome)
  try {
    const handle = service.settled.get(row.name)
    if (handle === undefined) throw new Error(`nobody waits for the outcome of ${row.name}`)
    const answer = { input: row.input, key: row.key, outcome, tries: row.log }
    work.turn(key, { ...cause, traceparent: row.cause }, () => handle(answer))
    thread.effects = thread.effects.filter((other) => other.id !== row.id)
  } catch (error) {
    // What the world has answered is kept: the handler is tried again, the call is not.
    row.outcome = outcome
    row.next = work.now + settings.resendMaxMs
    platform.log({
      level: "error",
      message: "outcome can't be applied",
      key,
      effect: row.id,
      reason: messageOf(error),
    })
  }
}

/** A key whose outcome nobody knows stays in doubt until it has an answer, whichever effect it is used for next. */
function noteDoubt(thread: Thread, key: string, outcome: Outcome<unknown>): void {
  const others = (thread.doubts ?? []).filter((other) => other !== key)
  const isInDoubt = !outcome.ok && outcome.uncertain
  if (isInDoubt || thread.doubts !== undefined) thread.doubts = isInDoubt ? [...others, key] : others
}
