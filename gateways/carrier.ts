/**
 * A carrier. The rules of a payment gateway hold here too: one label and one cancellation per key, refusals are
 * results, and the cancellation of a label that was never seen makes its key void.
 */
import type { CancelLabelInput, CancelLabelResult, LabelInput, LabelResult } from "../domain/shipment/state.ts"
import type { Call } from "./payment.ts"

export interface Carrier {
  createLabel(input: LabelInput, call: Call): Promise<LabelResult>
  findLabel(input: LabelInput, call: Call): Promise<LabelResult | undefined>
  cancelLabel(input: CancelLabelInput, call: Call): Promise<CancelLabelResult>
  findCancellation(input: CancelLabelInput, call: Call): Promise<CancelLabelResult | undefined>
}
