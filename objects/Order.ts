/**
 * Order: owns the saga. It asks, joins the answers, and decides by its table; nobody else decides for it.
 */
import { documentOf } from "../domain/monitor/document.ts"
import { outstanding } from "../domain/order/undo.ts"
import { previewCancel } from "../domain/order/preview.ts"
import { type HeardType, HEARD } from "../domain/order/triggers.ts"
import { DEADLINES, isDeadline, movedTo } from "../domain/order/deadlines.ts"
import { decide, place } from "../domain/order/decide.ts"
import { type Draft, ORDER_SAYS, type OrderTimers } from "../domain/order/draft.ts"
import { books } from "../domain/order/books.ts"
import type { OrderState } from "../domain/order/state.ts"
import type { DataFor, Trigger } from "../domain/order/triggers.ts"
import { orderView, sagaView } from "../domain/order/view.ts"
import type {
  CancelAnswer,
  DeadlineView,
  MoveDeadlineAnswer,
  MoveDeadlineInput,
  OrderAsks,
  ResolveAnswer,
  StepName,
  ToFenceAnswer,
} from "../domain/order/views.ts"
import { refusalOf, stepsToFence } from "../domain/order/resolve.ts"
import { standingOf } from "../domain/order/standing.ts"
import { skuOf } from "../domain/stock/reservation.ts"
import { orderCell, orderCells } from "../domain/placement.ts"
import type { Settings } from "../domain/settings.ts"
import type { AppCatalog } from "../events/catalog.ts"
import type { Dollar } from "../choreography/dollar.ts"
import { service } from "./dollar.ts"

export interface OrderShape {
  readonly says: typeof ORDER_SAYS
  readonly state: OrderState
  readonly shared: object
  readonly effects: object
  readonly timers: OrderTimers
  readonly asks: OrderAsks
  readonly settings: Settings
}

type $ = Dollar<AppCatalog, OrderShape>

/** Open orders of a cell that are searched for a customer's: far more than a cell is meant to have at once. */
const OPEN_ORDERS_LOOKED_AT_MAX = 20_000

const FINAL: readonly string[] = ["delivered", "cancelled", "refunded"]

export const order = service<OrderShape>()(
  "Order",
  {
    says: ORDER_SAYS,
    placement: (settings) => ({ cellOf: orderCell, cells: () => orderCells(settings.cells) }),
    statusOf: (state) => state?.status ?? "",
    isFinal: (state) => state === null || FINAL.includes(state.status),
  },
  ($) => {
    hear($)
    watchClocks($)
    watchDeadLetters($)
    return {
      place(input) {
        const known = $.state()
        if (known !== null) return orderView(known)
        if (isBacklogged($)) return null
        const draft = place(input, $.now, $.settings)
        carryOut($, draft)
        return orderView(draft.state)
      },
      view() {
        const state = $.state()
        return state === null ? null : orderView(state)
      },
      saga() {
        const state = $.state()
        return state === null ? null : sagaView(state, $.journal())
      },
      trace() {
        const state = $.state()
        if (state === null) return null
        const { status, createdAt, completedAt, failedAt } = state
        const ends = { startedAt: createdAt, endedAt: completedAt ?? failedAt }
        return { status, traceparent: $.thread().trace, ...ends, timeline: $.journal() }
      },
      cancel: (input) => cancel($, input),
      toFence: (input) => toFence($, input.step),
      resolve: (input) => resolve($, input),
      why() {
        const state = $.state()
        return state === null ? null : standingOf(state, deadlines($))
      },
      books() {
        const state = $.state()
        return state === null ? null : books(state)
      },
      preview() {
        const state = $.state()
        return state === null ? null : previewCancel(state, $.now, $.settings)
      },
      openOrders: ({ customerId }) =>
        $.busyKeys(`"customerId":${JSON.stringify(customerId)}`, OPEN_ORDERS_LOOKED_AT_MAX),
      documents: ({ after, limit }) =>
        $.keysWithPrefix("", after, limit).flatMap((key) => {
          const state = $.peek(key)
          return state === null ? [] : [documentOf(state, outstanding(state))]
        }),
      deadlines: () => ($.state() === null ? null : deadlines($)),
      moveDeadline: (input) => moveDeadline($, input),
    }
  },
)

/** An order that is on its way has its next step due soon; one that only waits for its delivery has not. */
function isBacklogged($: $): boolean {
  const { backlogMax, undoDeadlineMs } = $.settings
  return backlogMax > 0 && $.dueWithin(undoDeadlineMs, backlogMax) >= backlogMax
}

function cancel($: $, input: OrderAsks["cancel"]["input"]): CancelAnswer {
  const state = $.state()
  if (state === null) return { outcome: "unknown" }
  if (input.version !== null && input.version !== state.version) return { outcome: "moved", order: orderView(state) }
  const { draft, refused } = decide(state, "cancel", { reason: input.reason }, $.now, $.settings)
  if (refused !== null) {
    return { outcome: "refused", order: orderView(state), detail: `${refused}; its status is ${state.status}` }
  }
  if (draft.ignored === null) carryOut($, draft)
  return { outcome: "accepted", order: orderView(draft.state) }
}

function toFence($: $, step: StepName | null): ToFenceAnswer {
  const state = $.state()
  if (state === null) return { outcome: "unknown" }
  const steps = state.status === "attention" ? stepsToFence(state, step) : []
  if (steps.length > 0) return { outcome: "steps", steps }
  const detail = step === null ? "nothing is outstanding" : `${step} is not outstanding`
  return { outcome: "refused", order: orderView(state), detail: `${detail}; its status is ${state.status}` }
}

function resolve($: $, input: OrderAsks["resolve"]["input"]): ResolveAnswer {
  const state = $.state()
  if (state === null) return { outcome: "unknown" }
  const decision = decide(state, "resolve", input, $.now, $.settings)
  const refused = decision.refused ?? refusalOf(state, input)
  if (refused !== null) {
    return { outcome: "refused", order: orderView(state), detail: `${refused}; its status is ${state.status}` }
  }
  carryOut($, decision.draft)
  return { outcome: "accepted", order: orderView(decision.draft.state) }
}

function deadlines($: $): DeadlineView[] {
  const set = Object.keys($.thread().timers).filter(isDeadline)
  return set.flatMap((name) => {
    const at = $.timerAt(name)
    return at === null ? [] : [{ name, at, does: DEADLINES[name] }]
  })
}

/** The clock and the alarm move with the row that says who moved it and why. */
function moveDeadline($: $, { name, action, byMs, reason, who }: MoveDeadlineInput): MoveDeadlineAnswer {
  const state = $.state()
  if (state === null) return { outcome: "unknown" }
  const at = isDeadline(name) ? $.timerAt(name) : null
  if (!isDeadline(name) || at === null) return { outcome: "no_deadline" }
  const next = action === "cancel" ? null : action === "fire" ? $.now : at + byMs
  $.save(movedTo(state, name, next, $.now))
  if (next === null) $.cancelTimer(name)
  else $.after(name, next - $.now, null)
  $.note(`${action} ${name} by ${who}: ${reason}`)
  const others = deadlines($).filter((row) => row.name !== name)
  const moved = next === null ? [] : [{ name, at: next, does: DEADLINES[name] }]
  return { outcome: "moved", deadlines: [...others, ...moved] }
}

function hear($: $): void {
  for (const type of HEARD) listen($, type)
}

type Hear<T extends HeardType> = (handler: (heard: { readonly data: DataFor<T> }) => undefined) => void

/** Every event goes the same way: the table knows the difference. */
function listen($: $, type: HeardType): void {
  // `type` is one of the catalogue's own names, so the two halves name a word of `$.on`; TypeScript can't split strings.
  const [noun, verb] = type.split(".") as [keyof $["on"], never]
  const on: Hear<typeof type> = $.on[noun][verb]
  on(({ data }) => happen($, type, data))
}

function happen<T extends Trigger>($: $, trigger: T, data: DataFor<T>): undefined {
  const state = $.state()
  if (state === null) {
    $.ignore("no such order")
    return
  }
  const { draft, refused, changed } = decide(state, trigger, data, $.now, $.settings)
  const why = refused ?? draft.ignored
  if (refused === null && changed) carryOut($, draft)
  // What the books took is no effect to be ignored: a person who sends it again should know that it counts.
  if (why !== null && changed) $.note(`only for the books: ${why}`)
  else if (why !== null) $.ignore(why)
}

function carryOut($: $, draft: Draft): void {
  $.save(draft.state)
  for (const { type, data, expiresAt } of draft.said) $.send(type, data, { expiresAt })
  for (const [timer, at] of draft.clocks) {
    if (at === null) $.cancelTimer(timer)
    else $.after(timer, at - $.now, null)
  }
  if (draft.note !== null) $.note(draft.note)
  if (draft.alert !== null) $.alert(draft.alert)
}

function watchClocks($: $): void {
  $.expired.deadline(() => happen($, "deadline", null))
  $.expired.delivery(() => happen($, "overdue", null))
  $.expired.paymentStep(() => happen($, "stepTimeout", { step: "payment" }))
  $.expired.inventoryStep(() => happen($, "stepTimeout", { step: "inventory" }))
  $.expired.shippingStep(() => happen($, "stepTimeout", { step: "shipping" }))
  $.expired.paymentUndo(() => happen($, "undoTimeout", { step: "payment" }))
  $.expired.inventoryUndo(() => happen($, "undoTimeout", { step: "inventory" }))
  $.expired.shippingUndo(() => happen($, "undoTimeout", { step: "shipping" }))
}

function watchDeadLetters($: $): void {
  const request = (step: StepName, sku: string | null = null) => happen($, "requestParked", { step, sku })
  const undo = (step: StepName, sku: string | null = null) => happen($, "undoParked", { step, sku })
  $.undelivered.Payment.requested(() => request("payment"))
  $.undelivered.Inventory.reserveRequested(({ receiver }) => request("inventory", skuOf(receiver)))
  $.undelivered.Shipment.create(() => request("shipping"))
  $.undelivered.Shipment.grant(() => request("shipping"))
  $.undelivered.Payment.refund(() => undo("payment"))
  $.undelivered.Inventory.release(({ receiver }) => undo("inventory", skuOf(receiver)))
  $.undelivered.Shipment.cancel(() => undo("shipping"))
}
