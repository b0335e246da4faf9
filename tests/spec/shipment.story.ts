/** A shipment told as a story: what it hears, what it says, what it asks of the carrier. Its clocks are run by hand. */
import type { Outcome } from "../../domain/participant.ts"
import { cancelSettled, undoShipment } from "../../domain/shipment/cancel.ts"
import { labelSettled, requestShipment } from "../../domain/shipment/create.ts"
import { deliver, dispatchDue, grantDispatch, transitDue } from "../../domain/shipment/journey.ts"
import { hearCarrier } from "../../domain/shipment/report.ts"
import type { CarrierReport } from "../../domain/views.ts"
import type {
  CancelLabelResult,
  LabelResult,
  ShipmentDecision,
  ShipmentSaying,
  ShipmentState,
  ShipmentTimer,
} from "../../domain/shipment/state.ts"
import type { Plan } from "../../events/parts.ts"

export const ORDER = "ord_1"
export const ADDRESS = { street: "1 Main St", city: "Springfield", state: "IL", zip: "62701", country: "US" }
export const LINES = [
  { sku: "WIDGET-001", quantity: 2 },
  { sku: "GADGET-002", quantity: 1 },
]
export const LABEL = { carrier: "FastShip", trackingNumber: "FSABC00000001", estimatedDelivery: 300_000 }

export const labelled: Outcome<LabelResult> = { ok: true, result: { outcome: "labelled", ...LABEL } }
export const noLabel: Outcome<LabelResult> = { ok: true, result: { outcome: "refused", reason: "not served" } }
export const exhausted = { ok: false, reason: "not reachable", uncertain: false } as const
export const lost = { ok: false, reason: "no answer in time", uncertain: true } as const
export const calledBack: Outcome<CancelLabelResult> = { ok: true, result: { outcome: "cancelled" } }
export const overruled: Outcome<CancelLabelResult> = { ok: true, result: { outcome: "dispatched", ...LABEL } }
export const refused: Outcome<CancelLabelResult> = { ok: true, result: { outcome: "refused", reason: "no" } }

interface Heard {
  readonly attempt?: number
  readonly plan?: Plan | null
  readonly expired?: boolean
  readonly redriven?: boolean
  readonly granted?: boolean
}

export class ShipmentStory {
  state: ShipmentState | null = null
  readonly said: ShipmentSaying[] = []
  /** Keys of the calls that were asked for. */
  readonly calls: string[] = []
  readonly clocks = new Set<ShipmentTimer>()
  readonly tracked: string[] = []
  poison: string | null = null
  ignored: string | null = null
  readonly alerts: string[] = []
  /** Keys that were to be looked up. */
  readonly lookUps: string[] = []
  now = 1_000

  create({ attempt = 1, plan = null, expired = false, redriven = false, granted = false }: Heard = {}): this {
    const asked = { orderId: ORDER, attempt, customerId: "cust_1", address: ADDRESS, lines: LINES, granted, plan }
    return this.#take(requestShipment(this.state, asked, { expired, redriven }, "shp_1", this.now))
  }

  cancel({ attempt = 1, plan = null, redriven = false }: Heard = {}): this {
    const asked = { orderId: ORDER, attempt, reason: "cancelled", plan }
    return this.#take(undoShipment(this.state, asked, { expired: false, redriven }))
  }

  grant(): this {
    return this.#take(grantDispatch(this.state, this.now))
  }

  label(outcome: Outcome<LabelResult>): this {
    return this.#take(labelSettled(this.known, outcome, this.now))
  }

  cancelled(outcome: Outcome<CancelLabelResult>): this {
    return this.#take(cancelSettled(this.known, outcome, this.now))
  }

  /** The clock of this name is due, if it runs. */
  due(timer: ShipmentTimer): this {
    if (!this.clocks.delete(timer)) return this
    if (timer === "dispatch") return this.#take(dispatchDue(this.known, this.now))
    return this.#take(timer === "transit" ? transitDue(this.known, this.now) : deliver(this.known, this.now))
  }

  deliver(): this {
    return this.#take(deliver(this.known, this.now))
  }

  /** What the carrier says of its own accord. */
  report(type: CarrierReport["type"], said: Partial<CarrierReport> = {}): this {
    const report = { type, trackingNumber: null, location: null, at: this.now, ...said }
    for (const decision of hearCarrier(this.state, report)) this.#take(decision)
    return this
  }

  get known(): ShipmentState {
    if (this.state === null) throw new Error("there is no shipment yet")
    return this.state
  }

  get types(): string[] {
    return this.said.map((saying) => saying.type)
  }

  get last(): ShipmentSaying | undefined {
    return this.said.at(-1)
  }

  #take(decision: ShipmentDecision): this {
    this.now += 1
    this.poison = decision.poison
    this.ignored = decision.ignored
    if (decision.poison !== null) return this
    if (decision.alert !== null) this.alerts.push(decision.alert)
    if (decision.lookUp !== null) this.lookUps.push(decision.lookUp)
    if (decision.state !== null) this.state = decision.state
    if (decision.silent) this.clocks.clear()
    if (decision.track !== null) this.tracked.push(decision.track)
    if (decision.label !== null) this.calls.push(decision.label.key)
    if (decision.cancelLabel !== null) this.calls.push(decision.cancelLabel.key)
    if (decision.says !== null) this.said.push(decision.says)
    if (decision.start !== null) this.clocks.add(decision.start)
    return this
  }
}
