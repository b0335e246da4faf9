/** What is asked of the app alone: a hot SKU, growth, a kill, reads under load. */
import { connect } from "../client/shop.ts"
import { liveHeapAtRest } from "../tests/e2e/inspector.ts"
import { call, clock, pause } from "./http.ts"
import { burst, closedLoop, hotSku, inFlight, isFinal, manySkus, place } from "./load.ts"
import type { Server } from "./server.ts"
import { median, percentile } from "./statistics.ts"

const IN_FLIGHT = 64

export interface Hot {
  readonly hotPerSecond: number
  readonly manyPerSecond: number
}

/** Every order takes one unit of the same SKU, against orders that share few. */
export async function hot(server: Server, runs: number, size: number): Promise<Hot> {
  const samples = { hot: [] as number[], many: [] as number[] }
  for (let run = 0; run < runs; run++) {
    samples.many.push((await burst(server.base, size, IN_FLIGHT, manySkus)).ordersPerSecond)
    samples.hot.push((await burst(server.base, size, IN_FLIGHT, hotSku)).ordersPerSecond)
  }
  return { hotPerSecond: median(samples.hot), manyPerSecond: median(samples.many) }
}

/** A tenth of the orders of the run that looks at growth. */
export interface Stretch {
  readonly orders: number
  readonly perSecond: number
  readonly cpuMs: number
  /** Alive in the heap of the code. */
  readonly heapMb: number
  /** Of the whole process, once our garbage was collected: the local simulators of queues and the like are in it. */
  readonly memoryMb: number
  readonly diskMb: number
}

const STRETCHES = 10

export async function growth(
  server: Server,
  orders: number,
  progress: (text: string) => void,
): Promise<readonly Stretch[]> {
  const stretches: Stretch[] = []
  const size = Math.ceil(orders / STRETCHES)
  for (let number = 1; number <= STRETCHES; number++) {
    const before = server.usage().cpuS
    const { ordersPerSecond } = await burst(server.base, size, IN_FLIGHT)
    const cpuMs = ((server.usage().cpuS - before) * 1_000) / size
    const heapMb = (await liveHeapAtRest(server.inspector)) / 1_000_000
    const { memoryMb, diskMb } = server.usage()
    stretches.push({ orders: number * size, perSecond: ordersPerSecond, cpuMs, heapMb, memoryMb, diskMb })
    const memory = `${String(Math.round(heapMb))} MB alive, ${String(Math.round(memoryMb))} MB in all`
    progress(`${String(number * size)} orders, ${memory}`)
  }
  return stretches
}

export interface Killed {
  /** Orders that had been accepted when the process died, or were accepted after it. */
  readonly accepted: number
  readonly secondsToAnswer: number
  /** From the kill until the last of them was final. */
  readonly secondsToFinal: number
}

const KILL_PATIENCE_MS = 180_000
const KILL_POLL_MS = 250

/**
 * The process dies by SIGKILL when half of the orders are placed. Callers whose request died with it give it up, and go
 * on with their next order once there is somebody to answer.
 */
export async function kill(server: Server, orders: number): Promise<Killed> {
  const accepted: string[] = []
  let killedAt = 0
  const answering = once(async () => {
    await server.answers()
    return (clock() - killedAt) / 1_000
  })
  await inFlight(IN_FLIGHT, orders, async (number) => {
    if (number === Math.floor(orders / 2)) {
      server.killWorker()
      killedAt = clock()
    }
    try {
      accepted.push((await place(server.base)).id)
    } catch {
      // Nobody knows whether this one was placed; nothing was promised.
      await answering()
    }
  })
  const secondsToAnswer = await answering()
  const ends = await lastEnds(server, accepted)
  return { accepted: accepted.length, secondsToAnswer, secondsToFinal: (Math.max(...ends) - killedAt) / 1_000 }
}

/** Whoever comes first starts it, and all wait for the same. */
function once<T>(start: () => Promise<T>): () => Promise<T> {
  let started: Promise<T> | null = null
  return () => (started ??= start())
}

async function lastEnds(server: Server, ids: readonly string[]): Promise<readonly number[]> {
  // Nothing is measured here, so the shop's own client asks, with its retries.
  const shop = connect(server.base)
  const ends: number[] = []
  const end = clock() + KILL_PATIENCE_MS
  for (let open = ids; open.length > 0;) {
    if (clock() > end) throw new Error(`${String(open.length)} orders are not final, ${open[0] ?? ""} among them`)
    const still: string[] = []
    await inFlight(8, open.length, async (number) => {
      const { id, status, updatedAt } = await shop.order(open[number] ?? "")
      if (isFinal(status)) ends.push(Date.parse(updatedAt))
      else still.push(id)
    })
    open = still
    await pause(KILL_POLL_MS)
  }
  return ends
}

export interface Reads {
  readonly perSecond: number
  readonly orderP50Ms: number
  readonly orderP99Ms: number
  readonly sagaP50Ms: number
  readonly sagaP99Ms: number
}

const READERS = 4

/** Readers of orders and sagas while sixteen orders at a time go through. */
export async function reads(server: Server, orders: number): Promise<Reads> {
  const known: string[] = []
  await inFlight(16, 50, async () => {
    known.push((await place(server.base)).id)
  })
  const samples = { "": [] as number[], "/saga": [] as number[] }
  let isOver = false
  const load = closedLoop(server.base, orders, 16).finally(() => (isOver = true))
  const start = clock()
  const readers = Array.from({ length: READERS }, async (_unused, reader) => {
    for (let number = reader; !isOver; number++) {
      const view = number % 2 === 0 ? "" : "/saga"
      const sentAt = clock()
      await call(server.base, "GET", `/orders/${known[number % known.length] ?? ""}${view}`)
      samples[view].push(clock() - sentAt)
    }
  })
  await Promise.all([load, ...readers])
  const seconds = (clock() - start) / 1_000
  return {
    perSecond: (samples[""].length + samples["/saga"].length) / seconds,
    orderP50Ms: percentile(samples[""], 0.5),
    orderP99Ms: percentile(samples[""], 0.99),
    sagaP50Ms: percentile(samples["/saga"], 0.5),
    sagaP99Ms: percentile(samples["/saga"], 0.99),
  }
}
