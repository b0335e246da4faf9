/**
 * A level as it stands, from its row. What has become of a hold that the row lists is told by the reservation's own row, so
 * that the level's need not be written for that.
 *
 * A hold that ended under a release which knows no lists has been counted in the row, and doesn't say `endedAt`.
 */
import { giveBack, type Level, ship, unlisted } from "./level.ts"
import type { Reservation } from "./reservation.ts"

export function recounted(level: Level, reservationOf: (orderId: string) => Reservation | null): Level {
  let now = level
  for (const orderId of level.open ?? []) {
    const reservation = reservationOf(orderId)
    if (reservation !== null && reservation.status !== "held") now = withEnd(now, orderId, reservation)
  }
  return now
}

function withEnd(level: Level, orderId: string, { status, quantity, lost, release, endedAt }: Reservation): Level {
  if (endedAt === undefined) return unlisted(level, orderId)
  const at = Math.max(level.updatedAt, endedAt)
  // Goods that were lost left when their hold had been given back.
  return status === "deducted" && lost === 0
    ? ship(level, quantity, at, orderId)
    : giveBack(level, release?.quantity ?? 0, at, orderId)
}
