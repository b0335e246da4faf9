/** Whatever the order of answers, the moment of a cancel and the clocks: it ends, and the books balance. */
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { books } from "../../../domain/order/books.ts"
import { allLines } from "../../../domain/order/state.ts"
import type { StepName } from "../../../domain/order/views.ts"
import type { Nature } from "./participants.ts"
import { OrderStory } from "./story.ts"

const STEPS: readonly StepName[] = ["payment", "inventory", "shipping"]
const subset = fc.subarray([...STEPS])

const nature: fc.Arbitrary<Nature> = fc.record({
  payment: fc.constantFrom(
    "pays",
    "pays",
    "pays",
    "declines",
    "unavailable",
    "unknown and taken",
    "unknown and not taken",
    "silent",
  ),
  missing: fc.subarray(["A", "B"], { maxLength: 1 }).map((skus) => skus),
  inventory: fc.constantFrom("answers", "answers", "answers", "silent"),
  shipping: fc.constantFrom("sends", "sends", "sends", "refuses", "unknown and made", "silent"),
  failing: subset,
  mute: subset,
  overrules: fc.boolean(),
})
/** They may fail, and they undo what they are asked to. A recall overruled after its time is up needs a person (P4). */
const wellMeaning = nature.map((each): Nature => ({ ...each, missing: [], failing: [], mute: [], overrules: false }))
const choices = fc.array(fc.nat(12), { maxLength: 60 })

/** What happens from outside while the events go to and fro: at which step, and what. */
const meddling = fc.array(fc.tuple(fc.nat(30), fc.constantFrom("cancel", "deadline", "expired", "tick" as const)), {
  maxLength: 3,
})
const scenario = fc.record({
  flow: fc.constantFrom("parallel", "reserve-first" as const),
  dispatchDelayMs: fc.constantFrom(0, 5_000),
  choices,
  meddling,
})
type Scenario = typeof scenario extends fc.Arbitrary<infer Of> ? Of : never

function play({ flow, dispatchDelayMs, choices: order, meddling: acts }: Scenario, as: Nature): OrderStory {
  const story = new OrderStory({ flow }, as, { dispatchDelayMs })
  order.forEach((choice, step) => {
    for (const [at, act] of acts) if (at === step) meddle(story, act)
    story.next(choice)
  })
  return story.end()
}

function meddle(story: OrderStory, act: "cancel" | "deadline" | "expired" | "tick"): void {
  if (act === "cancel") story.cancel()
  if (act === "deadline") story.ring("deadline")
  if (act === "tick") story.tick()
  if (act === "expired") story.happen("Inventory.expired", { orderId: "ord_1", sku: "A", reservationId: "res" })
}

function isBalanced(story: OrderStory): void {
  const { state, world } = story
  const lost = [...world.shelves.values()].reduce((sum, shelf) => sum + shelf.lost, 0)
  expect(["delivered", "cancelled", "attention"]).toContain(state.status)
  if (state.status === "delivered") expect([world.kept, world.held, lost]).toEqual([state.total, 0, 0])
  if (state.status === "cancelled") expect([world.kept, world.held]).toEqual([0, 0])
  if (state.status === "attention") expect(state.cancellation).not.toBeNull()
}

/** The order's books are those of its participants. */
function isKnown(story: OrderStory): void {
  const { state, world } = story
  const mine = books(state)
  expect([mine.captured, mine.refunded]).toEqual([world.captured, world.refunded])
  for (const line of allLines(state)) {
    const shelf = world.shelves.get(line.sku)
    expect(line.reserved - line.released - line.shipped).toBe(shelf?.held ?? 0)
    expect(line.shipped).toBe(shelf?.shipped ?? 0)
  }
}

const runs = { numRuns: 1_500 }

describe("any interleaving of answers", () => {
  test("ends final or in attention, with balanced books (G7, G8, G9, M4, M5, K4, H2)", () => {
    fc.assert(
      fc.property(scenario, nature, (how, as) => {
        const story = play(how, as)
        isBalanced(story)
        if (story.state.status !== "attention") isKnown(story)
      }),
      runs,
    )
  })

  test("is tried in all its kinds: a property that only ever sees one end proves nothing", () => {
    const ends = fc
      .sample(fc.tuple(scenario, nature), { numRuns: 600, seed: 7 })
      .map(([how, as]) => play(how, as).state.status)
    for (const end of ["delivered", "cancelled", "attention"]) {
      expect([end, ends.filter((each) => each === end).length > 60]).toEqual([end, true])
    }
  })

  test("of well-meaning participants never needs a person (G7, G8)", () => {
    fc.assert(
      fc.property(scenario, wellMeaning, (how, as) => {
        const story = play(how, as)
        expect(["delivered", "cancelled"]).toContain(story.state.status)
        isBalanced(story)
        isKnown(story)
      }),
      runs,
    )
  })

  test("tells a customer each milestone at most once, and nothing after a cancel but its end (D-32)", () => {
    fc.assert(
      fc.property(scenario, nature, (how, as) => {
        const { told } = play(how, as)
        expect(new Set(told).size).toBe(told.length)
        if (told.includes("delivered")) expect(told).not.toContain("cancelled")
      }),
      runs,
    )
  })
})

describe("a cancel that was accepted", () => {
  test("ends cancelled, unless the carrier overrules it or an undo fails (P1, D-17)", () => {
    fc.assert(
      fc.property(scenario, wellMeaning, fc.nat(20), (how, as, at) => {
        const story = new OrderStory({ flow: how.flow }, as, { dispatchDelayMs: how.dispatchDelayMs })
        for (let step = 0; step < at; step++) story.next(how.choices[step] ?? 0)
        const before = story.state.status
        const accepted = story.cancel().refused === null
        story.end(how.choices)
        if (accepted) expect(story.state.status).toBe(before === "delivered" ? before : "cancelled")
        else expect(["delivered", "cancelled"]).toContain(story.state.status)
      }),
      runs,
    )
  })
})

describe("every subset of undos that fail for good", () => {
  const subsets = [0, 1, 2, 3, 4, 5, 6, 7].map((bits) => STEPS.filter((_name, index) => (bits & (1 << index)) !== 0))
  const ways = subsets.flatMap((failing) => (["failing", "mute"] as const).map((way) => ({ failing, way })))

  test.each(ways)(
    "$failing ($way): the others complete, just these are outstanding, and a retry ends it (N1, G8)",
    ({ failing, way }) => {
      fc.assert(
        fc.property(choices, (order) => {
          const story = new OrderStory({}, { [way]: failing })
          while (story.state.shipment === null) story.next()
          story.cancel().end(order)
          const left = STEPS.filter((step) => story.state.steps[step].undo === "outstanding")
          expect(left).toEqual(failing)
          expect(story.state.status).toBe(failing.length === 0 ? "cancelled" : "attention")
          for (const step of STEPS) {
            expect(story.state.steps[step].status).toBe(failing.includes(step) ? "compensating" : "compensated")
          }
          if (failing.length === 0) return
          story.world.mended = true
          story.retry().end(order)
          expect(story.state.status).toBe("cancelled")
          isBalanced(story)
          isKnown(story)
        }),
        { numRuns: 60 },
      )
    },
  )
})
