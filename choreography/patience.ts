/**
 * Gives up calls that take too long, by one clock for all that are under way: an object makes many at a time, and to set a
 * clock costs more than most of them do.
 */
import type { Cancel, Platform } from "./platform.ts"

interface Call {
  readonly until: number
  readonly giveUp: () => void
  /** By clocks that ran out since: the time of day may jump. Null until the first of them. */
  waitedMs: number | null
}

export class Patience {
  readonly #platform: Platform
  readonly #ms: number
  /** The oldest first, since all may take as long. */
  readonly #calls = new Set<Call>()
  #stopTheClock: Cancel | null = null

  constructor(platform: Platform, ms: number) {
    this.#platform = platform
    this.#ms = ms
  }

  /** To be taken back once there is an answer: a clock that runs for nobody keeps an object awake. */
  begin(giveUp: () => void): Cancel {
    const call = { until: this.#platform.now() + this.#ms, giveUp, waitedMs: null }
    this.#calls.add(call)
    if (this.#stopTheClock === null) this.#wait(this.#ms)
    return () => {
      this.#calls.delete(call)
      if (this.#calls.size > 0) return
      this.#stopTheClock?.()
      this.#stopTheClock = null
    }
  }

  #wait(ms: number): void {
    this.#stopTheClock = this.#platform.later(ms, () => {
      this.#stopTheClock = null
      this.#look(ms)
    })
  }

  #look(sinceMs: number): void {
    const now = this.#platform.now()
    let next = Infinity
    for (const call of this.#calls) {
      call.waitedMs = call.waitedMs === null ? 0 : call.waitedMs + sinceMs
      if (call.until <= now || call.waitedMs >= this.#ms) {
        this.#calls.delete(call)
        call.giveUp()
      } else next = Math.min(next, call.until - now, this.#ms - call.waitedMs)
    }
    if (next < Infinity) this.#wait(next)
  }
}
