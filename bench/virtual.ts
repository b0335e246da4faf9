/**
 * Scale in virtual time: `node bench/virtual.ts`. Orders arrive by chance at a rate; cells, queues and consumers serve
 * them with the published limits in force; what comes out is how long an order takes, how full what serves it is, and how
 * much they share. It is a model of the paths of messages, not of the code: that is what the simulator and the bench run.
 */
import { table } from "./report.ts"
import { digits, percentile } from "./statistics.ts"
import { SECONDS } from "./virtual/limits.ts"
import { Model, type Size } from "./virtual/model.ts"

/** Orders a second, and the settings with which nothing is more than about half full. */
const SIZES: readonly Size[] = [
  { rate: 1, cells: 8, participantCells: 4, stockCells: 8, shards: 1 },
  { rate: 10, cells: 8, participantCells: 4, stockCells: 8, shards: 1 },
  { rate: 100, cells: 8, participantCells: 4, stockCells: 8, shards: 1 },
  { rate: 1_000, cells: 16, participantCells: 16, stockCells: 16, shards: 1 },
  { rate: 10_000, cells: 128, participantCells: 64, stockCells: 64, shards: 6 },
]

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

const rows = SIZES.map((size) => {
  const model = new Model(size)
  model.run()
  const orders = size.rate * SECONDS
  const { cells, participantCells, stockCells, shards, rate } = size
  return [
    ...[String(rate), [cells, participantCells, stockCells].join(" / "), String(shards)],
    ...[percentile(model.taken, 0.5), percentile(model.taken, 0.99)].map(digits),
    ...[model.messages() / orders, model.calls() / orders].map((each) => each.toFixed(1)),
    ...[model.load("order"), model.load("payment"), model.load("stock"), model.queueLoad()].map(percent),
  ]
})
const head = [
  ...["orders/s", "order / participant / stock cells", "queues per service"],
  ...["p50 ms to delivered", "p99 ms", "messages an order", "calls an order"],
  ...["busiest order cell", "payment cell", "stock cell", "busiest queues"],
]
console.log(table(head, rows))
