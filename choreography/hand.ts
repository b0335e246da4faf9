/**
 * A person's hand on the dead letters of a cell.
 *
 * 1. A letter is applied outside the cursor, in the transaction that settles it: twice has the effect of once.
 * 2. The original's position and content stay spent. An edited letter is a new event caused by the original.
 * 3. Before anything is done, a verdict says what would happen: the service's own handler is asked, and undone.
 */
import type { Envelope } from "../events/envelope.ts"
import type { Problem } from "../events/definition.ts"
import type { Core } from "./core.ts"
import { invariant, messageOf } from "./errors.ts"
import { letterId, letterRow, readLetter, type Letter } from "./letters.ts"
import { causeOf, type Readable, type Receiver } from "./receive.ts"
import { contentHash, type Delivery } from "./wire.ts"
import { Work } from "./work.ts"

export interface LetterView {
  readonly id: string
  readonly orderId: string
  readonly service: string
  readonly type: string
  readonly reason: string
  readonly attempts: number
  readonly parkedAt: number
  readonly verdict: string
  readonly event: Envelope
}

export interface LetterPage {
  readonly items: readonly LetterView[]
  readonly next: string | null
}

export type RedriveAnswer =
  | { readonly outcome: "accepted" }
  /** It would not apply, and was to be left alone then. */
  | { readonly outcome: "skipped"; readonly verdict: string }
  | { readonly outcome: "settled" }
  | { readonly outcome: "unknown" }
  | { readonly outcome: "invalid"; readonly problems: readonly Problem[] }

export interface RedriveOptions {
  readonly reason?: string
  /** Leaves alone what would not apply: the verdict is asked in the very transaction that would apply it. */
  readonly careful?: boolean
}

export type DiscardAnswer = { readonly outcome: "discarded" | "settled" | "unknown" }

const WOULD_APPLY = "would apply"
/** A handler that ignores an event with these words says that its effect is there. */
const ALREADY = "already applied"
/** What is kept of a message that nobody can read. */
const UNREADABLE_BYTES_MAX = 8_000

export class Hand {
  readonly #core: Core
  readonly #receiver: Receiver

  constructor(core: Core, receiver: Receiver) {
    this.#core = core
    this.#receiver = receiver
  }

  fileUnreadable(work: Work, queue: string, body: unknown, reason: string): void {
    const text = JSON.stringify(body ?? null).slice(0, UNREADABLE_BYTES_MAX)
    const name = `${this.#core.service.name}/${queue}`
    const event: Envelope = {
      specversion: "1.0",
      id: `${queue}#unreadable`,
      source: `/queues/${queue}`,
      type: "unreadable",
      subject: "",
      time: new Date(work.now).toISOString(),
      dataschema: "",
      sequence: "0",
      partitionkey: queue,
      correlationid: "",
      traceparent: "",
      data: text,
    }
    const delivery = { stream: name, target: name, position: 0, event }
    const row = letterRow(delivery, contentHash(event))
    work.file({
      row,
      key: queue,
      subject: "",
      type: event.type,
      service: queue,
      reason,
      conflict: false,
      attempts: 1,
      parkedAt: work.now,
      delivery,
    })
  }

  letters(after: string, limit: number): LetterPage {
    const stored = this.#core.store.openLetters(after, limit)
    const items = stored.map(({ body }) => {
      const letter = readLetter(body)
      return {
        id: letterId({ service: this.#core.service.name, cell: this.#core.name, row: letter.row }),
        orderId: letter.subject,
        service: letter.service,
        type: letter.type,
        reason: letter.reason,
        attempts: letter.attempts,
        parkedAt: letter.parkedAt,
        verdict: this.#verdict(letter),
        event: letter.delivery.event,
      }
    })
    return { items, next: stored.length < limit ? null : (stored.at(-1)?.id ?? null) }
  }

  #verdict(letter: Letter): string {
    if (letter.conflict) return "conflict"
    if (letter.type === "unreadable") return "stale: unreadable"
    const understood = this.#receiver.understand(letter.delivery.event, this.#core.platform.now())
    if (understood === "newer") return "stale: newer than this reader"
    if ("parked" in understood) return understood.parked
    const listener = this.#core.service.listeners.get(letter.delivery.event.type)
    if (listener === undefined) return "stale: nobody listens"
    try {
      const heard = { event: letter.delivery.event, data: understood.readable.data, expired: false, redriven: true }
      const work = new Work(this.#core)
      const turn = work.rehearse(letter.key, causeOf(letter.delivery), () => listener.handle(heard))
      if (turn.ignored === null) return WOULD_APPLY
      return turn.ignored.startsWith(ALREADY) ? turn.ignored : `stale: ${turn.ignored}`
    } catch (error) {
      return `would fail: ${messageOf(error)}`
    }
  }

  redrive(
    work: Work,
    row: string,
    edited: { readonly data: unknown } | null,
    { who, reason = "", careful = false }: RedriveOptions & { readonly who: string },
  ): RedriveAnswer {
    const stored = this.#core.store.letter(row)
    if (stored === null) return { outcome: "unknown" }
    if (stored.settled !== null) return { outcome: "settled" }
    const letter = readLetter(stored.body)
    const verdict = careful ? this.#verdict(letter) : WOULD_APPLY
    if (verdict !== WOULD_APPLY) return { outcome: "skipped", verdict }
    const event = edited === null ? letter.delivery.event : corrected(letter.delivery.event, edited.data)
    const delivery = { ...letter.delivery, event }
    const understood = this.#receiver.understand(event, work.now)
    if (understood === "newer" || "parked" in understood) {
      const message = understood === "newer" ? "newer than this reader" : understood.parked
      return { outcome: "invalid", problems: [{ path: "event", message }] }
    }
    const stray = edited === null ? null : this.#stray(letter, understood.readable)
    if (stray !== null) return { outcome: "invalid", problems: [stray] }
    try {
      this.#apply(work, letter.key, delivery, understood.readable, `redriven by ${who}${said(reason)}`)
    } catch (error) {
      return { outcome: "invalid", problems: [{ path: "event", message: messageOf(error) }] }
    }
    this.#settle(work, letter, { how: edited === null ? "redriven" : "edited", at: work.now, who, reason })
    return { outcome: "accepted" }
  }

  /** An edit corrects what was said; of whom it is said, and to whom, stays. */
  #stray({ key, delivery: { event } }: Letter, { data }: Readable): Problem | null {
    const [before, after] = [fieldsOf(event.data), fieldsOf(data)]
    for (const [name, value] of Object.entries(before)) {
      const stays = value !== event.subject || after[name] === value
      if (!stays) return { path: `data.${name}`, message: `is about ${event.subject}, and can be about nobody else` }
    }
    const keys = this.#core.service.listeners.get(event.type)?.keys({ subject: event.subject, data }) ?? []
    return keys.includes(key) ? null : { path: "data", message: `is not for ${key} any more` }
  }

  /** Outside the cursor; whoever keeps a journal has in it who did this and why. */
  #apply(work: Work, key: string, delivery: Delivery, { data }: Readable, note: string): void {
    const { event } = delivery
    const listener = this.#core.service.listeners.get(event.type)
    invariant(listener !== undefined, `nobody listens to ${event.type}`)
    work.turn(key, causeOf(delivery), (turn) => {
      listener.handle({ event, data, expired: false, redriven: true })
      turn.note(note)
    })
  }

  discard(work: Work, row: string, reason: string, who: string): DiscardAnswer {
    const stored = this.#core.store.letter(row)
    if (stored === null) return { outcome: "unknown" }
    if (stored.settled !== null) return { outcome: "settled" }
    this.#settle(work, readLetter(stored.body), { how: "discarded", at: work.now, who, reason })
    return { outcome: "discarded" }
  }

  #settle(work: Work, letter: Letter, settled: NonNullable<Letter["settled"]>): void {
    work.also(this.#core.store.settleLetter(letter.row, work.now, JSON.stringify({ ...letter, settled })))
  }
}

function fieldsOf(data: unknown): Readonly<Record<string, unknown>> {
  return typeof data === "object" && data !== null ? { ...data } : {}
}

function said(reason: string): string {
  return reason === "" ? "" : `: ${reason}`
}

/** A new event that the original has caused. */
function corrected(original: Envelope, data: unknown): Envelope {
  return { ...original, id: `${original.id}+edited`, causationid: original.id, data }
}
