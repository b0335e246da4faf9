/** The books of an order: what was taken, given back and kept, and where its goods are. */
import { allLines, type OrderState } from "./state.ts"
import type { BooksView } from "./views.ts"

/** What was taken and not given back, by whomever. */
export function kept(state: OrderState): number {
  return state.captured - state.refunded - state.refundedByHand
}

/** Whether the books allow the order to end that way. */
export function balances(state: OrderState, end: "delivered" | "cancelled"): boolean {
  const lines = allLines(state)
  if (end === "delivered")
    return kept(state) === state.total && lines.every((line) => line.shipped + line.lost === line.quantity)
  return kept(state) === 0 && lines.every((line) => line.reserved - line.released - line.shipped === 0)
}

export function books(state: OrderState): BooksView {
  const refunded = state.refunded + state.refundedByHand
  return {
    authorised: state.captured,
    captured: state.captured,
    refunded,
    kept: kept(state),
    lines: allLines(state).map(({ sku, quantity, reserved, shipped, released, lost }) => {
      return { sku, quantity, reserved: reserved - released - shipped, shipped, released, lost }
    }),
    balanced: isBalanced(state),
  }
}

/** On its way forward an order may hold money and goods; once it is turned back, only until everything is undone. */
function isBalanced(state: OrderState): boolean {
  if (state.status === "delivered") return balances(state, "delivered")
  if (state.cancellation !== null) return balances(state, "cancelled")
  return state.captured === 0 || state.captured === state.total
}
