/** Why an order stands where it stands, in one plain sentence, and what will happen next by itself. */
import { allLines, type OrderState } from "./state.ts"
import { outstanding } from "./undo.ts"
import { STEPS, type StepName, type WhyView } from "./views.ts"

export interface Unreceived {
  readonly type: string
  readonly target: string
  readonly tries: number
  readonly nextAt: number
}

const WHO: Record<StepName, string> = { payment: "Payment", inventory: "Inventory", shipping: "Shipping" }

export function why(state: OrderState, deadlineAt: number | null, unreceived: readonly Unreceived[]): WhyView {
  const waiting = STEPS.filter((name) => awaits(state, name))
  const left = outstanding(state)
  const nextAttemptAt = unreceived.length === 0 ? null : Math.min(...unreceived.map((row) => row.nextAt))
  const errors = STEPS.map((name) => state.steps[name].error).filter((error) => error !== null)
  return {
    summary: summary(state, waiting, left),
    waitingFor: waiting.map((name) => WHO[name]),
    since: waiting.length === 0 ? null : state.updatedAt,
    nextAttemptAt,
    deadlineAt,
    blockedBy: state.status === "attention" ? left : [],
    lastError: errors.at(-1) ?? null,
    unreceived,
  }
}

function awaits(state: OrderState, name: StepName): boolean {
  const step = state.steps[name]
  return step.undo === "asked" || (step.undo === "none" && step.status === "pending")
}

function summary(state: OrderState, waiting: readonly StepName[], left: readonly StepName[]): string {
  const who = waiting.map((name) => WHO[name]).join(" and ")
  switch (state.status) {
    case "pending":
    case "confirmed":
      return `The order waits for ${who === "" ? "its next step" : who} to answer.`
    case "paid":
      return state.grantedAt === null
        ? "The order is paid and reserved; the parcel is being prepared and may still be called back."
        : "The order is paid and reserved, dispatch is granted, and the carrier is to take the parcel."
    case "shipped":
      return shippedSummary(state)
    case "cancelling":
      return `The order is being undone (${state.cancellation?.reason ?? ""}); ${who} has not answered yet.`
    case "attention":
      return `A person must decide: the undo of ${left.join(" and ")} has failed (${errorsOf(state, left)}).`
    case "delivered":
      return "The order is delivered and its books balance; nothing is awaited."
    case "cancelled":
      return `The order was cancelled (${state.cancellation?.reason ?? ""}) and everything is undone; nothing is awaited.`
    case "refunded":
      return "The order came back and is refunded; nothing is awaited."
  }
}

function shippedSummary(state: OrderState): string {
  const late = state.overdue ? " It is overdue." : ""
  if (!state.arrived) return `The parcel is on its way; the order waits for the carrier to deliver it.${late}`
  const missing = allLines(state).filter((line) => line.shipped + line.lost < line.quantity)
  return `The parcel has arrived; the order waits for ${missing.map((line) => line.sku).join(", ")} to be deducted from stock.`
}

function errorsOf(state: OrderState, left: readonly StepName[]): string {
  return left.map((name) => state.steps[name].error ?? "no reason known").join("; ")
}
