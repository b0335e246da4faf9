import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { LISTED_HOLDS_MAX } from "../../domain/limits.ts"
import { ATTEMPTS_MAX, StockStory } from "./stock.story.ts"

const orders = fc.constantFrom("a", "b", "c", "d")
const plans = fc.constantFrom("none", "decline", "transient_once", "always_transient", "timeout_once", "poison", null)
const steps = fc.array(
  fc.oneof(
    fc.record({ what: fc.constantFrom("reserve" as const, "release" as const), order: orders, plan: plans }),
    fc.record({ what: fc.constant("dispatched" as const), order: orders, plan: plans }),
    fc.record({ what: fc.constant("add" as const), order: orders, plan: plans }),
    fc.record({ what: fc.constant("pass" as const), order: orders, plan: plans }),
    fc.record({ what: fc.constantFrom("fence" as const, "keep" as const), order: orders, plan: plans }),
  ),
  // As long as that: left to itself the generator stops at ten, which is too few for an order to come to much.
  { maxLength: 40, size: "max" },
)
type Step = (typeof steps extends fc.Arbitrary<infer All> ? All : never)[number]

/** Orders that hold a unit each before anything happens: with some of these the level's row has no room for more. */
const crowds = [0, LISTED_HOLDS_MAX - 2, LISTED_HOLDS_MAX]

/** Each order wants a quantity of its own, so that mixing them up shows. */
const wants: Readonly<Record<string, number>> = { a: 1, b: 2, c: 3, d: 5 }

class Run {
  readonly story: StockStory
  received: number
  /** What has left the shelf: of goods whose hold was gone no more than there seemed to be. */
  shipped = 0
  #attempts = 0

  constructor(stock: number) {
    this.story = new StockStory(stock)
    this.received = stock
  }

  take({ what, order, plan }: Step): void {
    const quantity = wants[order] ?? 1
    const attempt = ++this.#attempts
    if (what === "reserve") this.story.reserve(order, { quantity, attempt, plan })
    else if (what === "release") this.story.release(order, { quantity, attempt, plan })
    else if (what === "dispatched") this.#dispatch(order, quantity)
    else if (what === "pass") this.story.pass(150)
    else if (what === "fence" || what === "keep")
      this.story.fence(order, { quantity, attempt, release: what === "fence" })
    else {
      this.story.add(4)
      this.received += 4
    }
  }

  #dispatch(order: string, quantity: number): void {
    const seen = (this.story.isOlder ? this.story.row : this.story.level)?.available ?? 0
    const before = this.story.orders.get(order)?.status
    const { status, lost = 0 } = this.story.dispatched(order, quantity).orders.get(order) ?? {}
    if (status === before || status !== "deducted") return
    this.shipped += lost > 0 ? Math.min(lost, seen) : quantity
  }
}

describe("whatever happens to a SKU", () => {
  test("available + reserved + shipped = received, nothing is negative, reserved is what orders hold (K1, K2, R-05)", () => {
    fc.assert(
      fc.property(fc.nat({ max: 12 }), steps, (stock, all) => {
        const run = new Run(stock)
        for (const step of all) {
          // The story itself refuses a level that can't be true.
          run.take(step)
          const { available = 0, reserved = 0, shipped = 0 } = run.story.level ?? {}
          expect(available + reserved + shipped).toBe(run.received)
          expect(reserved).toBe(run.story.held)
        }
      }),
      { numRuns: 2_000 },
    )
  })

  test.each(crowds)(
    "the level's row, read from disk at any moment, comes to the level as it stands beside %i holds of others (K1, K2)",
    (crowd) => {
      fc.assert(
        fc.property(fc.nat({ max: 12 }), steps, (stock, all) => {
          const run = new Run(stock + crowd)
          for (let stranger = 0; stranger < crowd; stranger++) run.story.reserve(`stranger ${String(stranger)}`)
          for (const step of all) {
            run.take(step)
            expect(run.story.reread).toEqual(run.story.level)
            expect([run.story.level?.reserved, run.story.level?.shipped]).toEqual([run.story.held, run.shipped])
          }
        }),
        { numRuns: 700 },
      )
    },
  )

  test.each(crowds)(
    "the same while a release from before lists of holds takes turns with this one, beside %i holds of others (G9)",
    (crowd) => {
      fc.assert(
        fc.property(fc.nat({ max: 12 }), steps, fc.array(fc.boolean(), { minLength: 1 }), (stock, all, turns) => {
          const run = new Run(stock + crowd)
          for (let stranger = 0; stranger < crowd; stranger++) run.story.reserve(`stranger ${String(stranger)}`)
          for (const [index, step] of all.entries()) {
            run.story.isOlder = turns[index % turns.length] === true
            run.take(step)
            const { available = 0, reserved = 0, shipped = 0 } = run.story.reread ?? {}
            expect([available + reserved + shipped, reserved]).toEqual([run.received, run.story.held])
            expect(shipped).toBe(run.shipped)
            // So the older one sells nothing that isn't there.
            expect(run.story.row?.available).toBeLessThanOrEqual(available)
          }
        }),
        { numRuns: 2_700 },
      )
    },
  )

  test("an order reserves a SKU once in its life (K3, D-10, K-20)", () => {
    fc.assert(
      fc.property(fc.nat({ max: 12 }), steps, (stock, all) => {
        const run = new Run(stock)
        for (const step of all) run.take(step)
        for (const order of Object.keys(wants)) {
          const ids = run.story.said.flatMap((saying) =>
            saying.type === "Inventory.reserved" && saying.data.orderId === order ? [saying.data.reservationId] : [],
          )
          expect(new Set(ids).size).toBeLessThanOrEqual(1)
        }
      }),
      { numRuns: 2_000 },
    )
  })

  test("an undo that is asked for again without a plan leaves nothing held but what has left (K4, G8)", () => {
    fc.assert(
      fc.property(fc.nat({ max: 12 }), steps, (stock, all) => {
        const run = new Run(stock)
        for (const step of all) run.take(step)
        run.story.pass(100 * 2 ** ATTEMPTS_MAX)
        for (const order of Object.keys(wants)) run.story.release(order, { quantity: wants[order] ?? 1, attempt: 99 })
        expect(run.story.held).toBe(0)
        expect(run.story.level?.reserved).toBe(0)
      }),
      { numRuns: 1_000 },
    )
  })
})
