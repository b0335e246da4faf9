/** What the alarm and queue cases share: time that passes, virtual or real, and the queue that both sides set up. */

/** A queue with a dead-letter queue behind it; that one tries once, and has nothing behind it. */
export const PROBED_QUEUE = { batchMax: 2, retriesMax: 2, retryDelaySeconds: 1 } as const

export interface Clock {
  now(): number
  /** Lets so many milliseconds pass, and whatever falls into them happen. */
  pass(ms: number): Promise<void>
}

const STEP_MS = 50
const PATIENCE_MS = 15_000

/** Lets time pass until it is so. */
export async function until(clock: Clock, what: string, isSo: () => boolean): Promise<void> {
  const end = clock.now() + PATIENCE_MS
  while (!isSo()) {
    if (clock.now() > end) throw new Error(`it never came about that ${what}`)
    await clock.pass(STEP_MS)
  }
}
