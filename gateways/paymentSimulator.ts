/** A payment gateway that is only played: no money moves, everything else is as with a real one. */
import type { ChargeInput, ChargeResult, DeclineCode, RefundInput, RefundResult } from "../domain/payment/state.ts"
import { type Ledger, memoryLedger } from "./ledger.ts"
import type { PaymentGateway } from "./payment.ts"
import { answer, chance, type Conditions, failByPlan, hex, isRefused, mayHaveHappened, pause } from "./simulation.ts"

export interface ChargeEntry {
  readonly orderId: string
  readonly amount: number
  readonly currency: string
  readonly standing: "captured" | "declined" | "void"
  /** What of it was given back. */
  readonly refunded: number
}

export interface RefundEntry {
  readonly orderId: string
  readonly charge: string
  readonly result: RefundResult
}

export interface PaymentLedgers {
  readonly charges: Ledger<ChargeEntry>
  readonly refunds: Ledger<RefundEntry>
}

/** Each of them equally often, when chance declines. */
const DECLINES: Readonly<Record<DeclineCode, string>> = {
  CARD_DECLINED: "the card was declined",
  INSUFFICIENT_FUNDS: "the account has not enough funds",
  FRAUD_DETECTED: "the charge looks fraudulent",
  EXPIRED: "the card has expired",
}
const CODES: readonly DeclineCode[] = ["CARD_DECLINED", "INSUFFICIENT_FUNDS", "FRAUD_DETECTED", "EXPIRED"]

export function simulatedPaymentGateway(
  conditions: Conditions,
  { charges, refunds }: PaymentLedgers = { charges: memoryLedger(), refunds: memoryLedger() },
): PaymentGateway {
  /** Makes the charge, or finds that it was made. */
  const settleCharge = (input: ChargeInput, key: string): ChargeEntry => {
    const known = charges.get(key)
    if (known !== undefined) return known
    const { orderId, amount, currency, plan } = input
    const standing = isRefused(plan, conditions, key) ? "declined" : "captured"
    const entry: ChargeEntry = { orderId, amount, currency, standing, refunded: 0 }
    charges.set(key, entry)
    return entry
  }
  const resultOf = (entry: ChargeEntry, { plan }: ChargeInput, key: string): ChargeResult => {
    if (entry.standing === "captured") {
      return { outcome: "captured", transactionId: `txn_${hex(conditions.seed, key)}`, amount: entry.amount }
    }
    const code = entry.standing === "void" || plan === "decline" ? "CARD_DECLINED" : declineOf(conditions, key)
    return { outcome: "declined", code, reason: entry.standing === "void" ? "the charge is void" : DECLINES[code] }
  }
  /** The charge that is to be given back. One that was never made is void from now on. */
  const chargeOf = ({ charge, amount }: RefundInput): ChargeEntry => {
    const known = charges.get(charge.key)
    if (known !== undefined) return known
    const { orderId, currency } = charge
    const made = !charges.complete && (amount !== null || mayHaveHappened(charge.plan))
    if (made && amount === null) return settleCharge(charge, charge.key)
    // An amount is named only by one who knows that it was taken.
    return { orderId, currency, amount: charge.amount, standing: made ? "captured" : "void", refunded: 0 }
  }
  const giveBack = (input: RefundInput, key: string): RefundResult => {
    const charge = chargeOf(input)
    if (charge.standing !== "captured") {
      charges.set(input.charge.key, charge)
      return { outcome: "refunded", refundId: null, captured: 0, refunded: 0 }
    }
    if (input.plan === "decline") {
      return { outcome: "refused", reason: "the refund was refused" }
    }
    const owed = charge.amount - charge.refunded
    const refunded = Math.min(input.amount ?? owed, owed)
    charges.set(input.charge.key, { ...charge, refunded: charge.refunded + refunded })
    return { outcome: "refunded", refundId: `ref_${hex(conditions.seed, key)}`, captured: charge.amount, refunded }
  }
  const settleRefund = (input: RefundInput, key: string): RefundResult => {
    const known = refunds.get(key)
    if (known !== undefined) return known.result
    const result = giveBack(input, key)
    refunds.set(key, { orderId: input.orderId, charge: input.charge.key, result })
    return result
  }

  return {
    async charge(input, call) {
      await pause(conditions.delayMs, call.signal)
      const isRepeat = charges.get(call.key) !== undefined
      if (!isRepeat) failByPlan(input.plan, call)
      const result = resultOf(settleCharge(input, call.key), input, call.key)
      return isRepeat ? result : answer(input.plan, call, result)
    },
    async findCharge(input, { key, signal }) {
      await pause(conditions.delayMs, signal)
      const known = charges.get(key)
      if (known !== undefined) return resultOf(known, input, key)
      if (charges.complete || !mayHaveHappened(input.plan)) return undefined
      return resultOf(settleCharge(input, key), input, key)
    },
    async refund(input, call) {
      await pause(conditions.delayMs, call.signal)
      const isRepeat = refunds.get(call.key) !== undefined
      if (!isRepeat) failByPlan(input.plan, call)
      const result = settleRefund(input, call.key)
      return isRepeat ? result : answer(input.plan, call, result)
    },
    async findRefund(input, { key, signal }) {
      await pause(conditions.delayMs, signal)
      const known = refunds.get(key)
      if (known !== undefined) return known.result
      return refunds.complete || !mayHaveHappened(input.plan) ? undefined : settleRefund(input, key)
    },
  }
}

function declineOf({ seed }: Conditions, key: string): DeclineCode {
  return CODES[Math.floor(chance(seed, `${key}|code`) * CODES.length)] ?? "CARD_DECLINED"
}
