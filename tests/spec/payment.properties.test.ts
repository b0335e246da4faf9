import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { AMOUNT, captured, declined, exhausted, gaveBack, lost, ORDER, PaymentStory, refused } from "./payment.story.ts"

/** The bank at the other end: one deed per key, and calls that may be lost on the way there or back. */
class Bank {
  readonly charges = new Map<string, "captured" | "declined" | "void">()
  readonly refunds = new Map<string, number>()

  charge(key: string, fate: Fate) {
    if (fate === "unreachable") return exhausted
    if (fate !== "lost before" && !this.charges.has(key)) {
      this.charges.set(key, fate === "declined" ? "declined" : "captured")
    }
    if (fate === "lost before" || fate === "lost after") return lost
    return this.charges.get(key) === "captured" ? captured() : declined
  }

  refund(key: string, charge: string, fate: Fate) {
    if (fate === "unreachable") return exhausted
    if (fate === "declined" && !this.refunds.has(key)) return refused
    if (fate === "lost before") return lost
    if (!this.charges.has(charge)) this.charges.set(charge, "void")
    const taken = this.charges.get(charge) === "captured" ? AMOUNT : 0
    if (!this.refunds.has(key)) this.refunds.set(key, taken - this.given)
    return fate === "lost after" ? lost : gaveBack(this.refunds.get(key), taken)
  }

  get taken(): number {
    return [...this.charges.values()].filter((standing) => standing === "captured").length * AMOUNT
  }

  get given(): number {
    return [...this.refunds.values()].reduce((sum, amount) => sum + amount, 0)
  }
}

const fates = ["done", "declined", "unreachable", "lost before", "lost after"] as const
type Fate = (typeof fates)[number]

type Step = { readonly what: "request" | "undo" } | { readonly what: "settle"; readonly fate: Fate }

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({ what: fc.constantFrom("request" as const, "undo" as const) }),
    fc.record({ what: fc.constant("settle" as const), fate: fc.constantFrom(...fates) }),
  ),
  { maxLength: 30 },
)

class Run {
  readonly story = new PaymentStory()
  readonly bank = new Bank()
  #attempts = 0
  #undos = 0

  take(step: Step): void {
    if (step.what === "settle") this.settle(step.fate)
    else if (step.what === "request") this.story.request({ attempt: ++this.#attempts })
    else this.story.undo({ attempt: ++this.#undos })
  }

  settle(fate: Fate): void {
    const { state } = this.story
    const key = this.story.calls.at(-1) ?? ""
    if (state?.undo?.status === "under_way") {
      this.story.refunded(this.bank.refund(key, state.charge?.key ?? "", fate))
    } else if (state?.charge?.standing === "under_way") {
      this.story.charged(this.bank.charge(key, fate))
    }
  }

  /** Whoever keeps asking for an undo gets it, once the bank answers. */
  undoForGood(): void {
    for (let round = 0; round < 4; round++) {
      this.take({ what: "undo" })
      this.settle("done")
      this.settle("done")
    }
  }
}

describe("whatever happens to a payment", () => {
  test("an order is charged at most once, and never gets back more than it paid (M1, M3, D-07)", () => {
    fc.assert(
      fc.property(steps, (all) => {
        const run = new Run()
        for (const step of all) {
          run.take(step)
          expect(run.bank.taken).toBeLessThanOrEqual(AMOUNT)
          expect(run.bank.given).toBeLessThanOrEqual(run.bank.taken)
        }
      }),
      { numRuns: 2_000 },
    )
  })

  test("an undo ends with every cent given back, late success included, and its answer says what the bank says (M4, M6, R-25)", () => {
    fc.assert(
      fc.property(steps, (all) => {
        const run = new Run()
        for (const step of all) run.take(step)
        run.undoForGood()
        expect(run.bank.given).toBe(run.bank.taken)
        expect(run.story.last).toMatchObject({
          type: "Payment.refunded",
          data: { orderId: ORDER, captured: run.bank.taken, refunded: run.bank.given },
        })
      }),
      { numRuns: 2_000 },
    )
  })

  test("after an undo nothing is taken any more (K-13, D-17)", () => {
    fc.assert(
      fc.property(steps, (all) => {
        const run = new Run()
        for (const step of all) run.take(step)
        run.undoForGood()
        const taken = run.bank.taken
        run.take({ what: "request" })
        run.settle("done")
        expect(run.bank.taken).toBe(taken)
        expect(run.story.last).toMatchObject({ type: "Payment.failed", data: { code: "CANCELLED" } })
      }),
    )
  })

  test("each request that is settled has one answer: paid, or not paid and why (K-16)", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...fates), { maxLength: 8 }), (all) => {
        const run = new Run()
        all.forEach((fate, index) => {
          const before = run.story.said.length
          run.take({ what: "request" })
          run.settle(fate)
          expect(run.story.said.length).toBe(before + 1)
          expect(run.story.last).toMatchObject({ data: { attempt: index + 1 } })
        })
      }),
    )
  })
})
