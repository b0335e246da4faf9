/** Asked to pay, and what came of the charge. */
import { REASON_LENGTH_MAX } from "../limits.ts"
import { ALREADY, type Data, type Hearing, type Outcome, type Try, UNDONE_FIRST } from "../participant.ts"
import { planOf, POISON_REASON } from "../plans.ts"
import { nothingToGiveBack, startRefund } from "./refund.ts"
import {
  captureEntries,
  type Charge,
  type ChargeInput,
  type ChargeResult,
  completed,
  decide,
  failed,
  type PaymentDecision,
  type PaymentState,
  remember,
  triesAsEntries,
} from "./state.ts"

type Requested = Data<"Payment.requested">

/** `id` is the payment's, if this is the first that is heard of it. */
export function requestPayment(
  state: PaymentState | null,
  asked: Requested,
  heard: Hearing,
  id: string,
): PaymentDecision {
  const known = state ?? newPayment(asked, id)
  const attempt = Math.max(known.attempt, asked.attempt)
  const current: PaymentState = { ...known, attempt }
  if (known.undo !== null) {
    return decide({ says: failed(current, "CANCELLED", "the order has been cancelled"), ignored: UNDONE_FIRST })
  }
  switch (known.charge?.standing) {
    case "captured":
      return decide({ state: current, says: completed(current), ignored: `${ALREADY}: it is paid` })
    case "under_way":
      // Its outcome will answer whichever request is newest by then.
      return decide({ state: current, ignored: `${ALREADY}: the charge is under way` })
    case "refused":
      if (asked.attempt <= known.attempt && known.failure !== null) {
        const { code, reason } = known.failure
        return decide({ says: failed(current, code, reason), ignored: `${ALREADY}: the charge was refused` })
      }
      break
    case "unknown":
    case undefined:
      break
  }
  if (heard.expired) return tooLate(current)
  const plan = planOf(asked.plan, heard.redriven)
  if (plan === "poison") return decide({ poison: POISON_REASON })
  return startCharge(current, { ...asked, plan })
}

function newPayment(asked: Requested, id: string): PaymentState {
  return {
    id,
    orderId: asked.orderId,
    status: "requested",
    amount: asked.amount,
    currency: asked.currency,
    attempt: asked.attempt,
    calls: 0,
    charge: null,
    failure: null,
    captured: 0,
    refunded: 0,
    refundId: null,
    undo: null,
    history: [],
  }
}

function tooLate(state: PaymentState): PaymentDecision {
  const reason = "the request came after its deadline"
  // An earlier charge whose outcome nobody knows stays unknown, and the answer has to say so.
  const uncertain = state.charge?.standing === "unknown"
  const status = uncertain ? state.status : "failed"
  const failure = { code: "DEADLINE", reason } as const
  return decide({ state: { ...state, status, failure }, says: failed(state, "DEADLINE", reason, uncertain) })
}

function startCharge(state: PaymentState, asked: Requested): PaymentDecision {
  const { orderId, amount, currency, method, plan } = asked
  const input: ChargeInput = { orderId, amount, currency, method, plan }
  const before = state.charge
  const doubt = before?.standing === "unknown"
  const key = doubt ? before.key : `${orderId}/charge/${String(asked.attempt)}`
  const charge: Charge = { key, input, standing: "under_way", transactionId: null, doubt }
  if (amount === 0 && (plan === null || plan === "none")) {
    // No gateway charges nothing, and nothing is what was to be paid.
    const paid: PaymentState = { ...state, status: "captured", amount, charge: { ...charge, standing: "captured" } }
    return decide({ state: paid, says: completed(paid) })
  }
  const charging: PaymentState = { ...state, status: "charging", amount, currency, charge, failure: null }
  return decide({ state: charging, charge: { key, input } })
}

export function chargeSettled(
  state: PaymentState,
  outcome: Outcome<ChargeResult>,
  tries: readonly Try[],
  now: number,
): PaymentDecision {
  const { charge } = state
  if (charge?.standing !== "under_way") return decide({ poison: "no charge is under way" })
  const { key, input } = charge
  const known: PaymentState = {
    ...state,
    calls: state.calls + callsOf(tries),
    history: remember(state.history, triesAsEntries(tries, input.amount, key)),
  }
  const settled = settle(known, charge, outcome, now)
  if (settled.undo === null) return decide({ state: settled, says: answerOf(settled) })
  // The undo came while the gateway was busy: it gets the answer, and the request none.
  return settled.charge?.standing === "refused"
    ? nothingToGiveBack(settled, settled.undo)
    : startRefund(settled, settled.undo)
}

function settle(state: PaymentState, charge: Charge, outcome: Outcome<ChargeResult>, now: number): PaymentState {
  if (!outcome.ok) return unanswered(state, charge, outcome, now)
  const { result } = outcome
  if (result.outcome === "captured") {
    const { transactionId, amount } = result
    return {
      ...state,
      status: "captured",
      captured: amount,
      failure: null,
      charge: { ...charge, standing: "captured", transactionId, doubt: false },
      history: remember(state.history, captureEntries(now, amount, charge.key)),
    }
  }
  const { code } = result
  const declined = { at: now, event: "declined", amount: charge.input.amount, key: charge.key, reason: code } as const
  return {
    ...state,
    status: "declined",
    failure: { code, reason: result.reason.slice(0, REASON_LENGTH_MAX) },
    charge: { ...charge, standing: "refused" },
    history: remember(state.history, [declined]),
  }
}

function unanswered(
  state: PaymentState,
  charge: Charge,
  outcome: { readonly reason: string; readonly uncertain: boolean },
  now: number,
): PaymentState {
  const reason = outcome.reason.slice(0, REASON_LENGTH_MAX)
  const failure = { code: "UNAVAILABLE", reason } as const
  if (outcome.uncertain || charge.doubt) {
    return { ...state, status: "unknown", failure, charge: { ...charge, standing: "unknown" } }
  }
  const entry = { at: now, event: "failed", amount: charge.input.amount, key: charge.key, reason } as const
  return {
    ...state,
    status: "failed",
    failure,
    charge: { ...charge, standing: "refused" },
    history: remember(state.history, [entry]),
  }
}

function answerOf(state: PaymentState): PaymentDecision["says"] {
  if (state.failure === null) return completed(state)
  return failed(state, state.failure.code, state.failure.reason, state.charge?.standing === "unknown")
}

function callsOf(tries: readonly Try[]): number {
  return 1 + tries.filter((each) => each.what === "retried").length
}
