/** A payment told as a story: what it hears, what it says, what it asks of the gateway. */
import { chargeSettled, requestPayment } from "../../domain/payment/charge.ts"
import { refundSettled, undoPayment } from "../../domain/payment/refund.ts"
import { weighReport } from "../../domain/payment/report.ts"
import type { PaymentReport } from "../../domain/views.ts"
import {
  type ChargeResult,
  type PaymentDecision,
  paymentProblem,
  type PaymentSaying,
  type PaymentState,
  type RefundResult,
} from "../../domain/payment/state.ts"
import { viewOf } from "../../domain/payment/view.ts"
import type { Outcome, Try } from "../../domain/participant.ts"
import type { Plan } from "../../events/parts.ts"

export const ORDER = "ord_1"
export const AMOUNT = 10_997

export const captured = (amount = AMOUNT): Outcome<ChargeResult> => ({
  ok: true,
  result: { outcome: "captured", transactionId: "txn_1", amount },
})
export const declined: Outcome<ChargeResult> = {
  ok: true,
  result: { outcome: "declined", code: "INSUFFICIENT_FUNDS", reason: "not enough funds" },
}
export const exhausted = { ok: false, reason: "not reachable", uncertain: false } as const
export const lost = { ok: false, reason: "no answer in time", uncertain: true } as const
export const gaveBack = (refunded = AMOUNT, taken = AMOUNT): Outcome<RefundResult> => ({
  ok: true,
  result: { outcome: "refunded", refundId: refunded === 0 ? null : "ref_1", captured: taken, refunded },
})
export const refused: Outcome<RefundResult> = { ok: true, result: { outcome: "refused", reason: "no" } }

interface Heard {
  readonly attempt?: number
  readonly plan?: Plan | null
  readonly expired?: boolean
  readonly redriven?: boolean
  readonly amount?: number
}

export class PaymentStory {
  state: PaymentState | null = null
  readonly said: PaymentSaying[] = []
  /** Keys of the calls that were asked for. */
  readonly calls: string[] = []
  readonly amountsAsked: (number | null)[] = []
  poison: string | null = null
  readonly alerts: string[] = []
  /** Keys that were to be looked up. */
  readonly lookUps: string[] = []
  now = 1_000

  request({ attempt = 1, plan = null, expired = false, redriven = false, amount = AMOUNT }: Heard = {}): this {
    const asked = { orderId: ORDER, attempt, customerId: "cust_1", amount, currency: "EUR", method: null, plan }
    return this.#take(requestPayment(this.state, asked, { expired, redriven }, "pay_1"))
  }

  undo({ attempt = 1, plan = null, redriven = false }: Heard = {}): this {
    const asked = { orderId: ORDER, attempt, reason: "cancelled", plan }
    return this.#take(undoPayment(this.state, asked, { expired: false, redriven }, "pay_1"))
  }

  charged(outcome: Outcome<ChargeResult>, tries: readonly Try[] = []): this {
    return this.#take(chargeSettled(this.known, outcome, tries, this.now))
  }

  refunded(outcome: Outcome<RefundResult>, tries: readonly Try[] = []): this {
    return this.#take(refundSettled(this.known, this.calls.at(-1) ?? "", outcome, tries, this.now))
  }

  /** What the gateway says of its own accord. */
  report(type: PaymentReport["type"], said: Partial<PaymentReport> = {}): this {
    const report = { type, key: this.calls.at(-1) ?? "", amount: AMOUNT, currency: "EUR", ...said }
    return this.#take(weighReport(this.state, report))
  }

  get known(): PaymentState {
    if (this.state === null) throw new Error("there is no payment yet")
    return this.state
  }

  get events(): string[] {
    return viewOf(this.known, []).history.map((entry) => entry.event)
  }

  get last(): PaymentSaying | undefined {
    return this.said.at(-1)
  }

  #take(decision: PaymentDecision): this {
    this.now += 1
    this.poison = decision.poison
    if (decision.poison !== null) return this
    if (decision.alert !== null) this.alerts.push(decision.alert)
    if (decision.lookUp !== null) this.lookUps.push(decision.lookUp)
    if (decision.state !== null) {
      const problem = paymentProblem(decision.state)
      if (problem !== null) throw new Error(problem)
      this.state = decision.state
    }
    if (decision.says !== null) this.said.push(decision.says)
    if (decision.charge !== null) this.calls.push(decision.charge.key)
    if (decision.refund !== null) {
      this.calls.push(decision.refund.key)
      this.amountsAsked.push(decision.refund.input.amount)
    }
    return this
  }
}
