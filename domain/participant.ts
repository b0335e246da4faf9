/** What the decisions of Payment, Inventory and Shipping are made of. Decisions are values: an object carries them out. */
import type { AppCatalog } from "../events/catalog.ts"
import type { DataOf, TypeOf } from "../events/definition.ts"
import type { Plan } from "../events/parts.ts"
import type { Heard } from "./views.ts"

/** An event to be said. */
export type Saying<Type extends TypeOf<AppCatalog>> = {
  readonly [T in Type]: { readonly type: T; readonly data: DataOf<AppCatalog, T> }
}[Type]

export type Data<Type extends TypeOf<AppCatalog>> = DataOf<AppCatalog, Type>

/** How a request came. */
export interface Hearing {
  /** Its deadline has passed. */
  readonly expired: boolean
  /** A person has sent it again, so that no plan holds any more. */
  readonly redriven: boolean
}

/** What came of a call to the world outside, once nothing more will be tried. */
export type Outcome<Result> =
  | { readonly ok: true; readonly result: Result }
  | { readonly ok: false; readonly reason: string; readonly uncertain: boolean }

/** What came of something that somebody outside has said. */
export function heardOf(decisions: readonly Heeded[]): Heard {
  if (decisions.some(({ alert }) => alert !== null)) return "alerted"
  if (decisions.some(({ lookUp }) => lookUp !== null)) return "looked_up"
  return decisions.some(({ state }) => state !== null) ? "applied" : "known"
}

interface Heeded {
  readonly state: object | null
  readonly lookUp: string | null
  readonly alert: string | null
}

/** What happened between the first call and the last. */
export interface Try {
  readonly at: number
  readonly what: "retried" | "looked_up"
  readonly reason: string
}

/**
 * An undo is a tombstone from the moment it is heard: whatever is asked for afterwards is refused.
 *
 * `owed`: it waits for a call that is under way. `failed`: it was given up, and another request may try again. `fenced`:
 * a person has settled it by hand, so that only a newer request may try again.
 */
export interface Undo {
  /** The newest request, which is the one to answer. */
  readonly attempt: number
  readonly status: "owed" | "under_way" | "done" | "failed" | "fenced"
  readonly plan: Plan | null
  /** Counts the calls whose outcome is known to be a failure: only then does the idempotency key change. */
  readonly round: number
  /** A call with this round's key may have had its effect; later failures don't take that back, only an answer does. */
  readonly doubt: boolean
}

export function newUndo(attempt: number, plan: Plan | null, before: Undo | null): Undo {
  return { attempt, status: "owed", plan, round: before?.round ?? 1, doubt: before?.doubt ?? false }
}

/** From here on nothing is tried for any request up to this attempt; what is done stays done. */
export function fence(undo: Undo | null, attempt: number): Undo {
  const before = undo ?? newUndo(attempt, null, null)
  const status = before.status === "done" ? "done" : "fenced"
  return { ...before, attempt: Math.max(before.attempt, attempt), status }
}

export function isFenced(undo: Undo | null, attempt: number): boolean {
  return undo?.status === "fenced" && attempt <= undo.attempt
}

/** Why a request comes too late: an undo came first. */
export const UNDONE_FIRST = "an undo came first"
/** Why an undo comes too late. */
export const FENCED = "a person has settled it by hand"
/** What begins so tells whoever would send it again that its effect is there. */
export const ALREADY = "already applied"

/** The undo after a call that was given up or refused. */
export function undoFailed(undo: Undo, outcome: Outcome<unknown>): Undo {
  const doubt = !outcome.ok && (outcome.uncertain || undo.doubt)
  return { ...undo, status: "failed", round: doubt ? undo.round : undo.round + 1, doubt }
}

/** The key of an undo stays the same until its outcome is known to be a failure. */
export function undoKey(base: string, undo: Undo): string {
  return undo.round === 1 ? base : `${base}/${String(undo.round)}`
}
