/** How a running queue delivers, retries and gives up: asked of the platform's local runtime and of the stand-in. */
import { describe, expect, test } from "vitest"
import { type Clock, PROBED_QUEUE, until } from "./probed.ts"

export interface LiveMessage {
  readonly body: string
  readonly attempts: number
  ack(): void
  retry(delaySeconds: number): void
}

export type Batch = readonly LiveMessage[]

export interface Consumers {
  /** Of the queue as `PROBED_QUEUE` describes it. */
  readonly queue: (batch: Batch) => void
  readonly dead: (batch: Batch) => void
}

export interface LiveQueueProbe extends Clock {
  /** In one request, so that they may share a batch. */
  send(bodies: readonly string[], delaySeconds?: number): Promise<void>
}

interface Arrival {
  readonly body: string
  readonly attempts: number
  readonly at: number
}

/** A clock that is read on two sides of a process may be off by a little. */
const SLACK_MS = 50
const SECOND = 1_000 - SLACK_MS

type Open = (consumers: Consumers) => LiveQueueProbe

interface Watched {
  readonly probe: LiveQueueProbe
  readonly arrivals: Arrival[]
  readonly dead: Arrival[]
  readonly sizes: number[]
}

function watched(open: Open, consume: (batch: Batch) => void): Watched {
  const [arrivals, dead, sizes]: [Arrival[], Arrival[], number[]] = [[], [], []]
  const note = (into: Arrival[], batch: Batch): void => {
    for (const { body, attempts } of batch) into.push({ body, attempts, at: probe.now() })
  }
  const probe = open({
    queue: (batch) => {
      note(arrivals, batch)
      sizes.push(batch.length)
      consume(batch)
    },
    dead: (batch) => {
      note(dead, batch)
      for (const message of batch) message.retry(0)
    },
  })
  return { probe, arrivals, dead, sizes }
}

function attemptsOf(arrivals: readonly Arrival[], body: string): number[] {
  return arrivals.filter((each) => each.body === body).map(({ attempts }) => attempts)
}

function pause(arrivals: readonly Arrival[], body: string): number {
  const [first, second] = arrivals.filter((each) => each.body === body)
  return (second?.at ?? 0) - (first?.at ?? 0)
}

export function liveQueueConforms(open: Open): void {
  describe("a running queue", () => {
    delivering(open)
    retrying(open)
  })
}

function delivering(open: Open): void {
  test("hands over all there is, once, in batches that are never larger than they may be", async () => {
    const { probe, arrivals, sizes } = watched(open, () => undefined)
    await probe.send(["a", "b", "c", "d", "e"])
    await until(probe, "all have come", () => arrivals.length >= 5)
    await probe.pass(300)
    expect(arrivals.map(({ body }) => body).toSorted()).toEqual(["a", "b", "c", "d", "e"])
    expect(arrivals.map(({ attempts }) => attempts)).toEqual([1, 1, 1, 1, 1])
    expect(Math.max(...sizes)).toBe(PROBED_QUEUE.batchMax)
  })

  test("keeps a message for as long as its sender asks", async () => {
    const { probe, arrivals } = watched(open, () => undefined)
    const sent = probe.now()
    await probe.send(["a"], 1)
    await until(probe, "it has come", () => arrivals.length > 0)
    expect((arrivals[0]?.at ?? 0) - sent).toBeGreaterThanOrEqual(SECOND)
  })
}

function retrying(open: Open): void {
  test("brings back what is retried after its delay and counts it, and not what was acknowledged with it", async () => {
    const { probe, arrivals, sizes } = watched(open, (batch) => {
      for (const message of batch) {
        if (message.body === "again" && message.attempts === 1) message.retry(1)
        else message.ack()
      }
    })
    await probe.send(["done", "again"])
    await until(probe, "it has come again", () => attemptsOf(arrivals, "again").length > 1)
    await probe.pass(1_200)
    expect(sizes[0]).toBe(2)
    expect(attemptsOf(arrivals, "again")).toEqual([1, 2])
    expect(attemptsOf(arrivals, "done")).toEqual([1])
    expect(pause(arrivals, "again")).toBeGreaterThanOrEqual(SECOND)
  })

  test("brings all of a batch back whose consumer threw, after the queue's own delay", async () => {
    let calls = 0
    const { probe, arrivals } = watched(open, () => {
      calls += 1
      if (calls === 1) throw new Error("the consumer dies")
    })
    await probe.send(["a", "b"])
    await until(probe, "both have come again", () => arrivals.length >= 4)
    for (const body of ["a", "b"]) {
      expect(attemptsOf(arrivals, body)).toEqual([1, 2])
      expect(pause(arrivals, body)).toBeGreaterThanOrEqual(PROBED_QUEUE.retryDelaySeconds * SECOND)
    }
  })

  test("gives up after its retries: to the dead-letter queue where it has one, and for good where it has none", async () => {
    const { probe, arrivals, dead } = watched(open, (batch) => {
      for (const message of batch) message.retry(0)
    })
    await probe.send(["a"])
    await until(probe, "it is given up", () => dead.length > 0)
    await probe.pass(1_500)
    expect(attemptsOf(arrivals, "a")).toEqual([1, 2, 3])
    expect(attemptsOf(dead, "a")).toEqual([1])
  })
}
