/** Asked to send a parcel, and what came of its label. */
import { REASON_LENGTH_MAX } from "../limits.ts"
import { ALREADY, type Hearing, type Outcome, UNDONE_FIRST } from "../participant.ts"
import { planOf, POISON_REASON } from "../plans.ts"
import { askToCancel, nothingToCancel } from "./cancel.ts"
import {
  created,
  type CreateRequest,
  decide,
  entry,
  failed,
  type LabelInput,
  type LabelRequest,
  type LabelResult,
  newShipment,
  type ShipmentDecision,
  type ShipmentState,
} from "./state.ts"

/** `id` is the shipment's, if this is the first that is heard of it. */
export function requestShipment(
  state: ShipmentState | null,
  asked: CreateRequest,
  heard: Hearing,
  id: string,
  now: number,
): ShipmentDecision {
  const known = state ?? newShipment(asked.orderId)
  const current: ShipmentState = {
    ...known,
    id: known.id ?? id,
    attempt: Math.max(known.attempt, asked.attempt),
    granted: known.granted || asked.granted,
  }
  if (known.undo !== null) {
    return decide({ says: failed(current, "CANCELLED", "the order has been cancelled"), ignored: UNDONE_FIRST })
  }
  switch (known.request?.standing) {
    case "made":
      if (known.id === null || known.label === null) return decide({ poison: "a label was made for no shipment" })
      // A parcel at the door may go now, if this request grants what the one before did not.
      return known.status === "ready" && current.granted
        ? decide({ state: current, says: created(current, known.id, known.label), start: "dispatch" })
        : decide({
            state: current,
            says: created(current, known.id, known.label),
            ignored: `${ALREADY}: there is a label`,
          })
    case "under_way":
      // Its outcome will answer whichever request is newest by then.
      return decide({ state: current, ignored: `${ALREADY}: the label is under way` })
    case "refused":
      if (asked.attempt <= known.attempt && known.failure !== null) {
        const { code, reason } = known.failure
        return decide({ says: failed(current, code, reason), ignored: `${ALREADY}: the label was refused` })
      }
      break
    case "unknown":
    case undefined:
      break
  }
  if (heard.expired) return tooLate(current)
  const plan = planOf(asked.plan, heard.redriven)
  if (plan === "poison") return decide({ poison: POISON_REASON })
  const { orderId, address, lines } = asked
  return askForLabel(current, { orderId, address, lines, at: now, plan }, asked.attempt)
}

function tooLate(state: ShipmentState): ShipmentDecision {
  const reason = "the request came after its deadline"
  // An earlier label whose outcome nobody knows stays unknown, and the answer has to say so.
  const uncertain = state.request?.standing === "unknown"
  const failure = { code: "DEADLINE", reason }
  return decide({ state: { ...state, failure }, says: failed(state, "DEADLINE", reason, uncertain) })
}

function askForLabel(state: ShipmentState, asked: LabelInput, attempt: number): ShipmentDecision {
  const before = state.request
  // The same request as before under the same key, until its outcome is known.
  const again = before?.standing === "unknown" ? before : null
  const key = again?.key ?? `${asked.orderId}/label/${String(attempt)}`
  const input: LabelInput = { ...asked, at: again?.input.at ?? asked.at }
  const request: LabelRequest = { key, input, standing: "under_way", doubt: again !== null }
  return decide({ state: { ...state, status: "preparing", request, failure: null }, label: { key, input } })
}

export function labelSettled(state: ShipmentState, outcome: Outcome<LabelResult>, now: number): ShipmentDecision {
  const { id, request } = state
  if (request?.standing !== "under_way" || id === null) return decide({ poison: "no label is under way" })
  const settled = settle(state, request, outcome, now)
  if (settled.undo !== null) {
    // The undo came while the carrier was busy: it gets the answer, and the request none.
    return settled.request?.standing === "refused"
      ? nothingToCancel(settled, settled.undo)
      : askToCancel(settled, settled.undo)
  }
  if (settled.label !== null) {
    const { trackingNumber } = settled.label
    return decide({
      state: settled,
      says: created(settled, id, settled.label),
      track: trackingNumber,
      start: "dispatch",
    })
  }
  const { code, reason } = settled.failure ?? { code: "UNAVAILABLE", reason: "" }
  return decide({ state: settled, says: failed(settled, code, reason, settled.request?.standing === "unknown") })
}

function settle(
  state: ShipmentState,
  request: LabelRequest,
  outcome: Outcome<LabelResult>,
  now: number,
): ShipmentState {
  if (outcome.ok && outcome.result.outcome === "labelled") {
    const { carrier, trackingNumber, estimatedDelivery } = outcome.result
    return {
      ...state,
      status: "created",
      request: { ...request, standing: "made" },
      label: { carrier, trackingNumber, estimatedDelivery },
      createdAt: now,
      history: [...state.history, entry("created", "Label created", now)],
    }
  }
  const code = outcome.ok ? "REFUSED" : "UNAVAILABLE"
  const reason = (outcome.ok ? refusalOf(outcome.result) : outcome.reason).slice(0, REASON_LENGTH_MAX)
  const standing = !outcome.ok && (outcome.uncertain || request.doubt) ? "unknown" : "refused"
  return { ...state, status: "none", request: { ...request, standing }, failure: { code, reason } }
}

function refusalOf(result: LabelResult): string {
  return result.outcome === "refused" ? result.reason : ""
}
