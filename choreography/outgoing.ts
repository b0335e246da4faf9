/**
 * What leaves a cell after a commit: deliveries, in bundles through the queue of each receiver's service, and receipts,
 * riding on them or by call.
 *
 * Nothing here is remembered in rows, so nothing here is needed: what memory loses, the outbox sends again.
 */
import { senderOf, split, streamName, type Address } from "./address.ts"
import { Backlog } from "./backlog.ts"
import { bundlesOf, lineOf } from "./bundles.ts"
import type { Core } from "./core.ts"
import { messageOf } from "./errors.ts"
import { deliveryOf } from "./outbox.ts"
import type { Said } from "./platform.ts"
import type { Delivery, Receipt } from "./wire.ts"
import type { Fresh } from "./work.ts"

/** Deliveries that one flush takes up; the rest goes with the next one. */
const FLUSH_MAX = 500
/** A send that has not been answered for so long is given up: what waits behind it goes without it. */
const SEND_PATIENCE_MS = 10_000
/** What an ask has said waits so long for its answer to be on its way, and for what other asks say. */
export const ANSWER_FIRST_MS = 1
/** Receipts owed at once; beyond this they go without waiting for a ride. */
const OWED_MAX = 1_000

interface Owed {
  readonly receipt: Receipt
}

export class Outgoing {
  readonly #core: Core
  readonly #waiting = new Map<string, Fresh[]>()
  /** The send under way to each service, and since when. */
  readonly #sending = new Map<string, { readonly since: number }>()
  readonly #owed = new Map<string, Owed>()
  /** Services that say nothing themselves, whose deliveries wait for company. */
  readonly #gathering = new Set<string>()
  readonly #backlog = new Backlog()
  #receiptTimer = false
  #following = false

  constructor(core: Core) {
    this.#core = core
  }

  /** A receipt rides on the next delivery the other way, or goes alone after a while. */
  owe(key: string, receipt: Receipt): void {
    const slot = `${key}|${senderOf(receipt.stream)}`
    const before = this.#owed.get(slot)?.receipt
    const hashes =
      before?.stream === receipt.stream ? [...before.hashes, ...receipt.hashes].slice(-100) : receipt.hashes
    this.#owed.set(slot, { receipt: { ...receipt, hashes } })
    if (this.#receiptTimer) return
    this.#receiptTimer = true
    const wait = this.#owed.size > OWED_MAX ? 0 : this.#core.settings.receiptDelayMs
    this.#core.platform.later(wait, () => {
      this.#receiptTimer = false
      this.#core.platform.background(this.#sendReceipts())
    })
  }

  /** Whether what has not been received by this target may be sent again now. */
  mayResend(target: Address): boolean {
    const { platform, settings } = this.#core
    return this.#backlog.admits(split(target)?.service ?? "", platform.now(), settings.receiptLeaseMs)
  }

  /** To be called after a commit only. */
  flush(fresh: readonly Fresh[]): void {
    this.#queue(fresh)
    for (const service of this.#waiting.keys()) {
      if (this.#onlyListens(service)) this.#gather(service)
      else this.#go(service)
    }
  }

  /** The same, but behind the answer of the ask that said it: nobody waits for the one, and somebody for the other. */
  follow(fresh: readonly Fresh[]): void {
    if (fresh.length === 0) return
    this.#queue(fresh)
    if (this.#following) return
    this.#following = true
    this.#core.platform.later(ANSWER_FIRST_MS, () => {
      this.#following = false
      this.flush([])
    })
  }

  #queue(fresh: readonly Fresh[]): void {
    for (const row of fresh) {
      const service = serviceOf(row)
      const waiting = this.#waiting.get(service)
      if (waiting === undefined) this.#waiting.set(service, [row])
      else waiting.push(row)
    }
  }

  /** Hands to the caller what would leave at once; the rest waits here for company. After a commit only. */
  handOver(fresh: readonly Fresh[]): Said {
    const { waits = [], leaves = [] } = Object.groupBy(fresh, (row) =>
      this.#onlyListens(serviceOf(row)) ? "waits" : "leaves",
    )
    this.flush(waits)
    return [...Map.groupBy(leaves, serviceOf)].map(([service, rows]) => {
      return [service, rows.flatMap((row) => this.#deliveryOf(row)).map(lineOf)]
    })
  }

  /** Nobody waits for what is heard by one who never answers. */
  #onlyListens(service: string): boolean {
    return this.#core.registry.services.get(service)?.says.length === 0
  }

  /** News of a key go together, in one message and one commit, and off the path of what they tell of. */
  #gather(service: string): void {
    if (this.#gathering.has(service)) return
    this.#gathering.add(service)
    this.#core.platform.later(this.#core.settings.listenerDelayMs, () => {
      this.#gathering.delete(service)
      this.#go(service)
    })
  }

  #go(service: string): void {
    // While one send is under way others gather, and go together: but not behind one that never answers.
    const { platform } = this.#core
    const since = this.#sending.get(service)?.since ?? -Infinity
    if (platform.now() - since >= SEND_PATIENCE_MS) platform.background(this.#send(service))
  }

  async #send(service: string): Promise<void> {
    const { platform } = this.#core
    const sending = { since: platform.now() }
    this.#sending.set(service, sending)
    try {
      while (this.#sending.get(service) === sending) {
        const rows = this.#waiting.get(service)?.splice(0, FLUSH_MAX) ?? []
        if (rows.length === 0) return
        const deliveries = rows.flatMap((row) => this.#deliveryOf(row))
        if (deliveries.length === 0) continue
        platform.point("send:before")
        await platform.send(service, bundlesOf(deliveries.map(lineOf)))
        this.#backlog.heard(service, platform.oldestIn?.(service) ?? null)
        platform.point("send:after")
      }
    } catch (error) {
      // The rows are still there and their leases run: they go out again, with backoff.
      platform.log({ level: "warn", message: "send failed", service, reason: messageOf(error) })
    } finally {
      if (this.#sending.get(service) === sending) {
        this.#sending.delete(service)
        this.#waiting.delete(service)
      }
    }
  }

  #deliveryOf(row: Fresh): Delivery[] {
    const core = this.#core
    const thread = core.load(row.key)?.thread
    if (thread === undefined) return []
    const self: Address = `${core.service.name}/${row.key}`
    const delivery = deliveryOf(thread, streamName(self, core.incarnation), row.target, row.position)
    if (delivery === undefined) return []
    const slot = `${row.key}|${row.target}`
    const owed = this.#owed.get(slot)
    if (owed === undefined) return [delivery]
    this.#owed.delete(slot)
    return [{ ...delivery, receipt: owed.receipt }]
  }

  async #sendReceipts(): Promise<void> {
    const core = this.#core
    const perCell = new Map<string, { service: string; cell: string; receipts: Receipt[] }>()
    for (const { receipt } of this.#owed.values()) {
      const sender = split(senderOf(receipt.stream))
      const cell = sender === null ? undefined : core.placementOf(sender.service)?.cellOf(sender.key)
      if (sender === null || cell === undefined) continue
      const slot = `${sender.service}|${cell}`
      const batch = perCell.get(slot) ?? { service: sender.service, cell, receipts: [] }
      batch.receipts.push(receipt)
      perCell.set(slot, batch)
    }
    this.#owed.clear()
    for (const batch of perCell.values()) {
      try {
        core.platform.point("receipt:before")
        await core.platform.sendReceipts(batch.service, batch.cell, batch.receipts)
        core.platform.point("receipt:after")
      } catch (error) {
        // Receipts may be lost: the sender's lease provokes the next one.
        core.platform.log({ level: "debug", message: "receipts lost", cell: batch.cell, reason: messageOf(error) })
      }
    }
  }
}

function serviceOf({ target }: Fresh): string {
  return split(target)?.service ?? ""
}
