/**
 * Effects: the world outside, at most once.
 *
 * 1. The intent is a row before the call is made, and its idempotency key is fixed with it.
 * 2. An outcome that is unknown (a timeout, a crash) is looked up by the key before the call is tried again.
 * 3. Tries have a budget and a deadline. A retry is silent; what is reported is final.
 * 4. Nobody waits for an effect: it starts after the commit, and its outcome is a turn of its own.
 */
import type { Core } from "./core.ts"
import { messageOf, TerminalFailure, TransientFailure, UncertainFailure } from "./errors.ts"
import type { PerformContext, Performer } from "./service.ts"
import type { EffectRow, EffectTry, Outcome } from "./thread.ts"
import type { Start } from "./work.ts"

export interface Attempt {
  readonly key: string
  readonly effect: string
  readonly tries: readonly Omit<EffectTry, "at">[]
  readonly result: Outcome<unknown> | "transient" | "uncertain"
  readonly reason: string
}

export interface EffectStart extends Start {
  /** Whether a call may have been made already. */
  readonly lookFirst: boolean
}

export class Effects {
  readonly #core: Core
  readonly #settle: (attempts: readonly Attempt[]) => void
  readonly #waiting: EffectStart[] = []
  readonly #inFlight = new Set<string>()
  #answered: Attempt[] = []
  #running = 0

  constructor(core: Core, settle: (attempts: readonly Attempt[]) => void) {
    this.#core = core
    this.#settle = settle
  }

  isUnderWay(key: string, effect: string): boolean {
    return this.#inFlight.has(`${key}|${effect}`)
  }

  start(starts: readonly EffectStart[]): void {
    for (const start of starts) {
      if (this.isUnderWay(start.key, start.effect)) continue
      this.#inFlight.add(`${start.key}|${start.effect}`)
      this.#waiting.push(start)
    }
    this.#pump()
  }

  #pump(): void {
    while (this.#waiting.length > 0 && this.#running < this.#core.settings.effectsInFlightMax) {
      const next = this.#waiting.shift()
      if (next === undefined) return
      this.#running += 1
      this.#core.platform.background(this.#run(next))
    }
  }

  async #run(start: EffectStart): Promise<void> {
    try {
      const attempt = await this.#attempt(start)
      if (attempt !== null) this.#answer(attempt)
    } catch (error) {
      // Memory is all that is lost here: the row's own clock picks the effect up again, and looks it up first.
      this.#inFlight.delete(`${start.key}|${start.effect}`)
      this.#core.platform.log({ level: "warn", message: "effect lost", key: start.key, reason: messageOf(error) })
    } finally {
      this.#running -= 1
      this.#pump()
    }
  }

  /** Answers that arrive together are settled in one commit. */
  #answer(attempt: Attempt): void {
    this.#answered.push(attempt)
    if (this.#answered.length > 1) return
    this.#core.platform.soon(() => {
      const answered = this.#answered
      this.#answered = []
      for (const { key, effect } of answered) this.#inFlight.delete(`${key}|${effect}`)
      this.#settle(answered)
    })
  }

  async #attempt(start: EffectStart): Promise<Attempt | null> {
    // Read from the rows right before the call: an instance that has lost its storage stops here.
    const row = this.#core.store.load(start.key)?.thread.effects.find((effect) => effect.id === start.effect)
    if (row === undefined || row.outcome !== undefined) return null
    const performer = this.#core.performers[row.name]
    if (performer === undefined) {
      return {
        key: start.key,
        effect: start.effect,
        tries: [],
        reason: "",
        result: failure("UNKNOWN_EFFECT", `nobody performs ${row.name}`),
      }
    }
    this.#core.platform.point("effect:before")
    const attempt = await this.#call(start, row, performer)
    this.#core.platform.point("effect:after")
    return attempt
  }

  async #call(start: EffectStart, row: EffectRow, performer: Performer): Promise<Attempt> {
    const named = { key: start.key, effect: start.effect }
    const tries: Omit<EffectTry, "at">[] = []
    const abort = new AbortController()
    const context = { key: row.key, attempt: row.tries + 1, signal: abort.signal }
    const timeout = new Promise<never>((_resolve, reject) => {
      this.#core.platform.later(this.#core.settings.effectTimeoutMs, () => {
        abort.abort()
        reject(new UncertainFailure("no answer in time"))
      })
    })
    // The race may be over before the clock is; nobody listens to it then.
    timeout.catch(() => undefined)
    try {
      const result = await Promise.race([timeout, consult(start, row, performer, context, tries)])
      return { ...named, tries, reason: "", result: { ok: true, result } }
    } catch (error) {
      return { ...named, tries, reason: messageOf(error), result: classify(error) }
    }
  }
}

async function consult(
  start: EffectStart,
  row: EffectRow,
  performer: Performer,
  context: PerformContext,
  tries: Omit<EffectTry, "at">[],
): Promise<unknown> {
  // The row was written with the service's own input type; this is its performer.
  const input = row.input as never
  if (start.lookFirst) {
    const found = await performer.lookup(input, context)
    tries.push({ what: "looked_up", reason: found === undefined ? "it did not happen" : "it happened" })
    if (found !== undefined) return found
  }
  return performer.perform(input, context)
}

function classify(error: unknown): Attempt["result"] {
  if (error instanceof TerminalFailure) return failure(error.code, error.message)
  return error instanceof TransientFailure ? "transient" : "uncertain"
}

function failure(code: string, reason: string): Outcome<unknown> {
  return { ok: false, code, reason, uncertain: false }
}

export const EXHAUSTED = "EXHAUSTED"
/** Tries that an effect remembers; its budget is far below. */
const TRIES_KEPT_MAX = 20

/** What an attempt makes of its row: an outcome, or the next try. */
export function conclude(core: Core, row: EffectRow, attempt: Attempt, now: number): Outcome<unknown> | null {
  const { settings, platform } = core
  for (const entry of attempt.tries) row.log.push({ at: now, ...entry })
  if (typeof attempt.result === "object") return attempt.result
  row.tries += 1
  row.maybe = attempt.result === "uncertain"
  const spent = row.tries >= settings.effectAttemptsMax || (row.deadline !== null && now >= row.deadline)
  if (spent) return { ok: false, code: EXHAUSTED, reason: attempt.reason, uncertain: row.maybe }
  if (row.log.length < TRIES_KEPT_MAX) row.log.push({ at: now, what: "retried", reason: attempt.reason })
  const backoff = Math.min(settings.effectBackoffMaxMs, settings.effectBackoffMs * 2 ** (row.tries - 1))
  row.next = now + Math.round(backoff * (0.75 + platform.random() / 2))
  return null
}
