/** The books of an order: what was taken, given back and kept, and where its goods are. */
import { allLines, type OrderState } from "./state.ts"
import type { BooksView } from "./views.ts"

/** Whether the books allow the order to end that way. */
export function balances(state: OrderState, end: "delivered" | "cancelled"): boolean {
  const kept = state.captured - state.refunded - state.refundedByHand
  const lines = allLines(state)
  if (end === "delivered")
    return kept === state.total && lines.every((line) => line.shipped + line.lost === line.quantity)
  return kept === 0 && lines.every((line) => line.reserved - line.released - line.shipped === 0)
}

export function books(state: OrderState): BooksView {
  const refunded = state.refunded + state.refundedByHand
  const end = state.status === "delivered" ? "delivered" : "cancelled"
  const isFinal = state.status === "delivered" || state.status === "cancelled"
  return {
    authorised: state.captured,
    captured: state.captured,
    refunded,
    kept: state.captured - refunded,
    lines: allLines(state).map(({ sku, quantity, reserved, shipped, released, lost }) => {
      return { sku, quantity, reserved: reserved - released - shipped, shipped, released, lost }
    }),
    balanced: isFinal ? balances(state, end) : refunded <= state.captured,
  }
}
