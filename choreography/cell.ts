/**
 * A cell: one durable object (or its stand-in) that serves the keys of one service. Its doors are few: deliveries and
 * receipts from the choreography, asks from the worker, the alarm, and a person's hand on the dead letters.
 */
import { address } from "./address.ts"
import { readLines } from "./bundles.ts"
import { type CellOptions, Core } from "./core.ts"
import { type Attempt, Effects } from "./effects.ts"
import { messageOf } from "./errors.ts"
import { explain, type Explanation } from "./explain.ts"
import { Hand, type LetterPage, type RedriveAnswer, type RedriveOptions, type DiscardAnswer } from "./hand.ts"
import { takeDue } from "./outbox.ts"
import { Outgoing } from "./outgoing.ts"
import type { DeliverResult, Said, TakeResult } from "./platform.ts"
import { Receiver } from "./receive.ts"
import { Retention } from "./retention.ts"
import { ALARM_GRACE_MS, ALARM_KEYS_MAX, DEADMAN_MS } from "./settings.ts"
import { serveEffects, settleAttempt } from "./settling.ts"
import { Store } from "./store.ts"
import { isTraceparent, newTrace } from "./trace.ts"
import { type Vitals, vitalsOf } from "./vitals.ts"
import type { Delivery, Receipt } from "./wire.ts"
import { type CommitName, type Fresh, type Start, Work } from "./work.ts"

export class Cell {
  readonly #core: Core
  readonly #name: string | null
  readonly #outgoing: Outgoing
  readonly #receiver: Receiver
  readonly #effects: Effects
  readonly #hand: Hand
  readonly #retention: Retention
  #receiptsWait = false

  constructor(options: CellOptions) {
    this.#name = options.name
    this.#core = new Core(options, new Store(options.platform.storage, options.service.subjectOf))
    this.#outgoing = new Outgoing(this.#core)
    this.#receiver = new Receiver(this.#core)
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

  /** For whoever watches; what it has met is counted anew from here on. */
  vitals(): Vitals {
    return vitalsOf(this.#core, this.#effects)
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
    this.#arm(Math.max(due, now))
  }

  deliver(deliveries: readonly Delivery[]): DeliverResult {
    this.#run("deliver", (work) => {
      this.#receiver.receiveAll(work, deliveries)
    })
    return this.#receiver.counts
  }

  take(lines: readonly string[]): TakeResult {
    const { deliveries, unreadable } = readLines(lines)
    let said: Said = []
    const receive = (work: Work): void => {
      this.#receiver.receiveAll(work, deliveries)
    }
    this.#run("deliver", receive, (sent) => {
      said = this.#outgoing.handOver(sent)
    })
    return { said, unreadable }
  }

  park(delivery: Delivery, reason: string): void {
    this.#run("deliver", (work) => {
      this.#receiver.parkUnapplied(work, delivery, reason)
    })
  }

  receipts(receipts: readonly Receipt[]): void {
    this.#run("receipts", (work) => {
      for (const receipt of receipts) this.#receiver.acknowledge(work, receipt)
    })
    if (this.#core.unwritten.size === 0 || this.#receiptsWait) return
    this.#receiptsWait = true
    this.#core.platform.later(this.#core.settings.receiptDelayMs, () => {
      this.#receiptsWait = false
      this.#writeReceipts()
    })
  }

  /**
   * Of the keys of which all is received, in one commit. Those that wait for more are left to the receipt that ends it, or to
   * their lease: a row that forgets what was received only has it sent again.
   */
  #writeReceipts(): void {
    try {
      this.#run("receipts", (work) => {
        for (const key of this.#core.unwritten) if (this.#core.isReceived(key)) work.touch(key)
      })
    } catch (error) {
      // The rows go out again when their leases are over, and are receipted again.
      this.#core.platform.log({ level: "warn", message: "receipts not written", reason: messageOf(error) })
    }
  }

  /** Asks something of a key. What saves nothing writes nothing; what throws leaves nothing behind. */
  ask(key: string, name: string, input: unknown, traceparent: string): unknown {
    const core = this.#core
    const handle = Object.hasOwn(core.service.asks, name) ? core.service.asks[name] : undefined
    if (handle === undefined) throw new Error(`${core.service.name} can't be asked ${name}`)
    const trace = isTraceparent(traceparent) ? traceparent : newTrace(() => core.platform.random())
    const self = address(core.service.name, key)
    const cause = { type: `ask.${name}`, id: `${self}!${name}`, peer: "http", position: 0, causationId: null }
    // The input has been checked against this ask's own type where it was asked.
    const body = (work: Work): unknown => work.turn(key, { ...cause, traceparent: trace }, () => handle(input as never))
    return this.#run("ask", body, (sent) => {
      this.#outgoing.follow(sent)
    })
  }

  /** Never throws: the platform gives an alarm up after a few failures, and then nothing would ever wake this object. */
  alarm(): void {
    const core = this.#core
    try {
      const now = core.platform.now()
      core.alarmAt = null
      const keys = core.store.dueKeys(now, ALARM_KEYS_MAX)
      if (keys.length === 0 && !this.#retention.isDue(now)) {
        // Woken for what was done meanwhile: only what comes later has to be waited for.
        this.#arm(core.store.nextDue())
        return
      }
      this.#arm(now + DEADMAN_MS)
      core.platform.point("alarm:armed")
      this.#serve(keys)
    } catch (error) {
      core.platform.log({ level: "error", message: "alarm failed", cell: core.name, reason: messageOf(error) })
      this.#armAfterFailure()
    }
  }

  #arm(at: number | null): void {
    if (at !== null) this.#core.platform.storage.setAlarm(at)
    this.#core.alarmAt = at
  }

  /** Where even reading has failed: if arming fails as well, the platform itself has to come again. */
  #armAfterFailure(): void {
    try {
      this.#arm(this.#core.platform.now() + DEADMAN_MS)
    } catch (error) {
      this.#core.platform.log({ level: "error", message: "alarm can't be set", reason: messageOf(error) })
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
      const later = this.#core.platform.now() + this.#core.settings.resendMaxMs
      this.#run("alarm", (work) => {
        work.also(this.#core.store.postpone(key, later))
      })
      this.#core.forget(key)
    }
  }

  #serveTogether(keys: readonly string[], withRetention: boolean): void {
    const starts: Start[] = []
    this.#run("alarm", (work) => {
      for (const key of keys) this.#serveKey(work, key, starts)
      if (withRetention) this.#retention.run(work)
    })
    this.#effects.start(starts)
  }

  #serveKey(work: Work, key: string, starts: Start[]): void {
    const { settings, platform } = this.#core
    work.exactly(key)
    work.runTimers(key)
    serveEffects(this.#core, this.#effects, work, key, starts)
    const due = takeDue(work.thread(key).thread, work.now, settings, () => platform.random())
    for (const { target, position } of due) {
      // The rest has its next lease all the same.
      if (!this.#outgoing.mayResend(target)) continue
      work.sent.push({ key, target, position })
      this.#core.gauges.resent += 1
    }
  }

  #settle(attempts: readonly Attempt[]): void {
    const core = this.#core
    try {
      this.#run("settle", (work) => {
        for (const attempt of attempts) settleAttempt(this.#core, work, attempt)
      })
    } catch (error) {
      // The rows say that a call may have been made, and their clock runs: they will be looked up.
      core.platform.log({ level: "error", message: "settling failed", reason: messageOf(error) })
    }
  }

  /** Files what has no readable target, so that nobody has to guess where it went. */
  fileUnreadable(queue: string, body: unknown, reason: string): void {
    this.#run("deliver", (work) => {
      this.#hand.fileUnreadable(work, queue, body, reason)
    })
  }

  letters(after: string, limit: number): LetterPage {
    return this.#hand.letters(after, limit)
  }

  redrive(row: string, data: unknown, edited: boolean, who: string, options: RedriveOptions = {}): RedriveAnswer {
    const edit = edited ? { data } : null
    return this.#run("redrive", (work) => this.#hand.redrive(work, row, edit, { ...options, who }))
  }

  discard(row: string, reason: string, who: string): DiscardAnswer {
    return this.#run("redrive", (work) => this.#hand.discard(work, row, reason, who))
  }

  /** After the object was restored to an earlier point in time: its streams go on under another name. */
  reincarnate(): number {
    const core = this.#core
    // A restore forgets earlier incarnations as well: the clock doesn't, so that none is ever used twice.
    const next = Math.max(core.incarnation + 1, core.platform.now())
    core.store.make(core.store.setMeta("incarnation", String(next)))
    core.reincarnate(next)
    return next
  }

  /** One unit of work: its turns, its commit, and only then what leaves the object. */
  #run<T>(
    name: CommitName,
    body: (work: Work) => T,
    leave = (sent: readonly Fresh[]): void => {
      this.#outgoing.flush(sent)
    },
  ): T {
    const work = new Work(this.#core)
    let result: T
    try {
      result = body(work)
      work.commit(name)
    } catch (error) {
      work.abandon()
      throw error
    }
    for (const { key, receipt } of work.receipts) this.#outgoing.owe(key, receipt)
    leave(work.sent)
    this.#effects.start([...work.starts, ...this.#core.takeLeft(), ...work.hints])
    return result
  }
}
