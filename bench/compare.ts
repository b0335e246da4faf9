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
}

/** An order's POST beside what nobody who stores anything behind HTTP can be faster than, in the same minute. */
export interface Acceptance {
  /** Orders one at a time, each right after the one before has come to its end. */
  readonly orderP50Ms: number
  /** The same of the floor. */
  readonly floorP50Ms: number
  /** One commit in the place of an order's POST: each right after an order of the floor has come to its end. */
  readonly commitP50Ms: number
  /** Commits one after the other with nothing between, as quick as it gets. */
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
const ACCEPTED = 100

export async function round(server: Contender, sizes: Sizes): Promise<Round> {
  const { base, dialect } = server
  const alone = latency(await closedLoop(base, sizes.alone, 1, dialect))
  const sixteen = latency(await closedLoop(base, sizes.sixteen, 16, dialect))
  const before = server.usage().cpuS
  const { ordersPerSecond } = await burst(base, sizes.burst, IN_FLIGHT, manySkus, dialect)
  const burstCpuMs = ((server.usage().cpuS - before) * 1_000) / sizes.burst
  return { burstPerSecond: ordersPerSecond, burstCpuMs, alone, sixteen }
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

/**
 * One right after the other, so that the machine's mood is the same for both; each starts warm. Who comes first changes with
 * the rounds, so that neither has the quieter moment by its place.
 */
export async function acceptance(ours: Contender, floor: Contender, oursFirst: boolean): Promise<Acceptance> {
  const commits: number[] = []
  const rushed: number[] = []
  const timed = async (times: number[]): Promise<void> => {
    const start = clock()
    await call(floor.base, "POST", "/commit")
    times.push(clock() - start)
  }
  for (const each of [ours, floor]) await closedLoop(each.base, ACCEPTED / 2, 1, each.dialect)
  const askOurs = (): Promise<readonly Done[]> => closedLoop(ours.base, ACCEPTED, 1, ours.dialect)
  const early = oursFirst ? await askOurs() : null
  const floors = await closedLoop(floor.base, ACCEPTED, 1, floor.dialect, () => timed(commits))
  const orders = early ?? (await askOurs())
  for (let number = 0; number < ACCEPTED; number++) await timed(rushed)
  const p50 = (done: readonly Done[]): number => median(done.map(({ acceptMs }) => acceptMs))
  return {
    orderP50Ms: p50(orders),
    floorP50Ms: p50(floors),
    commitP50Ms: median(commits),
    rushedP50Ms: median(rushed),
  }
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
  return {
    burstPerSecond: of((each) => each.burstPerSecond),
    burstCpuMs: of((each) => each.burstCpuMs),
    alone: latencyOf("alone"),
    sixteen: latencyOf("sixteen"),
  }
}
