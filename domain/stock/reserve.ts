/** Asked to reserve, and the time of a hold. */
import type { Line } from "../../events/parts.ts"
import { ALREADY, type Data, type Hearing, UNDONE_FIRST } from "../participant.ts"
import { backoffMs, moveOf, planOf, POISON_REASON } from "../plans.ts"
import { hold } from "./level.ts"
import {
  decide,
  newReservation,
  type RefusalCode,
  type Reservation,
  reservationFailed,
  reserved,
  type Shelf,
  type StockDecision,
} from "./reservation.ts"

export function requestReservation(
  state: Reservation | null,
  asked: Data<"Inventory.reserveRequested">,
  line: Line,
  heard: Hearing,
  shelf: Shelf,
): StockDecision {
  const known = state ?? newReservation(asked.orderId, line.sku, line.quantity)
  const current: Reservation = { ...known, attempt: Math.max(known.attempt, asked.attempt) }
  const available = shelf.level?.available ?? 0
  if (known.release !== null) {
    const says = [reservationFailed(current, "CANCELLED", available, "the order has been cancelled")]
    return decide({ says, ignored: UNDONE_FIRST })
  }
  switch (known.status) {
    case "held":
    case "deducted":
    case "released":
      if (known.id !== null) {
        return decide({ state: current, says: [reserved(current, known.id)], ignored: `${ALREADY}: it is reserved` })
      }
      return decide({
        says: [reservationFailed(current, "CANCELLED", available, "the goods have left already")],
        ignored: "the goods have left already",
      })
    case "asked":
      // The next try answers whichever request is newest by then.
      return decide({ state: current, ignored: `${ALREADY}: it is being tried` })
    case "refused":
      if (asked.attempt <= known.attempt && known.refusal !== null) {
        const { code, reason } = known.refusal
        const says = [reservationFailed(current, code, known.refusal.available, reason)]
        return decide({ says, ignored: `${ALREADY}: it was refused` })
      }
      break
    case "none":
      break
  }
  if (heard.expired) return refuse(current, "DEADLINE", available, "the request came after its deadline")
  const plan = planOf(asked.plan, heard.redriven)
  if (plan === "poison") return decide({ poison: POISON_REASON })
  return tryToReserve({ ...current, quantity: line.quantity, plan, tries: 0, refusal: null }, shelf)
}

/** One try, and after a rehearsed failure the next one. */
export function tryToReserve(state: Reservation, shelf: Shelf): StockDecision {
  const asked: Reservation = { ...state, status: "asked", tries: state.tries + 1 }
  const available = shelf.level?.available ?? 0
  const move = moveOf(asked.plan, asked.tries)
  switch (move) {
    case "fail":
      if (asked.tries >= shelf.attemptsMax) {
        return refuse(asked, "UNAVAILABLE", available, "the stock could not be brought to an answer")
      }
      return decide({ state: asked, start: { timer: "reserve", ms: backoffMs(asked.tries, shelf.backoffMs) } })
    case "refuse":
      return refuse(asked, "OUT_OF_STOCK", available, "rehearsal: out of stock")
    case "lose":
    case "act":
      return { ...reserve(asked, shelf), loseFirst: move === "lose" }
  }
}

function reserve(state: Reservation, shelf: Shelf): StockDecision {
  const { orderId, quantity } = state
  const level = hold(shelf.level, quantity, shelf.now, orderId)
  if (level === null) {
    const available = shelf.level?.available ?? 0
    const reason = `${String(quantity)} requested, ${String(available)} available`
    return refuse(state, "OUT_OF_STOCK", available, reason)
  }
  const id = shelf.newId
  const held: Reservation = { ...state, status: "held", id, expiresAt: shelf.now + shelf.ttlMs }
  return decide({ state: held, level, says: [reserved(held, id)], start: { timer: "expiry", ms: shelf.ttlMs } })
}

function refuse(state: Reservation, code: RefusalCode, available: number, reason: string): StockDecision {
  const refused: Reservation = { ...state, status: "refused", refusal: { code, available, reason } }
  return decide({ state: refused, says: [reservationFailed(refused, code, available, reason)] })
}

/** The time of a hold is over. It is kept. */
export function expireReservation(state: Reservation): StockDecision {
  const { orderId, sku, id, status } = state
  if (status !== "held" || id === null) return decide({ ignored: "nothing is held any more" })
  return decide({ says: [{ type: "Inventory.expired", data: { orderId, sku, reservationId: id } }] })
}
