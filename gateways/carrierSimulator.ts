/** A carrier that is only played: no parcel moves, everything else is as with a real one. */
import type { CancelLabelInput, CancelLabelResult, Label, LabelInput, LabelResult } from "../domain/shipment/state.ts"
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
  { labels, cancellations }: CarrierLedgers = { labels: memoryLedger(), cancellations: memoryLedger() },
): Carrier {
  const { seed, overruleRate = 0 } = conditions
  /** Makes the label, or finds that it was made. */
  const settleLabel = (input: LabelInput, key: string): LabelEntry => {
    const known = labels.get(key)
    if (known !== undefined) return known
    const standing = isRefused(input.plan, conditions, key) ? "refused" : "made"
    const entry: LabelEntry = {
      orderId: input.orderId,
      standing,
      trackingNumber: labelOf(seed, input, key).trackingNumber,
    }
    labels.set(key, entry)
    return entry
  }
  const resultOf = (entry: LabelEntry, input: LabelInput, key: string): LabelResult => {
    if (entry.standing === "made" || entry.standing === "dispatched") {
      return { outcome: "labelled", ...labelOf(seed, input, key) }
    }
    const isVoid = entry.standing === "void" || entry.standing === "cancelled"
    return { outcome: "refused", reason: isVoid ? "the label is void" : "the carrier does not serve this address" }
  }
  /** The label that is to be called back. One that was never made is void from now on. */
  const entryOf = ({ label, orderId }: CancelLabelInput): LabelEntry => {
    const known = labels.get(label.key)
    if (known !== undefined) return known
    if (!labels.complete && mayHaveHappened(label.plan)) return settleLabel(label, label.key)
    return { orderId, standing: "void", trackingNumber: "" }
  }
  const callBack = (input: CancelLabelInput): CancelLabelResult => {
    const { label } = input
    const entry = entryOf(input)
    if (entry.standing !== "made" && entry.standing !== "dispatched") {
      labels.set(label.key, entry)
      return { outcome: "cancelled" }
    }
    if (entry.standing === "dispatched" || chance(seed, `${label.key}|overruled`) < overruleRate) {
      labels.set(label.key, { ...entry, standing: "dispatched" })
      return { outcome: "dispatched", ...labelOf(seed, label, label.key) }
    }
    if (input.plan === "decline") {
      return { outcome: "refused", reason: "the carrier won't give it back" }
    }
    labels.set(label.key, { ...entry, standing: "cancelled" })
    return { outcome: "cancelled" }
  }
  const settleCancellation = (input: CancelLabelInput, key: string): CancelLabelResult => {
    const known = cancellations.get(key)
    if (known !== undefined) return known.result
    const result = callBack(input)
    cancellations.set(key, { orderId: input.orderId, label: input.label.key, result })
    return result
  }

  return {
    async createLabel(input, call) {
      await pause(conditions.delayMs, call.signal)
      const isRepeat = labels.get(call.key) !== undefined
      if (!isRepeat) failByPlan(input.plan, call)
      const result = resultOf(settleLabel(input, call.key), input, call.key)
      return isRepeat ? result : answer(input.plan, call, result)
    },
    async findLabel(input, { key, signal }) {
      await pause(conditions.delayMs, signal)
      const known = labels.get(key)
      if (known !== undefined) return resultOf(known, input, key)
      if (labels.complete || !mayHaveHappened(input.plan)) return undefined
      return resultOf(settleLabel(input, key), input, key)
    },
    async cancelLabel(input, call) {
      await pause(conditions.delayMs, call.signal)
      const isRepeat = cancellations.get(call.key) !== undefined
      if (!isRepeat) failByPlan(input.plan, call)
      const result = settleCancellation(input, call.key)
      return isRepeat ? result : answer(input.plan, call, result)
    },
    async findCancellation(input, { key, signal }) {
      await pause(conditions.delayMs, signal)
      const known = cancellations.get(key)
      if (known !== undefined) return known.result
      return cancellations.complete || !mayHaveHappened(input.plan) ? undefined : settleCancellation(input, key)
    },
  }
}

function labelOf(seed: number, { at }: LabelInput, key: string): Label {
  const [carrier, letters] = CARRIERS[Math.floor(chance(seed, `${key}|carrier`) * CARRIERS.length)] ?? CARRIERS[0]
  const days = 3 + Math.floor(chance(seed, `${key}|days`) * 3)
  return {
    carrier,
    trackingNumber: `${letters}${at.toString(36)}${hex(seed, `${key}|number`)}`.toUpperCase(),
    estimatedDelivery: at + days * DAY_MS,
  }
}
