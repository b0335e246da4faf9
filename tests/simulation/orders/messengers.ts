/**
 * What payment gateway and carrier say of their own accord: before their call has returned, ten times over, days later, never,
 * or the opposite of what they have done. And a carrier that takes a parcel which nobody has let go: then its books say so too.
 */
import type { PerformContext, Performer } from "../../../choreography/service.ts"
import type { ChargeInput, ChargeResult, RefundInput, RefundResult } from "../../../domain/payment/state.ts"
import type { CancelLabelInput, CancelLabelResult, ShipmentState } from "../../../domain/shipment/state.ts"
import type { CarrierReport, PaymentReport } from "../../../domain/views.ts"
import type { CarrierLedgers } from "../../../gateways/carrierSimulator.ts"
import type { World } from "../platform/world.ts"
import { threadIn } from "./circle.ts"

interface Message {
  readonly service: "Payment" | "Shipping"
  readonly orderId: string
  readonly report: PaymentReport | Omit<CarrierReport, "at">
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const TIMES_MAX = 10
/** A parcel is picked up about when its label is made. */
const PICKED_UP_MS_MAX = 20_000
const LATE_MS = [MINUTE, HOUR, 48 * HOUR] as const

export class Messengers {
  readonly #world: World
  readonly #carriers: CarrierLedgers

  constructor(world: World, carriers: CarrierLedgers) {
    this.#world = world
    this.#carriers = carriers
  }

  wrap(name: string, inner: Performer): Performer {
    return {
      lookup: (input, context) => inner.lookup(input, context),
      perform: async (input: never, context: PerformContext) => {
        const result = await inner.perform(input, context)
        const { orderId } = input as { readonly orderId: string } // every input of the shop's names it
        if (name === "label") this.#ofParcel(orderId, context.key)
        else await this.#ofDeed(messageOf(name, input, context.key, result), `${name} ${context.key}`)
        return result
      },
    }
  }

  async #ofDeed(message: Message | null, where: string): Promise<void> {
    const { faults, random } = this.#world
    if (message === null) return
    const tell = (): Promise<void> => this.#tell(message)
    if (faults.strike("webhookTwice", where)) this.#often(tell)
    if (faults.strike("webhookLate", where)) this.#later(random.pick(LATE_MS), tell)
    const opposite = oppositeOf(message)
    if (opposite !== null && faults.strike("webhookContradicts", where)) {
      this.#later(random.between(0, HOUR), () => this.#tell(opposite))
    }
    if (faults.strike("webhookEarly", where)) await tell()
  }

  #ofParcel(orderId: string, key: string): void {
    const { faults, random } = this.#world
    const where = `parcel ${key}`
    const tell = (): Promise<void> => this.#tellWhereItIs(orderId)
    if (faults.strike("webhookTwice", where)) this.#often(tell)
    if (faults.strike("webhookLate", where)) this.#later(random.pick(LATE_MS), tell)
    if (faults.strike("webhookContradicts", where)) {
      this.#later(random.between(0, HOUR), () => this.#tell(newsOf(orderId, "label.cancelled")))
    }
    if (faults.strike("webhookOverrules", where)) {
      this.#later(random.between(0, PICKED_UP_MS_MAX), () => this.#take(orderId, key))
    }
  }

  #often(tell: () => Promise<void>): void {
    const { random } = this.#world
    for (let times = random.between(2, TIMES_MAX); times > 0; times--) this.#later(random.between(0, MINUTE), tell)
  }

  #later(ms: number, tell: () => Promise<void>): void {
    this.#world.agenda.after(ms, "a webhook", () => {
      tell().catch((error: unknown) => {
        this.#world.failed("a webhook", error)
      })
    })
  }

  /** The truth of that moment: a parcel that is on its way goes on, in any order of the news. */
  async #tellWhereItIs(orderId: string): Promise<void> {
    // What Shipping itself has saved.
    const state = (threadIn(this.#world, "Shipping", orderId)?.state ?? null) as ShipmentState | null
    const hasLeft = state !== null && ["dispatched", "in_transit", "delivered"].includes(state.status)
    const types = ["label.dispatched", "label.in_transit", "label.delivered"] as const
    if (hasLeft) await this.#tell(newsOf(orderId, this.#world.random.pick(types)))
  }

  /** The parcel is in the van, whatever anybody has granted: from here on no recall succeeds. */
  async #take(orderId: string, key: string): Promise<void> {
    const { labels } = this.#carriers
    const label = labels.get(key)
    if (label?.standing !== "made") return
    labels.set(key, { ...label, standing: "dispatched" })
    await this.#tell(newsOf(orderId, "label.dispatched"))
  }

  /** One that is lost on its way is not sent again: nothing depends on it. */
  async #tell({ service, orderId, report }: Message): Promise<void> {
    const said = service === "Shipping" ? { ...report, at: this.#world.agenda.now } : report
    await this.#world.ask(service, orderId, "report", said).catch(() => undefined)
  }
}

function newsOf(orderId: string, type: CarrierReport["type"]): Message {
  return { service: "Shipping", orderId, report: { type, trackingNumber: null, location: null } }
}

/** Null: there is nothing to be said. What is done under a name is of that name's types. */
function messageOf(name: string, input: never, key: string, result: unknown): Message | null {
  switch (name) {
    case "charge": {
      const { orderId, amount, currency } = input as ChargeInput
      const type = (result as ChargeResult).outcome === "captured" ? "charge.succeeded" : "charge.declined"
      return { service: "Payment", orderId, report: { type, key, amount, currency } }
    }
    case "refund": {
      const { orderId, currency } = input as RefundInput
      const done = result as RefundResult
      if (done.outcome === "refused") return null
      const report = { type: "refund.succeeded", key, amount: done.refunded, currency } as const
      return { service: "Payment", orderId, report }
    }
    case "cancelLabel": {
      const { outcome } = result as CancelLabelResult
      const { orderId } = input as CancelLabelInput
      return outcome === "refused" ? null : newsOf(orderId, `label.${outcome}`)
    }
    default:
      return null
  }
}

const OPPOSITES = {
  "charge.succeeded": "charge.declined",
  "charge.declined": "charge.succeeded",
  "charge.failed": "charge.succeeded",
  "refund.succeeded": "refund.failed",
  "refund.failed": "refund.succeeded",
} as const

/** Null where the carrier's own books would have to lie as well. */
function oppositeOf({ report, ...message }: Message): Message | null {
  return "key" in report ? { ...message, report: { ...report, type: OPPOSITES[report.type] } } : null
}
