/**
 * The outbox: a row is pending, sent, received. Being sent proves nothing, so it changes nothing: a row leaves when its
 * receiver holds the event, and until then goes out again, same id, same position, with backoff.
 */
import type { Address, StreamName } from "./address.ts"
import type { ChoreographySettings } from "./settings.ts"
import { RESEND_ROWS_MAX } from "./settings.ts"
import { dataTextOf } from "./texts.ts"
import type { JournalEntry, OutRow, Thread } from "./thread.ts"
import { contentHash, type Delivery, type Receipt } from "./wire.ts"

export function say(thread: Thread, event: number, target: Address, next: number): OutRow {
  const stream = (thread.outs[target] ??= { next: 1, rows: [] })
  const row: OutRow = { position: stream.next, event, next, tries: 0 }
  stream.next += 1
  stream.rows.push(row)
  return row
}

export function deliveryOf(
  thread: Thread,
  stream: StreamName,
  target: Address,
  position: number,
): Delivery | undefined {
  const row = thread.outs[target]?.rows.find((candidate) => candidate.position === position)
  const event = row === undefined ? undefined : thread.events[row.event]
  return event === undefined ? undefined : { stream, target, position, event }
}

export interface Acknowledged {
  readonly received: readonly OutRow[]
  /** Received, but into the dead letters. */
  readonly parked: readonly OutRow[]
  /** The receiver holds something else under our position: one of us was rewound. */
  readonly conflicts: readonly number[]
}

/**
 * What a receipt says of our rows; nothing is changed yet.
 *
 * 1. A row is received once a receipt names its position with its very content. That others up to a later position are
 *    held proves nothing: a sender that was restored may say something else where its reader holds what it has forgotten.
 *    A row whose receipt was lost goes out again, and is named by the next one.
 * 2. What is held early stays ours: it may still be parked once its turn comes, and then its sender has to hear of it.
 */
export function compare(thread: Thread, receipt: Receipt): Acknowledged {
  const rows = thread.outs[receipt.reader]?.rows ?? []
  const result: { received: OutRow[]; parked: OutRow[]; conflicts: number[] } = {
    received: [],
    parked: [],
    conflicts: [],
  }
  for (const row of rows) {
    const event = thread.events[row.event]
    // The last one counts: it is the newest.
    const theirs = receipt.hashes.findLast(([position]) => position === row.position)?.[1]
    if (theirs === undefined || event === undefined) continue
    if (theirs !== contentHash(event, dataTextOf(event))) result.conflicts.push(row.position)
    else if (row.position > receipt.upTo) continue
    else (receipt.parked.includes(row.position) ? result.parked : result.received).push(row)
  }
  return result
}

export function settle(thread: Thread, target: Address, row: OutRow, now: number, heldAt?: number): void {
  const stream = thread.outs[target]
  if (stream === undefined) return
  stream.rows = stream.rows.filter((other) => other.position !== row.position)
  noteReceived(
    thread.journal,
    target,
    row.position,
    heldAt === undefined ? { receivedAt: now } : { receivedAt: now, heldAt },
  )
  const wanted = Object.values(thread.outs).some((other) => other.rows.some((left) => left.event === row.event))
  // Computed keys of a record: the entry is gone from the row with it.
  if (!wanted) Reflect.deleteProperty(thread.events, String(row.event))
}

function noteReceived(
  journal: readonly JournalEntry[],
  target: Address,
  position: number,
  when: Pick<JournalEntry, "receivedAt" | "heldAt">,
): void {
  const entry = journal.findLast(
    (line) => line.direction === "out" && line.peer === target && line.position === position,
  )
  if (entry !== undefined) Object.assign(entry, when)
}

export interface Due {
  readonly target: Address
  readonly position: number
}

/** Rows whose lease is over; each gets its next lease before it goes out again. */
export function takeDue(thread: Thread, now: number, settings: ChoreographySettings, random: () => number): Due[] {
  const due: Due[] = []
  for (const [target, stream] of Object.entries(thread.outs)) {
    for (const row of stream.rows) {
      if (row.next > now || due.length >= RESEND_ROWS_MAX) continue
      row.tries += 1
      const lease = Math.min(settings.resendMaxMs, settings.receiptLeaseMs * 2 ** Math.min(row.tries, 20))
      row.next = now + Math.round(lease * (0.75 + random() / 2))
      due.push({ target, position: row.position })
    }
  }
  return due
}
