/** Asked to call a parcel back, and what the carrier made of it. */
import { REASON_LENGTH_MAX } from "../limits.ts"
import {
  ALREADY,
  type Data,
  FENCED,
  type Hearing,
  isFenced,
  newUndo,
  type Outcome,
  type Undo,
  undoFailed,
  undoKey,
} from "../participant.ts"
import { planOf, POISON_REASON } from "../plans.ts"
import { dispatch } from "./journey.ts"
import {
  type CancelLabelInput,
  type CancelLabelResult,
  decide,
  entry,
  hasLeft,
  newShipment,
  type ShipmentDecision,
  type ShipmentSaying,
  type ShipmentState,
} from "./state.ts"

export function undoShipment(
  state: ShipmentState | null,
  asked: Data<"Shipment.cancel">,
  heard: Hearing,
): ShipmentDecision {
  const known = state ?? newShipment(asked.orderId)
  const before = known.undo
  const attempt = Math.max(before?.attempt ?? 0, asked.attempt)
  if (isFenced(before, asked.attempt)) return decide({ ignored: FENCED })
  if (hasLeft(known)) {
    return decide({ says: cancelFailed(known, attempt, "dispatched"), ignored: "the parcel has left" })
  }
  if (before?.status === "done") {
    return { ...answered(known, { ...before, attempt }), ignored: `${ALREADY}: it is undone` }
  }
  if (before?.status === "owed" || before?.status === "under_way") {
    return decide({ state: { ...known, undo: { ...before, attempt } }, ignored: `${ALREADY}: the recall is under way` })
  }
  const plan = planOf(asked.plan, heard.redriven)
  if (plan === "poison") return decide({ poison: POISON_REASON })
  const undo = newUndo(attempt, plan, before)
  switch (known.request?.standing) {
    case "under_way":
      return decide({ state: { ...known, undo }, silent: true })
    case "made":
    case "unknown":
      return askToCancel(known, undo)
    case "refused":
    case undefined:
      return nothingToCancel(known, undo)
  }
}

export function nothingToCancel(state: ShipmentState, undo: Undo): ShipmentDecision {
  return answered({ ...state, status: "none" }, { ...undo, status: "done" })
}

export function askToCancel(state: ShipmentState, undo: Undo): ShipmentDecision {
  const { orderId, request } = state
  if (request === null) return nothingToCancel(state, undo)
  const input: CancelLabelInput = { orderId, plan: undo.plan, label: { ...request.input, key: request.key } }
  return decide({
    state: { ...state, undo: { ...undo, status: "under_way" } },
    cancelLabel: { key: undoKey(`${orderId}/cancel`, undo), input },
    silent: true,
  })
}

export function cancelSettled(
  state: ShipmentState,
  outcome: Outcome<CancelLabelResult>,
  now: number,
): ShipmentDecision {
  const { undo, request } = state
  if (hasLeft(state)) return lateAnswer(outcome)
  if (undo?.status !== "under_way" || request === null) return decide({ poison: "no cancellation is under way" })
  if (!outcome.ok) return givenUp(state, undoFailed(undo, outcome), outcome.reason)
  const { result } = outcome
  switch (result.outcome) {
    case "refused":
      return givenUp(state, undoFailed(undo, outcome), result.reason)
    case "dispatched": {
      const { carrier, trackingNumber, estimatedDelivery } = result
      const label = state.label ?? { carrier, trackingNumber, estimatedDelivery }
      return dispatch({ ...state, label, undo: { ...undo, status: "failed" } }, now, true)
    }
    case "cancelled": {
      // What never had a label was never a shipment that one could look at.
      const status = state.label === null ? "none" : "cancelled"
      const history = state.label === null ? [] : [...state.history, entry("cancelled", "Called back", now)]
      const done: Undo = { ...undo, status: "done" }
      return answered({ ...state, status, history, request: { ...request, standing: "refused" } }, done)
    }
  }
}

/** The carrier has reported meanwhile that the parcel left, which has answered the undo. */
function lateAnswer(outcome: Outcome<CancelLabelResult>): ShipmentDecision {
  const ignored = "the parcel has left"
  const isContradiction = outcome.ok && outcome.result.outcome === "cancelled"
  return decide({ ignored, alert: isContradiction ? "the carrier has called back a parcel that it had taken" : null })
}

function givenUp(state: ShipmentState, undo: Undo, text: string): ShipmentDecision {
  const reason = text.slice(0, REASON_LENGTH_MAX)
  return decide({
    state: { ...state, undo },
    says: cancelFailed(state, undo.attempt, reason),
  })
}

function answered(state: ShipmentState, undo: Undo): ShipmentDecision {
  const { orderId } = state
  const shipmentId = state.label === null ? null : state.id
  return decide({
    state: { ...state, undo },
    says: { type: "Shipment.cancelled", data: { orderId, attempt: undo.attempt, shipmentId } },
    silent: true,
  })
}

function cancelFailed(state: ShipmentState, attempt: number, reason: string): ShipmentSaying {
  return { type: "Shipment.cancelFailed", data: { orderId: state.orderId, attempt, reason } }
}
