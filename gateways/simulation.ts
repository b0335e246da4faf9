/**
 * What the simulated gateways have in common.
 *
 * 1. What comes of a key is a function of the seed and the key: memory lost in between changes no answer.
 * 2. A plan overrides chance: `none` succeeds whatever the failure rate.
 */
import { TransientFailure, UncertainFailure } from "../choreography/errors.ts"
import type { Plan } from "../events/parts.ts"
import type { Call } from "./payment.ts"

export interface Conditions {
  readonly seed: number
  /** Of everyday calls, how many are refused; 0 to 1. */
  readonly failureRate: number
  /** How long a call takes. */
  readonly delayMs: number
}

/** Fails as the plan wants before anything is done. */
export function failByPlan(plan: Plan | null, { attempt }: Call): void {
  if (plan === "always_transient" || (plan === "transient_once" && attempt === 1)) {
    throw new TransientFailure("rehearsal: not reachable just now", { rehearsed: true })
  }
}

/** Loses the answer of what has been done, if the plan wants it. */
export function answer<Result>(plan: Plan | null, { attempt }: Call, result: Result): Result {
  if (plan === "timeout_once" && attempt === 1)
    throw new UncertainFailure("rehearsal: the answer got lost", { rehearsed: true })
  return result
}

export function isRefused(plan: Plan | null, conditions: Conditions, key: string): boolean {
  if (plan === "decline") return true
  return plan === null && chance(conditions.seed, `${key}|refused`) < conditions.failureRate
}

/**
 * Whether a call that may have been made, but is not remembered, must be taken to have had its effect. One that its plan
 * made fail is as good as not made: it is tried again, and comes to the same end.
 */
export function mayHaveHappened(plan: Plan | null): boolean {
  return plan !== "always_transient" && plan !== "transient_once"
}

export async function pause(ms: number, call: { readonly signal: AbortSignal }): Promise<void> {
  if (ms <= 0) return
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, ms)
    call.signal.addEventListener("abort", () => {
      clearTimeout(timer)
      reject(new UncertainFailure("the call was given up"))
    })
  })
}

/** In [0, 1), always the same for the same text. */
export function chance(seed: number, text: string): number {
  return digest(seed, text) / 0x1_0000_0000
}

/** Eight hexadecimal digits, always the same for the same text. */
export function hex(seed: number, text: string): string {
  return digest(seed, text).toString(16).padStart(8, "0")
}

/** FNV-1a with a finish that spreads the last characters over all bits. */
function digest(seed: number, text: string): number {
  let sum = (0x811c9dc5 ^ seed) >>> 0
  for (let index = 0; index < text.length; index++) sum = Math.imul(sum ^ text.charCodeAt(index), 0x01000193)
  sum = Math.imul(sum ^ (sum >>> 16), 0x85ebca6b)
  sum = Math.imul(sum ^ (sum >>> 13), 0xc2b2ae35)
  return (sum ^ (sum >>> 16)) >>> 0
}
