/** Patience: calls that take too long are given up, by one clock for all of them. */
import { describe, expect, test } from "vitest"
import { Patience } from "../../../choreography/patience.ts"
import type { Platform } from "../../../choreography/platform.ts"

const MS = 10_000

class World {
  now = 1_000_000
  /** What the clocks count, whatever the time of day says. */
  #elapsed = 0
  #clocks: { readonly at: number; readonly body: () => void }[] = []
  set = 0
  readonly patience: Patience

  constructor() {
    const platform: Pick<Platform, "now" | "later"> = {
      now: () => this.now,
      later: (ms, body) => {
        const clock = { at: this.#elapsed + ms, body }
        this.#clocks.push(clock)
        this.set += 1
        return () => void (this.#clocks = this.#clocks.filter((other) => other !== clock))
      },
    }
    // Patience asks for nothing else of a platform.
    this.patience = new Patience(platform as Platform, MS)
  }

  get running(): number {
    return this.#clocks.length
  }

  pass(ms: number): void {
    const end = this.#elapsed + ms
    for (;;) {
      const next = this.#clocks.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
      if (next === undefined) break
      this.now += next.at - this.#elapsed
      this.#elapsed = next.at
      this.#clocks = this.#clocks.filter((other) => other !== next)
      next.body()
    }
    this.now += end - this.#elapsed
    this.#elapsed = end
  }
}

describe("patience", () => {
  test("gives each call the same time, however they overlap", () => {
    const world = new World()
    const ends: [number, number][] = []
    const began = world.now
    for (let call = 0; call < 5; call++) {
      world.patience.begin(() => void ends.push([call, world.now - began]))
      world.pass(2_500)
    }
    world.pass(10 * MS)
    expect(ends).toEqual([0, 1, 2, 3, 4].map((call) => [call, call * 2_500 + MS]))
    expect(world.running).toBe(0)
  })

  test("sets one clock for many, and none runs on when all have their answers", () => {
    const world = new World()
    const cancels = Array.from({ length: 50 }, () => world.patience.begin(() => expect.unreachable()))
    expect([world.set, world.running]).toEqual([1, 1])
    for (const cancel of cancels) cancel()
    expect(world.running).toBe(0)
    world.pass(2 * MS)
  })

  test.each([-3_600_000, -5_000, 5_000])(
    "gives up in time, at twice its time at the latest, when the clock jumps by %d ms",
    (jump) => {
      const world = new World()
      let ended = 0
      world.patience.begin(() => (ended += 1))
      world.pass(1_000)
      world.patience.begin(() => (ended += 1))
      world.now += jump
      world.pass(2 * MS)
      expect(ended).toBe(2)
      expect(world.running).toBe(0)
    },
  )

  test("goes on with those that began while others ended", () => {
    const world = new World()
    let ended = 0
    const cancel = world.patience.begin(() => expect.unreachable())
    world.pass(6_000)
    world.patience.begin(() => (ended += 1))
    cancel()
    world.pass(9_999)
    expect(ended).toBe(0)
    world.pass(1)
    expect(ended).toBe(1)
  })
})
