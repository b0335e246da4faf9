/**
 * A thread is all that one key has: its state, and what it has said, heard, asked of the world and set a clock for.
 *
 * It is one row. What commits together is stored together: one write per key and commit, however much happened in it.
 */
import type { Envelope } from "../events/envelope.ts"
import type { Address, StreamName } from "./address.ts"
import type { Delivery } from "./wire.ts"

/** A position said to one peer and not yet received by it. */
export interface OutRow {
  readonly position: number
  /** Which of the thread's events stands at this position. */
  readonly event: number
  /** When it goes out again unless a receipt comes first. */
  next: number
  tries: number
}

export interface OutStream {
  /** The position that the next event to this peer gets; outlives everything else of the stream. */
  next: number
  rows: OutRow[]
}

export interface InStream {
  /** Everything up to here has been applied, parked or voided. */
  upTo: number
  /** Content hashes of positions applied, kept until the thread has been closed for a while. */
  hashes: Record<number, string>
  early: Delivery[]
  parked: number[]
  /** Since when the next position waits for a deployment that can read it. */
  newerSince?: number
}

export interface EffectTry {
  readonly at: number
  readonly what: "retried" | "looked_up"
  readonly reason: string
}

export type Outcome<Result> =
  | { readonly ok: true; readonly result: Result }
  | { readonly ok: false; readonly code: string; readonly reason: string; readonly uncertain: boolean }

export interface EffectRow {
  readonly id: string
  readonly name: string
  readonly input: unknown
  /** The idempotency key, fixed when the row is written. */
  readonly key: string
  readonly deadline: number | null
  readonly cause: string
  next: number
  tries: number
  /** A call may have been made whose answer is unknown: look it up before trying again. */
  maybe: boolean
  log: EffectTry[]
  /** What the last try failed of. */
  error?: string
  /** The answer, when its handler could not take it: the handler is tried again, the world is not. */
  outcome?: Outcome<unknown>
}

export interface TimerRow {
  at: number
  readonly data: unknown
  tries: number
}

export interface JournalEntry {
  readonly at: number
  readonly direction: "in" | "out"
  readonly id: string
  readonly type: string
  readonly peer: Address
  readonly position: number
  readonly causationId: string | null
  readonly statusBefore: string
  readonly statusAfter: string
  /** Known later than the rest of the line, of what was said. */
  receivedAt?: number
  /** When it was said, of what was heard. */
  readonly saidAt?: number
  /** When its receiver got hold of it, of what was said: by the receiver's clock. */
  heldAt?: number
  /** Of its trace. */
  readonly span?: string
  /** Why it had no effect, or what a person said. */
  readonly note?: string
}

export interface Thread {
  state: unknown
  said: number
  performed: number
  events: Record<number, Envelope>
  outs: Record<Address, OutStream>
  ins: Record<StreamName, InStream>
  effects: EffectRow[]
  /** Keys of effects that were given up without an answer: whoever uses one again looks it up first. */
  doubts?: string[]
  timers: Record<string, TimerRow>
  journal: JournalEntry[]
  /** Journal pages written before the entries that are still here. */
  pages: number
  /** The trace that everything without a cause of its own belongs to. */
  trace: string
  closedAt: number | null
  /** Of its object when it was last at work; left out while that was never restored. */
  incarnation?: number
}

/**
 * What is kept by names that hardly ever come again. The engine makes a shape for each name that a plain object gets;
 * one without a prototype is a table from the beginning.
 */
export function table<Value>(entries: Iterable<readonly [string, Value]> = []): Record<string, Value> {
  // What has no prototype has no type either.
  const made = Object.create(null) as Record<string, Value>
  for (const [name, value] of entries) made[name] = value
  return made
}

export function emptyThread(): Thread {
  return {
    state: null,
    said: 0,
    performed: 0,
    events: {},
    outs: table(),
    ins: table(),
    effects: [],
    timers: {},
    journal: [],
    pages: 0,
    trace: "",
    closedAt: null,
  }
}

/**
 * A thread of an object that was restored since: its streams have another name from now on, so what has not been
 * received begins them anew, from their first position.
 */
export function enter(thread: Thread, incarnation: number): Thread {
  if ((thread.incarnation ?? 0) === incarnation) return thread
  for (const stream of Object.values(thread.outs)) {
    stream.rows = stream.rows.map((row, index) => ({ ...row, position: index + 1 }))
    stream.next = stream.rows.length + 1
  }
  thread.incarnation = incarnation
  return thread
}

/** When the thread must be looked at next, or null when nothing in it waits for a clock. */
export function dueAt(thread: Thread): number | null {
  let due = Infinity
  for (const timer of Object.values(thread.timers)) due = Math.min(due, timer.at)
  for (const effect of thread.effects) due = Math.min(due, effect.next)
  for (const stream of Object.values(thread.outs)) for (const row of stream.rows) due = Math.min(due, row.next)
  return due === Infinity ? null : due
}
