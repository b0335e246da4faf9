/**
 * A turn is one event, ask, timer or outcome taking effect on one key.
 *
 * 1. It works on a draft: nothing of it is seen until it is merged, and a handler that throws leaves nothing behind.
 * 2. It is synchronous, so there is exactly one current turn, and the words of `$` speak to it.
 */
import { newestVersion } from "../events/definition.ts"
import { dataschema, type Envelope } from "../events/envelope.ts"
import { address, type Address } from "./address.ts"
import { InvariantViolation, PoisonEvent } from "./errors.ts"
import { say } from "./outbox.ts"
import type { Registry, Service } from "./service.ts"
import type { ChoreographySettings } from "./settings.ts"
import { SharedRows } from "./sharedRows.ts"
import { bytesOf } from "./texts.ts"
import { emptyThread, type EffectRow, type JournalEntry, type Thread, type TimerRow } from "./thread.ts"
import { timeText } from "./times.ts"
import { newSpan, newTraceId, partsOf, type Traced, traceparentOf } from "./trace.ts"
import { EVENT_BYTES_MAX } from "./wire.ts"

export interface Cause {
  readonly type: string
  readonly id: string
  readonly peer: Address
  readonly position: number
  readonly causationId: string | null
  readonly traceparent: string
  readonly saidAt?: number
}

export interface Surroundings {
  readonly service: Service
  readonly registry: Registry
  readonly settings: ChoreographySettings
  readonly serviceSettings: unknown
  readonly incarnation: number
  readonly now: number
  readonly random: () => number
  /** Rows shared by the keys of a cell. */
  readonly shared: (name: string) => unknown
  readonly keysWithPrefix: (prefix: string, after: string | null, limit: number) => readonly string[]
  readonly busyKeys: (text: string, limit: number) => readonly string[]
  /** The state of another key. */
  readonly peek: (key: string) => unknown
  readonly pages: (key: string) => readonly JournalEntry[]
  readonly dueWithin: (ms: number, limit: number) => number
}

export interface SendOptions {
  /** A forward request is refused once this time has passed; undos, answers and facts never carry one. */
  readonly expiresAt?: number | undefined
  /** For rehearsals: the first delivery is lost on the way. */
  readonly loseFirst?: boolean | undefined
}

export interface PerformOptions {
  readonly key?: string | undefined
  readonly deadline?: number | undefined
}

interface Said {
  readonly event: Envelope
  readonly span: string
  readonly targets: readonly Address[]
  readonly loseFirst: boolean
}

export interface Performed {
  readonly effect: string
  /** An earlier call with the same key may have had its effect. */
  readonly lookFirst: boolean
}

export interface Merged {
  readonly sent: readonly { readonly target: Address; readonly position: number }[]
  readonly performed: readonly Performed[]
  readonly shared: SharedRows
  readonly alerts: readonly string[]
  /** Whether anything at all has to be written. */
  readonly changed: boolean
}

export class Turn {
  readonly key: string
  readonly cause: Cause
  readonly around: Surroundings
  ignored: string | null = null
  /** Keys of effects that somebody says have an answer by now. */
  readonly hints: string[] = []
  #thread: Thread
  #state: unknown
  #saved = false
  #note: string | null = null
  #alerts: string[] = []
  #said: Said[] = []
  #effects: EffectRow[] = []
  #timers = new Map<string, TimerRow | null>()
  /** What the cause belongs to; null where it doesn't tell. */
  readonly #from: Traced | null
  /** What all that is said in this turn belongs to. */
  #trace: string | null = null
  readonly #shared = new SharedRows()

  constructor(key: string, thread: Thread | null, cause: Cause, around: Surroundings) {
    this.key = key
    this.cause = cause
    this.around = around
    this.#from = partsOf(cause.traceparent)
    this.#thread = thread ?? emptyThread()
    this.#state = this.#thread.state
  }

  get thread(): Readonly<Thread> {
    return this.#thread
  }

  get self(): Address {
    return address(this.around.service.name, this.key)
  }

  journal(): readonly JournalEntry[] {
    const older = this.#thread.pages === 0 ? [] : this.around.pages(this.key)
    return [...older, ...this.#thread.journal]
  }

  state(): unknown {
    return this.#state
  }

  save(state: unknown): undefined {
    this.#state = state
    this.#saved = true
  }

  /** The event changes nothing, and this is why. */
  ignore(reason: string): undefined {
    this.ignored = reason
  }

  note(text: string): undefined {
    this.#note = this.#note === null ? text : `${this.#note}; ${text}`
  }

  alert(text: string): undefined {
    this.#alerts.push(text)
  }

  shared(name: string): unknown {
    const row = this.#shared.get(name)
    return row === undefined ? this.around.shared(name) : row.value
  }

  share(name: string, value: unknown): undefined {
    this.#shared.put(name, value, false)
  }

  /** Whoever reads the row from disk counts it anew, so there has to be somebody who can. */
  shareLater(name: string, value: unknown): undefined {
    const { service } = this.around
    if (service.recount === null) throw new InvariantViolation(`${service.name} can't count ${name} anew`)
    this.#shared.put(name, value, true)
  }

  send(type: string, data: unknown, options: SendOptions): undefined {
    const subject = this.around.service.subjectOf(this.key)
    const number = this.#thread.said + this.#said.length + 1
    const { now, random } = this.around
    const span = newSpan(random)
    const incarnation = this.around.incarnation === 0 ? "" : `~${String(this.around.incarnation)}`
    const event: Envelope = {
      specversion: "1.0",
      id: `${this.self}${incarnation}#${String(number)}`,
      source: `/${this.around.service.name.toLowerCase()}/${this.key}`,
      type,
      subject,
      time: timeText(now),
      dataschema: dataschema(type, newestVersion(this.around.service.catalog, type)),
      sequence: String(number),
      partitionkey: this.key,
      correlationid: subject,
      causationid: this.cause.id,
      traceparent: traceparentOf(this.#traceId(), span),
      ...(options.expiresAt === undefined ? {} : { expirytime: new Date(options.expiresAt).toISOString() }),
      data,
    }
    const size = bytesOf(event)
    if (size > EVENT_BYTES_MAX)
      throw new PoisonEvent(`${type} would be ${String(size)} bytes, more than an event may be`)
    const targets = this.around.registry
      .routes(type)
      .flatMap((route) => route.keys({ subject, data }).map((key) => address(route.service, key)))
    this.#said.push({ event, span, targets, loseFirst: options.loseFirst === true })
  }

  #traceId(): string {
    const from = this.#from ?? partsOf(this.#thread.trace)
    return (this.#trace ??= from?.trace ?? newTraceId(this.around.random))
  }

  perform(name: string, input: unknown, options: PerformOptions): undefined {
    const id = `${name}#${String(this.#thread.performed + this.#effects.length + 1)}`
    this.#effects.push({
      id,
      name,
      input,
      key: options.key ?? `${this.self}/${id}`,
      deadline: options.deadline ?? null,
      cause: this.cause.traceparent || this.#thread.trace,
      // It starts right after the commit; this is when it is picked up if memory is lost before its answer.
      next: this.around.now + this.around.settings.effectTimeoutMs * 2,
      tries: 0,
      maybe: true,
      log: [],
    })
  }

  after(name: string, ms: number, data: unknown): undefined {
    this.#timers.set(name, { at: this.around.now + Math.max(0, ms), data, tries: 0 })
  }

  cancelTimer(name: string): undefined {
    this.#timers.set(name, null)
  }

  timerAt(name: string): number | null {
    const drafted = this.#timers.get(name)
    return drafted === undefined ? (this.#thread.timers[name]?.at ?? null) : (drafted?.at ?? null)
  }

  #status(state: unknown): string {
    return this.around.service.statusOf?.(state) ?? ""
  }

  #changed(): boolean {
    const drafted = this.#said.length + this.#effects.length + this.#timers.size + this.#shared.size
    return this.#saved || drafted > 0 || this.#note !== null
  }

  /** Makes the draft the thread's own. From here on only the commit can fail, and then the thread is read anew. */
  merge(thread: Thread): Merged {
    const changed = this.#changed()
    if (thread.trace === "") thread.trace = this.cause.traceparent
    const [before, after] = [this.#status(thread.state), this.#status(this.#state)]
    if (changed || this.ignored !== null) this.#noteHeard(thread, before, after)
    thread.state = this.#state
    for (const [name, timer] of this.#timers) {
      if (timer === null) Reflect.deleteProperty(thread.timers, name)
      else thread.timers[name] = timer
    }
    thread.effects.push(...this.#effects)
    thread.performed += this.#effects.length
    const sent: { target: Address; position: number }[] = []
    const next = this.around.now + this.around.settings.receiptLeaseMs
    for (const said of this.#said) {
      thread.said += 1
      if (said.targets.length > 0) thread.events[thread.said] = said.event
      for (const target of said.targets) {
        const { position } = say(thread, thread.said, target, next)
        this.#noteSaid(thread, said, target, position, after)
        if (!said.loseFirst) sent.push({ target, position })
      }
    }
    return {
      sent,
      performed: this.#effects.map(({ id, key }) => ({ effect: id, lookFirst: thread.doubts?.includes(key) === true })),
      shared: this.#shared,
      alerts: this.#alerts,
      changed,
    }
  }

  #noteHeard({ journal }: Thread, before: string, after: string): void {
    if (this.around.service.statusOf === null) return
    const { type, id, peer, position, causationId, saidAt } = this.cause
    const note = [this.#note, this.ignored].filter((text) => text !== null).join("; ")
    journal.push({
      ...{ at: this.around.now, direction: "in", id, type, peer, position, causationId },
      ...{ statusBefore: before, statusAfter: after, span: this.#from?.span ?? "" },
      ...(saidAt === undefined ? {} : { saidAt }),
      ...(note === "" ? {} : { note }),
    })
  }

  #noteSaid({ journal }: Thread, { event, span }: Said, target: Address, position: number, status: string): void {
    if (this.around.service.statusOf === null) return
    journal.push({
      at: this.around.now,
      direction: "out",
      id: event.id,
      type: event.type,
      peer: target,
      position,
      causationId: this.cause.id,
      statusBefore: status,
      statusAfter: status,
      span,
    })
  }
}
