/**
 * How a thread is written: its row is what each commit writes anew, so its length is what an order costs.
 *
 * 1. What can't change between two commits (events, lines of the journal, a state that was not saved) is not turned into
 *    text again.
 * 2. A line of the journal is a tuple: its names stand here, once, and not in every line of every row.
 * 3. Nearly every line names the subject of its key, so one character stands for it. It is one that JSON never holds as
 *    such, so the text can be turned back whatever is in it.
 */
import type { Envelope } from "../events/envelope.ts"
import { textOf } from "./texts.ts"
import type { JournalEntry, Thread } from "./thread.ts"

const SUBJECT = "\u0001"

export function writeThread(thread: Thread, subject: string): string {
  const { state, events, journal, ...rest } = thread
  const said = Object.entries(events).map(([number, event]) => `"${number}":${textOf(event)}`)
  const text = `[${JSON.stringify(rest)},${textOf(state)},{${said.join(",")}},${writeJournal(journal)}]`
  return asWritten(text, subject)
}

/** How a part of it stands in the row of a key with this subject. */
export function asWritten(text: string, subject: string): string {
  return subject === "" ? text : text.replaceAll(subject, SUBJECT)
}

type Written = [Omit<Thread, "state" | "events" | "journal">, unknown, Record<number, Envelope>, readonly Line[]]

/** Also reads what was written before rows were compact: a thread as it is. */
export function readThread(text: string, subject: string): Thread {
  // Written by `writeThread`, or by an earlier form of it, and by nobody else.
  const parsed = JSON.parse(text.replaceAll(SUBJECT, subject)) as Written | Thread
  if (!Array.isArray(parsed)) return parsed
  const [rest, state, events, lines] = parsed
  return { ...rest, state, events, journal: lines.map(entryOf) }
}

export function writeJournal(entries: readonly JournalEntry[]): string {
  return `[${entries.map(lineTextOf).join(",")}]`
}

/** Also reads entries as they are. */
export function readJournal(text: string): readonly JournalEntry[] {
  // Written by `writeJournal`, or by an earlier form of it, and by nobody else.
  const lines = JSON.parse(text) as readonly (Line | JournalEntry)[]
  return lines.map((line) => (isLine(line) ? entryOf(line) : line))
}

function isLine(line: Line | JournalEntry): line is Line {
  return Array.isArray(line)
}

const DIRECTIONS = ["in", "out"] as const

/** What is null at its end is left out. */
type Line = readonly [
  at: number,
  direction: number,
  id: string,
  type: string,
  peer: string,
  position: number,
  causationId: string | null,
  statusBefore: string,
  /** Null where the status has stayed. */
  statusAfter: string | null,
  span?: string | null,
  saidAt?: number | null,
  heldAt?: number | null,
  receivedAt?: number | null,
  note?: string | null,
]

const lineTexts = new WeakMap<JournalEntry, string>()

function lineTextOf(entry: JournalEntry): string {
  const known = lineTexts.get(entry)
  if (known !== undefined) return known
  const { at, direction, id, type, peer, position, causationId, statusBefore, statusAfter } = entry
  const { span = null, saidAt = null, heldAt = null, receivedAt = null, note = null } = entry
  const after = statusAfter === statusBefore ? null : statusAfter
  const head = [at, DIRECTIONS.indexOf(direction), id, type, peer, position, causationId, statusBefore, after]
  const line = [...head, span, saidAt, heldAt, receivedAt, note]
  while (line.at(-1) === null) line.pop()
  const text = JSON.stringify(line)
  lineTexts.set(entry, text)
  return text
}

function entryOf(line: Line): JournalEntry {
  const [at, direction, id, type, peer, position, causationId, statusBefore, after] = line
  const [, , , , , , , , , span, saidAt, heldAt, receivedAt, note] = line
  return {
    at,
    direction: DIRECTIONS[direction] ?? "in",
    ...{ id, type, peer, position, causationId, statusBefore },
    statusAfter: after ?? statusBefore,
    ...(typeof receivedAt === "number" ? { receivedAt } : {}),
    ...(typeof saidAt === "number" ? { saidAt } : {}),
    ...(typeof heldAt === "number" ? { heldAt } : {}),
    ...(typeof span === "string" ? { span } : {}),
    ...(typeof note === "string" ? { note } : {}),
  }
}
