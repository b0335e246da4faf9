/**
 * How a delivery takes effect: once, in order, or not at all.
 *
 * 1. The inbox decides by position; the handler runs only for the next one.
 * 2. A handler that throws has its event parked and its stream goes on; nothing of it is left behind.
 * 3. Every delivery provokes a receipt, duplicates included, but for what is neither applied nor held.
 */
import { read, type Problem } from "../events/definition.ts"
import { type Envelope, versionOf } from "../events/envelope.ts"
import { senderOf, split, streamName } from "./address.ts"
import type { Core } from "./core.ts"
import { InvariantViolation, messageOf, PoisonEvent } from "./errors.ts"
import { advance, holdEarly, judge, receiptFor, streamIn, takeEarly } from "./inbox.ts"
import { letterFor } from "./letters.ts"
import { compare, settle } from "./outbox.ts"
import type { DeliverResult } from "./platform.ts"
import type { InStream, OutRow } from "./thread.ts"
import type { Cause } from "./turn.ts"
import { contentHash, type Delivery, type Receipt, VOID } from "./wire.ts"
import type { Work } from "./work.ts"

export interface Readable {
  readonly data: unknown
  readonly expired: boolean
}

type Understanding = { readonly readable: Readable } | { readonly parked: string } | "newer"

export class Receiver {
  readonly #core: Core
  #counts: { -readonly [Name in keyof DeliverResult]: number } = nothing()

  constructor(core: Core) {
    this.#core = core
  }

  /** Of the deliveries that were received last. */
  get counts(): DeliverResult {
    return this.#counts
  }

  receiveAll(work: Work, deliveries: readonly Delivery[]): void {
    this.#counts = nothing()
    for (const delivery of deliveries) this.receive(work, delivery)
  }

  receive(work: Work, delivery: Delivery): void {
    const target = split(delivery.target)
    if (target === null || !this.#isHere(target.service, target.key)) {
      work.file(
        letterFor(
          this.#core.service.name,
          work.now,
          delivery,
          `wrong target: ${delivery.target} does not live here`,
          false,
        ),
      )
      this.#counts.parked += 1
      return
    }
    if (delivery.receipt !== undefined) this.acknowledge(work, delivery.receipt)
    const { thread } = work.thread(target.key)
    const stream = streamIn(thread, delivery.stream)
    const hash = contentHash(delivery.event)
    switch (judge(stream, delivery.position, hash)) {
      case "duplicate":
        this.#counts.duplicates += 1
        this.#log("debug", "duplicate", delivery)
        this.#owe(work, target.key, delivery, stream, stream.hashes[delivery.position] ?? hash)
        return
      case "conflict":
        work.file(
          letterFor(this.#core.service.name, work.now, delivery, "conflict: this position holds another event", true),
        )
        this.#counts.parked += 1
        this.#log("error", "conflict", delivery)
        // The receipt shows the sender what is held instead; the position is not receipted for what came now.
        this.#owe(work, target.key, delivery, stream, stream.hashes[delivery.position] ?? "")
        return
      case "early":
        // What is held is received, and never comes again: one that can't be read yet must come again.
        if (this.understand(delivery.event, work.now) === "newer") {
          this.#counts.refused += 1
          return
        }
        holdEarly(stream, delivery, hash)
        work.touch(target.key)
        this.#counts.held += 1
        this.#owe(work, target.key, delivery, stream, hash)
        return
      case "refused":
        this.#counts.refused += 1
        return
      case "next":
        this.#applyNext(work, target.key, stream, delivery, hash)
    }
  }

  /** Files a delivery without applying it, because applying it kills the call; what waited behind it goes on. */
  parkUnapplied(work: Work, delivery: Delivery, reason: string): void {
    const key = split(delivery.target)?.key ?? ""
    const stream = streamIn(work.thread(key).thread, delivery.stream)
    const hash = contentHash(delivery.event)
    if (judge(stream, delivery.position, hash) !== "next") return
    this.#park(work, key, stream, delivery, hash, reason)
    this.#owe(work, key, delivery, stream, hash)
    const next = takeEarly(stream)
    if (next !== undefined) this.#applyNext(work, key, stream, next, contentHash(next.event))
  }

  #applyNext(work: Work, key: string, stream: InStream, first: Delivery, firstHash: string): void {
    let [delivery, hash]: [Delivery | undefined, string] = [first, firstHash]
    while (delivery !== undefined) {
      if (!this.#apply(work, key, stream, delivery, hash)) {
        // Held early and receipted by a reader that knew it: it stays until the next one comes by.
        if (delivery !== first) stream.early.push(delivery)
        this.#counts.refused += 1
        return
      }
      this.#owe(work, key, delivery, stream, hash)
      delivery = takeEarly(stream)
      hash = delivery === undefined ? "" : contentHash(delivery.event)
    }
  }

  /** Whether the position is spent now; if not, it comes again. */
  #apply(work: Work, key: string, stream: InStream, delivery: Delivery, hash: string): boolean {
    const { event } = delivery
    work.touch(key)
    if (event.type === VOID) {
      advance(stream, delivery.position, hash, false)
      return true
    }
    const understood = this.understand(event, work.now)
    if (understood === "newer") {
      stream.newerSince ??= work.now
      if (work.now - stream.newerSince < this.#core.settings.versionWaitMs) return false
      this.#park(work, key, stream, delivery, hash, `version ${String(versionOf(event))} is newer than this reader's`)
      return true
    }
    if ("parked" in understood) {
      this.#park(work, key, stream, delivery, hash, understood.parked)
      return true
    }
    try {
      const ignored = this.handle(work, key, delivery, understood.readable, false)
      advance(stream, delivery.position, hash, false)
      this.#counts.applied += 1
      this.#log("info", "applied", delivery, ignored ?? undefined)
    } catch (error) {
      this.#park(work, key, stream, delivery, hash, reasonOf(error))
    }
    return true
  }

  understand(event: Envelope, now: number): Understanding {
    const { service, settings } = this.#core
    if (!service.listeners.has(event.type)) return { parked: `${service.name} does not listen to ${event.type}` }
    const reading = read(service.catalog, event.type, versionOf(event), event.data)
    if (reading.outcome === "newer") return "newer"
    if (reading.outcome === "unknown") return { parked: `unknown type ${event.type}` }
    if (reading.outcome === "invalid") return { parked: describe(reading.problems) }
    const expires = event.expirytime === undefined ? Infinity : Date.parse(event.expirytime)
    return { readable: { data: reading.data, expired: now > expires + settings.clockSkewMs } }
  }

  handle(work: Work, key: string, delivery: Delivery, readable: Readable, redriven: boolean): string | null {
    const listener = this.#core.service.listeners.get(delivery.event.type)
    if (listener === undefined) throw new InvariantViolation(`nobody listens to ${delivery.event.type}`)
    const heard = { event: delivery.event, data: readable.data, expired: readable.expired, redriven }
    return work.turn(key, causeOf(delivery), (turn) => {
      listener.handle(heard)
      return turn.ignored
    })
  }

  /**
   * What a receipt says of our rows. That they were received is written with whatever is written next, or soon; a receipt
   * that memory loses comes again. That one of them is parked has its handler, and that is written at once.
   */
  acknowledge(work: Work, receipt: Receipt): void {
    const core = this.#core
    const self = senderOf(receipt.stream)
    const owner = split(self)
    if (owner?.service !== core.service.name) return
    if (receipt.stream !== streamName(self, core.incarnation)) return
    const { thread } = work.thread(owner.key)
    const said = compare(thread, receipt)
    for (const row of said.received) {
      settle(thread, receipt.reader, row, work.now, heldAt(receipt, row))
      core.unwritten.add(owner.key)
    }
    for (const row of said.parked) this.#undelivered(work, owner.key, receipt, row)
    for (const position of said.conflicts) {
      core.platform.log({ level: "error", message: "receipt for another event", stream: receipt.stream, position })
    }
  }

  #undelivered(work: Work, key: string, receipt: Receipt, row: OutRow): void {
    const { service, platform } = this.#core
    const { thread } = work.thread(key)
    const event = thread.events[row.event]
    if (event === undefined) return
    const handle = service.undelivered.get(event.type)
    try {
      if (handle !== undefined) {
        const reading = read(service.catalog, event.type, versionOf(event), event.data)
        const data = reading.outcome === "read" ? reading.data : event.data
        const cause: Cause = {
          type: `undelivered.${event.type}`,
          id: `${event.id}!undelivered`,
          peer: receipt.reader,
          position: row.position,
          causationId: event.id,
          traceparent: event.traceparent,
        }
        const receiver = split(receipt.reader)?.key ?? receipt.reader
        work.turn(key, cause, () => handle({ event, data, receiver }))
      }
      settle(thread, receipt.reader, row, work.now, heldAt(receipt, row))
      work.touch(key)
    } catch (error) {
      // The row stays, so the receipt comes again, and with it this handler.
      platform.log({ level: "error", message: "undelivered failed", key, type: event.type, reason: messageOf(error) })
    }
  }

  #park(work: Work, key: string, stream: InStream, delivery: Delivery, hash: string, reason: string): void {
    work.file(letterFor(this.#core.service.name, work.now, delivery, reason, false))
    advance(stream, delivery.position, hash, true)
    work.touch(key)
    this.#counts.parked += 1
    this.#log("warn", "parked", delivery, reason)
  }

  #isHere(service: string, key: string): boolean {
    const core = this.#core
    return service === core.service.name && core.placementOf(service)?.cellOf(key) === core.name
  }

  #owe(work: Work, key: string, delivery: Delivery, stream: InStream, hash: string): void {
    const receipt = receiptFor(delivery.stream, stream, delivery.target, [[delivery.position, hash, work.now]])
    work.receipts.push({ key, receipt })
  }

  #log(level: "debug" | "info" | "warn" | "error", message: string, delivery: Delivery, reason?: string): void {
    const { platform } = this.#core
    if (platform.hears?.(level) === false) return
    const { event } = delivery
    platform.log({
      level,
      message,
      event: event.id,
      type: event.type,
      subject: event.subject,
      target: delivery.target,
      position: delivery.position,
      cause: event.causationid,
      trace: event.traceparent,
      attempt: (delivery.kills ?? 0) + 1,
      outcome: message === "applied" && reason !== undefined ? "ignored" : message,
      // How long it was under way. What handling it takes is not seen: an object's clock stands still meanwhile.
      durationMs: Math.max(0, platform.now() - Date.parse(event.time)),
      reason,
    })
  }
}

/** By its reader's clock; a receipt says so of what provoked it. */
function heldAt({ hashes }: Receipt, row: OutRow): number | undefined {
  return hashes.find(([position]) => position === row.position)?.[2]
}

function nothing(): { -readonly [Name in keyof DeliverResult]: number } {
  return { applied: 0, duplicates: 0, parked: 0, held: 0, refused: 0 }
}

export function causeOf(delivery: Delivery): Cause {
  const { event } = delivery
  return {
    type: event.type,
    id: event.id,
    peer: senderOf(delivery.stream),
    position: delivery.position,
    causationId: event.causationid ?? null,
    traceparent: event.traceparent,
    saidAt: Date.parse(event.time),
  }
}

function describe(problems: readonly Problem[]): string {
  const first = problems[0]
  return first === undefined ? "invalid" : `invalid at field ${first.path}: ${first.message}`
}

function reasonOf(error: unknown): string {
  return error instanceof PoisonEvent ? error.message : `our bug: ${messageOf(error)}`
}
