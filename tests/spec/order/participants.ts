/** Payment, Inventory and Shipping as an order sees them: what they are asked, what they do, what they answer. */
import type { Said } from "../../../domain/order/draft.ts"
import type { HeardType } from "../../../domain/order/triggers.ts"
import type { AppCatalog } from "../../../events/catalog.ts"
import type { DataOf } from "../../../events/definition.ts"

/** How each of them behaves; everything left out goes well. */
export interface Nature {
  readonly payment?: "pays" | "declines" | "unavailable" | "unknown and taken" | "unknown and not taken" | "silent"
  /** SKUs that are out of stock. */
  readonly missing?: readonly string[]
  readonly inventory?: "answers" | "silent"
  readonly shipping?: "sends" | "refuses" | "unknown and made" | "silent"
  /** Undos that fail until they are `mended`. */
  readonly failing?: readonly ("payment" | "inventory" | "shipping")[]
  /** Undos that are never answered. */
  readonly mute?: readonly ("payment" | "inventory" | "shipping")[]
  /** The carrier takes the parcel although it is called back. */
  readonly overrules?: boolean
}

type Answer = { readonly [T in HeardType]: { readonly type: T; readonly data: DataOf<AppCatalog, T> } }[HeardType]
type Name = "payment" | "inventory" | "shipping"

interface Shelf {
  held: number
  shipped: number
  lost: number
  gone: boolean
}

const ID = "ord_1"
const PARCEL = { orderId: ID, shipmentId: "shp_1" }
const WHERE = { carrier: "FastShip", trackingNumber: "FS1" }

export class Participants {
  readonly #nature: Nature
  /** On its way, from whom to whom; each in order. */
  readonly #streams = new Map<string, (Said | Answer)[]>()
  readonly shelves = new Map<string, Shelf>()
  captured = 0
  refunded = 0
  mended = false
  parcel: "none" | "made" | "called back" | "left" = "none"
  #paymentUndone = false
  #parcelUndone = false
  #lines: readonly { readonly sku: string; readonly quantity: number }[] = []

  constructor(nature: Nature) {
    this.#nature = nature
  }

  streams(): readonly string[] {
    return [...this.#streams].filter(([, events]) => events.length > 0).map(([name]) => name)
  }

  hear(said: Said): void {
    if (said.type.startsWith("Payment.")) this.#push("order>payment", said)
    if (said.type.startsWith("Shipment.")) this.#push("order>shipping", said)
    if (said.type === "Inventory.reserveRequested" || said.type === "Inventory.release") {
      for (const { sku } of said.data.lines) this.#push(`order>${sku}`, said)
    }
  }

  /** What the order hears, or null when it was a participant that heard. */
  take(stream: string): Answer | null {
    const event = this.#streams.get(stream)?.shift()
    if (event === undefined) return null
    const [from = "", to = ""] = stream.split(">")
    // What goes to the order is an answer, what comes from it is its own saying.
    if (to === "order") return event as Answer
    if (from === "order") this.#act(to, event as Said)
    else this.#deduct(to)
    return null
  }

  get kept(): number {
    return this.captured - this.refunded
  }

  get held(): number {
    return [...this.shelves.values()].reduce((sum, { held }) => sum + held, 0)
  }

  #push(stream: string, event: Said | Answer): void {
    const known = this.#streams.get(stream)
    if (known === undefined) this.#streams.set(stream, [event])
    else known.push(event)
  }

  #answer(from: string, answer: Answer): void {
    this.#push(`${from}>order`, answer)
  }

  #act(to: string, said: Said): void {
    const { type, data } = said
    if (type === "Payment.requested") this.#charge(data)
    if (type === "Payment.refund") this.#refund(data.attempt)
    if (type === "Inventory.reserveRequested") {
      this.#reserve(to, data.attempt, data.lines.find(({ sku }) => sku === to)?.quantity ?? 0)
    }
    if (type === "Inventory.release") this.#release(to, data.attempt)
    if (type === "Shipment.create") this.#create(data)
    if (type === "Shipment.grant") this.#leave(false)
    if (type === "Shipment.cancel") this.#callBack(data.attempt)
  }

  #charge({ attempt, amount, currency }: DataOf<AppCatalog, "Payment.requested">): void {
    const about = { orderId: ID, attempt, paymentId: "pay_1" }
    const fail = (code: "CARD_DECLINED" | "UNAVAILABLE" | "CANCELLED", uncertain: boolean) => {
      this.#answer("payment", { type: "Payment.failed", data: { ...about, code, reason: "no", uncertain } })
    }
    if (this.#paymentUndone) return fail("CANCELLED", false)
    switch (this.#nature.payment ?? "pays") {
      case "silent":
        return
      case "declines":
        return fail("CARD_DECLINED", false)
      case "unavailable":
        return fail("UNAVAILABLE", false)
      case "unknown and not taken":
        return fail("UNAVAILABLE", true)
      case "unknown and taken":
        this.captured = amount
        return fail("UNAVAILABLE", true)
      case "pays":
        this.captured = amount
        this.#answer("payment", { type: "Payment.completed", data: { ...about, amount, currency } })
    }
  }

  #refund(attempt: number): void {
    this.#paymentUndone = true
    if (this.#isMute("payment")) return
    const about = { orderId: ID, attempt, paymentId: "pay_1", captured: this.captured }
    if (this.#fails("payment")) {
      const data = { ...about, refunded: this.refunded, reason: "refused" }
      return this.#answer("payment", { type: "Payment.refundFailed", data })
    }
    this.refunded = this.captured
    const data = { ...about, refunded: this.refunded, refundId: this.captured > 0 ? "ref_1" : null }
    this.#answer("payment", { type: "Payment.refunded", data })
  }

  #shelf(sku: string): Shelf {
    const known = this.shelves.get(sku) ?? { held: 0, shipped: 0, lost: 0, gone: false }
    this.shelves.set(sku, known)
    return known
  }

  #reserve(sku: string, attempt: number, quantity: number): void {
    const shelf = this.#shelf(sku)
    const about = { orderId: ID, sku, attempt }
    const missing = this.#nature.missing?.includes(sku) === true
    if (this.#nature.inventory === "silent") return
    if (missing || shelf.gone) {
      const code = missing ? "OUT_OF_STOCK" : "CANCELLED"
      const data = { ...about, code, requested: quantity, available: 0, reason: "none left" } as const
      return this.#answer(sku, { type: "Inventory.reservationFailed", data })
    }
    shelf.held = quantity
    this.#answer(sku, { type: "Inventory.reserved", data: { ...about, reservationId: "res", quantity, expiresAt: 0 } })
  }

  #release(sku: string, attempt: number): void {
    const shelf = this.#shelf(sku)
    shelf.gone = true
    if (this.#isMute("inventory")) return
    const about = { orderId: ID, sku, attempt }
    if (this.#fails("inventory")) {
      return this.#answer(sku, { type: "Inventory.releaseFailed", data: { ...about, reason: "refused" } })
    }
    const quantity = shelf.held
    shelf.held = 0
    this.#answer(sku, { type: "Inventory.released", data: { ...about, quantity } })
  }

  #create({ attempt, lines, granted }: DataOf<AppCatalog, "Shipment.create">): void {
    this.#lines = lines
    const about = { orderId: ID, attempt }
    const nature = this.#nature.shipping ?? "sends"
    if (nature === "silent") return
    if (this.#parcelUndone || nature === "refuses") {
      const data = { ...about, code: "REFUSED", reason: "not there", uncertain: false }
      return this.#answer("shipping", { type: "Shipment.failed", data })
    }
    this.parcel = "made"
    if (nature === "unknown and made") {
      const data = { ...about, code: "EXHAUSTED", reason: "no answer", uncertain: true }
      return this.#answer("shipping", { type: "Shipment.failed", data })
    }
    const data = { ...about, ...PARCEL, ...WHERE, estimatedDelivery: 0 }
    this.#answer("shipping", { type: "Shipment.created", data })
    if (granted) this.#leave(false)
    else this.#answer("shipping", { type: "Shipment.ready", data: PARCEL })
  }

  #leave(overruled: boolean): void {
    if (this.parcel !== "made") return
    this.parcel = "left"
    const lines = this.#lines.map(({ sku, quantity }) => ({ sku, quantity }))
    const data = { ...PARCEL, ...WHERE, lines, dispatchedAt: 0, overruled }
    this.#answer("shipping", { type: "Shipment.dispatched", data })
    for (const { sku } of lines) this.#push(`shipping>${sku}`, { type: "Shipment.dispatched", data })
    this.#answer("shipping", { type: "Shipment.inTransit", data: { ...PARCEL, location: "hub", at: 0 } })
    this.#answer("shipping", { type: "Shipment.delivered", data: { ...PARCEL, deliveredAt: 0, signature: null } })
  }

  #callBack(attempt: number): void {
    this.#parcelUndone = true
    const about = { orderId: ID, attempt }
    if (this.parcel === "left") {
      return this.#answer("shipping", { type: "Shipment.cancelFailed", data: { ...about, reason: "dispatched" } })
    }
    if (this.parcel === "made" && this.#nature.overrules === true) return this.#leave(true)
    if (this.#isMute("shipping")) return
    if (this.#fails("shipping")) {
      return this.#answer("shipping", { type: "Shipment.cancelFailed", data: { ...about, reason: "refused" } })
    }
    const shipmentId = this.parcel === "none" ? null : PARCEL.shipmentId
    if (this.parcel === "made") this.parcel = "called back"
    this.#answer("shipping", { type: "Shipment.cancelled", data: { ...about, shipmentId } })
  }

  #deduct(sku: string): void {
    const shelf = this.#shelf(sku)
    const quantity = this.#lines.find((line) => line.sku === sku)?.quantity ?? 0
    const lost = shelf.held === 0
    if (lost) shelf.lost = quantity
    else shelf.shipped = quantity
    shelf.held = 0
    this.#answer(sku, { type: "Inventory.deducted", data: { orderId: ID, sku, quantity, lost } })
  }

  #fails(name: Name): boolean {
    return !this.mended && this.#nature.failing?.includes(name) === true
  }

  #isMute(name: Name): boolean {
    return !this.mended && this.#nature.mute?.includes(name) === true
  }
}
