/** A person takes a parcel's recall into their own hands: nothing more is tried, and this is where the parcel is. */
import { fence } from "../participant.ts"
import type { ShipmentFence } from "../views.ts"
import { hasLeft, newShipment, type ShipmentState } from "./state.ts"

export function fenceShipment(
  before: ShipmentState | null,
  asked: { readonly orderId: string; readonly attempt: number },
): { readonly state: ShipmentState; readonly answer: ShipmentFence } {
  const known = before ?? newShipment(asked.orderId)
  const { request, undo } = known
  const inFlight = request?.standing === "under_way" || undo?.status === "owed" || undo?.status === "under_way"
  const answer = { inFlight, left: hasLeft(known) }
  return { state: inFlight ? known : { ...known, undo: fence(undo, asked.attempt) }, answer }
}
