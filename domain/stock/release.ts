/** Asked to release, and goods that leave. */
import type { Line } from "../../events/parts.ts"
import { ALREADY, type Data, FENCED, type Hearing } from "../participant.ts"
import { backoffMs, moveOf, planOf, POISON_REASON } from "../plans.ts"
import { giveBack, lists, lose, ship } from "./level.ts"
import {
  decide,
  newReservation,
  type Release,
  type Reservation,
  type Shelf,
  type StockDecision,
  type StockSaying,
} from "./reservation.ts"

const GONE = "the goods have left the shelf"

export function undoReservation(
  state: Reservation | null,
  asked: Data<"Inventory.release">,
  line: Line,
  heard: Hearing,
  shelf: Shelf,
): StockDecision {
  const known = state ?? newReservation(asked.orderId, line.sku, line.quantity)
  const before = known.release
  const attempt = Math.max(before?.attempt ?? 0, asked.attempt)
  if (before?.status === "fenced" && asked.attempt <= before.attempt) return decide({ ignored: FENCED })
  if (known.status === "deducted") {
    return decide({ says: [releaseFailed(known, attempt, GONE)], ignored: GONE })
  }
  if (before?.status === "done") {
    return { ...answered(known, { ...before, attempt }), ignored: `${ALREADY}: it is undone` }
  }
  if (before?.status === "retrying") {
    return decide({ state: { ...known, release: { ...before, attempt } }, ignored: `${ALREADY}: it is being tried` })
  }
  const plan = planOf(asked.plan, heard.redriven)
  if (plan === "poison") return decide({ poison: POISON_REASON })
  const release: Release = { attempt, status: "retrying", plan, tries: 0, quantity: 0 }
  if (known.status === "held") return tryToRelease(known, release, shelf)
  // Nothing is held: what is left behind is the tombstone.
  const stopped = answered({ ...known, status: "released" }, { ...release, status: "done" })
  return { ...stopped, stop: ["reserve"] }
}

/** One try, and after a rehearsed failure the next one. */
export function tryToRelease(state: Reservation, before: Release, shelf: Shelf): StockDecision {
  const release: Release = { ...before, tries: before.tries + 1 }
  const move = moveOf(release.plan, release.tries)
  switch (move) {
    case "fail":
      if (release.tries >= shelf.attemptsMax) {
        return givenUp(state, release, "the stock could not be brought to an answer")
      }
      return decide({
        state: { ...state, release },
        start: { timer: "release", ms: backoffMs(release.tries, shelf.backoffMs) },
      })
    case "refuse":
      return givenUp(state, release, "rehearsal: the release was refused")
    case "lose":
    case "act":
      return { ...giveUpHold(state, release, shelf), loseFirst: move === "lose" }
  }
}

function giveUpHold(state: Reservation, release: Release, shelf: Shelf): StockDecision {
  const { level, now } = shelf
  if (level === null) return decide({ poison: `${state.sku} is held, and has no level` })
  const { orderId, quantity } = state
  const ended: Reservation = { ...state, status: "released", ...endIn(shelf, orderId) }
  const done = answered(ended, { ...release, status: "done", quantity })
  const back = giveBack(level, quantity, now, orderId)
  return { ...done, level: back, levelWaits: lists(level, orderId), stop: ["expiry"] }
}

/** What a reservation says of its end for those who read the level's row, where that is not written. */
function endIn({ level, now }: Shelf, orderId: string): { readonly endedAt?: number } {
  return lists(level, orderId) ? { endedAt: now } : {}
}

function givenUp(state: Reservation, release: Release, reason: string): StockDecision {
  const failed: Release = { ...release, status: "failed" }
  return decide({ state: { ...state, release: failed }, says: [releaseFailed(state, release.attempt, reason)] })
}

function answered(state: Reservation, release: Release): StockDecision {
  const { orderId, sku } = state
  const data = { orderId, sku, attempt: release.attempt, quantity: release.quantity }
  return decide({ state: { ...state, release }, says: [{ type: "Inventory.released", data }] })
}

function releaseFailed(state: Reservation, attempt: number, reason: string): StockSaying {
  const { orderId, sku } = state
  return { type: "Inventory.releaseFailed", data: { orderId, sku, attempt, reason } }
}

/** The goods have left, whatever was thought of them here. */
export function deductReservation(state: Reservation | null, orderId: string, line: Line, shelf: Shelf): StockDecision {
  const known = state ?? newReservation(orderId, line.sku, line.quantity)
  if (known.status === "deducted") return decide({ ignored: `${ALREADY}: these goods were deducted` })
  const lost = known.status !== "held"
  if (!lost && known.quantity !== line.quantity) {
    return decide({ poison: `${String(line.quantity)} left, ${String(known.quantity)} were held` })
  }
  const pending = known.release?.status === "retrying" ? known.release : null
  const next: Reservation = {
    ...known,
    status: "deducted",
    ...endIn(shelf, orderId),
    lost: lost ? line.quantity : 0,
    release: pending === null ? known.release : { ...pending, status: "failed" },
  }
  const leave = lost ? lose : ship
  const data = { orderId, sku: line.sku, quantity: line.quantity, lost }
  const says: StockSaying[] = [{ type: "Inventory.deducted", data }]
  if (pending !== null) says.push(releaseFailed(known, pending.attempt, GONE))
  return decide({
    state: next,
    level: shelf.level === null ? null : leave(shelf.level, line.quantity, shelf.now, orderId),
    levelWaits: lists(shelf.level, orderId),
    says,
    stop: ["reserve", "release", "expiry"],
  })
}
