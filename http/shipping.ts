/** Parcels, by order and by tracking number. */
import { participantCells } from "../domain/placement.ts"
import { orderNamedBy } from "../domain/tracking.ts"
import type { ShipmentView } from "../domain/views.ts"
import type { Answer } from "./api/routes.ts"
import { call, inParallel } from "./calls.ts"
import { param, type Context } from "./edge.ts"
import { Problem } from "./problem.ts"
import { visibleOrderId } from "./references.ts"
import { renderShipment, renderTrack } from "./render.ts"

const TRACKING_NUMBER = /^[A-Za-z0-9_-]{4,64}$/
/** The row of a number is one that all of a cell's orders share; the key only has to name some order. */
const TRACK_KEY = "track"

export async function readShipment(c: Context): Promise<Answer<"GET /shipping/:orderId">> {
  const orderId = await visibleOrderId(c, param(c, "orderId"), unknownShipment())
  return c.json(renderShipment(await knownShipment(c, orderId)), 200)
}

export async function trackShipment(c: Context): Promise<Answer<"GET /shipping/track/:trackingNumber">> {
  const trackingNumber = param(c, "trackingNumber")
  const orderId = await orderIdByTrack(c, trackingNumber)
  if (orderId === null) throw unknownShipment()
  return c.json(renderTrack(await knownShipment(c, await visibleOrderId(c, orderId, unknownShipment()))), 200)
}

/**
 * The order whose parcel has this number; null: nobody's has. What the number itself names is only where to look first:
 * it may be made up, and a carrier's own may look the same.
 */
export async function orderIdByTrack(c: Context, trackingNumber: string): Promise<string | null> {
  if (!TRACKING_NUMBER.test(trackingNumber)) return null
  const named = orderNamedBy(trackingNumber)
  if (named !== null && (await shipmentOf(c, named))?.trackingNumber === trackingNumber) return named
  return orderIdByRow(c, trackingNumber)
}

/** A row's number doesn't tell its cell: each of the few is asked, one point look-up each. */
async function orderIdByRow(c: Context, trackingNumber: string): Promise<string | null> {
  const { services, settings } = c.get("shop")
  const found = await inParallel(participantCells(settings.cells), (cell) =>
    call(c, (trace) => services.shipping.askCell(cell, TRACK_KEY, "track", { trackingNumber }, trace)),
  )
  return found.find((each) => each !== null) ?? null
}

/** Null until it has a label, which then stays its label, called back or not. */
async function shipmentOf(c: Context, orderId: string): Promise<ShipmentView | null> {
  const { shipping } = c.get("shop").services
  return call(c, (trace) => shipping.ask(orderId, "view", null, trace))
}

async function knownShipment(c: Context, orderId: string): Promise<ShipmentView> {
  const shipment = await shipmentOf(c, orderId)
  if (shipment === null) throw unknownShipment()
  return shipment
}

function unknownShipment(): Problem {
  return new Problem("shipment_not_found", "There is no such shipment.")
}
