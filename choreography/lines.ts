/**
 * How lines of a journal are written: as tuples, by the names of the row that they stand in.
 *
 * When something was received is told beside its line and not in it, so that a line is turned into text once.
 */
import { type FormerJournal, fromFormerLines } from "./formerRows.ts"
import { Names } from "./names.ts"
import type { JournalEntry } from "./thread.ts"

const DIRECTIONS = ["in", "out"] as const

/** Times are counted from the row's epoch. What is null at its end is left out. */
export type Line = readonly [
  at: number,
  direction: number,
  idName: number,
  idNumber: number | null,
  type: number,
  peer: number,
  position: number,
  causeName: number,
  causeNumber: number | null,
  statusBefore: number,
  statusAfter: number,
  span?: string | null,
  saidAt?: number | null,
  note?: string | null,
]

/** Of which line, when its receiver had it, and when we heard so. */
export type Mark = readonly [line: number, receivedAt: number | null, heldAt: number | null]

export function lineTextOf(names: Names, entry: JournalEntry): string {
  const { at, direction, id, type, peer, position, causationId, statusBefore, statusAfter } = entry
  const { span = null, saidAt, note = null } = entry
  const [idName, idNumber] = names.refer(id)
  const [typeName, peerName] = [names.number(type), names.number(peer)]
  const [causeName, causeNumber] = names.refer(causationId)
  const [before, after] = [names.number(statusBefore), names.number(statusAfter)]
  const since = saidAt === undefined ? null : saidAt - names.epoch
  const about = [at - names.epoch, DIRECTIONS.indexOf(direction), idName, idNumber, typeName, peerName, position]
  const line = [...about, causeName, causeNumber, before, after, span, since, note]
  while (line.at(-1) === null) line.pop()
  return JSON.stringify(line)
}

export function entryOf(names: Names, line: Line): JournalEntry {
  const [at, direction, idName, idNumber, type, peer, position, causeName, causeNumber, before, after] = line
  const [, , , , , , , , , , , span, saidAt, note] = line
  return {
    at: at + names.epoch,
    direction: DIRECTIONS[direction] ?? "in",
    id: names.text(idName, idNumber) ?? "",
    type: names.name(type),
    peer: names.name(peer),
    position,
    causationId: names.text(causeName, causeNumber ?? null),
    statusBefore: names.name(before),
    statusAfter: names.name(after),
    ...(typeof saidAt === "number" ? { saidAt: saidAt + names.epoch } : {}),
    ...(typeof span === "string" ? { span } : {}),
    ...(typeof note === "string" ? { note } : {}),
  }
}

export function markOf(names: Names, { receivedAt, heldAt }: JournalEntry, line: number): readonly Mark[] {
  if (receivedAt === undefined && heldAt === undefined) return []
  const since = (at: number | undefined): number | null => (at === undefined ? null : at - names.epoch)
  return [[line, since(receivedAt), since(heldAt)]]
}

export function marked(names: Names, entries: JournalEntry[], marks: readonly Mark[]): JournalEntry[] {
  for (const [line, receivedAt, heldAt] of marks) {
    const entry = entries[line]
    if (entry === undefined) continue
    if (receivedAt !== null) entry.receivedAt = receivedAt + names.epoch
    if (heldAt !== null) entry.heldAt = heldAt + names.epoch
  }
  return entries
}

type Page = readonly [epoch: number, names: readonly string[], lines: readonly Line[], marks: readonly Mark[]]

/** A page has names of its own: the row that it was torn out of goes on without it. */
export function writeJournal(entries: readonly JournalEntry[]): string {
  const names = new Names(entries[0]?.at ?? 0, [])
  const lines = entries.map((entry) => lineTextOf(names, entry))
  const marks = entries.flatMap((entry, index) => markOf(names, entry, index))
  return `[${String(names.epoch)},${JSON.stringify(names.all)},[${lines.join(",")}],${JSON.stringify(marks)}]`
}

export function readJournal(text: string): readonly JournalEntry[] {
  // Written by `writeJournal`, or by an earlier form of it, and by nobody else.
  const page = JSON.parse(text) as Page | FormerJournal
  if (!isToday(page)) return fromFormerLines(page)
  const [epoch, all, lines, marks] = page
  const names = new Names(epoch, all)
  return marked(
    names,
    lines.map((line) => entryOf(names, line)),
    marks,
  )
}

/** What came before had lines in the first place, not a time. */
function isToday(page: Page | FormerJournal): page is Page {
  return typeof page[0] === "number"
}
