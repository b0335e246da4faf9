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
  ledgers: PaymentLedgers = { charges: memoryLedger(), refunds: memoryLedger() },
): PaymentGateway {
  const bank = new Bank(conditions, ledgers)
  const { charges, refunds } = ledgers
  return {
    async charge(input, call) {
      await pause(conditions.delayMs, call)
      const isRepeat = charges.get(call.key) !== undefined
      if (!isRepeat) failByPlan(input.plan, call)
      const result = bank.charge(input, call.key)
      return isRepeat ? result : answer(input.plan, call, result)
    },
    async findCharge(input, call) {
      await pause(conditions.delayMs, call)
      const isKnown = charges.get(call.key) !== undefined
      return isKnown || (!charges.complete && mayHaveHappened(input.plan)) ? bank.charge(input, call.key) : undefined
    },
    async refund(input, call) {
      await pause(conditions.delayMs, call)
      const isRepeat = refunds.get(call.key) !== undefined
      if (!isRepeat) failByPlan(input.plan, call)
      const result = bank.refund(input, call.key)
      return isRepeat ? result : answer(input.plan, call, result)
    },
    async findRefund(input, call) {
      await pause(conditions.delayMs, call)
      const isKnown = refunds.get(call.key) !== undefined
      return isKnown || (!refunds.complete && mayHaveHappened(input.plan)) ? bank.refund(input, call.key) : undefined
    },
  }
}

/** What happens to the money, once per key. */
class Bank {
  readonly #conditions: Conditions
  readonly #ledgers: PaymentLedgers

  constructor(conditions: Conditions, ledgers: PaymentLedgers) {
    this.#conditions = conditions
    this.#ledgers = ledgers
  }

  /** Makes the charge, or finds that it was made. */
  charge(input: ChargeInput, key: string): ChargeResult {
    const { standing, amount } = this.#settle(input, key)
    const { seed } = this.#conditions
    if (standing === "captured") return { outcome: "captured", transactionId: `txn_${hex(seed, key)}`, amount }
    if (standing === "void") return { outcome: "declined", code: "CARD_DECLINED", reason: "the charge is void" }
    const code = input.plan === "decline" ? "CARD_DECLINED" : declineOf(this.#conditions, key)
    return { outcome: "declined", code, reason: DECLINES[code] }
  }

  refund(input: RefundInput, key: string): RefundResult {
    const { refunds } = this.#ledgers
    const known = refunds.get(key)
    if (known !== undefined) return known.result
    const result = this.#giveBack(input, key)
    refunds.set(key, { orderId: input.orderId, charge: input.charge.key, result })
    return result
  }

  #settle(input: ChargeInput, key: string): ChargeEntry {
    const known = this.#ledgers.charges.get(key)
    if (known !== undefined) return known
    const { orderId, amount, currency, plan } = input
    const standing = isRefused(plan, this.#conditions, key) ? "declined" : "captured"
    const entry: ChargeEntry = { orderId, amount, currency, standing, refunded: 0 }
    this.#ledgers.charges.set(key, entry)
    return entry
  }

  #giveBack(input: RefundInput, key: string): RefundResult {
    const charge = this.#chargeOf(input)
    const { charges } = this.#ledgers
    if (charge.standing !== "captured") {
      charges.set(input.charge.key, charge)
      return { outcome: "refunded", refundId: null, captured: 0, refunded: 0 }
    }
    if (input.plan === "decline") return { outcome: "refused", reason: "the refund was refused" }
    const owed = charge.amount - charge.refunded
    const refunded = Math.min(input.amount ?? owed, owed)
    charges.set(input.charge.key, { ...charge, refunded: charge.refunded + refunded })
    const refundId = `ref_${hex(this.#conditions.seed, key)}`
    return { outcome: "refunded", refundId, captured: charge.amount, refunded }
  }

  /** The charge that is to be given back. One that was never made is void from now on. */
  #chargeOf({ charge, amount }: RefundInput): ChargeEntry {
    const { charges } = this.#ledgers
    const known = charges.get(charge.key)
    if (known !== undefined) return known
    // What a lost ledger would have said: an amount is named only by one who knows that it was taken.
    const made = !charges.complete && (amount !== null || mayHaveHappened(charge.plan))
    if (made && amount === null) return this.#settle(charge, charge.key)
    const { orderId, currency } = charge
    return { orderId, currency, amount: charge.amount, standing: made ? "captured" : "void", refunded: 0 }
  }
}

function declineOf({ seed }: Conditions, key: string): DeclineCode {
  return CODES[Math.floor(chance(seed, `${key}|code`) * CODES.length)] ?? "CARD_DECLINED"
}
