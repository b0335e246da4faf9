/** Where an order stands by what it knows itself: what it waits for, from whom, since when, and what its clocks will do. */
import { balances } from "./books.ts"
import { allLines, type LinePart, type OrderState } from "./state.ts"
import { outstanding } from "./undo.ts"
import { type DeadlineView, type OrderStatus, STEPS, type StepName } from "./views.ts"
import { reservationKey } from "../stock/reservation.ts"

export type Participant = "Payment" | "Inventory" | "Shipping"

export interface Awaited {
  readonly service: Participant
  /** The participant's key that has to answer. */
  readonly key: string
  readonly what: string
  readonly since: number | null
}

export interface Standing {
  readonly orderId: string
  readonly status: OrderStatus
  readonly summary: string
  /** Nothing goes on before somebody has decided, or looked. */
  readonly needsPerson: boolean
  readonly awaited: readonly Awaited[]
  /** Undos that were given up. */
  readonly outstanding: readonly StepName[]
  readonly since: number | null
  readonly lastError: string | null
  readonly deadlines: readonly DeadlineView[]
  /** Whoever may know more. */
  readonly ask: readonly { readonly service: Participant; readonly key: string }[]
}

const SERVICES: Record<StepName, Participant> = { payment: "Payment", inventory: "Inventory", shipping: "Shipping" }

/** Keys that are asked for one answer; an order of many lines has more than anybody would read about. */
const ASKED_MAX = 20

export function standingOf(state: OrderState, deadlines: readonly DeadlineView[]): Standing {
  const awaited = [...awaitedOfPayment(state), ...awaitedOfStock(state), ...awaitedOfShipping(state)]
  const left = STEPS.filter((name) => state.steps[name].undo === "outstanding")
  const times = awaited.flatMap(({ since }) => (since === null ? [] : [since]))
  const errors = STEPS.map((name) => state.steps[name].error).filter((error) => error !== null)
  const knowing = [
    ...awaited.map(({ service, key }) => ({ service, key })),
    ...left.flatMap((name) => keysOf(state, name)),
  ]
  const unique = new Map(knowing.map((each) => [`${each.service}/${each.key}`, each]))
  return {
    orderId: state.id,
    status: state.status,
    summary: summaryOf(state, awaited, left),
    needsPerson: state.status === "attention" || isAtOdds(state),
    awaited,
    outstanding: left,
    since: sinceOf(state, times),
    lastError: errors.at(-1) ?? null,
    deadlines,
    ask: [...unique.values()].slice(0, ASKED_MAX),
  }
}

function sinceOf(state: OrderState, times: readonly number[]): number | null {
  if (state.status === "attention") return state.attentionAt
  if (isAtOdds(state)) return state.steps.shipping.completedAt
  return times.length === 0 ? null : Math.min(...times)
}

function keysOf(state: OrderState, name: StepName): { service: Participant; key: string }[] {
  const service = SERVICES[name]
  if (name !== "inventory") return [{ service, key: state.id }]
  const lines = allLines(state).filter((line) => line.undo === "outstanding")
  return lines.map(({ sku }) => ({ service, key: reservationKey(sku, state.id) }))
}

function awaitedOfPayment({ id: key, steps }: OrderState): Awaited[] {
  const { undo, status, requestedAt, undoAskedAt } = steps.payment
  if (undo === "asked") return [{ service: "Payment", key, what: "the refund", since: undoAskedAt }]
  if (undo === "none" && status === "pending")
    return [{ service: "Payment", key, what: "the payment", since: requestedAt }]
  return []
}

function awaitedOfStock(state: OrderState): Awaited[] {
  const { requestedAt, undoAskedAt } = state.steps.inventory
  const of = ({ sku }: LinePart, what: string, since: number | null): Awaited[] => {
    return [{ service: "Inventory", key: reservationKey(sku, state.id), what: `the ${what} of ${sku}`, since }]
  }
  return allLines(state).flatMap((line) => {
    if (line.undo === "asked") return of(line, "release", undoAskedAt)
    if (line.undo === "none" && line.status === "pending") return of(line, "reservation", requestedAt)
    const missing = state.status === "shipped" && state.arrived && line.shipped + line.lost < line.quantity
    return missing ? of(line, "deduction", state.steps.shipping.completedAt) : []
  })
}

function awaitedOfShipping(state: OrderState): Awaited[] {
  const { undo, status, requestedAt, undoAskedAt } = state.steps.shipping
  const of = (what: string, since: number | null): Awaited[] => [{ service: "Shipping", key: state.id, what, since }]
  if (undo === "asked") return of("the recall of the parcel", undoAskedAt)
  if (undo !== "none" || status !== "pending") return []
  if (state.shipment === null) return of("the label", requestedAt)
  if (state.status === "shipped") return of("the delivery", state.grantedAt)
  return of("the dispatch", requestedAt)
}

function summaryOf(state: OrderState, awaited: readonly Awaited[], left: readonly StepName[]): string {
  const reason = state.cancellation?.reason ?? ""
  const what = list(awaited.map((each) => each.what))
  const who = list([...new Set(awaited.map(({ service }) => service))])
  const waits = awaited.length === 0 ? "its next step is due" : `it waits for ${what} from ${who}`
  switch (state.status) {
    case "pending":
    case "confirmed":
      return `The order is ${state.status}: ${waits}`
    case "paid":
      return state.grantedAt === null
        ? `The order is paid and reserved, and may still be cancelled: ${waits}`
        : `The order is paid and reserved and its dispatch is granted: ${waits}`
    case "shipped":
      if (isAtOdds(state))
        return "The parcel has arrived, and the books don't allow the order to end: a person must look at GET /orders/:ref/books"
      return state.arrived
        ? `The parcel has arrived, and the order is delivered once its goods are deducted: ${waits}`
        : `The parcel is on its way${state.overdue ? ", and overdue" : ""}: ${waits}`
    case "cancelling":
      return `The order is being undone (${reason}): ${waits}`
    case "attention":
      return `A person must decide about ${list(left.length === 0 ? ["the books"] : left)} (${errorsOf(state, left)}), see POST /orders/:ref/resolve`
    case "delivered":
      return "The order is delivered and its books balance: nothing is awaited"
    case "cancelled":
      return lateUndo(state) ?? `The order was cancelled (${reason}) and all of it is undone: nothing is awaited`
    case "refunded":
      return "The order came back and is refunded: nothing is awaited"
  }
}

/** All that was to be heard has been, and says of money or goods what can't be: someone has edited it by hand. */
function isAtOdds(state: OrderState): boolean {
  const isHeard = allLines(state).every((line) => line.shipped + line.lost >= line.quantity)
  return state.status === "shipped" && state.arrived && isHeard && !balances(state, "delivered")
}

/** What turned up after the end is given back without moving the order. */
function lateUndo(state: OrderState): string | null {
  const late = outstanding(state)
  return late.length === 0 ? null : `The order is cancelled, and what turned up late is being undone: ${list(late)}`
}

function errorsOf(state: OrderState, left: readonly StepName[]): string {
  if (left.length === 0) return "they don't balance"
  return left.map((name) => `${name}: ${state.steps[name].error ?? "no reason known"}`).join("; ")
}

function list(parts: readonly string[]): string {
  const last = parts.at(-1) ?? ""
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(", ")} and ${last}`
}
