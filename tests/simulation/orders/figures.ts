/**
 * What the monitor has counted is what the orders' own rows say, whatever came twice, late or not at all at first.
 *
 * F10  Each order has its document, at its stage; the figures are the sum of all orders, each once.
 */
import { type Document, documentKey, documentOf, viewsOf } from "../../../domain/monitor/document.ts"
import {
  DAYS_ROW,
  type DaysRow,
  entriesOf,
  type FigureRows,
  type HourRow,
  merge,
  readFigures,
  sumOf,
} from "../../../domain/monitor/figures.ts"
import { outstanding } from "../../../domain/order/undo.ts"
import type { OrderState } from "../../../domain/order/state.ts"
import type { Host } from "../platform/host.ts"
import { Violation, type World } from "../platform/world.ts"
import { threadsOf } from "../rows.ts"

export function checkFigures(world: World, orders: ReadonlyMap<string, OrderState>): void {
  const cells = [...world.hosts].filter(({ service }) => service.name === "Monitor")
  // What has come to its dead letters it has not heard, or out of its turn: then they are made anew.
  if (cells.some(hasLetters)) return
  const documents = new Map(
    cells.flatMap((host) => [...threadsOf(host)].map(([key, { state }]) => [key, state] as const)),
  )
  const truths = [...orders.values()].map((order) => documentOf(order, outstanding(order)))
  for (const truth of truths) {
    // A key of this form holds a document.
    checkDocument(documents.get(documentKey(truth.orderId)) as Document | undefined, truth)
  }
  const counted = merge(cells.map((host) => readFigures(figuresIn(host)))).total
  const sum = sumOf(truths.flatMap((truth) => entriesOf(truth, 0).map(({ bucket }) => bucket)))
  if (text(counted) !== text(sum)) throw new Violation("F10", `counted ${text(counted)}, there were ${text(sum)}`)
}

function checkDocument(document: Document | undefined, truth: Document): void {
  const { orderId, stage, endedAt } = truth
  if (document === undefined) throw new Violation("F10", `the monitor has never heard of ${orderId}`)
  if (document.stage !== stage) throw new Violation("F10", `${orderId} is ${stage}, the monitor has ${document.stage}`)
  if (document.endedAt !== endedAt) throw new Violation("F10", `the monitor has another end of ${orderId}`)
  const [seen, is] = [viewsOf(document).join(), viewsOf(truth).join()]
  if (seen !== is) throw new Violation("F10", `${orderId} is in the views "${is}", the monitor lists it in "${seen}"`)
}

function hasLetters(host: Host): boolean {
  return host.disk.all("SELECT type FROM letters").some(({ type }) => String(type).startsWith("Order."))
}

function figuresIn(host: Host): Pick<FigureRows, "hour" | "days"> {
  const rows = new Map(
    host.disk.all("SELECT name, body FROM shared").map(({ name, body }) => [String(name), String(body)]),
  )
  const read = (name: string): unknown => JSON.parse(rows.get(name) ?? "null")
  // Each is written under its name by the monitor alone.
  return { hour: (name) => read(name) as HourRow | null, days: () => read(DAYS_ROW) as DaysRow | null }
}

/** Whatever the order in which things were counted. */
function text(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) =>
    typeof each === "object" && each !== null ? Object.fromEntries(Object.entries(each).sort()) : each,
  )
}
