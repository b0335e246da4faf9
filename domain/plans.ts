/** What a rehearsal plan means for one try. `none` and everyday behaviour look the same here: chance is a gateway's. */
import type { Plan } from "../events/parts.ts"

export type Move =
  | "act"
  /** A business refusal. */
  | "refuse"
  /** A failure worth another try. */
  | "fail"
  /** It is done, and the answer is lost once. */
  | "lose"

/** Tries count from 1. */
export function moveOf(plan: Plan | null, tryNumber: number): Move {
  switch (plan) {
    case "decline":
      return "refuse"
    case "transient_once":
      return tryNumber === 1 ? "fail" : "act"
    case "always_transient":
      return "fail"
    case "timeout_once":
      return tryNumber === 1 ? "lose" : "act"
    case "none":
    case "poison":
    case null:
      return "act"
  }
}

/** What a person sends again is done without any plan. */
export function planOf(plan: Plan | null, redriven: boolean): Plan | null {
  return redriven ? "none" : plan
}

export const POISON_REASON = "rehearsal: no retry can help here"

/** Backoff stops growing here: a participant that is up again should be noticed within a minute. */
const BACKOFF_MAX_MS = 60_000

export function backoffMs(tries: number, firstMs: number): number {
  return Math.min(BACKOFF_MAX_MS, firstMs * 2 ** (tries - 1))
}
