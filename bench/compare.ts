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
/** Orders, or commits, before it is the next one's turn: half a second. */
const BLOCK = 20
/** An even number, so that each comes first as often as last. */
const BLOCKS = 6
const WARM_UP = 60

export async function round(server: Contender, sizes: Sizes): Promise<Round> {
  const { base, dialect } = server
  const alone = latency(await closedLoop(base, sizes.alone, 1, dialect))
  const sixteen = latency(await closedLoop(base, sizes.sixteen, 16, dialect))
  const before = server.usage().cpuS
  const { ordersPerSecond } = await burst(base, sizes.burst, IN_FLIGHT, manySkus, dialect)
  const burstCpuMs = ((server.usage().cpuS - before) * 1_000) / sizes.burst
  return { burstPerSecond: ordersPerSecond, burstCpuMs, alone, sixteen }
}

const accepts = (done: readonly Done[]): readonly number[] => done.map(({ acceptMs }) => acceptMs)

function latency(done: readonly Done[]): Latency {
  const accept = accepts(done)
  const deliver = done.map(({ deliverMs }) => deliverMs)
  return {
    acceptP50Ms: percentile(accept, 0.5),
    acceptP99Ms: percentile(accept, 0.99),
    deliverP50Ms: percentile(deliver, 0.5),
    deliverP99Ms: percentile(deliver, 0.99),
  }
}

/**
 * By turns in small blocks, so that the machine's mood, which changes within seconds, is the same for both; each starts
 * warm. Who comes first changes with the blocks, so that neither has the quieter moment by its place.
 */
export async function acceptance(ours: Contender, floor: Contender): Promise<Acceptance> {
  const times: Record<"orders" | "floors" | "commits" | "rushed", number[]> = {
    orders: [],
    floors: [],
    commits: [],
    rushed: [],
  }
  const commit = async (found: number[]): Promise<void> => {
    const start = clock()
    await call(floor.base, "POST", "/commit")
    found.push(clock() - start)
  }
  const blocks = [
    async () => {
      times.orders.push(...accepts(await closedLoop(ours.base, BLOCK, 1, ours.dialect)))
    },
    async () => {
      const between = (): Promise<void> => commit(times.commits)
      times.floors.push(...accepts(await closedLoop(floor.base, BLOCK, 1, floor.dialect, between)))
    },
    async () => {
      for (let number = 0; number < BLOCK; number++) await commit(times.rushed)
    },
  ]
  for (const each of [ours, floor]) await closedLoop(each.base, WARM_UP, 1, each.dialect)
  for (let number = 0; number < BLOCKS; number++) {
    for (const block of number % 2 === 0 ? blocks : blocks.toReversed()) await block()
  }
  return {
    orderP50Ms: median(times.orders),
    floorP50Ms: median(times.floors),
    commitP50Ms: median(times.commits),
    rushedP50Ms: median(times.rushed),
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
