/** How an order decides: the books first, then the table. */
import type { NewOrder } from "./views.ts"
import { Draft } from "./draft.ts"
import { goOn } from "./forward.ts"
import { ENTER } from "./ledger.ts"
import { newState, type OrderState } from "./state.ts"
import { table } from "./table.ts"
import type { DataFor, Trigger } from "./triggers.ts"
import type { Settings } from "../settings.ts"

export interface Decision {
  readonly draft: Draft
  /** Set when a caller is told no. */
  readonly refused: string | null
  /** Set when nothing came of it but what the books took. */
  readonly ignored: string | null
}

export function place(order: NewOrder, now: number, settings: Settings): Draft {
  const draft = new Draft(newState(order, now), now, settings)
  const { id: orderId, customerId, items, total, currency, flow } = draft.state
  draft.say({
    type: "Order.placed",
    data: { orderId, customerId, items: [...items], total, currency, flow, placedAt: now },
  })
  draft.set("deadline", now + settings.orderDeadlineMs)
  goOn(draft)
  draft.state.version = 1
  return draft
}

export function decide<T extends Trigger>(
  state: OrderState,
  trigger: T,
  data: DataFor<T>,
  now: number,
  settings: Settings,
): Decision {
  const draft = new Draft(state, now, settings)
  const enter = ENTER[trigger]
  enter?.(draft, data)
  const outcome = table[state.status][trigger]
  // A customer can't cancel what has been let go, though the order is still `paid` or stands in attention.
  if (trigger === "cancel" && state.grantedAt !== null && outcome.does !== "refuse" && state.status !== "cancelling") {
    if (state.status !== "cancelled") return { draft, refused: "dispatch is granted", ignored: null }
  }
  if (outcome.does === "refuse") return { draft, refused: outcome.why, ignored: null }
  if (outcome.does === "ignore") draft.ignored = outcome.why
  else outcome.action(draft, data)
  // What was ignored leaves the order as it was, unless the books took something from it.
  if (draft.ignored === null || enter !== undefined) {
    draft.state.updatedAt = now
    draft.state.version = state.version + 1
  }
  return { draft, refused: null, ignored: draft.ignored }
}
