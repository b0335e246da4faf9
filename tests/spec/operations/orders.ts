// An order in an operator's hands: brought to where it stands by what happens to it, then decided about.
import { decide, type Decision, place } from "../../../domain/order/decide.ts"
import type { OrderState } from "../../../domain/order/state.ts"
import type { DataFor, Trigger } from "../../../domain/order/triggers.ts"
import type { Fenced, NewOrder, ResolveInput } from "../../../domain/order/views.ts"
import type { Settings } from "../../../domain/settings.ts"
import { readSettings } from "../../../http/settings.ts"

export const ID = "ord_1"

const order: NewOrder = {
  orderId: ID,
  customerId: "cust_alice",
  items: [
    { sku: "A", name: "A", quantity: 2, price: 2_999 },
    { sku: "B", name: "B", quantity: 1, price: 4_999 },
  ],
  currency: "USD",
  shippingAddress: { street: "s", city: "c", state: "s", zip: "z", country: "US" },
  flow: "parallel",
  paymentMethod: null,
  simulate: {},
}
export const TOTAL = 10_997

function shopSettings(env: object = {}): Settings {
  const reading = readSettings(env)
  if (!reading.ok) throw new Error("misconfigured")
  return reading.settings.shop
}

export class Case {
  readonly settings: Settings
  state: OrderState
  now = 1_000
  last: Decision | null = null
  readonly said: string[] = []

  constructor(env: object = {}) {
    this.settings = shopSettings(env)
    const draft = place(order, this.now, this.settings)
    this.said.push(...draft.said.map(({ type }) => type))
    this.state = draft.state
  }

  happen<T extends Trigger>(trigger: T, data: DataFor<T>): this {
    this.now += 1_000
    const decision = decide(this.state, trigger, data, this.now, this.settings)
    this.last = decision
    if (decision.refused !== null) return this
    this.state = decision.draft.state
    this.said.push(...decision.draft.said.map(({ type }) => type))
    return this
  }

  paid(): this {
    const about = { orderId: ID, attempt: 1, paymentId: "pay_1" }
    return this.happen("Payment.completed", { ...about, amount: TOTAL, currency: "USD" })
  }

  reserved(...skus: readonly string[]): this {
    for (const sku of skus.length === 0 ? ["A", "B"] : skus) {
      const quantity = this.state.lines[sku]?.quantity ?? 1
      const about = { orderId: ID, sku, attempt: 1, reservationId: `res_${sku}` }
      this.happen("Inventory.reserved", { ...about, quantity, expiresAt: 1_000_000 })
    }
    return this
  }

  labelled(): this {
    return this.happen("Shipment.created", { orderId: ID, attempt: 1, ...parcel, estimatedDelivery: 9_000 })
  }

  granted(): this {
    return this.happen("Shipment.ready", { orderId: ID, shipmentId: "shp_1" })
  }

  dispatched(): this {
    const lines = Object.values(this.state.lines).map(({ sku, quantity }) => ({ sku, quantity }))
    return this.happen("Shipment.dispatched", { orderId: ID, ...parcel, lines, dispatchedAt: 1, overruled: false })
  }

  arrived(): this {
    return this.happen("Shipment.delivered", { orderId: ID, shipmentId: "shp_1", deliveredAt: 1, signature: null })
  }

  deducted(...skus: readonly string[]): this {
    for (const sku of skus) {
      const quantity = this.state.lines[sku]?.quantity ?? 1
      this.happen("Inventory.deducted", { orderId: ID, sku, quantity, lost: false })
    }
    return this
  }

  cancelled(): this {
    return this.happen("cancel", { reason: "changed my mind" })
  }

  recalled(): this {
    const { attempt } = this.state.steps.shipping
    return this.happen("Shipment.cancelled", { orderId: ID, attempt, shipmentId: "shp_1" })
  }

  refunded(refunded = TOTAL): this {
    const about = { orderId: ID, attempt: this.state.steps.payment.attempt, paymentId: "pay_1", refundId: "ref_1" }
    return this.happen("Payment.refunded", { ...about, captured: TOTAL, refunded })
  }

  refundFailed(): this {
    const about = { orderId: ID, attempt: this.state.steps.payment.attempt, paymentId: "pay_1" }
    return this.happen("Payment.refundFailed", { ...about, reason: "the card is gone", captured: TOTAL, refunded: 0 })
  }

  released(...skus: readonly string[]): this {
    for (const sku of skus.length === 0 ? ["A", "B"] : skus) {
      const line = this.state.lines[sku]
      const about = { orderId: ID, sku, attempt: line?.attempt ?? 1 }
      this.happen("Inventory.released", { ...about, quantity: line?.reserved ?? 0 })
    }
    return this
  }

  releaseFailed(sku: string): this {
    const about = { orderId: ID, sku, attempt: this.state.lines[sku]?.attempt ?? 1 }
    return this.happen("Inventory.releaseFailed", { ...about, reason: "the shelf is locked" })
  }

  resolve(input: Partial<ResolveInput>): this {
    const rest = { step: null, outcome: null, amount: null }
    return this.happen("resolve", { action: "accept", reason: "by phone", who: "olga", ...rest, ...input })
  }

  paymentFence(ledger: { captured?: number; refunded?: number; uncertain?: boolean } = {}): Fenced {
    const { attempt } = this.state.steps.payment
    return { step: "payment", attempt, captured: TOTAL, refunded: 0, uncertain: false, ...ledger }
  }
}

const parcel = { shipmentId: "shp_1", carrier: "FastShip", trackingNumber: "FS1" }
