/**
 * The row of a level: what was counted when it was written. What has become of a hold that the row lists is told by the
 * reservation's own row, and counted when this one is read, so that it need not be written for that.
 */
import { giveBack, type Level, ship } from "./level.ts"
import type { Reservation } from "./reservation.ts"

/** Where holds are listed it has a shape of its own: code that doesn't know of them must not take it for a level. */
export type LevelRow = Level | { readonly counted: Omit<Level, "open">; readonly open: readonly string[] }

export function rowOf({ open, ...counted }: Level): LevelRow {
  return open === undefined ? counted : { counted, open }
}

export function levelOf(row: LevelRow): Level {
  return "counted" in row ? { ...row.counted, open: row.open } : row
}

/** The level as it stands, for who has read the row. */
export function recounted(level: Level, reservationOf: (orderId: string) => Reservation | null): Level {
  let now = level
  for (const orderId of level.open ?? []) {
    const reservation = reservationOf(orderId)
    if (reservation !== null) now = withEnd(now, orderId, reservation)
  }
  return now
}

function withEnd(level: Level, orderId: string, { status, quantity, release, endedAt = 0 }: Reservation): Level {
  const at = Math.max(level.updatedAt, endedAt)
  if (status === "deducted") return ship(level, quantity, at, orderId)
  if (status === "released") return giveBack(level, release?.quantity ?? 0, at, orderId)
  return level
}
