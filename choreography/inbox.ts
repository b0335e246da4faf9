/**
 * The inbox: a position per stream, not a table of ids with a window.
 *
 * 1. A position takes effect once, for as long as the stream lives.
 * 2. Positions take effect in order; early ones wait, a bounded number of them.
 * 3. The same position with other content is a conflict, never applied and never receipted as held.
 */
import type { StreamName } from "./address.ts"
import { EARLY_MAX } from "./settings.ts"
import type { InStream, Thread } from "./thread.ts"
import type { Delivery, Receipt } from "./wire.ts"

export type Verdict = "next" | "duplicate" | "conflict" | "early" | "refused"

export function streamIn(thread: Thread, name: StreamName): InStream {
  return (thread.ins[name] ??= { upTo: 0, hashes: {}, early: [], parked: [] })
}

export function judge(stream: InStream, position: number, hash: string): Verdict {
  if (position <= stream.upTo) {
    const known = stream.hashes[position]
    return known === undefined || known === hash ? "duplicate" : "conflict"
  }
  if (position === stream.upTo + 1) return "next"
  const waiting = stream.hashes[position]
  if (waiting !== undefined) return waiting === hash ? "duplicate" : "conflict"
  return stream.early.length < EARLY_MAX ? "early" : "refused"
}

export function holdEarly(stream: InStream, delivery: Delivery, hash: string): void {
  stream.early.push({ ...delivery, receipt: undefined })
  stream.hashes[delivery.position] = hash
}

export function takeEarly(stream: InStream): Delivery | undefined {
  const index = stream.early.findIndex((delivery) => delivery.position === stream.upTo + 1)
  return index < 0 ? undefined : stream.early.splice(index, 1)[0]
}

export function advance(stream: InStream, position: number, hash: string, parked: boolean): void {
  stream.upTo = position
  stream.hashes[position] = hash
  if (parked) stream.parked.push(position)
  // One that was held early by a build that knew it may come again in its turn: what is spent waits no longer.
  if (stream.early.length > 0) stream.early = stream.early.filter((delivery) => delivery.position > position)
  delete stream.newerSince
}

export function receiptFor(name: StreamName, stream: InStream, reader: string, seen: Receipt["hashes"]): Receipt {
  return {
    stream: name,
    reader,
    upTo: stream.upTo,
    early: stream.early.map((delivery) => delivery.position),
    parked: stream.parked,
    hashes: seen,
  }
}
