/**
 * A payment gateway.
 *
 * 1. A key stands for one charge or one refund, however often it is asked for: a repeat answers what came of the first.
 * 2. A business refusal is a result. What is thrown says what to do next: `TransientFailure` (it did not happen, try
 *    again), `UncertainFailure` (it may have happened), `TerminalFailure` (it did not happen, and never will).
 * 3. A refund of a charge that the gateway has never seen makes that charge void: its key takes nothing any more.
 * 4. A find answers undefined only if nothing has happened under the key, and throws when it can't tell.
 */
import type { ChargeInput, ChargeResult, RefundInput, RefundResult } from "../domain/payment/state.ts"

export interface Call {
  /** The idempotency key. */
  readonly key: string
  /** Counts from 1. */
  readonly attempt: number
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal
  /** The W3C trace that the call belongs to. */
  readonly traceparent?: string
}

export interface PaymentGateway {
  charge(input: ChargeInput, call: Call): Promise<ChargeResult>
  findCharge(input: ChargeInput, call: Call): Promise<ChargeResult | undefined>
  refund(input: RefundInput, call: Call): Promise<RefundResult>
  findRefund(input: RefundInput, call: Call): Promise<RefundResult | undefined>
}
