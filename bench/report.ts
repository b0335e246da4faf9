/** The results as a page of tables. */
import { type Acceptance, medians, type Round } from "./compare.ts"
import { APP } from "./peers.ts"
import type { Results } from "./results.ts"
import { digits, median } from "./statistics.ts"

export function markdown(results: Results): string {
  const { compare, acceptance, hot, growth, kill, reads, peers, profile } = results
  const parts = [`${results.machine}; ${results.at}.`, results.conditions.map((each) => `- ${each}`).join("\n")]
  if (Object.keys(compare).length > 0) parts.push(contenders(compare), ratios(results))
  if (acceptance !== undefined) parts.push(table(ACCEPTANCE, acceptance.map(cellsOf)))
  if (hot !== undefined) {
    const { hotPerSecond, manyPerSecond } = hot
    const share = digits(hotPerSecond / manyPerSecond)
    const rates = `${digits(hotPerSecond)} orders/s, against ${digits(manyPerSecond)}`
    parts.push(`One hot SKU: ${rates} with many SKUs, ${share} × (goal 0.7).`)
  }
  if (growth !== undefined) parts.push(table(["after orders", ...GROWTH], growth.map(cellsOf)), flatness(results))
  if (kill !== undefined) {
    const final = `${digits(kill.secondsToFinal)} s until all ${String(kill.accepted)} accepted orders were final`
    parts.push(`SIGKILL in a burst: ${digits(kill.secondsToAnswer)} s until it answered again, ${final}.`)
  }
  if (reads !== undefined) {
    const order = `GET /orders/:id p50 ${digits(reads.orderP50Ms)} ms, p99 ${digits(reads.orderP99Ms)} ms`
    const saga = `/saga p50 ${digits(reads.sagaP50Ms)} ms, p99 ${digits(reads.sagaP99Ms)} ms`
    parts.push(`Reads while 16 orders are in flight: ${order}; ${saga}; ${digits(reads.perSecond)} reads/s.`)
  }
  if (peers !== undefined) {
    parts.push("Further peers, by turns with the app: by their own load generator and with a smaller saga:")
    const rows = peers.map((row) => [row.system, row.burstPerSecond, row.aloneP50Ms, row.aloneP99Ms, row.acceptP50Ms])
    parts.push(table(["system", "burst orders/s", "p50 ms at 1", "p99 ms at 1", "201 p50 ms at 1"], rows))
  }
  if (profile !== undefined) {
    parts.push(table(["own time, %", "function", "where"], profile.map(cellsOf)))
  }
  return `${parts.join("\n\n")}\n`
}

const ACCEPTANCE = [
  "201 p50 at 1, ms, by rounds",
  "of the floor",
  "one commit in its place",
  "one right after the other",
]
const GROWTH = ["orders/s", "CPU ms per order", "heap alive MB", "memory MB", "disk MB"]

type Cell = string | number

/** The values of a row in the order in which it was made. */
function cellsOf(row: object): readonly Cell[] {
  return Object.values(row) as Cell[]
}

export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const line = (cells: readonly Cell[]): string =>
    `| ${cells.map((cell) => (typeof cell === "number" ? digits(cell) : cell)).join(" | ")} |`
  return [line(head), `|${head.map(() => "---|").join("")}`, ...rows.map(line)].join("\n")
}

const COLUMNS: Readonly<Record<string, (round: Round) => number>> = {
  "burst orders/s": (round) => round.burstPerSecond,
  "CPU ms per order": (round) => round.burstCpuMs,
  "201 p50 at 1": ({ alone }) => alone.acceptP50Ms,
  "201 p99 at 1": ({ alone }) => alone.acceptP99Ms,
  "delivered p50 at 1": ({ alone }) => alone.deliverP50Ms,
  "p99 at 1": ({ alone }) => alone.deliverP99Ms,
  "201 p50 at 16": ({ sixteen }) => sixteen.acceptP50Ms,
  "201 p99 at 16": ({ sixteen }) => sixteen.acceptP99Ms,
  "delivered p50 at 16": ({ sixteen }) => sixteen.deliverP50Ms,
  "p99 at 16": ({ sixteen }) => sixteen.deliverP99Ms,
}

function contenders(compare: Results["compare"]): string {
  const rows = Object.entries(compare).map(([name, rounds]) => {
    const middle = medians(rounds)
    return [name, ...Object.values(COLUMNS).map((value) => value(middle))]
  })
  return table(["medians; times in ms", ...Object.keys(COLUMNS)], rows)
}

/** Of those with a smaller saga: the others do far less for an order, or have been compared already. */
const AHEAD_OF = new Set(["Restate", "DBOS"])

/** Each goal of the project, and whether this run met it. */
function ratios({ compare, acceptance: rounds = [], peers = [] }: Results): string {
  const of = (name: string): Round | undefined => (compare[name] === undefined ? undefined : medians(compare[name]))
  const [ours, floor, workflows, restate] = [of("app"), of("floor"), of("workflows"), of("restate")]
  if (ours === undefined) return ""
  const middle = (value: (each: Acceptance) => number): number => median(rounds.map(value))
  const rows: [string, number, string, boolean][] = []
  const add = (goal: string, ratio: number, bound: string, isMet: boolean): void => {
    rows.push([goal, ratio, bound, isMet])
  }
  if (floor !== undefined) {
    const burst = ours.burstPerSecond / floor.burstPerSecond
    add("burst, of the floor's", burst, "≥ 0.8", burst >= 0.8)
    const deliver = ours.alone.deliverP50Ms / floor.alone.deliverP50Ms
    add("delivered p50 at 1, of the floor's", deliver, "≤ 1.5", deliver <= 1.5)
    const busy = ours.sixteen.deliverP50Ms / floor.sixteen.deliverP50Ms
    add("delivered p50 at 16, of the floor's", busy, "≤ 1.5", busy <= 1.5)
  }
  if (rounds.length > 0) {
    const accept = middle((each) => each.orderP50Ms) / middle((each) => each.commitP50Ms)
    add("201 p50 at 1, of one commit through HTTP in its place", accept, "≤ 1.5", accept <= 1.5)
    const rushed = middle((each) => each.orderP50Ms) / middle((each) => each.rushedP50Ms)
    add("201 p50 at 1, of one commit right after the other", rushed, "≤ 1.5", rushed <= 1.5)
  }
  if (workflows !== undefined) {
    const burst = ours.burstPerSecond / workflows.burstPerSecond
    add("burst, of Workflows'", burst, "≥ 3", burst >= 3)
  }
  if (restate !== undefined) {
    const burst = ours.burstPerSecond / restate.burstPerSecond
    add("burst, of Restate's with the same saga", burst, "≥ 1", burst >= 1)
  }
  const turns = peers.find(({ system }) => system === APP)
  for (const { system, burstPerSecond } of peers) {
    if (turns === undefined || !AHEAD_OF.has(system)) continue
    const burst = turns.burstPerSecond / burstPerSecond
    add(`burst, of ${system}'s with its smaller saga`, burst, "≥ 1", burst >= 1)
  }
  const spread = ours.sixteen.deliverP99Ms / ours.sixteen.deliverP50Ms
  add("delivered p99 at 16, of its p50", spread, "≤ 3", spread <= 3)
  const lines = rows.map(([goal, ratio, bound, isMet]) => [goal, ratio, bound, isMet ? "met" : "not met"])
  return table(["goal", "ratio", "bound", ""], lines)
}

/** The first stretch warms up. */
function flatness({ growth = [] }: Results): string {
  const [, second] = growth
  const last = growth.at(-1)
  if (second === undefined || last === undefined) return ""
  const cost = `CPU per order ${digits(last.cpuMs / second.cpuMs)} ×`
  const memory = `heap alive ${digits(last.heapMb / second.heapMb)} ×, memory ${digits(last.memoryMb / second.memoryMb)} ×`
  const disk = ((last.diskMb - second.diskMb) * 1_000) / (last.orders - second.orders)
  return `The last stretch against the second: ${cost}, ${memory}; ${digits(disk)} KB on disk per order.`
}
