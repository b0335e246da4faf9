/** Whose turn it is: turns are synchronous, so there is at most one, and the words of `$` speak to it. */
import { InvariantViolation } from "./errors.ts"
import type { Turn } from "./turn.ts"

let running: Turn | null = null

export function currentTurn(): Turn {
  if (running === null) throw new InvariantViolation("the words of $ are for handlers; no turn is under way")
  return running
}

/** Runs a handler in a turn; a turn inside another would mix up whose state is whose. */
export function within<T>(turn: Turn, body: () => T): T {
  if (running !== null) throw new InvariantViolation("a turn can't run inside another")
  running = turn
  try {
    return body()
  } finally {
    running = null
  }
}
