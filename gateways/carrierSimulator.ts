/** A carrier that is only played: no parcel moves, everything else is as with a real one. */
import type { CancelLabelInput, CancelLabelResult, Label, LabelInput, LabelResult } from "../domain/shipment/state.ts"
import { trackingNumberOf } from "../domain/tracking.ts"
import type { Carrier } from "./carrier.ts"
import { type Ledger, memoryLedger } from "./ledger.ts"
import { answer, chance, type Conditions, failByPlan, hex, isRefused, mayHaveHappened, pause } from "./simulation.ts"

export interface LabelEntry {
  readonly orderId: string
  /** `dispatched`: the parcel was handed over although its label was called back. */
  readonly standing: "made" | "refused" | "cancelled" | "dispatched" | "void"
  readonly trackingNumber: string
}

export interface CancellationEntry {
  readonly orderId: string
  readonly label: string
  readonly result: CancelLabelResult
}

export interface CarrierLedgers {
  readonly labels: Ledger<LabelEntry>
  readonly cancellations: Ledger<CancellationEntry>
}

export interface CarrierConditions extends Conditions {
  /** Of labels called back, how many have been handed over before; 0 to 1. */
  readonly overruleRate?: number
}

/** Names and the letters that their tracking numbers begin with. */
const CARRIERS = [
  ["FastShip", "FS"],
  ["QuickPost", "QP"],
  ["ExpressLine", "EL"],
  ["SpeedyDeliver", "SD"],
] as const
const DAY_MS = 24 * 3_600_000

export function simulatedCarrier(
  conditions: CarrierConditions,
  ledgers: CarrierLedgers = { labels: memoryLedger(), cancellations: memoryLedger() },
): Carrier {
  const depot = new Depot(conditions, ledgers)
  const { labels, cancellations } = ledgers
  return {
    async createLabel(input, call) {
      await pause(conditions.delayMs, call)
      const isRepeat = labels.get(call.key) !== undefined
      if (!isRepeat) failByPlan(input.plan, call)
      const result = depot.label(input, call.key)
      return isRepeat ? result : answer(input.plan, call, result)
    },
    async findLabel(input, call) {
      await pause(conditions.delayMs, call)
      const isKnown = labels.get(call.key) !== undefined
      return isKnown || (!labels.complete && mayHaveHappened(input.plan)) ? depot.label(input, call.key) : undefined
    },
    async cancelLabel(input, call) {
      await pause(conditions.delayMs, call)
      const isRepeat = cancellations.get(call.key) !== undefined
      if (!isRepeat) failByPlan(input.plan, call)
      const result = depot.cancel(input, call.key)
      return isRepeat ? result : answer(input.plan, call, result)
    },
    async findCancellation(input, call) {
      await pause(conditions.delayMs, call)
      const isKnown = cancellations.get(call.key) !== undefined
      return isKnown || (!cancellations.complete && mayHaveHappened(input.plan))
        ? depot.cancel(input, call.key)
        : undefined
    },
  }
}

/** What happens to labels, once per key. */
class Depot {
  readonly #conditions: CarrierConditions
  readonly #ledgers: CarrierLedgers

  constructor(conditions: CarrierConditions, ledgers: CarrierLedgers) {
    this.#conditions = conditions
    this.#ledgers = ledgers
  }

  /** Makes the label, or finds that it was made. */
  label(input: LabelInput, key: string): LabelResult {
    const { standing } = this.#settle(input, key)
    if (standing === "made" || standing === "dispatched") {
      return { outcome: "labelled", ...labelOf(this.#conditions.seed, input, key) }
    }
    const isVoid = standing === "void" || standing === "cancelled"
    return { outcome: "refused", reason: isVoid ? "the label is void" : "the carrier does not serve this address" }
  }

  cancel(input: CancelLabelInput, key: string): CancelLabelResult {
    const { cancellations } = this.#ledgers
    const known = cancellations.get(key)
    if (known !== undefined) return known.result
    const result = this.#callBack(input)
    cancellations.set(key, { orderId: input.orderId, label: input.label.key, result })
    return result
  }

  #settle(input: LabelInput, key: string): LabelEntry {
    const known = this.#ledgers.labels.get(key)
    if (known !== undefined) return known
    const { trackingNumber } = labelOf(this.#conditions.seed, input, key)
    const standing = isRefused(input.plan, this.#conditions, key) ? "refused" : "made"
    const entry: LabelEntry = { orderId: input.orderId, standing, trackingNumber }
    this.#ledgers.labels.set(key, entry)
    return entry
  }

  #callBack({ plan, label, orderId }: CancelLabelInput): CancelLabelResult {
    const { labels } = this.#ledgers
    const { seed, overruleRate = 0 } = this.#conditions
    const mayExist = labels.get(label.key) !== undefined || (!labels.complete && mayHaveHappened(label.plan))
    if (!mayExist) {
      labels.set(label.key, { orderId, standing: "void", trackingNumber: "" })
      return { outcome: "cancelled" }
    }
    const entry = this.#settle(label, label.key)
    if (entry.standing !== "made" && entry.standing !== "dispatched") return { outcome: "cancelled" }
    if (entry.standing === "dispatched" || chance(seed, `${label.key}|overruled`) < overruleRate) {
      labels.set(label.key, { ...entry, standing: "dispatched" })
      return { outcome: "dispatched", ...labelOf(seed, label, label.key) }
    }
    if (plan === "decline") return { outcome: "refused", reason: "the carrier won't give it back" }
    labels.set(label.key, { ...entry, standing: "cancelled" })
    return { outcome: "cancelled" }
  }
}

function labelOf(seed: number, { orderId, at }: LabelInput, key: string): Label {
  const [carrier, letters] = CARRIERS[Math.floor(chance(seed, `${key}|carrier`) * CARRIERS.length)] ?? CARRIERS[0]
  const days = 3 + Math.floor(chance(seed, `${key}|days`) * 3)
  return {
    carrier,
    trackingNumber: trackingNumberOf(letters, orderId, hex(seed, `${key}|number`)),
    estimatedDelivery: at + days * DAY_MS,
  }
}
