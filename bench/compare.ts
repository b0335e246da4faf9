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
  /** Of the floor only: one commit through HTTP. */
  readonly commit?: Commit
}

/** What nobody who stores anything behind HTTP can be faster than. */
export interface Commit {
  /** In the place of an order's POST: each right after an order that has come to its end. */
  readonly pacedP50Ms: number
  /** One after the other with nothing between, as quick as it gets. */
  readonly rushedP50Ms: number
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
  const commit = server.name === "floor" ? { commit: await oneCommit(server) } : {}
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

async function oneCommit({ base, dialect }: Contender): Promise<Commit> {
  const samples: { readonly paced: number[]; readonly rushed: number[] } = { paced: [], rushed: [] }
  const timed = async (times: number[]): Promise<void> => {
    const start = clock()
    await call(base, "POST", "/commit")
    times.push(clock() - start)
  }
  await closedLoop(base, COMMITS, 1, dialect, () => timed(samples.paced))
  for (let number = 0; number < COMMITS; number++) await timed(samples.rushed)
  return { pacedP50Ms: median(samples.paced), rushedP50Ms: median(samples.rushed) }
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
  const commits = rounds.flatMap(({ commit }) => commit ?? [])
  const commit = (value: (each: Commit) => number): number => median(commits.map(value))
  return {
    burstPerSecond: of((each) => each.burstPerSecond),
    burstCpuMs: of((each) => each.burstCpuMs),
    alone: latencyOf("alone"),
    sixteen: latencyOf("sixteen"),
    ...(commits.length === 0
      ? {}
      : { commit: { pacedP50Ms: commit((each) => each.pacedP50Ms), rushedP50Ms: commit((each) => each.rushedP50Ms) } }),
  }
}
