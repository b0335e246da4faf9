/**
 * A person decides about an order in attention.
 *
 * 1. Only what is outstanding is in a decision's scope; the rest has been answered, or will be.
 * 2. What a person states counts only once the participant is fenced: nothing more is tried, and its ledger is known.
 * 3. What is settled by hand stays so: a late success enters the books and raises an alert, and moves nothing.
 */
import type { Action } from "./actions.ts"
import { kept } from "./books.ts"
import type { Draft } from "./draft.ts"
import { UNDO_TIMERS } from "./draft.ts"
import { allLines, type LinePart, type OrderState } from "./state.ts"
import type { DataFor } from "./triggers.ts"
import { askUndo, lineSettled, outstanding, undone } from "./undo.ts"
import { type Fenced, type FencedLine, STEPS, type StepName, type StepToFence } from "./views.ts"

function scopeOf(state: OrderState, step: StepName | null): readonly StepName[] {
  const left = STEPS.filter((name) => state.steps[name].undo === "outstanding")
  // Everyone has answered, and still the books don't balance: it is about money.
  const scope: readonly StepName[] = left.length === 0 && kept(state) !== 0 ? ["payment"] : left
  return step === null ? scope : scope.filter((name) => name === step)
}

/** Who must be fenced before a person's word on it is taken. */
export function stepsToFence(state: OrderState, step: StepName | null): readonly StepToFence[] {
  return scopeOf(state, step).map((name) => {
    const lines = name === "inventory" ? allLines(state).filter(isOutstanding) : []
    const { attempt } = state.steps[name]
    return { step: name, attempt, lines: lines.map(({ sku, quantity }) => ({ sku, quantity })) }
  })
}

/** Why a decision can't be carried out; null when it can. */
export function refusalOf(state: OrderState, input: DataFor<"resolve">): string | null {
  const scope = scopeOf(state, input.step)
  if (scope.length === 0) return input.step === null ? "nothing is outstanding" : `${input.step} is not outstanding`
  if (input.action !== "accept") return null
  if (input.amount !== null && input.amount > state.total) return "the amount is more than the order's total"
  const unfenced = scope.find((name) => fenceOf(state, name, input) === undefined)
  return unfenced === undefined ? null : `${unfenced} may still be tried again`
}

function fenceOf(state: OrderState, step: StepName, { fenced = [] }: DataFor<"resolve">): Fenced | undefined {
  return fenced.find((each) => each.step === step && each.attempt === state.steps[step].attempt)
}

export const resolve: Action<"resolve"> = (draft, input) => {
  const { state } = draft
  const scope = scopeOf(state, input.step)
  draft.note = `${input.action} ${scope.join(", ")} by ${input.who}: ${input.reason}`
  for (const step of scope) {
    if (input.action === "accept") accept(draft, step, input)
    else retry(draft, step)
  }
  const waiting = outstanding(state).some((name) => state.steps[name].undo === "asked")
  if (state.status === "attention" && waiting) state.status = "cancelling"
}

function retry(draft: Draft, step: StepName): void {
  draft.state.byHand = draft.state.byHand.filter((name) => name !== step)
  askUndo(draft, step, true)
}

function accept(draft: Draft, step: StepName, input: DataFor<"resolve">): void {
  const { state } = draft
  const fence = fenceOf(state, step, input)
  if (fence === undefined) return
  const done = input.outcome !== "not_done"
  const left = fence.step === "payment" ? paymentLeft(state, fence, done ? input.amount : 0) : null
  if (fence.step === "inventory") return acceptLines(draft, fence.lines)
  if (left !== null || (fence.step === "shipping" && !done)) {
    const error = left ?? "not done, as a person has stated"
    state.steps[step].error = error
    draft.note = `${draft.note ?? ""} (${error})`
    return
  }
  state.byHand = [...state.byHand, step]
  draft.clear(UNDO_TIMERS[step])
  undone(draft, step)
}

/** Enters the ledger's amounts and a person's, and answers what is still missing then. */
function paymentLeft(
  state: OrderState,
  { captured, refunded, uncertain }: Extract<Fenced, { step: "payment" }>,
  amount: number | null,
): string | null {
  state.captured = captured
  state.refunded = refunded
  const owed = kept(state)
  const given = amount ?? owed
  // Where the gateway would not say what it took, whoever gave it back knows.
  if (uncertain && given > owed) state.captured += given - owed
  state.refundedByHand += uncertain ? given : Math.min(owed, given)
  const left = kept(state)
  const doubt = uncertain && amount === 0 && captured === 0
  if (doubt) return "nobody knows whether it was charged"
  return left === 0 ? null : `${String(left)} cents are still to be given back`
}

/** That ledger is ours: what its fence has released is released, and what it holds is held. */
function acceptLines(draft: Draft, fenced: readonly FencedLine[]): void {
  const { state } = draft
  const lines = allLines(state).filter(isOutstanding)
  for (const line of lines) {
    const ledger = fenced.find(({ sku }) => sku === line.sku)
    if (ledger === undefined) continue
    line.reserved = Math.max(line.reserved, ledger.reserved)
    line.released = ledger.released
    line.shipped = ledger.shipped
  }
  const settled = lines.filter((line) => line.reserved - line.released - line.shipped === 0)
  if (settled.length === lines.length) state.byHand = [...state.byHand, "inventory"]
  for (const line of lines) lineSettled(draft, line, settled.includes(line) ? null : "it is still held")
}

function isOutstanding(line: LinePart): boolean {
  return line.undo === "outstanding"
}
