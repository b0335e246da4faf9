// The page on what orders cost and how far a deployment goes: from the counts of the bill, and from scale on paper.
import { execFileSync } from "node:child_process"
import { format } from "prettier"
import { z } from "zod"
import { type Counts, dollars, NOTHING, plus, UNITS } from "../worker/bill/prices.ts"
import { read, root } from "./project.ts"

const counts = z.object({
  rowsWritten: z.number(),
  rowsRead: z.number(),
  messages: z.number(),
  operations: z.number(),
  calls: z.number(),
  alarms: z.number(),
  requests: z.number(),
})
const budget = z.record(z.string(), z.record(z.string(), z.record(z.string(), counts)))

const INTRO = `# What it costs, and how far it goes

Written from \`tests/worker/bill/budget.json\`, which a test counts anew in every run, from the list prices in
\`tests/worker/bill/prices.ts\` (November 2026) and from \`bench/scale.ts\`. \`npm run test:tidy -- --update\` writes this page
anew, and a test fails when it is stale. [Performance](performance.md) says how it is counted, and what is measured.

## A million orders

Dollars at list prices, without what a plan includes. *Alone* is an order that meets no other; *in a burst*, 64 orders share
commits, messages and calls. A shop lies in between: the busier, the cheaper.
`

const BEYOND = `Not in it: the time that objects work (12.50 $ per million GB-s; an object that waits may hibernate and costs nothing), CPU
time beyond what is included, stored bytes, requests that only read, and the monitor's rounds. Tracking numbers are such as
name their order; with those of a carrier's own making a million orders that are sent cost 1.00 $ more.
`

const WHERE = `## Where a dollar goes

A parallel order, all that belongs to it together.
`

const SCALE = `## From one order a second to ten thousand

\`bench/scale.ts\` computes it from the same counts and from published limits: 5,000 messages/s and 250 consumers per queue,
about 1,000 requests/s and 10 GB per object. What it assumes is named in it: a hop of 50 ms, 1.5 ms of CPU for an order in
its own cell, half of every limit kept in hand.
`

const VIRTUAL = `## The same in virtual time

\`bench/virtual.ts\` sends orders, arriving by chance, through cells, queues and consumers that keep to the published limits, and
measures how long each takes. It assumes 10 ms for a send, 50 ms for a hop of the queue, 5 ms for a call, 8 ms until a commit
is confirmed, 0.2 ms of CPU for an event, 100 ms for a call of the gateway or the carrier; most of an order's time is those.
Settings are such that nothing is more than about half full: the queues of the Order service fill first, since all answers go
there and few of them meet while cells are many. Fewer, busier cells need fewer queues.
`

/** In dollars per million; a message is paid for by its operations. */
const SHOWN = UNITS.filter((unit) => unit !== "messages")
const WORDS: Readonly<Record<string, string>> = {
  rowsWritten: "rows written",
  rowsRead: "rows read",
  operations: "queue operations",
  calls: "calls to objects",
  alarms: "alarms",
  requests: "worker requests",
}

export function costsPage(): Promise<string> {
  const page = [
    INTRO,
    perMillion(),
    BEYOND,
    WHERE,
    perUnit(),
    SCALE,
    scale(),
    arithmetic(),
    VIRTUAL,
    said("bench/virtual.ts"),
  ].join("\n\n")
  return format(page, { parser: "markdown", printWidth: 120 })
}

function bill(): z.output<typeof budget> {
  return budget.parse(JSON.parse(read("tests/worker/bill/budget.json")))
}

function perMillion(): string {
  const rows = Object.entries(bill()).flatMap(([flow, loads]) =>
    Object.entries(loads).map(([load, parts]) => {
      const each = Object.values(parts).map((part) => dollars(part).toFixed(2))
      return `| ${flow} | ${load === "burst" ? "in a burst" : load} | ${each.join(" | ")} | ${dollars(sum(parts)).toFixed(2)} |`
    }),
  )
  return table("| an order that is | load | the order | its customer's list | its monitoring | in all |", rows)
}

function perUnit(): string {
  const { alone = {}, burst = {} } = bill()["parallel"] ?? {}
  const [a, b] = [sum(alone), sum(burst)]
  const rows = SHOWN.map((unit) => {
    const price = (of: Counts): string => dollars({ ...NOTHING, [unit]: of[unit] }).toFixed(2)
    return `| ${WORDS[unit] ?? unit} | ${short(a[unit])} | ${price(a)} | ${short(b[unit])} | ${price(b)} |`
  })
  return table("| | alone | $ per million | in a burst | $ per million |", rows)
}

function scale(): string {
  return said("bench/scale.ts")
}

/** What a page of the bench prints. */
function said(script: string): string {
  return execFileSync(process.execPath, ["--no-warnings", script], { cwd: root, encoding: "utf8" })
}

/** The last row of the scale, in words. */
function arithmetic(): string {
  const { alone = {} } = bill()["parallel"] ?? {}
  const order = alone["order"] ?? NOTHING
  const cells = scale()
    .trim()
    .split("\n")
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .at(-1)
  const [, rate = "", forCalls = "", forCpu = "", all = "", queues = ""] = cells ?? []
  const messages = Number(rate) * order.messages
  return `Ten thousand orders a second, step by step:

- **Calls.** ${short(order.calls)} calls an order, 45 % of them to its own cell, and 500 of the 1,000 calls a second that an object takes: ${forCalls} cells.
- **CPU.** ${rate} × 1.5 ms is ${Number(rate) * 0.0015} cores; with half of each in hand, ${forCpu} cells. So \`CELLS\` is ${all}: the larger of the two, up to a multiple of \`CUSTOMER_CELLS\`.
- **Messages.** Alone it would be ${messages} messages a second for the order's line. But then orders meet: what a cell says while a send is
  under way leaves in one message, so the busiest service needs ${queues} queues with half of their limits in hand: \`QUEUE_SHARDS\` ${Math.ceil(Number(queues))}.
- **Bytes** come first, at every rate: see the days above. \`CELLS\` can be raised for new orders any day, payment, customer and stock
  cells can't, so choose \`PARTICIPANT_CELLS\`, \`CUSTOMER_CELLS\` and \`STOCK_CELLS\` for the years to come before the first order.
- **Not known on paper**: how an account's own limits add up (objects and queues share the platform with everybody), and what
  one hot SKU does beyond about 1,000 orders a second. Measure with your own load before you promise it to anybody.
`
}

function sum(parts: Readonly<Record<string, Counts>>): Counts {
  return Object.values(parts).reduce(plus, NOTHING)
}

function short(count: number): string {
  return String(Math.round(count * 100) / 100)
}

function table(head: string, rows: readonly string[]): string {
  const columns = head.split("|").length - 2
  return [head, `|${" --- |".repeat(columns)}`, ...rows].join("\n")
}
