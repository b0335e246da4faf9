/**
 * The brake: when what an effect calls is down, effects stop burning their budgets on it. One probe at a time goes out;
 * once one is answered, all go on.
 *
 * It is memory only. An object that forgets it finds out again, at the price of a few tries.
 */

/** Failures in a row, of whichever keys, after which it is not the key's fault. */
export const BRAKE_AFTER = 10
/** How often a probe goes out, and how long whatever is held back waits. */
export const BRAKE_PROBE_MS = 5_000

export class Brake {
  #failures = 0
  #probeAt = 0

  get on(): boolean {
    return this.#failures >= BRAKE_AFTER
  }

  /** Whether a call may go out; while the brake is on, the one that may is the probe. */
  admits(now: number): boolean {
    if (!this.on) return true
    if (now < this.#probeAt) return false
    this.#probeAt = now + BRAKE_PROBE_MS
    return true
  }

  /** Whether this failure is what put the brake on. */
  failed(now: number): boolean {
    this.#failures += 1
    if (this.#failures !== BRAKE_AFTER) return false
    this.#probeAt = now + BRAKE_PROBE_MS
    return true
  }

  /** Whether this answer is what released the brake. */
  answered(): boolean {
    const wasOn = this.on
    this.#failures = 0
    return wasOn
  }
}
