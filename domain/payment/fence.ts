/** A person takes a payment's undo into their own hands: nothing more is tried, and this is what the ledger says. */
import { fence } from "../participant.ts"
import type { PaymentFence } from "../views.ts"
import { neverAsked } from "./refund.ts"
import type { PaymentState } from "./state.ts"

export function fencePayment(
  before: PaymentState | null,
  asked: { readonly orderId: string; readonly attempt: number },
  id: string,
): { readonly state: PaymentState; readonly answer: PaymentFence } {
  const known = before ?? neverAsked(asked.orderId, id)
  const { charge, undo, captured, refunded } = known
  const inFlight = charge?.standing === "under_way" || undo?.status === "owed" || undo?.status === "under_way"
  const uncertain = charge?.standing === "unknown" || (undo?.doubt ?? false)
  const answer = { inFlight, captured, refunded, uncertain }
  return { state: inFlight ? known : { ...known, undo: fence(undo, asked.attempt) }, answer }
}
