/**
 * `npm run simulate -- --seed 42 --sagas 1000 --faults all`: runs histories on all cores, says how it goes, and fails if
 * anything failed or if too little happened to prove anything. `docs/simulation.md` says what to make of it.
 */
import { availableParallelism } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { Worker } from "node:worker_threads"
import { type Batch, runBatch } from "./batch.ts"
import { type Fault, faultKinds, faultNames, noFaults } from "./platform/faults.ts"
import { runHistory } from "./run.ts"
import { scenarios } from "./scenarios.ts"
import type { Scenario } from "./scenario.ts"
import { shrink, trace } from "./shrink.ts"
import { add, emptyTally, report, shortfalls, type Tally, totalOf } from "./tally.ts"

const BATCH_HISTORIES = 25
/** Histories of one seed lie beside each other; the next seed's lie far away. */
const SEED_SPAN = 1_000_000

interface Wanted {
  readonly scenario: Scenario
  readonly seed: number
  readonly histories: number
  readonly sagas: number
  readonly faults: readonly Fault[]
  readonly workers: number
  readonly replay: number | null
}

function wanted(): Wanted {
  const { values } = parseArgs({
    options: {
      scenario: { type: "string", default: "orders" },
      seed: { type: "string", default: "1" },
      sagas: { type: "string", default: "1000" },
      "sagas-per-history": { type: "string", default: "4" },
      faults: { type: "string", default: "all" },
      workers: { type: "string", default: String(availableParallelism()) },
      replay: { type: "string" },
    },
  })
  const scenario = scenarios[values.scenario]
  if (scenario === undefined) throw new Error(`--scenario is one of ${Object.keys(scenarios).join(", ")}`)
  const sagas = whole(values["sagas-per-history"], "--sagas-per-history")
  return {
    scenario,
    seed: whole(values.seed, "--seed"),
    sagas,
    histories: Math.ceil(whole(values.sagas, "--sagas") / sagas),
    faults: faultsOf(values.faults),
    workers: whole(values.workers, "--workers"),
    replay: values.replay === undefined ? null : whole(values.replay, "--replay"),
  }
}

function whole(text: string, name: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`${name} is a whole number from 1 on`)
  return value
}

function faultsOf(text: string): readonly Fault[] {
  if (text === "all") return faultNames
  if (text === "none") return []
  return text.split(",").map((name) => {
    const fault = faultNames.find((known) => known === name)
    if (fault !== undefined) return fault
    const kinds = faultNames.map((known) => `  ${known.padEnd(20)} ${faultKinds[known].says}`)
    throw new Error(`--faults is all, none, or some of\n${kinds.join("\n")}`)
  })
}

async function runAll(asked: Wanted): Promise<Tally> {
  const tally = emptyTally()
  const startedAt = performance.now()
  let next = 0
  const takeBatch = (): Batch | null => {
    if (next >= asked.histories) return null
    const histories = Math.min(BATCH_HISTORIES, asked.histories - next)
    const batch = { seed: asked.seed * SEED_SPAN + next, histories, sagas: asked.sagas, faults: asked.faults }
    next += histories
    return { ...batch, scenario: asked.scenario.name }
  }
  const lanes = Array.from({ length: Math.min(asked.workers, Math.ceil(asked.histories / BATCH_HISTORIES)) }, () =>
    runLane(takeBatch, (done) => {
      add(tally, done)
      progress(tally, asked, (performance.now() - startedAt) / 1_000)
    }),
  )
  await Promise.all(lanes)
  process.stderr.write("\n")
  return tally
}

function runLane(takeBatch: () => Batch | null, done: (tally: Tally) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(join(import.meta.dirname, "worker.ts"))
    const go = (): void => {
      const batch = takeBatch()
      if (batch !== null) worker.postMessage(batch)
      else
        void worker.terminate().then(() => {
          resolve()
        })
    }
    worker.on("error", reject)
    worker.on("message", (tally: Tally) => {
      done(tally)
      go()
    })
    go()
  })
}

function progress(tally: Tally, { histories }: Wanted, seconds: number): void {
  const perSecond = (amount: number): string => Math.round(amount / seconds).toLocaleString("en")
  const faults = totalOf(tally.faults)
  const line = [
    `${tally.histories}/${histories} histories`,
    `${tally.events} events`,
    `${faults} faults`,
    `${perSecond(tally.histories)} histories/s, ${perSecond(tally.events)} events/s, ${perSecond(faults)} faults/s`,
    `${tally.failures.length} failed`,
  ]
  process.stderr.write(`\r${line.join(", ")} `)
}

async function explain(asked: Wanted, seed: number): Promise<string> {
  const plan = { ...noFaults, budget: Infinity, switches: new Set(asked.faults) }
  const failed = await runHistory(asked.scenario, { seed, sagas: asked.sagas, plan, readable: true })
  const short = failed.violation === null ? failed : await shrink(asked.scenario, failed)
  const again = `npm run simulate -- --scenario ${asked.scenario.name} --sagas-per-history ${asked.sagas} --replay ${seed}`
  return `${trace(short)}\n\nagain: ${again}`
}

async function main(): Promise<number> {
  const asked = wanted()
  if (asked.replay !== null) {
    console.log(await explain(asked, asked.replay))
    return 0
  }
  const tally = asked.workers > 1 ? await runAll(asked) : await inThisThread(asked)
  console.log(report(tally))
  const first = tally.failures[0]
  for (const { seed, message } of tally.failures) console.log(`\nFAILED seed ${seed}: ${message}`)
  if (first !== undefined) console.log(`\n${await explain(asked, first.seed)}`)
  const missing = shortfalls(tally, new Set(asked.faults), asked.scenario)
  for (const what of missing) console.log(`\nPROVES TOO LITTLE: ${what}`)
  return first === undefined && missing.length === 0 ? 0 : 1
}

function inThisThread(asked: Wanted): Promise<Tally> {
  Error.stackTraceLimit = 0
  const batch = { ...asked, scenario: asked.scenario.name, seed: asked.seed * SEED_SPAN }
  return runBatch(asked.scenario, batch)
}

try {
  process.exitCode = await main()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 2
}
