/** Shipping: labels, dispatch by the order's grant, the way to the customer. One key per order. */
import { invariant, PoisonEvent } from "../choreography/errors.ts"
import { heardOf } from "../domain/participant.ts"
import { participantCell, participantCells } from "../domain/placement.ts"
import type { Settings } from "../domain/settings.ts"
import { cancelSettled, undoShipment } from "../domain/shipment/cancel.ts"
import { labelSettled, requestShipment } from "../domain/shipment/create.ts"
import { fenceShipment } from "../domain/shipment/fence.ts"
import { deliver, dispatchDue, grantDispatch, transitDue } from "../domain/shipment/journey.ts"
import { hearCarrier } from "../domain/shipment/report.ts"
import {
  type CancelLabelInput,
  type CancelLabelResult,
  decide,
  isOnItsWay,
  type LabelInput,
  type LabelResult,
  SHIPMENT_SAYS,
  type ShipmentDecision,
  type ShipmentState,
  type ShipmentTimer,
} from "../domain/shipment/state.ts"
import { statusOf, viewOf } from "../domain/shipment/view.ts"
import { orderNamedBy } from "../domain/tracking.ts"
import { deadlineOf } from "../events/envelope.ts"
import type { ShippingAsks } from "../domain/views.ts"
import { service } from "./dollar.ts"

export interface ShippingShape {
  readonly says: typeof SHIPMENT_SAYS
  readonly state: ShipmentState
  /** Of the row `track/<number>`: whose parcel has this number, which doesn't name its order itself. */
  readonly shared: { readonly orderId: string }
  readonly effects: {
    readonly label: { readonly input: LabelInput; readonly result: LabelResult }
    readonly cancelLabel: { readonly input: CancelLabelInput; readonly result: CancelLabelResult }
  }
  readonly timers: Readonly<Record<ShipmentTimer, null>>
  readonly asks: ShippingAsks
  readonly settings: Settings
}

const TIMERS: readonly ShipmentTimer[] = ["dispatch", "transit", "delivery"]

const trackRow = (trackingNumber: string): string => `track/${trackingNumber}`

/** Null: the clock doesn't do it. */
function delayOf(timer: ShipmentTimer, settings: Settings): number | null {
  switch (timer) {
    case "dispatch":
      return settings.dispatchDelayMs
    case "transit":
      return settings.transitDelayMs
    case "delivery":
      return settings.deliveryDelayMs
  }
}

export const shipping = service<ShippingShape>()(
  "Shipping",
  {
    says: SHIPMENT_SAYS,
    placement: ({ cells }) => ({
      cellOf: (orderId) => participantCell(orderId, cells),
      cells: () => participantCells(cells),
    }),
  },
  ($) => {
    const lacksRow = (trackingNumber: string): boolean =>
      orderNamedBy(trackingNumber) !== $.key && $.shared(trackRow(trackingNumber)) === null
    const carryOut = (decision: ShipmentDecision, by?: number): undefined => {
      if (decision.poison !== null) throw new PoisonEvent(decision.poison)
      if (decision.ignored !== null) $.ignore(decision.ignored)
      const { state, says, label, cancelLabel, track, start, lookUp, alert } = decision
      if (alert !== null) $.alert(alert)
      if (state !== null) $.save(state)
      if (decision.silent) for (const timer of TIMERS) if ($.timerAt(timer) !== null) $.cancelTimer(timer)
      if (track !== null && lacksRow(track)) $.share(trackRow(track), { orderId: $.key })
      if (label !== null) $.perform("label", label.input, { key: label.key, deadline: by })
      if (cancelLabel !== null) $.perform("cancelLabel", cancelLabel.input, { key: cancelLabel.key })
      if (lookUp !== null) $.lookUp(lookUp)
      if (says !== null) $.send(says.type, says.data)
      const delay = start === null ? null : delayOf(start, $.settings)
      if (start !== null && delay !== null) $.after(start, delay, null)
    }
    const known = (): ShipmentState => {
      const state = $.state()
      invariant(state !== null, "a call or a clock for a shipment that isn't there")
      return state
    }

    $.on.Shipment.create(({ data, ...heard }) => {
      // What a person sends again has no deadline any more.
      const by = heard.redriven ? undefined : deadlineOf(heard.event)
      carryOut(requestShipment($.state(), data, heard, $.id("shp"), $.now), by)
    })
    $.on.Shipment.grant(() => carryOut(grantDispatch($.state(), $.now)))
    $.on.Shipment.cancel(({ data, ...heard }) => carryOut(undoShipment($.state(), data, heard)))
    $.undelivered.Shipment.dispatched(({ receiver }) => $.alert(`goods have left, and ${receiver} can't be told`))
    $.settled.label(({ outcome }) => carryOut(labelSettled(known(), outcome, $.now)))
    $.settled.cancelLabel(({ outcome }) => carryOut(cancelSettled(known(), outcome, $.now)))
    $.expired.dispatch(() => carryOut(dispatchDue(known(), $.now)))
    $.expired.transit(() => carryOut(transitDue(known(), $.now)))
    $.expired.delivery(() => carryOut(deliver(known(), $.now)))

    return {
      fence: ({ attempt }) => {
        const { state, answer } = fenceShipment($.state(), { orderId: $.key, attempt })
        // What has left goes its way; what has not stays where it is.
        if (!answer.inFlight) carryOut(decide({ state, silent: !answer.left }))
        return answer
      },
      view: () => {
        const state = $.state()
        return state === null ? null : viewOf(state)
      },
      report: (said) => {
        const decisions = hearCarrier($.state(), said)
        for (const decision of decisions) carryOut(decision)
        return heardOf(decisions)
      },
      deliver: () => {
        const state = $.state()
        if (state === null || !isOnItsWay(state)) return { accepted: false, status: statusOf(state) }
        carryOut(deliver(state, $.now))
        return { accepted: true, status: "delivered" }
      },
      track: ({ trackingNumber }) => $.shared(trackRow(trackingNumber))?.orderId ?? null,
    }
  },
)
