/** What customers want in one history, drawn before anything happens. */
import { claimKey } from "../../../domain/customer.ts"
import { newOrderId } from "../../../domain/orderId.ts"
import type { NewOrder, Simulate } from "../../../domain/order/views.ts"
import { newHome } from "../../../domain/placement.ts"
import type { Settings } from "../../../domain/settings.ts"
import type { Plan } from "../../../events/parts.ts"
import type { Random } from "../platform/random.ts"

export interface Wish {
  readonly order: NewOrder
  /** The order id that the same request brings along when it is sent again. */
  readonly twinId: string
  readonly claimKey: string
  /** When the customer comes. */
  readonly comesAfterMs: number
  /** Sends the same request again at about the same time. */
  readonly isImpatient: boolean
  /** When the customer thinks better of it; null when not. */
  readonly cancelsAfterMs: number | null
  readonly cancelsTwice: boolean
  /** Looks what cancelling would do, and cancels just that. */
  readonly looksFirst: boolean
}

const CUSTOMERS = ["ada", "ben"]
/** Plenty, few, one, none. */
export const SHELF: Readonly<Record<string, number>> = { WIDGET: 500, HOT: 4, LAST: 1, NONE: 0 }
const PRICES: Readonly<Record<string, number>> = { WIDGET: 2_999, HOT: 4_999, LAST: 19_900, NONE: 100 }
const FORWARD: readonly Plan[] = ["decline", "transient_once", "always_transient", "timeout_once", "poison"]
/** What cannot be undone comes to a person: that should happen often enough to be looked at. */
const BACKWARD: readonly Plan[] = [...FORWARD, "poison", "poison"]
const COMING_MS_MAX = 60_000
const CANCELS_MS_MAX = 60_000
const ADDRESS = { street: "1 Main St", city: "Springfield", state: "IL", zip: "62701", country: "US" }

export interface Mood {
  /** How many of the orders are rehearsals, and how many are cancelled. */
  readonly plans: number
  readonly cancels: number
  /** Rehearsals that end in letters. */
  readonly letters: number
  /** How many want the SKU of which there are few. */
  readonly hot: number
}

export interface Want {
  readonly count: number
  readonly now: number
  /** Somebody wants letters to play with. */
  readonly isWild: boolean
}

export function wishes({ count, now, isWild }: Want, settings: Settings, random: Random): Wish[] {
  const often = isWild ? { plans: 0.9, letters: 0.7 } : { letters: 0 }
  const mood = {
    plans: random.pick([0, 0.2, 0.6]),
    cancels: random.pick([0, 0.3]),
    hot: random.pick([0, 0.3, 0.9]),
    ...often,
  }
  return Array.from({ length: count }, (_unused, number) => wish(number, mood, settings, now, random))
}

function wish(number: number, mood: Mood, settings: Settings, now: number, random: Random): Wish {
  const customerId = random.pick(CUSTOMERS)
  const newId = (): string => {
    return newOrderId(newHome("any", settings.cells, customerId), now, () => random.unit())
  }
  const orderId = newId()
  const skus = random.chance(mood.hot)
    ? ["HOT"]
    : random.pick([["WIDGET"], ["WIDGET", "HOT"], ["LAST"], ["WIDGET", "NONE"]])
  const items = skus.map((sku) => ({ sku, name: sku, quantity: random.between(1, 2), price: PRICES[sku] ?? 0 }))
  const order: NewOrder = {
    orderId,
    customerId,
    items,
    currency: "USD",
    shippingAddress: ADDRESS,
    flow: random.pick(["parallel", "reserve-first"]),
    paymentMethod: null,
    simulate: random.chance(mood.plans) ? plans(random, mood) : {},
  }
  return {
    order,
    twinId: newId(),
    claimKey: claimKey(customerId, `key-${number}`),
    comesAfterMs: random.between(0, COMING_MS_MAX),
    isImpatient: random.chance(0.2),
    cancelsAfterMs: random.chance(mood.cancels) ? random.between(0, random.pick([200, 2_000, CANCELS_MS_MAX])) : null,
    cancelsTwice: random.chance(0.5),
    looksFirst: random.chance(0.5),
  }
}

function plans(random: Random, { letters }: Mood): Simulate {
  const step = random.pick(["payment", "inventory", "shipping", "refund", "release", "cancelShipment"] as const)
  const isUndo = step === "refund" || step === "release" || step === "cancelShipment"
  // An undo is only asked for once something has gone wrong.
  const cause = isUndo ? { shipping: "decline" as const } : {}
  if (random.chance(letters)) return { ...cause, [step]: "poison" }
  return { ...cause, [step]: random.pick(isUndo ? BACKWARD : FORWARD) }
}
