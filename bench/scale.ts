/**
 * Scale on paper: `node bench/scale.ts`. What an order costs and which published limit comes first, from one order a
 * second to ten thousand, with the counts of the bill. Every assumption that is no count and no published limit is named
 * here, so that it can be disputed.
 */
import budget from "../tests/worker/bill/budget.json" with { type: "json" }
import { type Counts, dollars, mapped } from "../tests/worker/bill/prices.ts"
import { table } from "./report.ts"

const RATES = [1, 10, 100, 1_000, 10_000]
const DAY_S = 24 * 3_600

// Published limits.
const MESSAGES_PER_QUEUE = 5_000
const CALLS_PER_OBJECT = 1_000
const BYTES_PER_OBJECT = 10e9
const CONSUMERS_PER_QUEUE = 250
const BATCH_MAX = 100

// Assumptions.
/** A queue hop between data centres, with batches that don't wait. */
const HOP_S = 0.05
/** How long a send takes; what is said meanwhile goes together in the next one. */
const SEND_S = 0.01
/** Of a limit, what one would plan with. */
const SHARE = 0.5
/** Deliveries that fit into one message of 63 KB. */
const BUNDLE_MAX = 40
/** Of the order line's messages and calls, what the busiest queue carries and the order's own cell is called. */
const ORDER_QUEUE_SHARE = 0.5
const ORDER_CELL_SHARE = 0.45
/** One core runs an object: CPU of an order in its own cell. */
const ORDER_CPU_S = 0.001_5
/** What an order leaves in the rows of each service, journals included, as measured. */
const ORDER_BYTES = 4_070
const PAYMENT_BYTES = 690
const STOCK_BYTES = 770
/** Cells as they come. */
const CELLS = 8
const PARTICIPANT_CELLS = 4
const STOCK_CELLS = 8
const CUSTOMER_CELLS = 8
/** Orders of the measured burst that met in one order cell. */
const BURST_PER_CELL = 8

const { alone, burst } = budget.parallel
const zero: Counts = mapped(() => 0)

function total(bill: Readonly<Record<string, Counts>>): Counts {
  return Object.values(bill).reduce((sum, each) => mapped((unit) => sum[unit] + each[unit]), zero)
}

/** Between alone and in a burst, by how many orders meet in a cell within a hop; beyond the burst nothing is assumed. */
function costs(rate: number, cells: number): Counts {
  const meeting = Math.max(1, (rate * HOP_S) / cells)
  const share = Math.min(1, Math.log2(meeting) / Math.log2(BURST_PER_CELL))
  const [a, b] = [total(alone), total(burst)]
  return mapped((unit) => a[unit] + (b[unit] - a[unit]) * share)
}

/** The cells that two limits ask for, with half of each kept in hand: as many as are filled alike, and no fewer than there are. */
function busyCells(rate: number): { readonly calls: number; readonly cpu: number; readonly cells: number } {
  const calls = (rate * alone.order.calls * ORDER_CELL_SHARE) / (CALLS_PER_OBJECT * SHARE)
  const cpu = (rate * ORDER_CPU_S) / SHARE
  const layers = Math.ceil(Math.max(CELLS, calls, cpu) / CUSTOMER_CELLS)
  return { calls, cpu, cells: layers * CUSTOMER_CELLS }
}

/** Days in which so many objects are full, each order leaving so many bytes behind for good. */
function daysUntilFull(rate: number, objects: number, bytes: number): number {
  return (objects * BYTES_PER_OBJECT) / (rate * bytes * DAY_S)
}

/** Queues over which the busiest service has to be spread when orders meet in so many cells. */
function queues(rate: number, cells: number): number {
  const bundle = Math.min(BUNDLE_MAX, Math.max(1, (rate * SEND_S) / cells))
  const messages = (rate * alone.order.messages * ORDER_QUEUE_SHARE) / bundle
  const consumers = (messages / BATCH_MAX) * HOP_S
  return Math.max(messages / (MESSAGES_PER_QUEUE * SHARE), consumers / (CONSUMERS_PER_QUEUE * SHARE))
}

const rows = RATES.map((rate) => {
  const { calls, cpu, cells } = busyCells(rate)
  const perMillion = dollars(costs(rate, cells))
  return [
    String(rate),
    calls.toFixed(1),
    cpu.toFixed(1),
    String(cells),
    queues(rate, cells).toFixed(2),
    daysUntilFull(rate, cells, ORDER_BYTES).toFixed(1),
    daysUntilFull(rate, PARTICIPANT_CELLS, PAYMENT_BYTES).toFixed(1),
    daysUntilFull(rate, STOCK_CELLS, STOCK_BYTES).toFixed(1),
    perMillion.toFixed(2),
    ((perMillion * rate * 30 * DAY_S) / 1e6).toFixed(0),
  ]
})
const head = [
  "orders/s",
  "order cells for calls",
  "for CPU",
  "`CELLS`",
  "order queues",
  "days until order cells are full",
  "payment cells",
  "stock cells",
  "$ per million orders",
  "$ a month",
]
console.log(table(head, rows))
