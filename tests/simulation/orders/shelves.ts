/** Shelves, read from the rows of one moment. */
import { type Level, levelProblem } from "../../../domain/stock/level.ts"
import { recounted } from "../../../domain/stock/recount.ts"
import { type Reservation, reservationKey } from "../../../domain/stock/reservation.ts"
import type { LevelView } from "../../../domain/views.ts"
import type { Host } from "../platform/host.ts"
import { Violation } from "../platform/world.ts"
import { threadOf } from "../rows.ts"

/** What the level's row and the rows of those that it lists come to; null where nobody has stocked the SKU. */
export function levelIn(host: Host, sku: string): Level | null {
  const body = host.disk.all("SELECT body FROM shared WHERE name = ?", sku)[0]?.["body"]
  // Written by Inventory alone, as is the state of each key.
  const reservationOf = (orderId: string) =>
    (threadOf(host, reservationKey(sku, orderId))?.state ?? null) as Reservation | null
  return typeof body === "string" ? recounted(JSON.parse(body) as Level, reservationOf) : null
}

export function checkLevel(sku: string, level: Level, held: number): void {
  const problem = levelProblem(level)
  if (problem !== null) throw new Violation(problem.includes("≠") ? "K1" : "K2", `${sku}: ${problem}`)
  if (level.reserved !== held) throw new Violation("K2", `${sku}: ${level.reserved} reserved, holds are ${held}`)
}

/** What is answered to who asks is what the rows come to, whatever memory has. */
export function checkSaid(host: Host, sku: string, said: LevelView | null): void {
  const level = levelIn(host, sku)
  const [known, told] = [level, said].map((each) => each && [each.available, each.reserved, each.shipped].join("/"))
  if (known !== told)
    throw new Violation("F8", `${sku} is said to be ${told ?? "unknown"}, and is ${known ?? "unknown"}`)
}
