/** What others see of a payment, tries under way included. */
import type { Try } from "../participant.ts"
import type { PaymentView } from "../views.ts"
import { type PaymentState, remember, triesAsEntries } from "./state.ts"

/** A call that has no outcome yet. */
export interface CallUnderWay {
  readonly name: string
  readonly key: string
  /** Tries that failed. */
  readonly tries: number
  readonly log: readonly Try[]
}

export function viewOf(state: PaymentState, underWay: readonly CallUnderWay[]): PaymentView {
  const { id, orderId, status, amount, refunded, currency } = state
  const charges = underWay.filter((call) => call.name === "charge")
  return {
    id,
    orderId,
    status,
    amount,
    refunded,
    currency,
    attempts: charges.reduce((attempts, call) => attempts + call.tries + 1, state.calls),
    history: underWay.reduce(
      (history, call) => remember(history, triesAsEntries(call.log, amount, call.key)),
      state.history,
    ),
  }
}
