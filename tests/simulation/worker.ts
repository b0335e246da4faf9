/** One of the threads that share the work of `npm run simulate`. */
import { parentPort } from "node:worker_threads"
import { type Batch, runBatch } from "./batch.ts"
import { scenarios } from "./scenarios.ts"

// Thousands of crashes are thrown; nobody reads where.
Error.stackTraceLimit = 0

parentPort?.on("message", (batch: Batch) => {
  const scenario = scenarios[batch.scenario]
  if (scenario === undefined) throw new Error(`there is no scenario ${batch.scenario}`)
  void runBatch(scenario, batch).then((tally) => {
    parentPort?.postMessage(tally)
  })
})
