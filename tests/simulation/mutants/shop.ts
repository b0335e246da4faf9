/** Defences of the shop's own services, switched off. */
import type { HeardEvent, Service } from "../../../choreography/service.ts"
import { Store } from "../../../choreography/store.ts"
import { currentTurn } from "../../../choreography/running.ts"
import { Turn } from "../../../choreography/turn.ts"
import type { PaymentState } from "../../../domain/payment/state.ts"
import type { Claim, Heard, PaymentReport } from "../../../domain/views.ts"
import { all, type Method, type Mutant, replacing, withService } from "./mutant.ts"

/** Nobody ever says this any more. */
function unsaid(type: string): () => () => void {
  return replacing(
    Turn.prototype,
    "send",
    (send) =>
      function (this: unknown, ...values) {
        return String(values[0]) === type ? undefined : send.apply(this, values)
      },
  )
}

/** Nothing of a service's state is written while it hears this. */
function unshared(type: string): () => () => void {
  const deaf = (share: Method): Method =>
    function (this: unknown, ...values) {
      // The method's own `this`.
      return (this as Turn).cause.type === type ? undefined : share.apply(this, values)
    }
  return all(replacing(Turn.prototype, "share", deaf), replacing(Turn.prototype, "shareLater", deaf))
}

/** Every level waits for another to be written. */
const neverTold = replacing(
  Turn.prototype,
  "share",
  (share) =>
    function (this: unknown, ...values) {
      const turn = this as Turn // The method's own `this`.
      if (turn.around.service.name !== "Inventory") return share.apply(this, values)
      // And what the method takes.
      turn.shareLater(...(values as unknown as Parameters<Turn["share"]>))
      return undefined
    },
)

function noTimer(name: string): () => () => void {
  return replacing(
    Turn.prototype,
    "after",
    (after) =>
      function (this: unknown, ...values) {
        return String(values[0]) === name ? undefined : after.apply(this, values)
      },
  )
}

type Handle = (heard: HeardEvent, original: (heard: HeardEvent) => undefined) => undefined

function hears(type: string, handle: Handle): (service: Service) => Service {
  return (service) => {
    const listener = service.listeners.get(type)
    if (listener === undefined) throw new Error(`${service.name} does not hear ${type} any more`)
    const { handle: original, keys } = listener
    const listeners = new Map(service.listeners)
    listeners.set(type, { keys, handle: (heard) => handle(heard, original) })
    return { ...service, listeners }
  }
}

const deaf: Handle = () => undefined

function turnSays(type: string, data: object): undefined {
  currentTurn().send(type, data, {})
  return undefined
}

/** Says that all is undone, and does nothing. */
const liesAboutRefund: Handle = ({ data }) => {
  const { orderId, attempt } = data as { readonly orderId: string; readonly attempt: number }
  turnSays("Payment.refunded", {
    orderId,
    attempt,
    paymentId: "pay_x",
    refundId: null,
    captured: 0,
    refunded: 0,
  })
}

const liesAboutRecall: Handle = ({ data }) => {
  const { orderId, attempt } = data as { readonly orderId: string; readonly attempt: number }
  turnSays("Shipment.cancelled", { orderId, attempt, shipmentId: null })
}

const orders = "orders"

export const shopMutants: readonly Mutant[] = [
  {
    name: "no-refund",
    without: "asking for the refund",
    scenario: orders,
    faults: [],
    patch: unsaid("Payment.refund"),
  },
  {
    name: "no-release",
    without: "asking for the release",
    scenario: orders,
    faults: [],
    patch: unsaid("Inventory.release"),
  },
  {
    name: "no-recall",
    without: "calling the parcel back",
    scenario: orders,
    faults: [],
    patch: unsaid("Shipment.cancel"),
  },
  { name: "no-grant", without: "the grant", scenario: orders, faults: [], patch: unsaid("Shipment.grant") },
  {
    name: "no-completed",
    without: "telling the customer of the end",
    scenario: orders,
    faults: [],
    patch: unsaid("Order.completed"),
  },
  {
    name: "no-deduction",
    without: "saying that goods have left the shelf",
    scenario: orders,
    faults: [],
    patch: unsaid("Inventory.deducted"),
  },
  {
    name: "release-keeps-units",
    without: "putting released units back",
    scenario: orders,
    faults: [],
    patch: unshared("Inventory.release"),
  },
  {
    name: "reserve-takes-nothing",
    without: "taking reserved units off the shelf",
    scenario: orders,
    faults: [],
    patch: unshared("Inventory.reserveRequested"),
  },
  {
    name: "no-transit",
    without: "the clock that moves a parcel",
    scenario: orders,
    faults: [],
    patch: noTimer("transit"),
  },
  {
    name: "refund-lies",
    without: "the refund behind its answer",
    scenario: orders,
    faults: ["gatewayAnswerLost", "reorder"],
    options: withService("Payment", hears("Payment.refund", liesAboutRefund)),
  },
  {
    name: "recall-lies",
    without: "the tombstone of a recalled parcel",
    scenario: orders,
    faults: ["reorder"],
    options: withService("Shipping", hears("Shipment.cancel", liesAboutRecall)),
  },
  {
    name: "deaf-to-shortage",
    without: "hearing that stock is short",
    scenario: orders,
    faults: [],
    options: withService("Order", hears("Inventory.reservationFailed", deaf)),
  },
  {
    name: "deaf-to-deduction",
    without: "waiting for the shelf",
    scenario: orders,
    faults: [],
    options: withService("Order", hears("Inventory.deducted", deaf)),
  },
  {
    name: "claim-without-memory",
    without: "the memory of an idempotency key",
    scenario: orders,
    faults: [],
    options: withService("Customer", everyClaimIsNew),
  },
  {
    name: "level-read-as-written",
    without: "counting what became of holds since a level was written",
    scenario: orders,
    faults: ["kill", "evict"],
    options: withService("Inventory", (service) => ({ ...service, recount: (_sku, row) => row })),
  },
  {
    name: "level-never-told",
    without: "writing a level that no other row tells",
    scenario: orders,
    faults: [],
    patch: neverTold,
  },
  {
    name: "open-orders-unfound",
    without: "orders that wait, among those of their customer",
    scenario: orders,
    faults: [],
    patch: replacing(Store.prototype, "busyKeys", () => () => []),
  },
  {
    name: "webhook-believed",
    without: "looking up what the gateway reports",
    scenario: orders,
    faults: ["webhookContradicts"],
    options: withService("Payment", believesReports),
  },
]

function everyClaimIsNew(service: Service): Service {
  const claim = ({ orderId }: { readonly orderId: string }): Claim => ({ outcome: "claimed", orderId })
  return { ...service, asks: { ...service.asks, claim: claim } }
}

function believesReports(service: Service): Service {
  const report = ({ type, key }: PaymentReport): Heard => {
    const turn = currentTurn()
    // What Payment itself has saved.
    const state = turn.state() as PaymentState | null
    if (state?.charge?.key !== key || type !== "charge.declined") return "known"
    turn.save({ ...state, status: "declined", captured: 0, charge: { ...state.charge, standing: "refused" } })
    return "applied"
  }
  return { ...service, asks: { ...service.asks, report } }
}
