/**
 * A cell: one durable object (or its stand-in) that serves the keys of one service. Its doors are few: deliveries and
 * receipts from the choreography, asks from the worker, the alarm, and a person's hand on the dead letters.
 */
import { address } from "./address.ts"
import { type CellOptions, Core } from "./core.ts"
import { type Attempt, conclude, Effects, type EffectStart } from "./effects.ts"
import { messageOf } from "./errors.ts"
import { explain, type Explanation } from "./explain.ts"
import { Hand, type LetterPage, type RedriveAnswer, type RedriveOptions, type DiscardAnswer } from "./hand.ts"
import { takeDue } from "./outbox.ts"
import { Outgoing } from "./outgoing.ts"
import type { DeliverResult } from "./platform.ts"
import { Receiver } from "./receive.ts"
import { Retention } from "./retention.ts"
import { ALARM_GRACE_MS, ALARM_KEYS_MAX, DEADMAN_MS } from "./settings.ts"
import { Store } from "./store.ts"
import type { EffectRow, Outcome } from "./thread.ts"
import { newTrace } from "./trace.ts"
import type { Delivery, Receipt } from "./wire.ts"
import { type CommitName, Work } from "./work.ts"

export class Cell {
  readonly #core: Core
  readonly #name: string | null
  readonly #outgoing: Outgoing
  readonly #receiver: Receiver
  readonly #effects: Effects
  readonly #hand: Hand
  readonly #retention: Retention

  constructor(options: CellOptions) {
    this.#name = options.name
    this.#core = new Core(options, new Store(options.platform.storage))
    this.#outgoing = new Outgoing(this.#core)
    this.#receiver = new Receiver(this.#core, this.#outgoing)
    this.#effects = new Effects(this.#core, (attempts) => {
      this.#settle(attempts)
    })
    this.#hand = new Hand(this.#core, this.#receiver)
    this.#retention = new Retention(this.#core)
  }

  /**
   * To be called, and waited for, before anything else. What wakes with overdue work repairs its alarm; an alarm that is
   * merely late is left alone, since moving it would keep it from ever firing.
   */
  async wake(): Promise<void> {
    const core = this.#core
    core.name = core.store.open(this.#name)
    core.incarnation = Number(core.store.meta("incarnation") ?? "0")
    core.alarmAt = await core.platform.storage.getAlarm()
    this.#repairAlarm()
  }

  explain(key: string): Explanation {
    return explain(this.#core, this.#effects, key)
  }

  /** For the sweep: whatever the object believes, it looks at its alarm and its rows again. */
  async poke(): Promise<void> {
    this.#core.alarmAt = await this.#core.platform.storage.getAlarm()
    this.#repairAlarm()
  }

  #repairAlarm(): void {
    const core = this.#core
    const now = core.platform.now()
    const due = core.store.nextDue() ?? this.#retention.dueAt()
    if (due === null) return
    const lost = core.alarmAt === null || core.alarmAt < now - ALARM_GRACE_MS
    if (!lost) return
    const at = Math.max(due, now)
    core.platform.storage.setAlarm(at)
    core.alarmAt = at
  }

  deliver(deliveries: readonly Delivery[]): DeliverResult {
    const work = new Work(this.#core)
    for (const delivery of deliveries) this.#receiver.receive(work, delivery)
    this.#finish(work, "deliver")
    return this.#receiver.takeCounts()
  }

  park(delivery: Delivery, reason: string): void {
    const work = new Work(this.#core)
    this.#receiver.parkUnapplied(work, delivery, reason)
    this.#finish(work, "deliver")
  }

  receipts(receipts: readonly Receipt[]): void {
    const work = new Work(this.#core)
    for (const receipt of receipts) this.#receiver.acknowledge(work, receipt)
    this.#finish(work, "receipts")
  }

  /** Asks something of a key. What saves nothing writes nothing; what throws leaves nothing behind. */
  ask(key: string, name: string, input: unknown, traceparent: string): unknown {
    const core = this.#core
    const handle = Object.hasOwn(core.service.asks, name) ? core.service.asks[name] : undefined
    if (handle === undefined) throw new Error(`${core.service.name} can't be asked ${name}`)
    const work = new Work(core)
    const trace = traceparent === "" ? newTrace(() => core.platform.random()) : traceparent
    const self = address(core.service.name, key)
    const cause = { type: `ask.${name}`, id: `${self}!${name}`, peer: "http", position: 0, causationId: null }
    // The input has been checked against this ask's own type where it was asked.
    const answer = work.turn(key, { ...cause, traceparent: trace }, () => handle(input as never))
    this.#finish(work, "ask")
    return answer
  }

  /** Never throws: the platform gives an alarm up after a few failures, and then nothing would ever wake this object. */
  alarm(): void {
    const core = this.#core
    try {
      const now = core.platform.now()
      core.platform.storage.setAlarm(now + DEADMAN_MS)
      core.alarmAt = now + DEADMAN_MS
      core.platform.point("alarm:armed")
      const keys = core.store.dueKeys(now, ALARM_KEYS_MAX)
      this.#serve(keys)
    } catch (error) {
      core.platform.log({ level: "error", message: "alarm failed", cell: core.name, reason: messageOf(error) })
    }
  }

  #serve(keys: readonly string[]): void {
    try {
      this.#serveTogether(keys, true)
    } catch (error) {
      this.#core.platform.log({ level: "error", message: "alarm goes one by one", reason: messageOf(error) })
      for (const key of keys) this.#serveAlone(key)
      this.#serveTogether([], true)
    }
  }

  /** One key that can't be served must not keep the others from it. */
  #serveAlone(key: string): void {
    try {
      this.#serveTogether([key], false)
    } catch (error) {
      this.#core.platform.log({ level: "error", message: "key can't be served", key, reason: messageOf(error) })
      const work = new Work(this.#core)
      const later = work.now + this.#core.settings.resendMaxMs
      work.also(() => {
        this.#core.store.postpone(key, later)
      })
      work.commit("alarm")
      this.#core.forget(key)
    }
  }

  #serveTogether(keys: readonly string[], withRetention: boolean): void {
    const core = this.#core
    const work = new Work(core)
    const starts: EffectStart[] = []
    for (const key of keys) {
      work.exactly(key)
      work.runTimers(key)
      this.#serveEffects(work, key, starts)
      const { thread } = work.thread(key)
      const due = takeDue(thread, work.now, core.settings, () => core.platform.random())
      for (const { target, position } of due) work.sent.push({ key, target, position })
    }
    if (withRetention) this.#retention.run(work)
    this.#finish(work, "alarm")
    this.#effects.start(starts)
  }

  #serveEffects(work: Work, key: string, starts: EffectStart[]): void {
    const { settings } = this.#core
    for (const row of [...work.thread(key).thread.effects]) {
      if (row.next > work.now) continue
      if (row.outcome !== undefined) {
        this.#settled(work, key, row, row.outcome)
        continue
      }
      const late = row.deadline !== null && work.now >= row.deadline && !row.maybe
      if (late && !this.#effects.isUnderWay(key, row.id)) {
        this.#settled(work, key, row, { ok: false, code: "EXHAUSTED", reason: "deadline", uncertain: false })
        continue
      }
      row.next = work.now + settings.effectTimeoutMs * 2
      if (this.#effects.isUnderWay(key, row.id)) continue
      starts.push({ key, effect: row.id, lookFirst: row.maybe })
      row.maybe = true
    }
  }

  #settle(attempts: readonly Attempt[]): void {
    const core = this.#core
    const work = new Work(core)
    for (const attempt of attempts) {
      const row = work.thread(attempt.key).thread.effects.find((effect) => effect.id === attempt.effect)
      if (row === undefined) continue
      work.touch(attempt.key)
      const outcome = conclude(core, row, attempt, work.now)
      if (outcome !== null) this.#settled(work, attempt.key, row, outcome)
    }
    try {
      this.#finish(work, "settle")
    } catch (error) {
      // The rows say that a call may have been made, and their clock runs: they will be looked up.
      core.platform.log({ level: "error", message: "settling failed", reason: messageOf(error) })
    }
  }

  #settled(work: Work, key: string, row: EffectRow, outcome: Outcome<unknown>): void {
    const { service, platform, settings } = this.#core
    const { thread } = work.thread(key)
    const self = address(service.name, key)
    const cause = { type: `settled.${row.name}`, id: `${self}!${row.id}`, peer: self, position: 0, causationId: null }
    work.touch(key)
    try {
      const handle = service.settled.get(row.name)
      if (handle === undefined) throw new Error(`nobody waits for the outcome of ${row.name}`)
      const settled = { input: row.input, key: row.key, outcome, tries: row.log }
      work.turn(key, { ...cause, traceparent: row.cause }, () => handle(settled))
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

  /** Files what has no readable target, so that nobody has to guess where it went. */
  fileUnreadable(queue: string, body: unknown, reason: string): void {
    const work = new Work(this.#core)
    this.#hand.fileUnreadable(work, queue, body, reason)
    this.#finish(work, "deliver")
  }

  letters(after: string, limit: number): LetterPage {
    return this.#hand.letters(after, limit)
  }

  redrive(row: string, data: unknown, edited: boolean, who: string, options: RedriveOptions = {}): RedriveAnswer {
    const work = new Work(this.#core)
    const answer = this.#hand.redrive(work, row, edited ? { data } : null, { ...options, who })
    this.#finish(work, "redrive")
    return answer
  }

  discard(row: string, reason: string, who: string): DiscardAnswer {
    const work = new Work(this.#core)
    const answer = this.#hand.discard(work, row, reason, who)
    this.#finish(work, "redrive")
    return answer
  }

  /** After the object was restored to an earlier point in time: its streams go on under another name. */
  reincarnate(): number {
    const core = this.#core
    // A restore forgets earlier incarnations as well: the clock doesn't, so that none is ever used twice.
    const next = Math.max(core.incarnation + 1, core.platform.now())
    core.platform.storage.transaction(() => {
      core.store.setMeta("incarnation", String(next))
    })
    core.reincarnate(next)
    return next
  }

  #finish(work: Work, name: CommitName): void {
    work.commit(name)
    this.#outgoing.flush(work.sent)
    this.#effects.start(work.starts.map((start) => ({ ...start, lookFirst: false })))
  }
}
