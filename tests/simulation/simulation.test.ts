/** The shop under every fault of the matrix, from fixed seeds: the same in every run, on every machine. */
import { describe, expect, test } from "vitest"
import { runBatch } from "./batch.ts"
import { orders } from "./orders/scenario.ts"
import { type Fault, faultNames, noFaults } from "./platform/faults.ts"
import { type Job, runHistory } from "./run.ts"
import { shrink } from "./shrink.ts"
import { add, emptyTally, shortfalls } from "./tally.ts"

const SEED = 2026
const SAGAS = 4
/** So many histories a test, so that each ends well within its time on a slow machine; by their first ones. */
const STRETCH = 65
const stretches = [0, 1, 2, 3].map((number) => number * STRETCH)

function job(seed: number, faults: readonly Fault[], change: Partial<Job["plan"]> = {}): Job {
  const plan = { ...noFaults, budget: Infinity, switches: new Set(faults), ...change }
  return { seed, sagas: SAGAS, plan, readable: true }
}

describe("the shop in the simulator", () => {
  const tally = emptyTally()

  test.each(stretches)(
    "nothing is lost, charged twice or left hanging, whatever fails, from history %i on (N12)",
    async (first) => {
      const batch = { scenario: orders.name, seed: SEED + first, histories: STRETCH, sagas: SAGAS, faults: faultNames }
      const stretch = await runBatch(orders, batch)
      add(tally, stretch)
      expect(stretch.failures).toEqual([])
    },
  )

  test("those histories have met every fault and come to every ending, without which they would prove nothing", () => {
    expect(tally.histories).toBe(stretches.length * STRETCH)
    expect(shortfalls(tally, new Set(faultNames), orders)).toEqual([])
  })

  test("the same seed gives the same history, byte for byte", async () => {
    for (const seed of [1, 2, 3]) {
      const [one, other] = [
        await runHistory(orders, job(seed, faultNames)),
        await runHistory(orders, job(seed, faultNames)),
      ]
      expect(other.hash).toBe(one.hash)
      expect(other.lines).toEqual(one.lines)
      expect(other.rowsWritten).toBe(one.rowsWritten)
    }
    const [one, other] = [await runHistory(orders, job(1, [])), await runHistory(orders, job(2, []))]
    expect(other.hash).not.toBe(one.hash)
  })

  test("a crash at every single point of one history changes nothing (G1, G5)", async () => {
    const { pointsReached } = await runHistory(orders, { ...job(SEED, []), sagas: 1 })
    const failed: string[] = []
    for (let crashAt = 1; crashAt <= pointsReached; crashAt++) {
      const { violation, crashes } = await runHistory(orders, { ...job(SEED, [], { crashAt }), sagas: 1 })
      if (violation !== null || crashes.size === 0) failed.push(`${crashAt}: ${violation?.message ?? "no crash"}`)
    }
    expect(pointsReached).toBeGreaterThan(30)
    expect(failed).toEqual([])
  })

  test("a failure is cut down to fewer sagas, fewer kinds of faults and fewer faults", async () => {
    // An ending that does not exist: whatever is left when it is cut down is as little as can fail.
    const impossible = {
      ...orders,
      begin: (...all: Parameters<typeof orders.begin>) => withClaim(orders.begin(...all)),
    }
    const failed = await runHistory(impossible, job(5, ["duplicate", "reorder", "lostSend", "evict"]))
    expect(failed.violation?.message).toContain("an hour after the last fault")
    const short = await shrink(impossible, failed)
    expect(short.job.sagas).toBe(1)
    expect(short.job.plan.switches.size).toBe(0)
    expect(short.faults).toBe(0)
    expect(short.lines.length).toBeLessThan(failed.lines.length)
  })
})

function withClaim(play: ReturnType<typeof orders.begin>): ReturnType<typeof orders.begin> {
  return {
    observer: play.observer,
    performers: (service) => play.performers(service),
    start: () => {
      play.start()
    },
    check: () => {
      play.check()
    },
    outcomes: () => play.outcomes(),
    unsettled: () => "nobody is ever content",
  }
}
