/** Errors are named by what happens next. */

export interface FailureOptions {
  /** Wanted by a rehearsal: it says nothing about whether the world outside is up. */
  readonly rehearsed?: boolean
}

class Failure extends Error {
  readonly rehearsed: boolean

  constructor(message: string, options: FailureOptions = {}) {
    super(message)
    this.rehearsed = options.rehearsed === true
  }
}

/** Try again: backoff with jitter, within budget and deadline. */
export class TransientFailure extends Failure {
  override readonly name = "TransientFailure"
}

/** It may have happened: look up by key, then decide. */
export class UncertainFailure extends Failure {
  override readonly name = "UncertainFailure"
}

export function isRehearsed(error: unknown): boolean {
  return error instanceof Failure && error.rehearsed
}

/** No retry helps: the effect settles as failed, with a code that the service understands. */
export class TerminalFailure extends Error {
  override readonly name = "TerminalFailure"
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** An event that can't be applied here: parked alone. */
export class PoisonEvent extends Error {
  override readonly name = "PoisonEvent"
}

/** Our bug: rolled back, parked, alerted. */
export class InvariantViolation extends Error {
  override readonly name = "InvariantViolation"
}

export function invariant(condition: boolean, claim: string): asserts condition {
  if (!condition) throw new InvariantViolation(claim)
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
