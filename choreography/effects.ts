/**
 * Effects: the world outside, at most once.
 *
 * 1. The intent is a row before the call is made, and its idempotency key is fixed with it.
 * 2. An outcome that is unknown (a timeout, a crash) is looked up by the key before the call is tried again.
 * 3. Tries have a budget and a deadline. A retry is silent; what is reported is final.
 * 4. A hint from outside has an effect looked up early, and no more than that: it spends no try, and is not believed.
 * 5. Nobody waits for an effect: it starts after the commit, and its outcome is a turn of its own.
 */
import { Brake } from "./brake.ts"
import type { Core } from "./core.ts"
import { isRehearsed, messageOf, TerminalFailure, TransientFailure, UncertainFailure } from "./errors.ts"
import { Patience } from "./patience.ts"
import type { Cancel } from "./platform.ts"
import type { PerformContext, Performer } from "./service.ts"
import type { EffectRow, EffectTry, Outcome } from "./thread.ts"
import { childOf } from "./trace.ts"
import type { Start } from "./work.ts"

export interface Attempt {
  readonly key: string
  readonly effect: string
  readonly tries: readonly Omit<EffectTry, "at">[]
  readonly result: Outcome<unknown> | "transient" | "uncertain" | "braked"
  readonly reason: string
  /** Whether a call may have been made: what the row has to say if this attempt made none. */
  readonly maybe: boolean
  /** Failed because what it calls is down: that costs no try. */
  readonly free: boolean
}

export class Effects {
  readonly #core: Core
  readonly #settle: (attempts: readonly Attempt[]) => void
  readonly #waiting: Start[] = []
  readonly #inFlight = new Set<string>()
  readonly #brakes = new Map<string, Brake>()
  readonly #patience: Patience
  #answered: Attempt[] = []
  #running = 0

  constructor(core: Core, settle: (attempts: readonly Attempt[]) => void) {
    this.#core = core
    this.#settle = settle
    this.#patience = new Patience(core.platform, core.settings.effectTimeoutMs)
  }

  isUnderWay(key: string, effect: string): boolean {
    return this.#inFlight.has(`${key}|${effect}`)
  }

  /** Whether what such an effect calls is taken to be down. */
  isBraked(name: string): boolean {
    return this.#brakes.get(name)?.on === true
  }

  /** What is taken to be down, by the effects that call it. */
  down(): string[] {
    return [...this.#brakes].flatMap(([name, brake]) => (brake.on ? [name] : []))
  }

  start(starts: readonly Start[]): void {
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

  async #run(start: Start): Promise<void> {
    try {
      const attempt = await this.#attempt(start)
      if (attempt === null) this.#inFlight.delete(`${start.key}|${start.effect}`)
      else this.#answer(attempt)
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

  async #attempt(start: Start): Promise<Attempt | null> {
    const { store } = this.#core
    const row = this.#core.load(start.key)?.thread.effects.find((effect) => effect.id === start.effect)
    // The rows are asked right before the call: an instance that has lost its storage stops here.
    if (row === undefined || row.outcome !== undefined || !store.mentions(start.key, `"${row.id}"`)) return null
    const named = { key: start.key, effect: start.effect, tries: [], reason: "", maybe: start.lookFirst, free: true }
    const performer = this.#core.performers[row.name]
    if (performer === undefined) {
      return { ...named, result: failure("UNKNOWN_EFFECT", `nobody performs ${row.name}`) }
    }
    const brake = this.#brakeOf(row.name)
    if (start.isHint === true && brake.on) return null
    if (!brake.admits(this.#core.platform.now())) return { ...named, result: "braked" }
    this.#core.platform.point("effect:before")
    const attempt = await this.#core.span(`effect ${row.name}`, { attempt: row.tries + 1 }, () =>
      this.#call(start, row, performer, brake),
    )
    this.#core.platform.point("effect:after")
    return attempt
  }

  async #call(start: Start, row: EffectRow, performer: Performer, brake: Brake): Promise<Attempt | null> {
    const tries: Omit<EffectTry, "at">[] = []
    const named = { key: start.key, effect: start.effect, tries, maybe: true }
    const { context, giveUp } = callOf(
      row,
      childOf(row.cause, () => this.#core.platform.random()),
    )
    const { gauges, platform } = this.#core
    const since = platform.now()
    let stopTheClock: Cancel = () => undefined
    const timeout = new Promise<never>((_resolve, reject) => {
      stopTheClock = this.#patience.begin(() => {
        giveUp()
        reject(new UncertainFailure("no answer in time"))
      })
    })
    try {
      const result = await Promise.race([timeout, consult(start, row, performer, context, tries)])
      this.#answeredBy(row.name, brake)
      gauges.called(row.name, platform.now() - since, false)
      return { ...named, reason: "", result: { ok: true, result }, free: false }
    } catch (error) {
      if (start.isHint === true) return null
      const result = classify(error)
      gauges.called(row.name, platform.now() - since, typeof result === "string")
      const isDown = typeof result === "string" && !isRehearsed(error)
      if (isDown) this.#failedBy(row, brake)
      else if (typeof result === "object") this.#answeredBy(row.name, brake)
      return { ...named, reason: messageOf(error), result, free: isDown && brake.on }
    } finally {
      stopTheClock()
    }
  }

  #brakeOf(name: string): Brake {
    const known = this.#brakes.get(name)
    if (known !== undefined) return known
    const brake = new Brake(this.#core.settings)
    this.#brakes.set(name, brake)
    return brake
  }

  #failedBy({ name, key }: EffectRow, brake: Brake): void {
    const { platform } = this.#core
    if (brake.failed(platform.now(), key)) platform.log({ level: "error", message: "alert", alert: `${name} is down` })
  }

  #answeredBy(name: string, brake: Brake): void {
    if (brake.answered())
      this.#core.platform.log({ level: "info", message: "alert resolved", alert: `${name} is back` })
  }
}

interface Call {
  readonly context: PerformContext
  readonly giveUp: () => void
}

/** What a performer is told. Most calls are answered before anybody asks for the signal that would end them. */
function callOf({ key, tries }: EffectRow, traceparent: string): Call {
  let abort: AbortController | null = null
  let isOver = false
  const context: PerformContext = {
    ...{ key, attempt: tries + 1, traceparent },
    get signal() {
      abort ??= new AbortController()
      if (isOver) abort.abort()
      return abort.signal
    },
  }
  return {
    context,
    giveUp: () => {
      isOver = true
      abort?.abort()
    },
  }
}

async function consult(
  start: Start,
  row: EffectRow,
  performer: Performer,
  context: PerformContext,
  tries: Omit<EffectTry, "at">[],
): Promise<unknown> {
  // The row was written with the service's own input type; this is its performer.
  const input = row.input as never
  if (start.lookFirst) {
    const found = await lookUp(performer, input, context)
    tries.push({ what: "looked_up", reason: found === undefined ? "it did not happen" : "it happened" })
    if (found !== undefined) return found
    if (start.isHint === true) throw new UncertainFailure("nothing is known of it yet")
  }
  return performer.perform(input, context)
}

/** A look-up that fails, however it fails, leaves unknown what was unknown before. */
async function lookUp(performer: Performer, input: never, context: PerformContext): Promise<unknown> {
  try {
    return await performer.lookup(input, context)
  } catch (error) {
    const rehearsed = isRehearsed(error)
    throw new UncertainFailure(`it could not be looked up: ${messageOf(error)}`, { rehearsed })
  }
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
  for (const entry of attempt.tries) if (row.log.length < TRIES_KEPT_MAX) row.log.push({ at: now, ...entry })
  if (typeof attempt.result === "object") return attempt.result
  if (attempt.reason !== "") row.error = attempt.reason
  row.maybe = attempt.result === "braked" ? attempt.maybe : attempt.result === "uncertain"
  const late = row.deadline !== null && now >= row.deadline
  if (attempt.free && !late) {
    row.next = now + Math.round(settings.brakeProbeMs * (0.75 + platform.random() / 2))
    return null
  }
  row.tries += 1
  const spent = row.tries >= settings.effectAttemptsMax || late
  if (!spent) core.gauges.retried += 1
  if (spent) return { ok: false, code: EXHAUSTED, reason: attempt.reason, uncertain: row.maybe }
  if (row.log.length < TRIES_KEPT_MAX) row.log.push({ at: now, what: "retried", reason: attempt.reason })
  const backoff = Math.min(settings.effectBackoffMaxMs, settings.effectBackoffMs * 2 ** (row.tries - 1))
  row.next = now + Math.round(backoff * (0.75 + platform.random() / 2))
  return null
}
