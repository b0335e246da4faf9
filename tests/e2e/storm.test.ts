/**
 * The hazard: more orders than can be finished. What is accepted must be finished all the same, what can't be finished
 * must be refused before it is accepted, and when it is over nothing of it may linger.
 *
 * As fast as loopback takes it, for a minute, against capacity lowered by variables.
 */
import { execFileSync } from "node:child_process"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { pause } from "./chance.ts"
import { DevServer } from "./devServer.ts"
import { liveHeapAtRest } from "./inspector.ts"
import { type Answer, address, codeOf, isFinal, Shopper } from "./shopper.ts"

const SECONDS = 60
const CLIENTS = 24
const CUSTOMERS = 40
const OPEN_ORDERS_MAX = 8
const STOCK = 1_000_000
/** Of one cell; two cells. */
const BACKLOG_MAX = 40
const CELLS = 2
/** What an order placed between two counts may add, per cell. */
const OVERSHOOT_MAX = 2 * CLIENTS
/** Until everything accepted is final. */
const CALM_MS = 120_000
/**
 * From the end of the first third to when all is calm and our garbage is collected; memory that grew with the number of
 * orders would triple.
 */
const MEMORY_FACTOR_MAX = 1.6
/**
 * From the first third at rest to all of it at rest, of what is alive in the heap of the code alone: the process also holds
 * the local simulators of queues and all. The engine warms up by a third of it; a kilobyte kept of each order, or a hundred
 * bytes of each request that was refused, is more.
 */
const HEAP_GROWTH_MAX_BYTES = 750_000

let server: DevServer
let shop: Shopper

beforeAll(async () => {
  server = await DevServer.start({
    BACKLOG_MAX,
    OPEN_ORDERS_MAX,
    CELLS,
    PARTICIPANT_CELLS: 1,
    EFFECTS_IN_FLIGHT_MAX: 4,
    PAYMENT_DELAY_MS: 100,
    DISPATCH_DELAY_MS: 0,
    TRANSIT_DELAY_MS: 0,
    DELIVERY_DELAY_MS: 0,
    LOG: "problems",
  })
  shop = new Shopper(server.url)
  await shop.stock("WIDGET-001", STOCK)
})

afterAll(async () => {
  await server.stop()
})

/** Kilobytes that the project's own process holds. */
function processKb(): number {
  const pid = server.worker()
  return Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" }))
}

interface Storm {
  readonly accepted: Set<string>
  readonly refused: Map<string, number>
  readonly faults: string[]
}

function order(client: number, number: number) {
  const customerId = `cust_storm_${(client * 7 + number) % CUSTOMERS}`
  return { customerId, items: [{ sku: "WIDGET-001", quantity: 1 }], shippingAddress: address }
}

function take(storm: Storm, answer: Answer): void {
  if (answer.status === 201) {
    storm.accepted.add((answer.body as { readonly id: string }).id)
    return
  }
  const code = codeOf(answer) ?? "none"
  storm.refused.set(`${answer.status} ${code}`, (storm.refused.get(`${answer.status} ${code}`) ?? 0) + 1)
  const isInKind = (answer.status === 429 || answer.status === 503) && answer.headers.get("retry-after") !== null
  if (!isInKind) storm.faults.push(`${answer.status} ${JSON.stringify(answer.body)}`)
}

async function rage(storm: Storm, client: number, until: number): Promise<void> {
  for (let number = 0; Date.now() < until; number++) {
    try {
      take(storm, await shop.ask("/orders", { method: "POST", body: order(client, number) }))
    } catch (error) {
      storm.faults.push(String(error))
    }
  }
}

/** Those of the orders that have not come to their end. */
async function openOf(orders: Iterable<string>): Promise<readonly string[]> {
  const open: string[] = []
  for (const id of orders) if (!isFinal(await shop.order(id))) open.push(id)
  return open
}

/** Waits until all of the orders are final; answers those that are not, when there is no more time. */
async function calm(orders: Iterable<string>): Promise<readonly string[]> {
  const end = Date.now() + CALM_MS
  let open = await openOf(orders)
  while (open.length > 0 && Date.now() < end) {
    await pause(500)
    open = await openOf(open)
  }
  return open
}

describe("a storm of orders", () => {
  const storm: Storm = { accepted: new Set(), refused: new Map(), faults: [] }
  let [heapBefore, processBefore] = [NaN, NaN]

  test(
    "is answered to the last one: with an order, or with when to come back",
    { timeout: SECONDS * 1_000 + CALM_MS + 60_000 },
    async () => {
      const clients = Array.from({ length: CLIENTS }, (_none, client) => client)
      const rageFor = async (ms: number): Promise<void> => {
        const until = Date.now() + ms
        await Promise.all(clients.map((client) => rage(storm, client, until)))
      }
      // The runtime takes its memory in the first moments, whatever comes after.
      await rageFor((SECONDS * 1_000) / 3)
      processBefore = processKb()
      await calm(storm.accepted)
      heapBefore = await liveHeapAtRest(server.inspector)
      await rageFor((SECONDS * 2_000) / 3)
      expect(storm.faults.slice(0, 5)).toEqual([])
      expect(storm.accepted.size).toBeGreaterThan(0)
      expect(storm.refused.get("503 backlogged")).toBeGreaterThan(0)
      console.log(`${SECONDS} s: ${storm.accepted.size} accepted, refused: ${JSON.stringify([...storm.refused])}`)
    },
  )

  test(
    "leaves no more on its way than was let in, and all of it is finished",
    { timeout: CALM_MS + 60_000 },
    async () => {
      const open = await openOf(storm.accepted)
      expect(open.length).toBeLessThanOrEqual(CELLS * (BACKLOG_MAX + OVERSHOOT_MAX))
      expect(await calm(open)).toEqual([])
    },
  )

  test(
    "leaves every order's books balanced, and every unit of the shelf accounted for",
    { timeout: 180_000 },
    async () => {
      let shipped = 0
      for (const id of storm.accepted) {
        const { balanced, kept } = await shop.books(id)
        expect([id, balanced]).toEqual([id, true])
        if (kept > 0) shipped += 1
      }
      const level = await shop.level("WIDGET-001")
      expect(level).toEqual({ available: STOCK + 100 - shipped, reserved: 0, shipped })
      expect(await shop.letters()).toEqual([])
    },
  )

  test("leaves memory as it was, but for what a cache may hold", { timeout: 60_000 }, async () => {
    const heap = await liveHeapAtRest(server.inspector)
    const process = processKb()
    console.log(
      `alive: ${heapBefore} bytes before, ${heap} after; process: ${processBefore} kB before, ${process} after`,
    )
    expect(heap - heapBefore).toBeLessThan(HEAP_GROWTH_MAX_BYTES)
    expect(process / processBefore).toBeLessThan(MEMORY_FACTOR_MAX)
  })

  test("is over when it is over: the next order is taken on at once", async () => {
    const { id } = await shop.place({ customerId: "cust_calm" })
    expect(isFinal(await shop.ends(id))).toBe(true)
  })
})
