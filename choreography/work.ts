/**
 * A unit of work: any number of turns on any number of keys, then one commit.
 *
 * 1. What is written, is written in one commit: state, inbox, outbox, effects, timers, letters and the alarm.
 * 2. A turn that throws leaves nothing behind; the turns beside it go on.
 * 3. If the commit fails, memory is thrown away and the rows are the truth.
 * 4. Only after the commit does anything leave the object.
 */
import type { Address } from "./address.ts"
import type { Core, Loaded } from "./core.ts"
import { messageOf } from "./errors.ts"
import type { Letter } from "./letters.ts"
import { fileLetter } from "./letters.ts"
import type { Point } from "./platform.ts"
import { within } from "./running.ts"
import { ALARM_GRACE_MS, JOURNAL_MAX, JOURNAL_PAGE, TURNS_MAX } from "./settings.ts"
import { SharedRows } from "./sharedRows.ts"
import type { Write } from "./store.ts"
import { dueAt, emptyThread, enter } from "./thread.ts"
import { type Cause, type Surroundings, Turn } from "./turn.ts"
import type { Receipt } from "./wire.ts"

export type CommitName = "deliver" | "ask" | "settle" | "receipts" | "alarm" | "redrive"

export interface Fresh {
  readonly key: string
  readonly target: Address
  readonly position: number
}

export interface Start {
  readonly key: string
  readonly effect: string
  /** Whether a call with its key may have been made already. */
  readonly lookFirst: boolean
  /** It is looked up and no more; if nothing is found, nothing has happened. */
  readonly isHint?: boolean
}

export class Work {
  readonly now: number
  readonly sent: Fresh[] = []
  readonly starts: Start[] = []
  /** Looked up if nobody is at it anyway. */
  readonly hints: Start[] = []
  /** What may be receipted once it is committed, and not before. */
  readonly receipts: { readonly key: string; readonly receipt: Receipt }[] = []
  readonly #core: Core
  readonly #loaded = new Map<string, Loaded>()
  readonly #touched = new Set<string>()
  /** Threads whose `due` has passed: their index entry is made exact. */
  readonly #exact = new Set<string>()
  /** Threads that have come to their end, or wait for nothing anyway: memory needs them least of all. */
  readonly #rested = new Set<string>()
  readonly #shared = new SharedRows()
  /** Shared rows that this work has read: states that it changed may be counted in them. */
  readonly #looked = new Set<string>()
  readonly #letters: Letter[] = []
  readonly #also: Write[] = []
  /** The same for every turn of this work. */
  #around: Surroundings | null = null

  constructor(core: Core) {
    this.#core = core
    this.now = core.platform.now()
  }

  thread(key: string): Loaded {
    const known = this.#loaded.get(key) ?? this.#core.load(key)
    const loaded = known ?? { key, thread: enter(emptyThread(), this.#core.incarnation), due: undefined }
    this.#loaded.set(key, loaded)
    return loaded
  }

  touch(key: string): void {
    this.#touched.add(key)
  }

  /** The index entry of this thread must be written anew, since its time has come. */
  exactly(key: string): void {
    this.#exact.add(key)
    this.#touched.add(key)
  }

  file(letter: Letter): void {
    this.#letters.push(letter)
  }

  /** Something else that belongs into the same commit. */
  also(write: Write): void {
    this.#also.push(write)
  }

  get idle(): boolean {
    return this.#touched.size + this.#shared.size + this.#letters.length + this.#also.length === 0
  }

  turn<T>(key: string, cause: Cause, body: (turn: Turn) => T): T {
    const turn = this.#begin(key, cause)
    const result = within(turn, () => body(turn))
    const merged = turn.merge(this.thread(key).thread)
    if (merged.changed || turn.ignored !== null) this.touch(key)
    this.#shared.take(merged.shared)
    for (const sent of merged.sent) this.sent.push({ key, ...sent })
    for (const alert of merged.alerts) {
      this.#core.platform.log({ level: "error", message: "alert", key, alert })
      this.#core.gauges.alerted({ at: this.now, key, text: alert })
    }
    for (const performed of merged.performed) this.starts.push({ key, ...performed })
    for (const hint of turn.hints) this.#hint(key, hint)
    return result
  }

  #hint(key: string, hint: string): void {
    const row = this.thread(key).thread.effects.find((effect) => effect.key === hint && effect.outcome === undefined)
    if (row !== undefined) this.hints.push({ key, effect: row.id, lookFirst: true, isHint: true })
  }

  /** What a turn would do, without doing it. */
  rehearse(key: string, cause: Cause, body: (turn: Turn) => void): Turn {
    const turn = this.#begin(key, cause)
    within(turn, () => {
      body(turn)
    })
    return turn
  }

  #begin(key: string, cause: Cause): Turn {
    const core = this.#core
    this.#around ??= {
      service: core.service,
      registry: core.registry,
      settings: core.settings,
      serviceSettings: core.serviceSettings,
      incarnation: core.incarnation,
      now: this.now,
      random: () => core.platform.random(),
      shared: (name) => this.#sharedRow(name),
      keysWithPrefix: (prefix, after, limit) => core.store.keys(prefix, after, limit),
      busyKeys: (text, limit) => core.store.busyKeys(text, limit),
      peek: (of) => (this.#loaded.get(of)?.thread ?? core.peek(of))?.state ?? null,
      pages: (of) => core.store.pages(of),
      dueWithin: (ms, limit) => core.dueWithin(this.now, ms, limit),
    }
    return new Turn(key, this.thread(key).thread, cause, this.#around)
  }

  #sharedRow(name: string): unknown {
    const row = this.#shared.get(name)
    if (row !== undefined) return row.value
    this.#looked.add(name)
    return this.#core.shared(name)
  }

  /** Timers that are due already, a delay of 0 above all, run in the commit that set them. */
  runTimers(key: string): void {
    for (let turns = 0; turns < TURNS_MAX; turns++) {
      const { thread } = this.thread(key)
      const due = Object.entries(thread.timers).filter(([, timer]) => timer.at <= this.now)
      const next = due.sort(([, a], [, b]) => a.at - b.at)[0]
      if (next === undefined) return
      this.#expire(key, next[0])
    }
  }

  #expire(key: string, name: string): void {
    const core = this.#core
    const { thread } = this.thread(key)
    const timer = thread.timers[name]
    if (timer === undefined) return
    Reflect.deleteProperty(thread.timers, name)
    this.touch(key)
    const self = `${core.service.name}/${key}`
    const cause = { type: `timer.${name}`, id: `${self}!${name}`, peer: self, position: 0, causationId: null }
    try {
      const handle = core.service.expired.get(name)
      if (handle === undefined) throw new Error(`nobody waits for the timer ${name}`)
      this.turn(key, { ...cause, traceparent: thread.trace }, () => handle({ data: timer.data }))
    } catch (error) {
      // A timer is never lost: it comes again, ever later, and says so each time.
      const tries = timer.tries + 1
      const pause = Math.min(core.settings.resendMaxMs, core.settings.effectBackoffMs * 2 ** Math.min(tries, 20))
      thread.timers[name] = { at: this.now + pause, data: timer.data, tries }
      core.platform.log({ level: "error", message: "timer failed", key, timer: name, tries, reason: messageOf(error) })
    }
  }

  commit(name: CommitName): void {
    for (const key of [...this.#touched]) this.runTimers(key)
    if (this.idle && name !== "alarm") return
    const core = this.#core
    this.#point(`commit:${name}`)
    core.alarmAt = core.span(`commit ${name}`, { cell: core.name, keys: this.#touched.size }, () =>
      this.#write(name === "alarm"),
    )
    for (const key of this.#touched) {
      if (this.#rested.has(key)) core.rest(this.thread(key))
      else core.remember(this.thread(key))
    }
    for (const [name, { value }] of this.#shared.entries()) core.rememberShared(name, value)
    this.#point(`committed:${name}`)
  }

  /** Memory may be ahead of the rows: whatever was looked at is read anew. */
  abandon(): void {
    for (const key of this.#loaded.keys()) this.#core.forget(key)
    for (const name of this.#looked) this.#core.forgetShared(name)
  }

  #point(name: Point): void {
    this.#core.platform.point(name)
  }

  /**
   * Writes everything, and answers when the object will be woken. All texts are there before the first of them is written,
   * so that whatever can't be turned into one leaves no row behind.
   */
  #write(alarmRuns: boolean): number | null {
    const { store, platform } = this.#core
    const writes: Write[] = []
    let earliest = Infinity
    for (const key of this.#touched) {
      const due = this.#composeThread(key, writes)
      if (due !== null) earliest = Math.min(earliest, due)
    }
    for (const [name, { value, waits }] of this.#shared.entries()) if (!waits) writes.push(store.share(name, value))
    for (const letter of this.#letters) writes.push(fileLetter(store, letter))
    writes.push(...this.#also)
    const make = (): number | null => {
      for (const write of writes) store.make(write)
      return this.#arm(earliest, alarmRuns)
    }
    // The object must outlive an alarm that fails: it has set the next one, which would be lost with it.
    return alarmRuns ? platform.storage.transaction(make) : platform.storage.commit(make)
  }

  #arm(earliest: number, alarmRuns: boolean): number | null {
    const { store, platform, alarmAt } = this.#core
    if (alarmRuns) {
      // The alarm has served what was due; the next one is for whatever comes first of all.
      const next = store.nextDue()
      // With nothing left to wait for, the dead man's alarm finds that out; taking it back would cost a row as well.
      if (next === null) return alarmAt
      platform.storage.setAlarm(Math.max(next, this.now))
      return Math.max(next, this.now)
    }
    // An alarm that should have fired long ago is lost, whatever memory says.
    const alive = alarmAt !== null && alarmAt > this.now - ALARM_GRACE_MS
    if (earliest === Infinity || (alive && alarmAt <= earliest)) return alarmAt
    // In the place of an alarm that is lost, one for all it stood for, not only for what was written now.
    const first = alive ? earliest : Math.max(store.nextDue() ?? earliest, this.now)
    platform.storage.setAlarm(first)
    return first
  }

  /** How a thread is to be written; answers what its index entry says if that has changed. */
  #composeThread(key: string, writes: Write[]): number | null {
    const { store, service } = this.#core
    const loaded = this.thread(key)
    const { thread } = loaded
    const due = dueAt(thread)
    const closed = due === null && service.isFinal(thread.state)
    this.#core.unwritten.delete(key)
    thread.closedAt = closed ? (thread.closedAt ?? this.now) : null
    if (thread.journal.length > JOURNAL_MAX) {
      writes.push(store.addPage(key, thread.pages, thread.journal.splice(0, JOURNAL_PAGE)))
      thread.pages += 1
    }
    const before = loaded.due
    if (closed) this.#rested.add(key)
    loaded.due = due
    if (before === undefined) {
      writes.push(store.insert(key, thread, due))
      return due
    }
    const moves = due === null ? before !== null : before === null || due < before || this.#exact.has(key)
    if (moves && due !== before) {
      writes.push(store.updateWithDue(key, thread, due))
      return due
    }
    loaded.due = before
    writes.push(store.update(key, thread))
    return null
  }
}
