/**
 * The stock level of a SKU.
 *
 * 1. available + reserved + shipped = received.
 * 2. No count is negative, and all are whole.
 * 3. Units come in by `receive` alone; everything else only moves them.
 */
import { LISTED_HOLDS_MAX, STOCK_MAX } from "../limits.ts"
import type { LevelView } from "../views.ts"

export interface Level {
  readonly available: number
  readonly reserved: number
  readonly shipped: number
  /** All that was ever put on the shelf. */
  readonly received: number
  readonly updatedAt: number
  /** Orders that hold some of what is reserved, so many of them at most: their own rows tell what becomes of it. */
  readonly open?: readonly string[]
}

/** What is wrong with a level that no level may have; null when nothing is. */
export function levelProblem(level: Level): string | null {
  const { available, reserved, shipped, received } = level
  const counts = { available, reserved, shipped, received }
  for (const [name, count] of Object.entries(counts)) {
    if (!Number.isSafeInteger(count) || count < 0) return `${name} is ${String(count)}`
  }
  if (received > STOCK_MAX) return `received is ${String(received)}, more than a shelf may hold`
  if (available + reserved + shipped === received) return null
  return `${String(available)} available + ${String(reserved)} reserved + ${String(shipped)} shipped ≠ ${String(received)} received`
}

export function hasRoomFor(level: Level | null, quantity: number): boolean {
  return (level?.received ?? 0) + quantity <= STOCK_MAX
}

/** A SKU comes into being with its first units. */
export function receive(level: Level | null, quantity: number, now: number): Level {
  if (level === null) return { available: quantity, reserved: 0, shipped: 0, received: quantity, updatedAt: now }
  return { ...level, available: level.available + quantity, received: level.received + quantity, updatedAt: now }
}

/** Null when there are not enough. */
export function hold(level: Level | null, quantity: number, now: number, orderId: string): Level | null {
  if (level === null || level.available < quantity) return null
  const { available, reserved, open = [] } = level
  const listed = open.length < LISTED_HOLDS_MAX ? { open: [...open, orderId] } : {}
  return { ...level, available: available - quantity, reserved: reserved + quantity, updatedAt: now, ...listed }
}

export function giveBack(level: Level, quantity: number, now: number, orderId: string): Level {
  const { available, reserved } = level
  const back = { ...level, available: available + quantity, reserved: reserved - quantity, updatedAt: now }
  return unlisted(back, orderId)
}

export function ship(level: Level, quantity: number, now: number, orderId: string): Level {
  const { reserved, shipped } = level
  return unlisted({ ...level, reserved: reserved - quantity, shipped: shipped + quantity, updatedAt: now }, orderId)
}

export function unlisted({ open = [], ...level }: Level, orderId: string): Level {
  const others = open.filter((each) => each !== orderId)
  return others.length === 0 ? level : { ...level, open: others }
}

/** Whether its row lists a hold, so that it need not be written when the hold ends. */
export function lists(level: Level | null, orderId: string): boolean {
  return level?.open?.includes(orderId) === true
}

/**
 * Goods left whose hold was gone: they are missing from the shelf, so they leave what is available. If not even that
 * many are available, the shortfall stays unbooked here: it would come out of other orders' holds, which only a
 * person who counts the shelf can decide. The event says `lost`, and that is where the whole quantity stands.
 */
export function lose(level: Level, quantity: number, now: number): Level {
  const moved = Math.min(quantity, level.available)
  const { available, shipped } = level
  return { ...level, available: available - moved, shipped: shipped + moved, updatedAt: now }
}

export function levelView(sku: string, level: Level): LevelView {
  const { available, reserved, shipped, updatedAt } = level
  return { sku, available, reserved, shipped, updatedAt }
}
