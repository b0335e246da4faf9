/**
 * What crosses orders, as the monitor knows it: which orders there are, and what they add up to. The monitor hears of an
 * order a moment after it has happened; the order itself is always ahead of it.
 */
import { toDecimal } from "../domain/money.ts"
import { documentKey, type Document, matches, type Stage } from "../domain/monitor/document.ts"
import { together } from "../domain/monitor/search.ts"
import { standingOfAll } from "../domain/monitor/views.ts"
import type { CellFigures, MonitorAsks, SearchAnswer } from "../domain/monitor/views.ts"
import { isOrderId } from "../domain/orderId.ts"
import { STATUSES, type OrderStatus } from "../domain/order/views.ts"
import { monitorCells } from "../domain/placement.ts"
import type { Answer } from "./api/routes.ts"
import { call, inParallel } from "./calls.ts"
import type { Context } from "./edge.ts"
import { cursorOf, pageOf, queryOf } from "./pages.ts"
import { invalid } from "./problem.ts"
import { viewOf as orderViewOf } from "./references.ts"
import { time, timeOrNull } from "./render.ts"
import { searchOf } from "./searches.ts"
import { readingSince, renderReading, renderRebuilding, watchOf } from "./watch.ts"
import { renderWindow, windowOf } from "./windows.ts"

const SAGAS = "sagas"
/** What is asked of a cell and not of a key needs a key all the same. */
const CELL_KEY = "cell"
/** Rounds through all cells for one page: a page may be short, and its cursor goes on. */
const ROUNDS_MAX = 5

const SAGA_STATUS: Readonly<Record<Stage, string>> = {
  placed: "in_progress",
  shipped: "in_progress",
  delivered: "completed",
  refunded: "completed",
  cancelling: "compensating",
  cancelled: "failed",
  attention: "attention",
}

export async function listSagas(c: Context): Promise<Answer<"GET /sagas">> {
  const orderId = queryOf(c, "orderId")
  const { limit, after } = pageOf(c, SAGAS, (place) => /^[0-9a-z]{9}\.ord_[0-9a-z]{42}$/.test(place))
  const status = queryOf(c, "status")
  const query = searchOf(c)
  if (orderId !== null) {
    const known = (await documentOf(c, orderId)).filter((document) => matches(document, query))
    return c.json({ items: (await asTheyStand(c, known, status)).map(renderDocument), nextCursor: null }, 200)
  }
  const items: Found[] = []
  let place = after
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const wanted = limit - items.length
    const page = await searchAll(c, { query, after: place, limit: wanted })
    items.push(...(await asTheyStand(c, page.items, status)))
    place = page.seenTo
    if (place === null || items.length === limit) break
  }
  return c.json({ items: items.map(renderDocument), nextCursor: cursorOf(SAGAS, place) }, 200)
}

type Found = Document & { readonly orderStatus?: OrderStatus }

/** Of orders that are placed and not shipped, each is asked how far it is, if that is what is looked for. */
async function asTheyStand(c: Context, documents: readonly Document[], status: string | null): Promise<Found[]> {
  if (status !== "pending" && status !== "confirmed" && status !== "paid") return [...documents]
  const orders = await inParallel(documents, ({ orderId }) => orderViewOf(c, orderId))
  const isWanted = (index: number): boolean => orders[index]?.status === status
  return documents.filter((_each, index) => isWanted(index)).map((each) => ({ ...each, orderStatus: status }))
}

async function searchAll(c: Context, input: MonitorAsks["search"]["input"]): Promise<SearchAnswer> {
  const { monitor } = c.get("shop").services
  const ask = (cell: string, trace: string) => monitor.askCell(cell, CELL_KEY, "search", input, trace)
  return together(await onEachCell(c, ask), input.limit)
}

/** The same question to every cell of the monitor. */
function onEachCell<Answer>(c: Context, ask: (cell: string, trace: string) => Promise<Answer>): Promise<Answer[]> {
  return inParallel(monitorCells(c.get("shop").settings.cells), (cell) => call(c, (trace) => ask(cell, trace)))
}

export function figuresOfAll(c: Context): Promise<CellFigures[]> {
  const { monitor } = c.get("shop").services
  return onEachCell(c, (cell, trace) => monitor.askCell(cell, CELL_KEY, "figures", null, trace))
}

async function documentOf(c: Context, orderId: string): Promise<Document[]> {
  if (!isOrderId(orderId)) throw invalid("orderId", "must be an order id")
  const { monitor } = c.get("shop").services
  const document = await call(c, (trace) => monitor.ask(documentKey(orderId), "document", null, trace))
  return document === null ? [] : [document]
}

function renderDocument(document: Found) {
  const { stage, total, code, outstanding } = document
  return {
    orderId: document.orderId,
    customerId: document.customerId,
    status: SAGA_STATUS[stage],
    stage,
    orderStatus: document.orderStatus ?? orderStatusOf(stage),
    skus: document.skus,
    total: total === null ? null : toDecimal(total),
    currency: document.currency,
    paymentId: document.paymentId,
    trackingNumber: document.trackingNumber,
    code,
    outstanding,
    attention: stage === "attention",
    unbalanced: document.unbalanced,
    overdue: document.overdue,
    placedAt: time(document.placedAt),
    shippedAt: timeOrNull(document.shippedAt),
    endedAt: timeOrNull(document.endedAt),
    updatedAt: time(document.updatedAt),
  }
}

/** Null where the order itself would have to be asked. */
function orderStatusOf(stage: Stage): OrderStatus | null {
  return STATUSES.find((status) => status === stage) ?? null
}

export async function readFigures(c: Context): Promise<Answer<"GET /figures">> {
  const window = windowOf(queryOf(c, "window"), c.get("shop").outside.now())
  const [cells, watch] = await Promise.all([figuresOfAll(c), watchOf(c)])
  return c.json(
    {
      ...renderWindow(cells, window),
      standing: standingOfAll(cells),
      ...renderReading(readingSince(watch, window.from)),
      roundAt: timeOrNull(watch.roundAt),
      rebuilding: watch.rebuilding === null ? null : renderRebuilding(watch.rebuilding),
    },
    200,
  )
}
