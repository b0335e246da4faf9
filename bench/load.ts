/**
 * The same load for every contender: the same orders, and the same questions at the same moments. Only the routes may be a
 * contender's own.
 *
 * Latency is read from the order's own clock. An order says when it changed last (`updatedAt`), and the clocks of server
 * and generator are one machine's; so waiting needs few questions, and how often one asks is not what is measured:
 * - a burst asks for its last order ten times a second, and for each order once, after the end;
 * - in a closed loop each order is asked for first when half of those before were done, then four times as often.
 */
import { randomUUID } from "node:crypto"
import { call, clock, pause } from "./http.ts"
import { median } from "./statistics.ts"

export interface Placed {
  readonly id: string
  readonly sentAt: number
  readonly answeredAt: number
}

export interface Done {
  /** Until the order is accepted. */
  readonly acceptMs: number
  /** To `delivered`. */
  readonly deliverMs: number
}

/** The routes by which a contender is asked. */
export interface Dialect {
  /** Where an order is posted; its id is the caller's to choose, if the contender doesn't. */
  readonly ordering: (id: string) => string
  /** The status of the answer to an order that was durably accepted. */
  readonly accepted: number
  readonly idOf: (answer: string, chosen: string) => string
  /** Where an order says its status, and when it came to it. */
  readonly order: (id: string) => string
  /** The status of the answer while there is nothing to say of it yet. */
  readonly unsaid?: number
}

/** The app's, which the floor and Workflows speak too. */
const OURS: Dialect = {
  ordering: () => "/orders",
  accepted: 201,
  idOf: (answer) => (JSON.parse(answer) as { id: string }).id,
  order: (id) => `/orders/${id}`,
}

export type Skus = (number: number) => readonly [string, string]

const SKUS = 100
const STOCK = 1_000_000
const BURST_POLL_MS = 100
const PATIENCE_MS = 180_000
const FINAL: readonly string[] = ["delivered", "cancelled", "refunded", "attention"]

export const manySkus: Skus = (number) => [sku(2 * number), sku(2 * number + 1)]
/** Every order takes one of the same SKU. */
export const hotSku: Skus = (number) => [sku(0), sku(1 + (number % (SKUS - 1)))]

function sku(number: number): string {
  return `BENCH-${String(number % SKUS).padStart(3, "0")}`
}

let numbered = 0

export async function place(base: string, skus: Skus = manySkus, dialect: Dialect = OURS): Promise<Placed> {
  const number = numbered++
  const body = {
    customerId: `cust_${String(number)}`,
    items: skus(number).map((each) => ({ sku: each, quantity: 1, price: 9.99, name: each })),
    shippingAddress: { street: "1 Elm", city: "Springfield", state: "IL", zip: "62701", country: "US" },
  }
  const chosen = randomUUID()
  const path = dialect.ordering(chosen)
  const sentAt = clock()
  const { status, text } = await call(base, "POST", path, body)
  const answeredAt = clock()
  if (status !== dialect.accepted) throw new Error(`POST ${path}: ${String(status)} ${text.slice(0, 200)}`)
  return { id: dialect.idOf(text, chosen), sentAt, answeredAt }
}

export function isFinal(status: string): boolean {
  return FINAL.includes(status)
}

/** When the order became final; null while it isn't. */
async function finalAt(base: string, id: string, dialect: Dialect): Promise<number | null> {
  const path = dialect.order(id)
  const { status, text } = await call(base, "GET", path)
  if (status === dialect.unsaid) return null
  if (status !== 200) throw new Error(`GET ${path}: ${String(status)}`)
  const order = JSON.parse(text) as { status: string; updatedAt: string }
  return isFinal(order.status) ? Date.parse(order.updatedAt) : null
}

export async function stock(base: string): Promise<void> {
  await inFlight(8, SKUS, async (number) => {
    const { status } = await call(base, "POST", `/inventory/${sku(number)}/add`, { quantity: STOCK })
    if (status !== 200) throw new Error(`stocking: ${String(status)}`)
  })
}

/** Runs a body for each number, so many at a time. */
export async function inFlight(width: number, count: number, body: (number: number) => Promise<void>): Promise<void> {
  let next = 0
  async function lane(): Promise<void> {
    while (next < count) await body(next++)
  }
  await Promise.all(Array.from({ length: Math.min(width, count) }, lane))
}

export interface Burst {
  readonly ordersPerSecond: number
  readonly seconds: number
}

/** From the first POST until the last order is final. */
export async function burst(
  base: string,
  count: number,
  width: number,
  skus: Skus = manySkus,
  dialect: Dialect = OURS,
): Promise<Burst> {
  const placed: Placed[] = []
  const start = clock()
  await inFlight(width, count, async () => {
    placed.push(await place(base, skus, dialect))
  })
  const last = placed.at(-1)
  if (last !== undefined) await untilFinal(base, last.id, BURST_POLL_MS, dialect)
  const ends: number[] = []
  await inFlight(8, placed.length, async (number) => {
    const id = placed[number]?.id ?? ""
    ends.push(await untilFinal(base, id, BURST_POLL_MS, dialect))
  })
  const seconds = (Math.max(...ends) - start) / 1_000
  return { ordersPerSecond: count / seconds, seconds }
}

async function untilFinal(base: string, id: string, everyMs: number, dialect: Dialect): Promise<number> {
  const end = clock() + PATIENCE_MS
  for (;;) {
    const at = await finalAt(base, id, dialect)
    if (at !== null) return at
    if (clock() > end) throw new Error(`${id} is not final after ${String(PATIENCE_MS)} ms`)
    await pause(everyMs)
  }
}

/** So many orders at a time, the next one as soon as one is seen to be final and what comes between is done. */
export async function closedLoop(
  base: string,
  count: number,
  width: number,
  dialect: Dialect = OURS,
  between: () => Promise<void> = () => Promise.resolve(),
): Promise<readonly Done[]> {
  const done: Done[] = []
  const recent: number[] = []
  await inFlight(width, count, async () => {
    const { id, sentAt, answeredAt } = await place(base, manySkus, dialect)
    const usual = recent.length === 0 ? 20 : median(recent.slice(-50))
    await pause(Math.max(0, usual - (answeredAt - sentAt)))
    const at = await untilFinal(base, id, Math.max(4, usual / 4), dialect)
    recent.push(at - sentAt)
    done.push({ acceptMs: answeredAt - sentAt, deliverMs: at - sentAt })
    await between()
  })
  return done
}
