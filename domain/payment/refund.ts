/** Asked to undo, and what came of the refund. An undo makes sure: it is not done before the outcome of a charge is known. */
import { REASON_LENGTH_MAX } from "../limits.ts"
import {
  ALREADY,
  type Data,
  FENCED,
  type Hearing,
  isFenced,
  newUndo,
  type Outcome,
  type Try,
  type Undo,
  undoFailed,
  undoKey,
} from "../participant.ts"
import { planOf, POISON_REASON } from "../plans.ts"
import type { PaymentEntry } from "../views.ts"
import {
  captureEntries,
  decide,
  type PaymentDecision,
  type PaymentSaying,
  type PaymentState,
  type RefundInput,
  type RefundResult,
  remember,
  triesAsEntries,
} from "./state.ts"

/** ISO 4217 for "no currency": a payment that was undone before it was asked for never had one. */
const NO_CURRENCY = "X".repeat(3)

export function undoPayment(
  state: PaymentState | null,
  asked: Data<"Payment.refund">,
  heard: Hearing,
  id: string,
): PaymentDecision {
  const known = state ?? neverAsked(asked.orderId, id)
  const before = known.undo
  const attempt = Math.max(before?.attempt ?? 0, asked.attempt)
  if (isFenced(before, asked.attempt)) return decide({ ignored: FENCED })
  if (before?.status === "done") {
    return { ...answered(known, { ...before, attempt }), ignored: `${ALREADY}: it is undone` }
  }
  if (before?.status === "owed" || before?.status === "under_way") {
    return decide({ state: { ...known, undo: { ...before, attempt } }, ignored: `${ALREADY}: the refund is under way` })
  }
  const plan = planOf(asked.plan, heard.redriven)
  if (plan === "poison") return decide({ poison: POISON_REASON })
  const undo = newUndo(attempt, plan, before)
  switch (known.charge?.standing) {
    case "under_way":
      return decide({ state: { ...known, undo } })
    case "captured":
    case "unknown":
      return startRefund(known, undo)
    case "refused":
    case undefined:
      return nothingToGiveBack(known, undo)
  }
}

export function neverAsked(orderId: string, id: string): PaymentState {
  return {
    id,
    orderId,
    status: "voided",
    amount: 0,
    currency: NO_CURRENCY,
    attempt: 0,
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

export function nothingToGiveBack(state: PaymentState, undo: Undo): PaymentDecision {
  // Never charged, or nothing at all: as void as one that was never asked. A refusal keeps its own word.
  const status = state.captured === 0 && state.failure === null ? "voided" : state.status
  return answered({ ...state, status }, { ...undo, status: "done" })
}

export function startRefund(state: PaymentState, undo: Undo): PaymentDecision {
  const { orderId, charge, currency } = state
  const amount = charge?.standing === "unknown" ? null : state.captured - state.refunded
  if (charge === null || amount === 0) return nothingToGiveBack(state, undo)
  const refunding: PaymentState = { ...state, status: "refunding", undo: { ...undo, status: "under_way" } }
  const input: RefundInput = {
    orderId,
    amount,
    currency,
    plan: undo.plan,
    charge: { ...charge.input, key: charge.key },
  }
  return decide({ state: refunding, refund: { key: refundKeyOf(orderId, undo), input } })
}

export function refundKeyOf(orderId: string, undo: Undo): string {
  return undoKey(`${orderId}/refund`, undo)
}

export function refundSettled(
  state: PaymentState,
  key: string,
  outcome: Outcome<RefundResult>,
  tries: readonly Try[],
  now: number,
): PaymentDecision {
  const { undo, charge } = state
  if (undo?.status !== "under_way" || charge === null) return decide({ poison: "no refund is under way" })
  const owed = state.captured - state.refunded
  const known = { ...state, history: remember(state.history, triesAsEntries(tries, owed, key)) }
  if (outcome.ok && outcome.result.outcome === "refunded") return settle(known, undo, key, outcome.result, now)
  const reason = (outcome.ok ? failureOf(outcome.result) : outcome.reason).slice(0, REASON_LENGTH_MAX)
  const after = undoFailed(undo, outcome)
  // What nobody knows is nothing that the gateway is known to have done.
  if (after.doubt) return givenUp(known, after, reason)
  const history = remember(known.history, [{ at: now, event: "failed", amount: owed, key, reason }])
  return givenUp({ ...known, history }, after, reason)
}

function failureOf(result: RefundResult): string {
  return result.outcome === "refused" ? result.reason : "the gateway gave back less than was owed"
}

function settle(
  state: PaymentState,
  undo: Undo,
  key: string,
  result: Extract<RefundResult, { outcome: "refunded" }>,
  now: number,
): PaymentDecision {
  const { charge } = state
  const wasUnknown = charge?.standing === "unknown"
  // Only of a charge whose outcome was unknown does the gateway's word on what it took count: else our own books do.
  const captured = wasUnknown ? result.captured : state.captured
  const refunded = state.refunded + result.refunded
  const found = wasUnknown && captured > 0 ? captureEntries(now, captured, charge.key) : []
  const history = remember(state.history, [...found, ...settledEntries(now, key, captured, result.refunded)])
  const next: PaymentState = {
    ...state,
    status: captured === 0 ? "voided" : refunded < captured ? "partially_refunded" : "refunded",
    captured,
    refunded,
    refundId: result.refundId ?? state.refundId,
    charge: charge === null ? null : { ...charge, standing: captured > 0 ? "captured" : "refused", doubt: false },
    history,
  }
  if (refunded === captured) return answered(next, { ...undo, status: "done" })
  const reason = `${String(refunded)} of ${String(captured)} cents were given back`
  return givenUp(next, undoFailed(undo, { ok: true, result }), reason)
}

function settledEntries(at: number, key: string, captured: number, refunded: number): readonly PaymentEntry[] {
  if (refunded > 0) return [{ at, key, event: "refunded", amount: refunded }]
  return captured === 0 ? [{ at, key, event: "voided", amount: 0 }] : []
}

function givenUp(state: PaymentState, undo: Undo, reason: string): PaymentDecision {
  const { orderId, id, captured, refunded } = state
  const next: PaymentState = { ...state, status: standingStatus(state), undo }
  const data = { orderId, attempt: undo.attempt, paymentId: id, reason, captured, refunded }
  return decide({ state: next, says: { type: "Payment.refundFailed", data } })
}

function standingStatus(state: PaymentState): PaymentState["status"] {
  if (state.charge?.standing === "unknown") return "unknown"
  return state.refunded > 0 ? "partially_refunded" : "captured"
}

function answered(state: PaymentState, undo: Undo): PaymentDecision {
  return decide({ state: { ...state, undo }, says: refunded(state, undo) })
}

function refunded(state: PaymentState, undo: Undo): PaymentSaying {
  const { orderId, id, refundId, captured } = state
  const data = { orderId, attempt: undo.attempt, paymentId: id, refundId, captured, refunded: state.refunded }
  return { type: "Payment.refunded", data }
}
