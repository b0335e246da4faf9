/**
 * Work that one request does for all: the others wait until it is done.
 *
 * They look again instead of waiting on its promise: should that request be cancelled, its promise never settles, and
 * everyone who shared it would hang. So the work is taken over once its time is up.
 */
import type { Outside } from "./outside.ts"

const LOOK_AGAIN_MS = 20
const WORK_MAX_MS = 10_000

export class Turnstile {
  #takenUntil = -Infinity

  async pass(outside: Outside, isDone: () => boolean, work: () => Promise<void>): Promise<void> {
    while (!isDone()) {
      if (outside.now() < this.#takenUntil) {
        await outside.sleep(LOOK_AGAIN_MS)
        continue
      }
      this.#takenUntil = outside.now() + WORK_MAX_MS
      try {
        await work()
        return
      } finally {
        this.#takenUntil = -Infinity
      }
    }
  }
}
