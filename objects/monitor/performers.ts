/** What the monitor does outside of itself, and through which doors. */
import { client } from "../../choreography/client.ts"
import type { CellObject } from "../../choreography/durable.ts"
import type { LogLine } from "../../choreography/platform.ts"
import type { Performer, Registry } from "../../choreography/service.ts"
import { documentKey } from "../../domain/monitor/document.ts"
import { type Bucket, ratesOf } from "../../domain/monitor/figures.ts"
import type { Round } from "../../domain/monitor/rounds.ts"
import { customerCells, monitorCells, orderCells } from "../../domain/placement.ts"
import type { Settings } from "../../domain/settings.ts"
import type { CustomerShape } from "../Customer.ts"
import type { OrderShape } from "../Order.ts"
import { notifier } from "./notify.ts"
import { rebuilder, type Source } from "./rebuild.ts"
import type { MonitorShape } from "./shape.ts"
import { sweeper } from "./sweep.ts"

/** What the rounds and a rebuild ask of a cell. */
export type WatchedCell = Pick<CellObject, "poke" | "vitals" | "ask">

export interface Doors {
  readonly registry: Registry
  readonly settings: Settings
  /** Who is told of alerts. */
  readonly tell: { readonly alertUrl: string | null; readonly alertSecret: string | null }
  /** The platform's store of figures, if one is bound. */
  readonly analytics: unknown
  readonly cells: () => readonly { readonly service: string; readonly cell: string }[]
  readonly locate: (service: string, cell: string) => WatchedCell
  readonly now: () => number
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  readonly log: (line: LogLine) => void
}

/** As much of the platform's Analytics Engine as is used. */
interface Analytics {
  writeDataPoint(point: { readonly blobs: string[]; readonly doubles: number[]; readonly indexes: string[] }): void
}

/** What is asked of a cell and not of a key needs a key all the same. */
const CELL_KEY = "cell"

export function monitorPerformers(doors: Doors): Readonly<Record<string, Performer>> {
  const { registry, settings, locate, analytics, now, fetch, log } = doors
  const asking = (service: string) => {
    const declared = registry.services.get(service)
    if (declared === undefined) throw new Error(`${service} is not declared`)
    // Every service of the registry takes the shop's settings.
    return [declared.placement(settings as never), (cell: string) => locate(service, cell)] as const
  }
  const monitor = client<MonitorShape>(...asking("Monitor"))
  const orders = client<OrderShape>(...asking("Order"))
  const customers = client<CustomerShape>(...asking("Customer"))
  const watched = monitorCells(settings.cells)
  const documents = (cell: string, after: string | null, limit: number) =>
    orders.askCell(cell, CELL_KEY, "documents", { after, limit })
  const ofCell = (cell: string): Source =>
    async function page(after, limit) {
      const found = await documents(cell, after, limit)
      return { documents: found, next: found.at(-1)?.orderId ?? null }
    }
  const ofCustomers = (cell: string): Source =>
    async function page(after, limit) {
      const { orderIds, next } = await customers.askCell(cell, CELL_KEY, "ownOrders", { after, limit })
      const found = await Promise.all(orderIds.map((orderId) => documents(orderId, null, 1)))
      return { documents: found.flat(), next }
    }
  return {
    sweep: sweeper({
      cells: doors.cells,
      poke: ({ service, cell }) => locate(service, cell).poke(),
      vitals: ({ service, cell }) => locate(service, cell).vitals(),
      orderIdOf: (service, key) => registry.services.get(service)?.subjectOf(key) ?? key,
      figures: () => Promise.all(watched.map((cell) => monitor.askCell(cell, CELL_KEY, "figures", null))),
      now,
      observe: (round, figures) => {
        if (isAnalytics(analytics)) analytics.writeDataPoint(pointOf(round, figures, now()))
      },
    }),
    notify: notifier({ url: doors.tell.alertUrl, secret: doors.tell.alertSecret, now, fetch, log }),
    rebuild: rebuilder({
      // Orders with an object of their own are in no cell that has a name; their customers know which there are.
      sources: () => [...orderCells(settings.cells).map(ofCell), ...customerCells(settings.cells).map(ofCustomers)],
      monitorCells: () => watched,
      recount: (cell, counting) => monitor.askCell(cell, CELL_KEY, "recount", { counting }),
      restore: (document, counting) => monitor.ask(documentKey(document.orderId), "restore", { document, counting }),
    }),
  }
}

function isAnalytics(binding: unknown): binding is Analytics {
  return typeof binding === "object" && binding !== null && "writeDataPoint" in binding
}

/** A point each round. Its doubles, in this order, are what `docs/observability.md` says. */
function pointOf(round: Round, figures: Bucket, now: number): Parameters<Analytics["writeDataPoint"]>[0] {
  const { successRate, durationMs } = ratesOf(figures)
  const lagMs = round.oldestUnreceivedAt === null ? 0 : now - round.oldestUnreceivedAt
  const shop = [figures.placed, figures.completed, figures.cancelled, successRate ?? 1, durationMs?.p95 ?? 0]
  const outbox = [lagMs, round.unreceived, round.parked, round.resent, round.retried]
  return { blobs: round.down.slice(), doubles: [...shop, ...outbox], indexes: ["round"] }
}
