/** What must not compile: events declared with versions that don't fit together (B-15). Nothing here is ever run. */
import { z } from "zod"
import type { DataOf, TypeOf } from "../../events/definition.ts"
import { event } from "../../events/definition.ts"
import type { AppCatalog } from "../../events/catalog.ts"

const first = event(z.object({ cents: z.int() }))

export const second = first.next(z.object({ cents: z.int(), currency: z.string() }), ({ cents }) => {
  return { cents, currency: "USD" }
})

// @ts-expect-error an upcaster that doesn't give what the newer version takes
export const short = first.next(z.object({ cents: z.int(), currency: z.string() }), ({ cents }) => ({ cents }))

// @ts-expect-error an upcaster of what the older version never had
export const wrong = first.next(z.object({ euros: z.int() }), (older: { euros: number }) => older)

// @ts-expect-error a type that isn't in the catalogue
export const type: TypeOf<AppCatalog> = "Payment.complete"

// @ts-expect-error data of another event
export const data: DataOf<AppCatalog, "Shipment.grant"> = { amount: 1 }
