/** How the effects of the services reach a gateway: what the choreography runs. */
import type { ChargeInput, ChargeResult, RefundInput, RefundResult } from "../domain/payment/state.ts"
import type { CancelLabelInput, CancelLabelResult, LabelInput, LabelResult } from "../domain/shipment/state.ts"
import type { Carrier } from "./carrier.ts"
import type { Call, PaymentGateway } from "./payment.ts"

interface Performer<Input, Result> {
  perform(input: Input, call: Call): Promise<Result>
  lookup(input: Input, call: Call): Promise<Result | undefined>
}

export interface PaymentPerformers {
  readonly charge: Performer<ChargeInput, ChargeResult>
  readonly refund: Performer<RefundInput, RefundResult>
}

export interface ShippingPerformers {
  readonly label: Performer<LabelInput, LabelResult>
  readonly cancelLabel: Performer<CancelLabelInput, CancelLabelResult>
}

export function paymentPerformers(gateway: PaymentGateway): PaymentPerformers {
  return {
    charge: {
      perform: (input, call) => gateway.charge(input, call),
      lookup: (input, call) => gateway.findCharge(input, call),
    },
    refund: {
      perform: (input, call) => gateway.refund(input, call),
      lookup: (input, call) => gateway.findRefund(input, call),
    },
  }
}

export function shippingPerformers(carrier: Carrier): ShippingPerformers {
  return {
    label: {
      perform: (input, call) => carrier.createLabel(input, call),
      lookup: (input, call) => carrier.findLabel(input, call),
    },
    cancelLabel: {
      perform: (input, call) => carrier.cancelLabel(input, call),
      lookup: (input, call) => carrier.findCancellation(input, call),
    },
  }
}
