/** How an order decides: the books first, then the table. */
import type { NewOrder, StepName } from "./views.ts"
import { books } from "./books.ts"
import { Draft } from "./draft.ts"
import { goOn } from "./forward.ts"
import { ENTER } from "./ledger.ts"
import { report } from "./report.ts"
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
  /** Whether the order is any other than before. */
  readonly changed: boolean
}

/** What a step that was settled by hand can still succeed at. */
const SUCCESS: Readonly<Partial<Record<Trigger, StepName>>> = {
  "Payment.completed": "payment",
  "Payment.refunded": "payment",
  "Inventory.reserved": "inventory",
  "Inventory.released": "inventory",
  "Shipment.cancelled": "shipping",
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
    if (state.status !== "cancelled") return refused(draft, "dispatch is granted")
  }
  if (outcome.does === "refuse") return refused(draft, outcome.why)
  const settled = SUCCESS[trigger]
  if (settled !== undefined && state.byHand.includes(settled)) heardAfterHand(draft, state, settled)
  else if (outcome.does === "ignore") draft.ignored = outcome.why
  else outcome.action(draft, data)
  // What was ignored leaves the order as it was, unless the books took something from it.
  const changed = draft.ignored === null || (enter !== undefined && !isSame(draft.state, state))
  if (changed) {
    draft.state.updatedAt = now
    draft.state.version = state.version + 1
    report(state, draft)
  }
  return { draft, refused: null, ignored: draft.ignored, changed }
}

function refused(draft: Draft, why: string): Decision {
  return { draft, refused: why, ignored: null, changed: false }
}

/** A late success enters the books and moves nothing; where it is news, a person has to look. */
function heardAfterHand(draft: Draft, before: OrderState, step: StepName): void {
  draft.ignored = `${step} was settled by hand`
  if (!isSame(books(draft.state), books(before)))
    draft.alert = `${step} was settled by hand, and has succeeded after all`
}

/** Both are plain data. */
function isSame<T>(a: T, b: T): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
