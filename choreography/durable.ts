/// <reference types="@cloudflare/workers-types" />
/**
 * Cloudflare's side of the choreography: a cell in a Durable Object, on its SQLite storage, its alarm and its clock.
 */
import { DurableObject } from "cloudflare:workers"
import { Cell } from "./cell.ts"
import { unguessable } from "./chance.ts"
import { later } from "./clock.ts"
import type { Explanation } from "./explain.ts"
import { messageOf } from "./errors.ts"
import { checkAsk, checkDeliveries, checkDelivery, checkLines, checkReceipts, checkTexts } from "./door.ts"
import type { DiscardAnswer, LetterPage, RedriveAnswer, RedriveOptions } from "./hand.ts"
import type { DeliverResult, LogLine, Platform, Point, SqlRow, SqlValue, Storage, TakeResult } from "./platform.ts"
import type { Performer, Registry, Service } from "./service.ts"
import type { ChoreographySettings } from "./settings.ts"
import type { Span } from "./spans.ts"
import type { Vitals } from "./vitals.ts"
import type { Delivery, Receipt } from "./wire.ts"

/** What an object needs to be told about the world around it. */
export interface Surroundings {
  readonly service: Service
  readonly registry: Registry
  readonly settings: ChoreographySettings
  readonly serviceSettings: unknown
  readonly performers: Readonly<Record<string, Performer>>
  /** Answers when the oldest message of the queue was sent, if the queue tells. */
  send(service: string, bundles: readonly string[]): Promise<number | null>
  sendReceipts(service: string, cell: string, receipts: readonly Receipt[]): Promise<void>
  log(line: LogLine): void
  /** Whether anybody reads lines of this level; left out: somebody does. */
  hears?(level: LogLine["level"]): boolean
  readonly span: Span
}

export interface CellObject {
  take(lines: readonly string[]): Promise<TakeResult>
  deliver(deliveries: readonly Delivery[]): Promise<DeliverResult>
  park(delivery: Delivery, reason: string): Promise<void>
  receipts(receipts: readonly Receipt[]): Promise<void>
  ask(key: string, name: string, input: unknown, traceparent: string): Promise<unknown>
  poke(): Promise<void>
  vitals(): Promise<Vitals>
  fileUnreadable(queue: string, body: unknown, reason: string): Promise<void>
  letters(after: string, limit: number): Promise<LetterPage>
  explain(key: string): Promise<Explanation>
  redrive(row: string, data: unknown, edited: boolean, who: string, options?: RedriveOptions): Promise<RedriveAnswer>
  discard(row: string, reason: string, who: string): Promise<DiscardAnswer>
  reincarnate(): Promise<number>
  prepareRestore(at: number): Promise<boolean>
  restart(): Promise<void>
}

/**
 * The base of every service's object: `class Payment extends CellDurableObject<Env>` and its surroundings. Whatever is a
 * method here can be called by whoever holds a binding, so there is none but the doors of `CellObject`, each of which
 * looks at what comes in.
 */
export abstract class CellDurableObject<Env> extends DurableObject<Env> implements CellObject {
  readonly #cell: Cell

  constructor(state: DurableObjectState, env: Env, around: Surroundings) {
    super(state, env)
    const platform = new DurablePlatform(state, around, this)
    this.#cell = new Cell({ ...around, name: state.id.name ?? null, platform })
    void state.blockConcurrencyWhile(() => this.#cell.wake())
  }

  take(lines: readonly string[]): Promise<TakeResult> {
    checkLines(lines)
    return Promise.resolve(this.#cell.take(lines))
  }

  deliver(deliveries: readonly Delivery[]): Promise<DeliverResult> {
    checkDeliveries(deliveries)
    return Promise.resolve(this.#cell.deliver(deliveries))
  }

  park(delivery: Delivery, reason: string): Promise<void> {
    checkDelivery(delivery)
    checkTexts(reason)
    this.#cell.park(delivery, reason)
    return Promise.resolve()
  }

  receipts(receipts: readonly Receipt[]): Promise<void> {
    checkReceipts(receipts)
    this.#cell.receipts(receipts)
    return Promise.resolve()
  }

  ask(key: string, name: string, input: unknown, traceparent: string): Promise<unknown> {
    checkAsk(key, name, traceparent)
    return Promise.resolve(this.#cell.ask(key, name, input, traceparent))
  }

  async poke(): Promise<void> {
    await this.#cell.poke()
  }

  vitals(): Promise<Vitals> {
    return Promise.resolve(this.#cell.vitals())
  }

  fileUnreadable(queue: string, body: unknown, reason: string): Promise<void> {
    checkTexts(queue, reason)
    this.#cell.fileUnreadable(queue, body, reason)
    return Promise.resolve()
  }

  letters(after: string, limit: number): Promise<LetterPage> {
    return Promise.resolve(this.#cell.letters(after, limit))
  }

  explain(key: string): Promise<Explanation> {
    return Promise.resolve(this.#cell.explain(key))
  }

  redrive(
    row: string,
    data: unknown,
    edited: boolean,
    who: string,
    options: RedriveOptions = {},
  ): Promise<RedriveAnswer> {
    checkTexts(row, who)
    return Promise.resolve(this.#cell.redrive(row, data, edited, who, options))
  }

  discard(row: string, reason: string, who: string): Promise<DiscardAnswer> {
    checkTexts(row, reason, who)
    return Promise.resolve(this.#cell.discard(row, reason, who))
  }

  /** After the object was restored: its streams go on under another name, which is answered. */
  reincarnate(): Promise<number> {
    return Promise.resolve(this.#cell.reincarnate())
  }

  /** The next start goes back to an earlier time; false where the platform can't, or not as far. */
  async prepareRestore(at: number): Promise<boolean> {
    try {
      const bookmark = await this.ctx.storage.getBookmarkForTime(at)
      await this.ctx.storage.onNextSessionRestoreBookmark(bookmark)
      return true
    } catch {
      return false
    }
  }

  /** Whoever calls this hears that the object is gone, as does everyone else who is waiting for it. */
  restart(): Promise<void> {
    this.ctx.abort("restarted to be restored")
    return Promise.resolve()
  }

  override alarm(): void {
    this.#cell.alarm()
  }

  /** Nothing of it; a test puts a crash here. */
  reached(_point: Point): void {
    return undefined
  }

  /** Nothing of it; a test counts here what the platform charges for. */
  spent(_statement: string, _rows: Rows): void {
    return undefined
  }
}

/** The platform's own figures for a statement; a cursor has them. */
interface Rows {
  readonly rowsRead: number
  readonly rowsWritten: number
}

interface Witness {
  reached(point: Point): void
  spent(statement: string, rows: Rows): void
}

/** An alarm that is set is charged as a row that is written. */
const ALARM_SET: Rows = { rowsRead: 0, rowsWritten: 1 }

/** The runtime binds every number as REAL and takes at most this many. */
const PARAMETERS_MAX = 100

class DurableStorage implements Storage {
  readonly #state: DurableObjectState
  readonly #witness: Witness
  /** Statements that were not refused. */
  #done = 0

  constructor(state: DurableObjectState, witness: Witness) {
    this.#state = state
    this.#witness = witness
  }

  all(sql: string, ...values: readonly SqlValue[]): readonly SqlRow[] {
    if (values.length > PARAMETERS_MAX)
      throw new RangeError(`${String(values.length)} parameters, too many for a statement`)
    for (const value of values) {
      if (typeof value === "number" && !Number.isSafeInteger(value))
        throw new RangeError("only whole numbers are stored")
    }
    const cursor = this.#state.storage.sql.exec<Record<string, SqlValue>>(sql, ...values)
    // Read to the end at once: a cursor left open would take every write of the event down with it.
    const rows = cursor.toArray()
    this.#done += 1
    this.#witness.spent(sql, cursor)
    return rows
  }

  transaction<T>(body: () => T extends PromiseLike<unknown> ? never : T): T {
    return this.#state.storage.transactionSync(body)
  }

  commit<T>(body: () => T extends PromiseLike<unknown> ? never : T): T {
    const before = this.#done
    try {
      return body()
    } catch (error) {
      // Part of it must never be durable, and only the end of the object keeps it from being so.
      if (this.#done > before) this.#state.abort(`a commit failed half-way: ${messageOf(error)}`)
      throw error
    }
  }

  getAlarm(): Promise<number | null> {
    return this.#state.storage.getAlarm()
  }

  setAlarm(at: number): void {
    void this.#state.storage.setAlarm(at)
    this.#done += 1
    this.#witness.spent("setAlarm", ALARM_SET)
  }
}

class DurablePlatform implements Platform {
  readonly storage: Storage
  readonly span: Span
  readonly #state: DurableObjectState
  readonly #around: Surroundings
  readonly #witness: Witness
  readonly #oldest = new Map<string, number | null>()
  readonly random = unguessable()
  readonly later = later

  constructor(state: DurableObjectState, around: Surroundings, witness: Witness) {
    this.#state = state
    this.#around = around
    this.span = around.span
    this.#witness = witness
    this.storage = new DurableStorage(state, witness)
  }

  now(): number {
    return Date.now()
  }

  async send(service: string, bundles: readonly string[]): Promise<void> {
    this.#oldest.set(service, await this.#around.send(service, bundles))
  }

  oldestIn(service: string): number | null {
    return this.#oldest.get(service) ?? null
  }

  sendReceipts(service: string, cell: string, receipts: readonly Receipt[]): Promise<void> {
    return this.#around.sendReceipts(service, cell, receipts)
  }

  background(work: Promise<void>): void {
    this.#state.waitUntil(work)
  }

  soon(body: () => void): void {
    // A few hops, so that answers which are ready in the same instant are settled together.
    void Promise.resolve()
      .then(() => undefined)
      .then(() => undefined)
      .then(body)
  }

  log(line: LogLine): void {
    this.#around.log(line)
  }

  hears(level: LogLine["level"]): boolean {
    return this.#around.hears?.(level) ?? true
  }

  point(name: Point): void {
    this.#witness.reached(name)
  }
}
