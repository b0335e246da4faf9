/**
 * Inventory: what orders hold of a SKU. One key per SKU and order, so that nothing grows with the number of orders; the
 * keys of a SKU share one row, its level, and live in the same cell.
 *
 * Levels are checked where they are read and where they are written.
 */
import { invariant, PoisonEvent } from "../choreography/errors.ts"
import type { Dollar } from "../choreography/dollar.ts"
import { stockCell, stockCells } from "../domain/placement.ts"
import type { Settings } from "../domain/settings.ts"
import { hasRoomFor, type Level, levelProblem, levelView, receive } from "../domain/stock/level.ts"
import { recounted } from "../domain/stock/recount.ts"
import { fenceReservation } from "../domain/stock/fence.ts"
import { deductReservation, tryToRelease, undoReservation } from "../domain/stock/release.ts"
import {
  orderOf,
  type Reservation,
  reservationKey,
  type Shelf,
  skuOf,
  STOCK_SAYS,
  type StockDecision,
} from "../domain/stock/reservation.ts"
import { expireReservation, requestReservation, tryToReserve } from "../domain/stock/reserve.ts"
import type { InventoryAsks, LevelView } from "../domain/views.ts"
import type { AppCatalog } from "../events/catalog.ts"
import type { Line } from "../events/parts.ts"
import { service } from "./dollar.ts"

export interface InventoryShape {
  readonly says: typeof STOCK_SAYS
  readonly state: Reservation
  readonly shared: Level
  readonly effects: object
  readonly timers: { readonly reserve: null; readonly release: null; readonly expiry: null }
  readonly asks: InventoryAsks
  readonly settings: Settings
}

type Words = Dollar<AppCatalog, InventoryShape>

interface Lines {
  readonly subject: string
  readonly data: { readonly lines: readonly Line[] }
}

/** Each SKU answers for itself. */
const perLine = ({ subject, data }: Lines): string[] => data.lines.map(({ sku }) => reservationKey(sku, subject))

function lineOf(key: string, lines: readonly Line[]): Line {
  const line = lines.find((each) => each.sku === skuOf(key))
  invariant(line !== undefined, `no line of the order is about ${skuOf(key)}`)
  return line
}

function checked(sku: string, level: Level): Level {
  const problem = levelProblem(level)
  invariant(problem === null, `stock of ${sku}: ${problem ?? ""}`)
  return level
}

function readLevel($: Words): Level | null {
  const level = $.shared(skuOf($.key))
  return level === null ? null : checked(skuOf($.key), level)
}

function writeLevel($: Words, level: Level, waits = false): void {
  const row = checked(skuOf($.key), level)
  if (waits) $.shareLater(skuOf($.key), row)
  else $.share(skuOf($.key), row)
}

function carryOut($: Words, decision: StockDecision): undefined {
  if (decision.poison !== null) throw new PoisonEvent(decision.poison)
  if (decision.ignored !== null) $.ignore(decision.ignored)
  if (decision.state !== null) $.save(decision.state)
  if (decision.level !== null) writeLevel($, decision.level, decision.levelWaits)
  for (const timer of decision.stop) if ($.timerAt(timer) !== null) $.cancelTimer(timer)
  if (decision.start !== null) $.after(decision.start.timer, decision.start.ms, null)
  for (const { type, data } of decision.says) $.send(type, data, { loseFirst: decision.loseFirst })
}

export const inventory = service<InventoryShape>()(
  "Inventory",
  {
    says: STOCK_SAYS,
    placement: ({ cells }) => ({
      cellOf: (key) => stockCell(skuOf(key), cells),
      cells: () => stockCells(cells),
    }),
    subjectOf: orderOf,
    recount: (sku, level, reservationOf) => recounted(level, (orderId) => reservationOf(reservationKey(sku, orderId))),
  },
  ($) => {
    const shelf = (): Shelf => ({
      level: readLevel($),
      now: $.now,
      newId: $.id("res"),
      ttlMs: $.settings.reservationTtlMs,
      attemptsMax: $.settings.effectAttemptsMax,
      backoffMs: $.settings.effectBackoffMs,
    })
    const known = (): Reservation => {
      const state = $.state()
      invariant(state !== null, "a clock was set for a reservation that isn't there")
      return state
    }

    $.on.Inventory.reserveRequested(
      ({ data, ...heard }) =>
        carryOut($, requestReservation($.state(), data, lineOf($.key, data.lines), heard, shelf())),
      perLine,
    )
    $.on.Inventory.release(
      ({ data, ...heard }) => carryOut($, undoReservation($.state(), data, lineOf($.key, data.lines), heard, shelf())),
      perLine,
    )
    $.on.Shipment.dispatched(
      ({ data }) => carryOut($, deductReservation($.state(), data.orderId, lineOf($.key, data.lines), shelf())),
      perLine,
    )
    $.expired.reserve(() => carryOut($, tryToReserve(known(), shelf())))
    $.expired.release(() => {
      const state = known()
      if (state.release?.status === "retrying") carryOut($, tryToRelease(state, state.release, shelf()))
    })
    $.expired.expiry(() => carryOut($, expireReservation(known())))

    const stocked = (level: Level): LevelView => {
      writeLevel($, level)
      return levelView(skuOf($.key), level)
    }
    return {
      fence(input) {
        const about = { orderId: orderOf($.key), sku: skuOf($.key) }
        const { decision, answer } = fenceReservation($.state(), about, input, shelf())
        carryOut($, decision)
        return answer
      },
      level: () => {
        const level = readLevel($)
        return level === null ? null : levelView(skuOf($.key), level)
      },
      add: ({ quantity }) => {
        const level = readLevel($)
        return hasRoomFor(level, quantity) ? stocked(receive(level, quantity, $.now)) : null
      },
      seed: ({ quantity }) => {
        const level = readLevel($)
        return level === null ? stocked(receive(null, quantity, $.now)) : levelView(skuOf($.key), level)
      },
    }
  },
)
