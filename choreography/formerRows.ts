/**
 * The forms that rows had before: read as they are, and written anew in today's with the next commit of their key.
 *
 * Their fingerprints were of another kind. They are left out: what comes again at a position without one is a duplicate,
 * where another kind of fingerprint would make a conflict of every repeat.
 */
import type { Envelope } from "../events/envelope.ts"
import type { JournalEntry, Thread } from "./thread.ts"

/** What is null at its end was left out. */
type FormerLine = readonly [
  at: number,
  direction: number,
  id: string,
  type: string,
  peer: string,
  position: number,
  causationId: string | null,
  statusBefore: string,
  statusAfter: string | null,
  span?: string | null,
  saidAt?: number | null,
  heldAt?: number | null,
  receivedAt?: number | null,
  note?: string | null,
]

/** First a thread as it was, then one in four parts. */
export type FormerThread =
  | Thread
  | readonly [Omit<Thread, "state" | "events" | "journal">, unknown, Record<number, Envelope>, readonly FormerLine[]]

/** First entries as they were, then tuples. */
export type FormerJournal = readonly (JournalEntry | FormerLine)[]

export function fromFormer(parsed: FormerThread): Thread {
  if (!isParts(parsed)) return withoutFingerprints(parsed)
  const [rest, state, events, lines] = parsed
  return withoutFingerprints({ ...rest, state, events, journal: fromFormerLines(lines) })
}

function withoutFingerprints(thread: Thread): Thread {
  const ins = Object.entries(thread.ins).map(([name, stream]) => [name, { ...stream, hashes: {} }] as const)
  return { ...thread, ins: Object.fromEntries(ins) }
}

export function fromFormerLines(lines: FormerJournal): JournalEntry[] {
  return lines.map((line) => (isTuple(line) ? entryOf(line) : line))
}

function isParts(parsed: FormerThread): parsed is Exclude<FormerThread, Thread> {
  return Array.isArray(parsed)
}

function isTuple(line: JournalEntry | FormerLine): line is FormerLine {
  return Array.isArray(line)
}

function entryOf(line: FormerLine): JournalEntry {
  const [at, direction, id, type, peer, position, causationId, statusBefore, statusAfter] = line
  const [, , , , , , , , , span, saidAt, heldAt, receivedAt, note] = line
  return {
    ...{ at, direction: direction === 0 ? "in" : "out", id, type, peer, position, causationId, statusBefore },
    statusAfter: statusAfter ?? statusBefore,
    ...(typeof receivedAt === "number" ? { receivedAt } : {}),
    ...(typeof saidAt === "number" ? { saidAt } : {}),
    ...(typeof heldAt === "number" ? { heldAt } : {}),
    ...(typeof span === "string" ? { span } : {}),
    ...(typeof note === "string" ? { note } : {}),
  }
}
