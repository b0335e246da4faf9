/**
 * What the carrier says of its own accord, which may come early, late, twice, or in another order than it happened.
 *
 * 1. Where the parcel is, the carrier knows best: its word moves a shipment along as the shipment's own clocks would.
 * 2. What must have come before is caught up on; what is known already, or lies behind, changes nothing.
 * 3. A parcel that left without a grant, or after its recall, has left all the same: the order decides what that means (P4).
 * 4. What is said of a label while the call about it is under way is a reason to look that call up.
 */
import { HISTORY_MAX } from "../limits.ts"
import { undoKey } from "../participant.ts"
import type { CarrierReport } from "../views.ts"
import { deliver, dispatch, transitDue } from "./journey.ts"
import { decide, entry, hasLeft, isOnItsWay, type ShipmentDecision, type ShipmentState } from "./state.ts"

/** What comes of it, one after the other. */
export function hearCarrier(state: ShipmentState | null, report: CarrierReport): readonly ShipmentDecision[] {
  if (state === null) return doubtful(report, "no such shipment is known")
  const { trackingNumber, type } = report
  if (trackingNumber !== null && state.label !== null && state.label.trackingNumber !== trackingNumber) {
    return doubtful(report, "the order's parcel has another number")
  }
  if (type === "label.cancelled") return heardCancelled(state, report)
  if (state.label === null) return askAfter(state) ?? doubtful(report, "no label is known that it could be about")
  const decisions: ShipmentDecision[] = []
  let current = state
  const then = (decision: ShipmentDecision): void => {
    decisions.push(decision)
    current = decision.state ?? current
  }
  if (!hasLeft(current)) then(leave(current, report.at))
  if (type === "label.in_transit" && isOnItsWay(current)) then(move(current, report))
  if (type === "label.delivered" && isOnItsWay(current)) then(deliver(current, report.at))
  return decisions
}

/** The parcel is with the carrier, whoever wanted it to be. */
function leave(state: ShipmentState, at: number): ShipmentDecision {
  const { undo, granted } = state
  const over = undo === null ? null : ({ ...undo, status: undo.status === "fenced" ? "fenced" : "failed" } as const)
  return { ...dispatch({ ...state, undo: over }, at, undo !== null || !granted), silent: true }
}

function move(state: ShipmentState, { location, at }: CarrierReport): ShipmentDecision {
  if (state.status === "dispatched") return { ...transitDue(state, at, location), silent: true }
  const { history } = state
  const last = history.findLast(({ status }) => status === "in_transit")
  const place = location ?? last?.location ?? ""
  const isKnown = history.some((each) => each.status === "in_transit" && each.location === place && each.at === at)
  if (isKnown || history.length >= HISTORY_MAX) return decide({})
  return decide({ state: { ...state, history: [...history, entry("in_transit", place, at)] } })
}

function heardCancelled(state: ShipmentState, report: CarrierReport): readonly ShipmentDecision[] {
  const asking = askAfter(state)
  if (asking !== null) return asking
  if (hasLeft(state)) return doubtful(report, "the parcel has left")
  if (state.undo?.status === "done" || state.request?.standing === "refused") return []
  return doubtful(report, "nobody here has called it back")
}

/** The call that is under way, if there is one, will tell; null: none is. */
function askAfter({ orderId, undo, request }: ShipmentState): readonly ShipmentDecision[] | null {
  if (request?.standing === "under_way") return [decide({ lookUp: request.key })]
  return undo?.status === "under_way" ? [decide({ lookUp: undoKey(`${orderId}/cancel`, undo) })] : null
}

function doubtful({ type }: CarrierReport, why: string): readonly ShipmentDecision[] {
  return [decide({ alert: `the carrier reports ${type}: ${why}` })]
}
