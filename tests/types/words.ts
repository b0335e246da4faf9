/* eslint-disable @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-argument -- what is wrong on purpose has no type */
/**
 * What must not compile: the words of a service refuse misuse (B-01, B-17). Nothing here is ever run; `tsc` reads it, and
 * an error that is expected and doesn't come is an error.
 */
import { choreography, type Dollar } from "../../choreography/dollar.ts"
import { catalog, type AppCatalog } from "../../events/catalog.ts"

interface Shape {
  readonly says: readonly ["Shipment.grant"]
  readonly state: { readonly count: number }
  readonly shared: { readonly level: number }
  readonly effects: {
    readonly charge: { readonly input: { readonly cents: number }; readonly result: { readonly id: string } }
  }
  readonly timers: { readonly later: { readonly why: string }; readonly soon: null }
  readonly asks: { readonly view: { readonly input: { readonly deep: boolean }; readonly answer: number } }
  readonly settings: { readonly size: number }
}

const { service } = choreography(catalog)
const options = {
  says: ["Shipment.grant"] as const,
  placement: () => ({ cellOf: (key: string) => key, cells: () => [] }),
}

export const right = service<Shape>()("Right", options, ($) => {
  $.on.Payment.completed(({ data, event, expired, redriven }) => {
    $.save({ count: data.amount + Number(event.sequence) + Number(expired) + Number(redriven) })
    $.perform("charge", { cents: 1 }, { key: "k" })
    $.after("later", 10, { why: "w" })
    $.after("soon", 10, null)
  })
  $.settled.charge(({ outcome, input }) => {
    if (outcome.ok) $.note(outcome.result.id)
    else $.ignore(`${outcome.code} ${String(input.cents)}`)
  })
  $.expired.later(({ data }) => $.note(data.why))
  $.undelivered.Payment.requested(({ data, receiver }) => $.note(receiver + data.currency))
  return { view: ({ deep }) => (deep ? 1 : 0) }
})

export function misuse($: Dollar<AppCatalog, Shape>): void {
  // @ts-expect-error a noun that isn't in the catalogue
  $.on.Paiment.completed(() => undefined)
  // @ts-expect-error a verb that its noun doesn't have
  $.on.Payment.complete(() => undefined)
  // @ts-expect-error an async handler: what has to wait is an effect or a timer
  $.on.Payment.completed(async () => undefined)
  // @ts-expect-error a handler that answers something
  $.on.Payment.completed(() => 1)
  // @ts-expect-error a field that the payload doesn't have
  $.on.Payment.completed(({ data }) => $.note(data.total))

  // @ts-expect-error an event that isn't in the catalogue
  $.send("Payment.complete", {})
  // @ts-expect-error an event that it doesn't declare to say
  $.send("Inventory.expired", { orderId: "o", sku: "s", reservationId: "r" })
  // @ts-expect-error a payload without its fields
  $.send("Shipment.grant", {})
  // @ts-expect-error a field of another type
  $.send("Shipment.grant", { orderId: 1 })
  // @ts-expect-error the payload of another event
  $.send("Shipment.grant", { sku: "A" })

  // @ts-expect-error an effect that isn't declared
  $.perform("refund", { cents: 1 })
  // @ts-expect-error the input of another effect
  $.perform("charge", { euros: 1 })
  // @ts-expect-error an outcome of an effect that isn't declared
  $.settled.refund(() => undefined)
  // @ts-expect-error an async handler of an outcome
  $.settled.charge(async () => undefined)
  $.settled.charge(({ outcome }) => {
    // @ts-expect-error a result before it is known to be one
    $.note(outcome.result.id)
  })

  // @ts-expect-error a timer that isn't declared
  $.after("never", 1, null)
  // @ts-expect-error the data of another timer
  $.after("later", 1, null)
  // @ts-expect-error a clock that isn't declared
  $.expired.never(() => undefined)
  // @ts-expect-error an async handler of a clock
  $.expired.soon(async () => undefined)
  // @ts-expect-error a timer that isn't declared can't be stopped either
  $.cancelTimer("never")

  // @ts-expect-error a state of another shape
  $.save({ counter: 1 })
  // @ts-expect-error a state is a value: it is saved anew, never changed
  ;($.state() ?? { count: 0 }).count = 2
  // @ts-expect-error a shared row of another shape
  $.share("row", { levels: 1 })
  // @ts-expect-error a shared row of another shape
  $.shareLater("row", { levels: 1 })
  // @ts-expect-error a setting that isn't there
  $.note(String($.settings.length))
  // @ts-expect-error an event that is undelivered has to exist as well
  $.undelivered.Payment.complete(() => undefined)
}

// @ts-expect-error an ask that is declared and not answered
export const unanswered = service<Shape>()("Unanswered", options, () => ({}))

// @ts-expect-error an ask that answers something else
export const otherwise = service<Shape>()("Otherwise", options, () => ({ view: () => "many" }))

interface Wide {
  readonly wide: boolean
}

// @ts-expect-error an ask that takes something else
export const askew = service<Shape>()("Askew", options, () => ({ view: ({ wide }: Wide) => Number(wide) }))
