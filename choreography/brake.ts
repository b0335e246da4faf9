/**
 * The brake: when what an effect calls is down, effects stop burning their budgets on it. One probe at a time goes out;
 * once one is answered, all go on.
 *
 * It is memory only. An object that forgets it finds out again, at the price of a few tries.
 */

export interface BrakeSettings {
  /** Failures in a row after which what is called may be down. */
  readonly brakeAfter: number
  /** How often a probe goes out, and how long whatever is held back waits. */
  readonly brakeProbeMs: number
}

/** Of so many keys at least: one that fails for ever is the key's own fault, and must come to the end of its budget. */
const BRAKE_KEYS_MIN = 3

export class Brake {
  readonly #settings: BrakeSettings
  #failures = 0
  #probeAt = 0
  /** Keys that have failed since the last answer; a few are enough to know. */
  readonly #keys = new Set<string>()

  constructor(settings: BrakeSettings) {
    this.#settings = settings
  }

  get on(): boolean {
    return this.#isOn()
  }

  #isOn(): boolean {
    return this.#failures >= this.#settings.brakeAfter && this.#keys.size >= BRAKE_KEYS_MIN
  }

  /** Whether a call may go out; while the brake is on, the one that may is the probe. */
  admits(now: number): boolean {
    if (!this.on) return true
    if (now < this.#probeAt) return false
    this.#probeAt = now + this.#settings.brakeProbeMs
    return true
  }

  /** Whether this failure is what put the brake on. */
  failed(now: number, key: string): boolean {
    const wasOn = this.#isOn()
    this.#failures += 1
    if (this.#keys.size < BRAKE_KEYS_MIN) this.#keys.add(key)
    if (wasOn || !this.#isOn()) return false
    this.#probeAt = now + this.#settings.brakeProbeMs
    return true
  }

  /** Whether this answer is what released the brake. */
  answered(): boolean {
    const wasOn = this.on
    this.#failures = 0
    this.#keys.clear()
    return wasOn
  }
}
