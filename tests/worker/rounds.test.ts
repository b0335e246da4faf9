// The monitor's rounds: they begin by themselves, and tell whoever keeps figures what they have found.
import { env } from "cloudflare:workers"
import { expect, test } from "vitest"
import { SWEEP } from "../../domain/placement.ts"
import { threadOf } from "./objects.ts"
import { openShop } from "./world.ts"

interface Point {
  readonly blobs: readonly string[]
  readonly doubles: readonly number[]
  readonly indexes: readonly string[]
}

const points: Point[] = []
Object.assign(env, { ANALYTICS: { writeDataPoint: (point: Point) => void points.push(point) } })
// More cells than one run visits, so that a round takes two.
const shop = openShop({ SWEEP_EVERY_MS: "1000", CELLS: "64" })

async function roundsGone(): Promise<number> {
  const state = (await threadOf("Monitor", SWEEP))?.state as { readonly runs: number } | undefined
  return state?.runs ?? 0
}

test("begin with the first request, though no schedule fires and nobody asks how it is (P17, G5)", async () => {
  const delivered = await shop.place()
  await shop.place({ simulate: { payment: "decline" } })
  await shop.until(delivered, "delivered")
  await shop.settle()
  await shop.eventually("a round", async () => (await roundsGone()) >= 3)
})

test("write a point of each complete round to the platform's analytics, all of its cells in it (A-19)", async () => {
  await shop.settle()
  // The round that is under way when all have come to rest may still tell of what was owed before.
  const before = points.length + 1
  const rested = (): Point[] => points.slice(before)
  await shop.eventually("a point", () => rested().some(({ doubles }) => doubles[0] === 2 && doubles[2] === 1))
  const [placed, completed, cancelled, successRate, p95, ...outbox] = points.at(-1)?.doubles ?? []
  expect([placed, completed, cancelled, successRate]).toEqual([2, 1, 1, 0.5])
  expect(p95).toBeGreaterThan(0)
  expect(outbox).toEqual([0, 0, 0, 0, 0])
  expect(points.at(-1)?.indexes).toEqual(["round"])
  expect(points.at(-1)?.blobs).toEqual([])
})
