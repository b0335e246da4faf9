/**
 * What those who watch are told, beside what customers hear: each change of standing once, and no more than that, since
 * every event is a message.
 *
 * 1. It is read off the state before and after a decision, so that no action can forget to tell.
 * 2. Nobody decides by it: the order neither waits for a listener nor hears one.
 */
import { books } from "./books.ts"
import type { Draft } from "./draft.ts"
import type { OrderState } from "./state.ts"

const AT_REST: readonly string[] = ["delivered", "cancelled", "refunded", "attention"]

export function report(before: OrderState, draft: Draft): void {
  const { state } = draft
  const whose = { orderId: state.id, customerId: state.customerId }
  const paymentId = state.payment?.id ?? null
  const became = (status: string): boolean => before.status !== status && state.status === status
  if (became("shipped")) {
    const { id: shipmentId = null, trackingNumber = null } = state.shipment ?? {}
    const data = { ...whose, paymentId, shipmentId, trackingNumber, shippedAt: draft.now }
    draft.say({ type: "Order.shipped", data })
  }
  if (became("cancelling")) {
    draft.say({ type: "Order.cancelling", data: { ...whose, paymentId, code: state.cancellation?.code ?? "OPERATOR" } })
  }
  if (!before.overdue && state.overdue) draft.say({ type: "Order.overdue", data: whose })
  const [was, is] = [isUnbalanced(before), isUnbalanced(state)]
  if (!was && is) draft.say({ type: "Order.unbalanced", data: whose })
  if (was && !is) draft.say({ type: "Order.balanced", data: whose })
}

/** While something is under way the books can't balance yet; at rest they must. */
export function isUnbalanced(state: OrderState): boolean {
  return AT_REST.includes(state.status) && !books(state).balanced
}
