/** One order of the demo on its course: placed, watched, cancelled if that is its part, and judged by how it ended. */
import type { Shop } from "../../client/shop.ts"
import type { Case } from "./cases.ts"
import type { Row } from "./table.ts"

const FINAL = ["delivered", "cancelled", "attention", "refunded"]
/** A letter is known across orders a moment after it is parked. */
const LETTER_TRIES_MAX = 20
const LOOK_EVERY_MS = 250

export interface Course {
  readonly wanted: Case
  row: Row
}

export function course(wanted: Case): Course {
  const { name, tells } = wanted
  return { wanted, row: { name, tells, orderId: null, states: [], books: "", isAsExpected: null } }
}

/** Ends when the order does; throws when it doesn't in time. */
export async function follow(shop: Shop, course: Course, customerId: string, withinMs: number): Promise<void> {
  const { wanted } = course
  const placed = await shop.place({ ...wanted.order, customerId })
  course.row = { ...course.row, orderId: placed.id, states: [placed.status] }
  const see = (status: string): void => {
    if (course.row.states.at(-1) !== status) course.row = { ...course.row, states: [...course.row.states, status] }
  }
  const isAt =
    (isThere: (status: string) => boolean) =>
    ({ status }: { readonly status: string }): boolean => {
      see(status)
      return isThere(status)
    }
  const wait = { everyMs: LOOK_EVERY_MS, withinMs }
  const hasEnded = (status: string): boolean => FINAL.includes(status)
  if (wanted.isCancelled === true) {
    const { status } = await shop.until(
      placed.id,
      isAt((each) => each === "paid" || hasEnded(each)),
      wait,
    )
    if (!hasEnded(status)) see((await shop.cancel(placed.id, "the demo's customer changed its mind")).status)
  }
  await shop.until(placed.id, isAt(hasEnded), wait)
  await judge(shop, course, placed.id)
}

async function judge(shop: Shop, course: Course, orderId: string): Promise<void> {
  const { ends } = course.wanted
  const order = await shop.order(orderId)
  const books = await shop.books(orderId)
  const { outstanding } = (await shop.saga(orderId)).compensation
  const isBalanced = ends.kept === null || (books.balanced && books.kept === ends.kept)
  const isAsExpected =
    order.status === ends.status &&
    (ends.code === undefined || order.cancellation?.code === ends.code) &&
    isBalanced &&
    String(outstanding) === String(ends.outstanding ?? []) &&
    (ends.parked === undefined || (await isParked(shop, orderId, ends.parked)))
  const told = `captured ${books.captured}, kept ${books.kept}, ${books.balanced ? "balanced" : "open"}`
  course.row = { ...course.row, books: told, isAsExpected }
}

async function isParked(shop: Shop, orderId: string, type: string): Promise<boolean> {
  for (let tries = 0; tries < LETTER_TRIES_MAX; tries++) {
    const { items } = await shop.deadLetters({ orderId })
    if (items.some((letter) => letter.type === type)) return true
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
  }
  return false
}
