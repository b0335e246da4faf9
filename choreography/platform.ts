/**
 * What the choreography needs from the world it runs in. There are two of these: Cloudflare's (`durable.ts`) and the
 * simulator's, which runs the same code in virtual time.
 */
import type { Span } from "./spans.ts"
import type { Delivery, Receipt } from "./wire.ts"

export type SqlValue = string | number | null
export type SqlRow = Readonly<Record<string, SqlValue>>

export interface Storage {
  /** Runs one statement and reads all of its rows: no cursor is ever left open. */
  all(sql: string, ...values: readonly SqlValue[]): readonly SqlRow[]
  /** All or nothing; may be nested. The body can't be async: it would go on after its transaction. */
  transaction<T>(body: () => T extends PromiseLike<unknown> ? never : T): T
  /**
   * All or nothing as well, and half as dear: nothing is copied so that it could be rolled back. Its statements are part of
   * what the event writes, which is durable together; so a body that throws when it has written something takes the object
   * with it, and all that the event has written. Not to be nested.
   */
  commit<T>(body: () => T extends PromiseLike<unknown> ? never : T): T
  getAlarm(): Promise<number | null>
  setAlarm(at: number): void
}

export interface LogLine {
  readonly level: "debug" | "info" | "warn" | "error"
  readonly message: string
  readonly [field: string]: string | number | boolean | null | undefined
}

/** The named places at which a crash, an eviction or a hang can strike; the simulator hits every one of them. */
export type Point =
  | "commit:deliver"
  | "commit:ask"
  | "commit:settle"
  | "commit:receipts"
  | "commit:alarm"
  | "commit:redrive"
  | "committed:deliver"
  | "committed:ask"
  | "committed:settle"
  | "committed:receipts"
  | "committed:alarm"
  | "committed:redrive"
  | "send:before"
  | "send:after"
  | "receipt:before"
  | "receipt:after"
  | "effect:before"
  | "effect:after"
  | "alarm:armed"

/** Takes back what was to happen later. A clock that still runs keeps an object awake. */
export type Cancel = () => void

export interface Platform {
  readonly storage: Storage
  now(): number
  /** In [0, 1). */
  random(): number
  /** Hands bundles to the queue of a service; resolves when the queue has them. */
  send(service: string, bundles: readonly string[]): Promise<void>
  /** When the oldest message in the queue of a service was sent, as the queue's last answer told; null: not known. */
  oldestIn?(service: string): number | null
  /** Tells senders what their readers hold. May be lost. */
  sendReceipts(service: string, cell: string, receipts: readonly Receipt[]): Promise<void>
  /** Keeps the object alive until the work is done. */
  background(work: Promise<void>): void
  /** Right after what is under way now, with whatever else comes in until then. */
  soon(body: () => void): void
  /** Later, unless memory is lost before: never the only thing that something depends on. */
  later(ms: number, body: () => void): Cancel
  log(line: LogLine): void
  /** Whether anybody reads lines of this level: what nobody reads need not be put together. Left out: somebody does. */
  hears?(level: LogLine["level"]): boolean
  /** Where the platform draws what its work consists of. */
  readonly span?: Span
  point(name: Point): void
}

export interface DeliverResult {
  readonly applied: number
  readonly duplicates: number
  readonly parked: number
  readonly held: number
  /** Neither applied nor held: no receipt was given, the sender will come again. */
  readonly refused: number
}

/** What leaves for other services: lines of their bundles. */
export type Said = readonly (readonly [service: string, lines: readonly string[]])[]

/** A line that is no delivery, by its place in the call. */
export interface Unreadable {
  readonly index: number
  readonly reason: string
}

export interface TakeResult {
  /** To be sent by whoever has called. */
  readonly said: Said
  readonly unreadable: readonly Unreadable[]
}

/** What the queue consumer and the sweep need of a cell. */
export interface CellStub {
  /** Lines of bundles: read and delivered; what comes of it is sent by the caller, together with what other cells say. */
  take(lines: readonly string[]): Promise<TakeResult>
  /** The same for whoever has deliveries at hand; the cell sends what comes of it by itself. */
  deliver(deliveries: readonly Delivery[]): Promise<DeliverResult>
  /** Files a delivery that kills the call whenever it is applied. */
  park(delivery: Delivery, reason: string): Promise<void>
  /** Looks at its alarm again; answers if the object lives at all. */
  poke(): Promise<void>
}
