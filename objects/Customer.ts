/**
 * Customer: which orders a customer has, newest first, what it was told of each, and its idempotency keys.
 *
 * It listens and is asked; it says nothing, so nothing ever waits for it.
 */
import {
  admitted,
  claim,
  complete,
  customerOf,
  customerPrefix,
  hasHeard,
  isOver,
  known,
  mayFree,
  oneLess,
  type OpenOrders,
  openOrdersRow,
  orderKey,
  orderOf,
  told,
  uncounted,
  UNHEARD_OF_MS,
  withStatus,
  type CustomerState,
  type OrderRecord,
} from "../domain/customer.ts"
import { homeOf } from "../domain/orderId.ts"
import { customerCell, customerCells } from "../domain/placement.ts"
import type { Settings } from "../domain/settings.ts"
import type { CustomerAsks } from "../domain/views.ts"
import type { Dollar } from "../choreography/dollar.ts"
import type { AppCatalog } from "../events/catalog.ts"
import { service } from "./dollar.ts"

export interface CustomerShape {
  readonly says: readonly []
  readonly state: CustomerState
  readonly shared: OpenOrders
  readonly effects: object
  readonly timers: { readonly forget: Record<string, never>; readonly unheardOf: null }
  readonly asks: CustomerAsks
  readonly settings: Settings
}

type Words = Dollar<AppCatalog, CustomerShape>

interface Whose {
  readonly data: { readonly customerId: string; readonly orderId: string }
}

/** Every fact reaches the row of its order at its customer. */
function keys({ data }: Whose): readonly string[] {
  return [orderKey(data.customerId, data.orderId)]
}

export const customer = service<CustomerShape>()(
  "Customer",
  {
    says: [],
    placement: (settings) => ({
      cellOf: (key) => customerCell(customerOf(key), settings.cells),
      cells: () => customerCells(settings.cells),
    }),
    subjectOf: (key) => orderOf(key) ?? key,
  },
  ($) => {
    listen($)
    $.expired.forget(() => $.save({ kind: "free" }))
    $.expired.unheardOf(() => giveBack($))
    return { ...orderAsks($), ...admission($), ...claimAsks($) }
  },
)

function listen($: Words): void {
  const follow = (orderId: string, status: OrderRecord["status"]): undefined => {
    const before = $.state()
    const record = withStatus(known(before, orderId), status)
    if (record === before) {
      $.ignore("already known")
      return
    }
    $.save(record)
    if (isOver(record)) giveBack($)
  }
  // It may be known already: where orders share no cell, or open ones are counted, this was told before the order's answer.
  $.on.Order.placed(({ data }) => {
    if (!orderExists($)) follow(data.orderId, "placed")
    else if ($.timerAt("unheardOf") !== null) $.cancelTimer("unheardOf")
    else $.ignore("already known")
  }, keys)
  $.on.Order.cancelled(({ data }) => follow(data.orderId, "cancelled"), keys)
  $.on.Order.completed(({ data }) => follow(data.orderId, "delivered"), keys)
  $.on.Order.attention(({ data }) => follow(data.orderId, "attention"), keys)
  $.on.Customer.notified(({ data }) => {
    const record = known($.state(), data.orderId)
    const { orderId, type, message, sentAt } = data
    if (hasHeard(record, type)) $.ignore("told before")
    else $.save(told(record, { orderId, type, message, at: sentAt }))
  }, keys)
}

/** The place that the order took among its customer's open ones, if it took one. */
function giveBack($: Words): undefined {
  const record = $.state()
  if (record?.kind !== "order" || record.isCounted !== true) return
  const row = openOrdersRow(customerOf($.key))
  $.save(uncounted(record))
  $.share(row, oneLess($.shared(row)))
  if ($.timerAt("unheardOf") !== null) $.cancelTimer("unheardOf")
}

function orderExists($: Words): boolean {
  return $.state()?.kind === "order"
}

function orderAsks($: Words) {
  return {
    orders: ({ limit, after }: CustomerAsks["orders"]["input"]) => {
      const prefix = customerPrefix(customerOf($.key))
      // One more than asked for tells whether there is a next page.
      const keys = $.keysWithPrefix(prefix, after === null ? null : prefix + after, limit + 1)
      const orderIds = keys.flatMap((key) => orderOf(key) ?? [])
      const last = orderIds.length > limit ? keys[limit - 1] : undefined
      return { orderIds: orderIds.slice(0, limit), next: last?.slice(prefix.length) ?? null }
    },
    ownOrders: ({ limit, after }: CustomerAsks["ownOrders"]["input"]) => {
      const keys = $.keysWithPrefix("", after, limit)
      const orderIds = keys.flatMap((key) => orderOf(key) ?? [])
      const next = keys.length < limit ? null : (keys.at(-1) ?? null)
      return { orderIds: orderIds.filter((orderId) => homeOf(orderId).cell === null), next }
    },
    note: ({ orderId }: CustomerAsks["note"]["input"]) => {
      if (!orderExists($)) $.save(known(null, orderId))
      return null
    },
    notices: () => {
      const state = $.state()
      return state?.kind === "order" ? state.notices : []
    },
  }
}

/** How many orders a customer may have open at once is decided here, where all of its orders are known. */
function admission($: Words) {
  return {
    admit: ({ orderId }: CustomerAsks["admit"]["input"]) => {
      if (orderExists($)) return true
      const row = openOrdersRow(customerOf($.key))
      const open = admitted($.shared(row), $.settings.openOrdersMax)
      if (open === null) return false
      $.share(row, open)
      $.save({ ...known(null, orderId), isCounted: true })
      $.after("unheardOf", UNHEARD_OF_MS, null)
      return true
    },
    withdraw: ({ orderId }: CustomerAsks["withdraw"]["input"]) => {
      giveBack($)
      const state = $.state()
      if (state?.kind === "order" && state.orderId === orderId) $.save({ kind: "free" })
      return null
    },
  }
}

function claimAsks($: Words) {
  return {
    claim: (request: CustomerAsks["claim"]["input"]) => {
      const { record, outcome } = claim($.state(), request, $.now)
      if (record !== null) {
        $.save(record)
        $.after("forget", record.lifeMs, {})
      }
      return outcome
    },
    complete: ({ orderId, status, body }: CustomerAsks["complete"]["input"]) => {
      const before = $.state()
      const record = complete(before, { orderId, status, body })
      if (record !== null) {
        $.save(record)
        $.after("forget", record.lifeMs, {})
        return body
      }
      const stored = before?.kind === "claim" && before.orderId === orderId ? before.answer : null
      return stored?.body ?? body
    },
    free: ({ orderId }: CustomerAsks["free"]["input"]) => {
      if (mayFree($.state(), orderId)) {
        $.save({ kind: "free" })
        $.cancelTimer("forget")
      }
      return null
    },
  }
}
