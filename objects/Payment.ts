/** Payment: charges an order at most once, and gives back whatever it took. One key per order. */
import { invariant, PoisonEvent } from "../choreography/errors.ts"
import { chargeSettled, requestPayment } from "../domain/payment/charge.ts"
import { fencePayment } from "../domain/payment/fence.ts"
import { refundSettled, undoPayment } from "../domain/payment/refund.ts"
import { weighReport } from "../domain/payment/report.ts"
import {
  type ChargeInput,
  type ChargeResult,
  decide,
  PAYMENT_SAYS,
  type PaymentDecision,
  paymentProblem,
  type PaymentState,
  type RefundInput,
  type RefundResult,
} from "../domain/payment/state.ts"
import { viewOf } from "../domain/payment/view.ts"
import { heardOf } from "../domain/participant.ts"
import { participantCell, participantCells } from "../domain/placement.ts"
import type { Settings } from "../domain/settings.ts"
import type { PaymentAsks } from "../domain/views.ts"
import { deadlineOf } from "../events/envelope.ts"
import { service } from "./dollar.ts"

export interface PaymentShape {
  readonly says: typeof PAYMENT_SAYS
  readonly state: PaymentState
  readonly shared: never
  readonly effects: {
    readonly charge: { readonly input: ChargeInput; readonly result: ChargeResult }
    readonly refund: { readonly input: RefundInput; readonly result: RefundResult }
  }
  readonly timers: object
  readonly asks: PaymentAsks
  readonly settings: Settings
}

export const payment = service<PaymentShape>()(
  "Payment",
  {
    says: PAYMENT_SAYS,
    placement: ({ cells }) => ({
      cellOf: (orderId) => participantCell(orderId, cells),
      cells: () => participantCells(cells),
    }),
  },
  ($) => {
    const carryOut = (decision: PaymentDecision, by?: number): undefined => {
      const { state, says, charge, refund, lookUp, alert, poison, ignored } = decision
      if (poison !== null) throw new PoisonEvent(poison)
      if (ignored !== null) $.ignore(ignored)
      if (alert !== null) $.alert(alert)
      if (state !== null) {
        const problem = paymentProblem(state)
        invariant(problem === null, `payment of ${state.orderId}: ${problem ?? ""}`)
        $.save(state)
      }
      if (charge !== null) $.perform("charge", charge.input, { key: charge.key, deadline: by })
      if (refund !== null) $.perform("refund", refund.input, { key: refund.key })
      if (lookUp !== null) $.lookUp(lookUp)
      if (says !== null) $.send(says.type, says.data)
    }
    const charged = (): PaymentState => {
      const state = $.state()
      invariant(state !== null, "a call was made for a payment that isn't there")
      return state
    }

    $.on.Payment.requested(({ data, ...heard }) => {
      // What a person sends again has no deadline any more.
      const by = heard.redriven ? undefined : deadlineOf(heard.event)
      carryOut(requestPayment($.state(), data, heard, $.id("pay")), by)
    })
    $.on.Payment.refund(({ data, ...heard }) => carryOut(undoPayment($.state(), data, heard, $.id("pay"))))
    $.settled.charge(({ outcome, tries }) => carryOut(chargeSettled(charged(), outcome, tries, $.now)))
    $.settled.refund(({ key, outcome, tries }) => carryOut(refundSettled(charged(), key, outcome, tries, $.now)))

    return {
      fence: ({ attempt }) => {
        const { state, answer } = fencePayment($.state(), { orderId: $.key, attempt }, $.id("pay"))
        if (!answer.inFlight) carryOut(decide({ state }))
        return answer
      },
      report: (said) => {
        const decision = weighReport($.state(), said)
        carryOut(decision)
        return heardOf([decision])
      },
      view: () => {
        const state = $.state()
        return state === null ? null : viewOf(state, $.thread().effects)
      },
    }
  },
)
