/**
 * What an order costs on the platform, counted: rows by the cursor's own figures, messages, calls, alarms and requests.
 * No count may rise above the budget; a count that falls is to take the budget with it.
 */
import { beforeAll, describe, expect, test } from "vitest"
import { newHome } from "../../domain/placement.ts"
import { readSettings } from "../../http/settings.ts"
import budget from "./bill/budget.json" with { type: "json" }
import { type Counts, mapped, NOTHING, shared, UNITS } from "./bill/prices.ts"
import { LISTENER_DELAY_MS, Lockstep, RECEIPT_DELAY_MS } from "./bill/lockstep.ts"
import { meter, PARTIES, type Party } from "./bill/meter.ts"
import { billOf, lanesOf, rowsOf } from "./bill/print.ts"
import { reasonFor } from "./bill/reasons.ts"
import { openShop, type Wanted } from "./world.ts"

/** As a shop would run it; products are read once, as a worker that is busy does. */
const shop = openShop({
  RECEIPT_DELAY_MS: String(RECEIPT_DELAY_MS),
  LISTENER_DELAY_MS: String(LISTENER_DELAY_MS),
  RECEIPT_LEASE_MS: "30000",
  EFFECT_BACKOFF_MS: "1000",
  CATALOG_TTL_MS: "3600000",
  LOG: "problems",
  // Rounds cost the same however many orders there are; a count of one that fell into an order's would say nothing.
  SWEEP_EVERY_MS: "86400000",
})
const lockstep = new Lockstep(shop)
const reading = readSettings({})
if (!reading.ok) throw new Error("the defaults make no sense")
const { cells } = reading.settings.shop

const IN_FLIGHT = 64
const SKUS = 100
const STOCK = 100_000
const TIMEOUT_MS = 120_000

const FLOWS = {
  parallel: { flow: "parallel" },
  "reserve-first": { flow: "reserve-first" },
  declined: { flow: "parallel", simulate: { payment: "decline" } },
  "out of stock": { flow: "parallel", simulate: { inventory: "decline" } },
} as const satisfies Readonly<Record<string, Wanted>>
type Flow = keyof typeof FLOWS

type Bill = Readonly<Record<Party, Counts>>
interface Measured {
  readonly alone: Bill
  readonly burst: Bill
}
/** What is committed; a flow or a party that is missing has no allowance. */
const allowed: Readonly<Partial<Record<string, Partial<Record<string, Partial<Record<string, Partial<Counts>>>>>>>> =
  budget

const sku = (number: number): string => `SKU-${String(number % SKUS).padStart(3, "0")}`
let placed = 0

/** Customers take turns in the order cells, so that a burst fills all of them alike. */
function customerOf(number: number): string {
  for (let twin = 0; ; twin++) {
    const customerId = `cust_${String(number)}_${String(twin)}`
    if (newHome("any", cells, customerId).cell === number % cells.cells) return customerId
  }
}

/** Two lines, each order's own as far as there are SKUs, and a customer of its own. */
async function placeTogether(count: number, wanted: Wanted): Promise<void> {
  const orders = Array.from({ length: count }, () => placed++)
  lockstep.nextQuarter()
  await Promise.all(
    orders.map(async (number) => {
      const items = [2 * number, 2 * number + 1].map((each) => ({ sku: sku(each), quantity: 1, price: 5 }))
      meter.add("order", { requests: 1 })
      await shop.place({ ...wanted, items, customerId: customerOf(number) })
    }),
  )
  await lockstep.settle()
}

async function measure(count: number, wanted: Wanted): Promise<Bill> {
  meter.reset()
  await placeTogether(count, wanted)
  const of = (party: Party): Counts => rounded(shared(meter.totals.get(party) ?? NOTHING, count))
  return { order: of("order"), customer: of("customer"), monitor: of("monitor") }
}

const rounded = (counts: Counts): Counts => mapped((unit) => Math.round(counts[unit] * 1_000) / 1_000)

function risen(flow: Flow, load: keyof Measured, bill: Bill): string[] {
  return PARTIES.flatMap((party) =>
    UNITS.flatMap((unit) => {
      const most = allowed[flow]?.[load]?.[party]?.[unit] ?? 0
      const now = bill[party][unit]
      return now > most ? [`${flow}, ${load}, ${party}: ${unit} rose from ${String(most)} to ${String(now)}`] : []
    }),
  )
}

describe("the bill of an order", () => {
  const measured: Partial<Record<Flow, Measured>> = {}

  beforeAll(async () => {
    for (let number = 0; number < SKUS; number++) await shop.stock(sku(number), STOCK)
    // Every object is there, and has its tables, before anything is counted.
    await placeTogether(IN_FLIGHT, FLOWS.parallel)
  }, TIMEOUT_MS)

  test.for(Object.keys(FLOWS) as Flow[])(
    "stays within the budget in the flow %s, alone and among sixty-four",
    { timeout: TIMEOUT_MS },
    async (flow) => {
      const alone = await measure(1, FLOWS[flow])
      const rows = [...meter.rows.values()]
      const lanes = [lanesOf("alone", meter.lanes, 1)]
      const burst = await measure(IN_FLIGHT, FLOWS[flow])
      lanes.push(lanesOf("64 in flight", meter.lanes, IN_FLIGHT))
      measured[flow] = { alone, burst }
      console.log(billOf(flow, { alone, "64 in flight": burst }))
      console.log(lanes.join("\n"))
      if (flow === "parallel") console.log(rowsOf(rows))
      expect([...risen(flow, "alone", alone), ...risen(flow, "burst", burst)]).toEqual([])
    },
  )

  test("each row that is written has its reason", () => {
    const rows = [...meter.rows.values()].filter(({ written }) => written > 0)
    expect(rows.filter(({ statement, doing }) => reasonFor(statement, doing) === undefined)).toEqual([])
  })

  test("each order was counted to its end, and the counts are printed as a budget", async () => {
    const statuses = await Promise.all(shop.placed.map(async (order) => (await shop.order(order)).status))
    expect([...new Set(statuses)].sort()).toEqual(["cancelled", "delivered"])
    console.log(`The budget, as counted:\n${JSON.stringify(measured, null, 2)}`)
  })
})
