/**
 * Counts what the platform charges for, and for whose sake: at every door of a cell, at every statement.
 *
 * 1. Rows are the cursor's own figures.
 * 2. A statement belongs to what its object is busy with: everything between a door and its commit is synchronous.
 * 3. What is done for a listener (Customer, Monitor) is on that listener's line, the rows that its receipts cost included.
 */
import { type Counts, NOTHING, operationsOf, plus } from "./prices.ts"
import { readLine } from "../../../choreography/bundles.ts"
import { CellDurableObject } from "../../../choreography/durable.ts"
import type { Point } from "../../../choreography/platform.ts"
import type { Receipt } from "../../../choreography/wire.ts"

export type Party = "order" | "customer" | "monitor"
export const PARTIES: readonly Party[] = ["order", "customer", "monitor"]

/** Where rows went: which object, busy with what, by which statement. */
export interface RowEntry {
  readonly party: Party
  readonly service: string
  readonly doing: string
  readonly statement: string
  written: number
  read: number
}

/** An object, as it can be found again. */
export interface Where {
  readonly service: string
  readonly id: DurableObjectId
}

export interface Lane {
  messages: number
  calls: number
}

class Meter {
  /** The object that did something last: whatever is asked of the platform next, it is this one that asks. */
  where: Where | null = null
  totals = new Map<Party, Counts>()
  rows = new Map<string, RowEntry>()
  /** Messages and calls by the service that they are for. */
  lanes = new Map<string, Lane>()
  #doing: { readonly what: string; readonly party: Party } | null = null
  #isIndoors = false

  reset(): void {
    this.totals = new Map()
    this.rows = new Map()
    this.lanes = new Map()
  }

  lane(service: string): Lane {
    const lane = this.lanes.get(service) ?? { messages: 0, calls: 0 }
    this.lanes.set(service, lane)
    return lane
  }

  add(party: Party, counts: Partial<Counts>): void {
    this.totals.set(party, plus(this.totals.get(party) ?? NOTHING, { ...NOTHING, ...counts }))
  }

  /** While the body runs, what is spent is spent on this. */
  during<T>(what: string, party: Party, body: () => T): T {
    const before = this.#doing
    this.#doing = { what, party }
    try {
      return body()
    } finally {
      this.#doing = before
    }
  }

  /** What comes through no door: answers of effects, receipts that were put off. */
  begin(what: string, party: Party): void {
    if (this.#doing !== null) return
    this.#doing = { what, party }
    this.#isIndoors = true
  }

  end(): void {
    if (this.#isIndoors) this.#doing = null
    this.#isIndoors = false
  }

  spend(service: string, statement: string, written: number, read: number): void {
    const { what, party } = this.#doing ?? { what: "reading and waking", party: partyOf(service) }
    this.add(party, { rowsWritten: written, rowsRead: read })
    const slot = `${party}|${service}|${what}|${statement}`
    const entry = this.rows.get(slot) ?? { party, service, doing: what, statement, written: 0, read: 0 }
    entry.written += written
    entry.read += read
    this.rows.set(slot, entry)
  }

  message(service: string, body: unknown): void {
    const bytes = new TextEncoder().encode(String(body)).length
    this.add(partyOf(service), { messages: 1, operations: operationsOf(bytes) })
    this.lane(service).messages += 1
  }

  batch(service: string): void {
    this.add(partyOf(service), { requests: 1 })
  }
}

export const meter = new Meter()

function partyOf(service: string): Party {
  if (service === "Customer") return "customer"
  return service === "Monitor" ? "monitor" : "order"
}

/** Receipts of one call come from one cell, so from one service. */
function readerOf(receipts: readonly Receipt[]): string {
  return receipts[0]?.reader.split("/")[0] ?? ""
}

/** What a commit without a door is about. */
const INDOORS: Readonly<Partial<Record<Point, string>>> = {
  "commit:settle": "answer of an effect",
  "commit:receipts": "receipts",
}

type Cell = CellDurableObject<unknown>
const inside = CellDurableObject.prototype as Cell
// eslint-disable-next-line @typescript-eslint/unbound-method -- each is called with the object it belongs to
const { take, receipts, ask, alarm, reached } = inside

/** The platform's part of an object, which its own class does not show. */
interface Inside {
  readonly ctx: DurableObjectState
}

function seen(cell: Cell): void {
  // Called from within the object itself, whose state is its own.
  meter.where = { service: serviceOf(cell), id: (cell as unknown as Inside).ctx.id }
}

function called<T>(cell: Cell, what: string, party: Party, counts: Partial<Counts>, body: () => T): T {
  seen(cell)
  meter.add(party, counts)
  meter.lane(serviceOf(cell)).calls += counts.calls ?? 0
  return meter.during(what, party, body)
}

function typeOf(line: string): string {
  const delivery = readLine(line)
  return typeof delivery === "string" ? "nothing readable" : delivery.event.type
}

/** The class of a cell is named after its service. */
const serviceOf = (cell: Cell): string => cell.constructor.name

inside.take = function (this: Cell, lines: readonly string[]) {
  const types = [...new Set(lines.map(typeOf))].sort().join(" + ")
  return called(this, types, partyOf(serviceOf(this)), { calls: 1 }, () => take.call(this, lines))
}
inside.receipts = function (this: Cell, all: readonly Receipt[]) {
  const reader = readerOf(all)
  const what = `receipts of ${reader}`
  return called(this, what, partyOf(reader), { calls: 1 }, () => receipts.call(this, all))
}
inside.ask = function (this: Cell, key: string, name: string, input: unknown, traceparent: string) {
  const ours = () => ask.call(this, key, name, input, traceparent)
  return called(this, `asked to ${name}`, partyOf(serviceOf(this)), { calls: 1 }, ours)
}
inside.alarm = function (this: Cell) {
  called(this, "alarm", partyOf(serviceOf(this)), { alarms: 1 }, () => {
    alarm.call(this)
  })
}
inside.reached = function (this: Cell, point: Point) {
  seen(this)
  const what = INDOORS[point]
  if (what !== undefined) meter.begin(what, partyOf(serviceOf(this)))
  reached.call(this, point)
  if (point.startsWith("committed:")) meter.end()
}
inside.spent = function (this: Cell, statement, { rowsRead, rowsWritten }) {
  seen(this)
  meter.spend(serviceOf(this), shortened(statement), rowsWritten, rowsRead)
}

/** What a reader needs to know of a statement: what it does to which table. */
function shortened(statement: string): string {
  const text = statement.replaceAll(/\s+/g, " ").trim()
  const [, insert] = /^INSERT (?:OR REPLACE )?INTO (\w+)/.exec(text) ?? []
  if (insert !== undefined) return `insert ${insert}`
  const [, table, columns] = /^UPDATE (\w+) SET (.*?) WHERE/.exec(text) ?? []
  if (table !== undefined) return `update ${table} (${(columns ?? "").replaceAll(/ = \?/g, "")})`
  const [, selected] = /^SELECT .*? FROM (\w+)/.exec(text) ?? []
  return selected === undefined ? text.slice(0, 40) : `read ${selected}`
}
