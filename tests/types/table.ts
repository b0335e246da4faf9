/** What must not compile: an order's table with a hole, or with an outcome that isn't one (N8). Nothing here is ever run. */
import { type Row, table } from "../../domain/order/table.ts"
import type { OrderStatus } from "../../domain/order/views.ts"

const { pending } = table
const { cancel, ...withoutCancel } = pending
const { "Payment.completed": completed, ...withoutPayment } = pending
const { attention, ...withoutAttention } = table

export const whole: Row = { ...withoutCancel, cancel }

// @ts-expect-error nobody has said what a cancel means here
export const withoutTrigger: Row = withoutCancel

// @ts-expect-error nobody has said what an answer means here
export const withoutEvent: Row = withoutPayment

// @ts-expect-error a state of which nothing is said
export const withoutState: Readonly<Record<OrderStatus, Row>> = withoutAttention

// @ts-expect-error the action of another event
export const crossed: Row = { ...withoutPayment, "Payment.completed": pending["Inventory.reserved"] }

const lost = { does: "apply", action: () => undefined, to: ["lost"] } as const

// @ts-expect-error a state that there isn't
export const astray: Row = { ...withoutPayment, "Payment.completed": lost }

// @ts-expect-error what has no effect says why
export const silent: Row = { ...withoutPayment, "Payment.completed": { does: "ignore" } }

export const restored = [completed, attention]
