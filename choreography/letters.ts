/**
 * Dead letters: an event that can't be applied is parked in its receiver, alone, with its reason. Others go on. A person
 * can see it, edit it, send it again (twice has the effect of once) or discard it.
 */
import { split } from "./address.ts"
import { contentHash, scatter, type Delivery } from "./wire.ts"
import type { Store, Write } from "./store.ts"

export interface Letter {
  /** Names the row: the same delivery is filed once, however often it comes. */
  readonly row: string
  readonly key: string
  readonly subject: string
  readonly type: string
  readonly service: string
  readonly reason: string
  /** Other content under a position that is spent: never applied by itself. */
  readonly conflict: boolean
  readonly attempts: number
  readonly parkedAt: number
  readonly delivery: Delivery
  readonly settled?: {
    readonly how: "redriven" | "edited" | "discarded"
    readonly at: number
    readonly who: string
    readonly reason: string
  }
}

export function letterRow(delivery: Delivery, hash: string): string {
  return scatter(`${delivery.stream}|${delivery.target}|${String(delivery.position)}|${hash}`, 1).toString(36)
}

const REASON_MAX = 500

export function letterFor(service: string, now: number, delivery: Delivery, reason: string, conflict: boolean): Letter {
  return {
    row: letterRow(delivery, contentHash(delivery.event)),
    key: split(delivery.target)?.key ?? "",
    subject: delivery.event.subject,
    type: delivery.event.type,
    service,
    reason: reason.slice(0, REASON_MAX),
    conflict,
    attempts: (delivery.kills ?? 0) + 1,
    parkedAt: now,
    delivery: { ...delivery, receipt: undefined },
  }
}

export function fileLetter(store: Store, letter: Letter): Write {
  return store.file(letter.row, letter.key, letter.subject, letter.type, JSON.stringify(letter))
}

export function readLetter(body: string): Letter {
  // Written by `fileLetter` and `settleLetter`, and by nobody else.
  return JSON.parse(body) as Letter
}

const PREFIX = "dl_"

export interface LetterAddress {
  readonly service: string
  readonly cell: string
  readonly row: string
}

/** The id of a letter names service, cell and row, so that finding it needs no index. */
export function letterId(address: LetterAddress): string {
  const text = `${address.service}|${address.cell}|${address.row}`
  return PREFIX + btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")
}

export function parseLetterId(id: string): LetterAddress | null {
  if (!id.startsWith(PREFIX) || !/^[\w-]{4,400}$/.test(id)) return null
  try {
    const text = atob(id.slice(PREFIX.length).replaceAll("-", "+").replaceAll("_", "/"))
    const [service, cell, row, ...rest] = text.split("|")
    if (service === undefined || cell === undefined || row === undefined || rest.length > 0) return null
    return { service, cell, row }
  } catch {
    return null
  }
}
