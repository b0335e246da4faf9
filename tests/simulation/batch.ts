/** A stretch of histories, one after the other, in one thread. */
import { type Fault, noFaults } from "./platform/faults.ts"
import { runHistory } from "./run.ts"
import type { Scenario } from "./scenario.ts"
import { count, emptyTally, type Tally } from "./tally.ts"

export interface Batch {
  readonly scenario: string
  /** Of the first history; the others follow. */
  readonly seed: number
  readonly histories: number
  readonly sagas: number
  readonly faults: readonly Fault[]
}

export async function runBatch(scenario: Scenario, batch: Batch, stopAtFailure = false): Promise<Tally> {
  const tally = emptyTally()
  const plan = { ...noFaults, budget: Infinity, switches: new Set(batch.faults) }
  for (let number = 0; number < batch.histories; number++) {
    const job = { seed: batch.seed + number, sagas: batch.sagas, plan, readable: false }
    count(tally, await runHistory(scenario, job))
    if (stopAtFailure && tally.failures.length > 0) break
  }
  return tally
}
