/**
 * A person takes the release of a reservation into their own hands. This ledger is ours, so what they state as done is
 * done here and now: what is held goes back to the shelf, and no other system has to be believed.
 */
import type { StockFence, StockFenceInput } from "../views.ts"
import { giveBack } from "./level.ts"
import {
  decide,
  newReservation,
  type Release,
  type Reservation,
  type Shelf,
  type StockDecision,
} from "./reservation.ts"

export interface FencedStock {
  readonly decision: StockDecision
  readonly answer: StockFence
}

export function fenceReservation(
  before: Reservation | null,
  about: { readonly orderId: string; readonly sku: string },
  asked: StockFenceInput,
  shelf: Shelf,
): FencedStock {
  const known = before ?? newReservation(about.orderId, about.sku, asked.quantity)
  if (known.release?.status === "retrying") return { decision: decide({}), answer: answerOf(known, true) }
  const attempt = Math.max(known.release?.attempt ?? 0, asked.attempt)
  const held = known.status === "held"
  if (known.release?.status === "done" || known.status === "deducted") {
    return { decision: decide({}), answer: answerOf(known, false) }
  }
  const quantity = held && asked.release ? known.quantity : 0
  const status = held && !asked.release ? "fenced" : "done"
  const release: Release = { attempt, status, plan: null, tries: known.release?.tries ?? 0, quantity }
  const state: Reservation = { ...known, status: status === "done" ? "released" : known.status, release }
  const level = quantity > 0 && shelf.level !== null ? giveBack(shelf.level, quantity, shelf.now, about.orderId) : null
  const decision = decide({ state, level, stop: status === "done" ? ["reserve", "expiry"] : ["reserve"] })
  return { decision, answer: answerOf(state, false) }
}

function answerOf(state: Reservation, inFlight: boolean): StockFence {
  const { id, status, quantity, release, lost } = state
  return {
    inFlight,
    reserved: id === null ? 0 : quantity,
    released: release?.status === "done" ? release.quantity : 0,
    shipped: status === "deducted" && lost === 0 ? quantity : 0,
  }
}
