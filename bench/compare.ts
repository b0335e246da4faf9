/**
 * The contenders side by side, A B C A B C: whatever the machine does meanwhile, it does to all of them. What is
 * reported is the median of the rounds, and ratios of medians of one run.
 */
import type { Contender } from "./contender.ts"
import { call, clock } from "./http.ts"
import { burst, closedLoop, type Done, manySkus } from "./load.ts"
import { median, percentile } from "./statistics.ts"

/** One round of one contender. */
export interface Round {
  readonly burstPerSecond: number
  /** CPU of all processes of the server, for each order of the burst. */
  readonly burstCpuMs: number
  readonly alone: Latency
  readonly sixteen: Latency
  /** Of the floor only: one commit through HTTP, one at a time. */
  readonly commitP50Ms?: number
}

export interface Latency {
  readonly acceptP50Ms: number
  readonly acceptP99Ms: number
  readonly deliverP50Ms: number
  readonly deliverP99Ms: number
}

export interface Sizes {
  readonly burst: number
  readonly alone: number
  readonly sixteen: number
}

const IN_FLIGHT = 64
const COMMITS = 100

export async function round(server: Contender, sizes: Sizes): Promise<Round> {
  const { base, dialect } = server
  const alone = latency(await closedLoop(base, sizes.alone, 1, dialect))
  const sixteen = latency(await closedLoop(base, sizes.sixteen, 16, dialect))
  const before = server.usage().cpuS
  const { ordersPerSecond } = await burst(base, sizes.burst, IN_FLIGHT, manySkus, dialect)
  const burstCpuMs = ((server.usage().cpuS - before) * 1_000) / sizes.burst
  const commit = server.name === "floor" ? { commitP50Ms: await oneCommit(server) } : {}
  return { burstPerSecond: ordersPerSecond, burstCpuMs, alone, sixteen, ...commit }
}

function latency(done: readonly Done[]): Latency {
  const accept = done.map(({ acceptMs }) => acceptMs)
  const deliver = done.map(({ deliverMs }) => deliverMs)
  return {
    acceptP50Ms: percentile(accept, 0.5),
    acceptP99Ms: percentile(accept, 0.99),
    deliverP50Ms: percentile(deliver, 0.5),
    deliverP99Ms: percentile(deliver, 0.99),
  }
}

/** What nobody who stores anything behind HTTP can be faster than. */
async function oneCommit(server: Contender): Promise<number> {
  const samples: number[] = []
  for (let number = 0; number < COMMITS; number++) {
    const start = clock()
    await call(server.base, "POST", "/commit")
    samples.push(clock() - start)
  }
  return median(samples)
}

/** The medians of a contender's rounds. */
export function medians(rounds: readonly Round[]): Round {
  const of = (value: (each: Round) => number): number => median(rounds.map(value))
  const latencyOf = (width: "alone" | "sixteen"): Latency => ({
    acceptP50Ms: of((each) => each[width].acceptP50Ms),
    acceptP99Ms: of((each) => each[width].acceptP99Ms),
    deliverP50Ms: of((each) => each[width].deliverP50Ms),
    deliverP99Ms: of((each) => each[width].deliverP99Ms),
  })
  const commits = rounds.flatMap(({ commitP50Ms }) => commitP50Ms ?? [])
  return {
    burstPerSecond: of((each) => each.burstPerSecond),
    burstCpuMs: of((each) => each.burstCpuMs),
    alone: latencyOf("alone"),
    sixteen: latencyOf("sixteen"),
    ...(commits.length === 0 ? {} : { commitP50Ms: median(commits) }),
  }
}
