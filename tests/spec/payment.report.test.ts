// What the payment gateway says of its own accord: never believed, looked up, and told to a person where it can't be so.
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import type { PaymentReport } from "../../domain/views.ts"
import { AMOUNT, captured, declined, exhausted, gaveBack, lost, ORDER, PaymentStory, refused } from "./payment.story.ts"

const CHARGE = `${ORDER}/charge/1`
const REFUND = `${ORDER}/refund`
const TYPES = ["charge.succeeded", "charge.declined", "charge.failed", "refund.succeeded", "refund.failed"] as const

const charging = (): PaymentStory => new PaymentStory().request()
const paid = (): PaymentStory => charging().charged(captured())
const refunding = (): PaymentStory => paid().undo()

/** What comes of a report: nothing, a look-up, or a call for a person. */
function outcomeOf(story: PaymentStory, type: PaymentReport["type"], said: Partial<PaymentReport> = {}): string {
  const [before, spoken, calls] = [story.state, story.said.length, story.calls.length]
  story.report(type, said)
  expect([story.state, story.said.length, story.calls.length]).toEqual([before, spoken, calls])
  const [lookUp, alert] = [story.lookUps.at(-1), story.alerts.at(-1)]
  return lookUp === undefined ? (alert ?? "nothing") : `looks up ${lookUp}`
}

describe("a report on a charge", () => {
  test.each(["charge.succeeded", "charge.declined", "charge.failed"] as const)(
    "%s before the call has returned has the charge looked up, and is not believed",
    (type) => {
      expect(outcomeOf(charging(), type)).toBe(`looks up ${CHARGE}`)
    },
  )

  test.each([
    ["captured", captured(), "charge.succeeded", "nothing"],
    ["captured", captured(), "charge.declined", "answered otherwise"],
    ["captured", captured(), "charge.failed", "answered otherwise"],
    ["declined", declined, "charge.declined", "nothing"],
    ["declined", declined, "charge.failed", "nothing"],
    ["declined", declined, "charge.succeeded", "answered otherwise"],
    ["given up", exhausted, "charge.failed", "nothing"],
    ["given up", exhausted, "charge.succeeded", "answered otherwise"],
    ["unknown in its outcome", lost, "charge.succeeded", "not known here"],
  ] as const)("that was %s changes nothing when it is late (M7)", (_how, outcome, type, words) => {
    expect(outcomeOf(charging().charged(outcome), type)).toContain(words)
  })

  test("of unknown outcome has its refund looked up while that is under way", () => {
    expect(outcomeOf(charging().charged(lost).undo(), "charge.succeeded", { key: CHARGE })).toBe(`looks up ${REFUND}`)
  })

  test("of an earlier attempt is weighed by what came of that one", () => {
    const second = (): PaymentStory => charging().charged(declined).request({ attempt: 2 })
    expect(outcomeOf(second(), "charge.declined", { key: CHARGE })).toBe("nothing")
    expect(outcomeOf(second(), "charge.succeeded", { key: CHARGE })).toContain("answered otherwise")
    expect(outcomeOf(second(), "charge.succeeded")).toBe(`looks up ${ORDER}/charge/2`)
  })
})

describe("a report on a refund", () => {
  test("before the call has returned has the refund looked up", () => {
    expect(outcomeOf(refunding(), "refund.succeeded")).toBe(`looks up ${REFUND}`)
    expect(outcomeOf(refunding(), "refund.failed")).toBe(`looks up ${REFUND}`)
  })

  test("of a charge whose outcome is unknown may be about any amount", () => {
    const story = charging().charged(lost).undo()
    expect(outcomeOf(story, "refund.succeeded", { amount: 0 })).toBe(`looks up ${REFUND}`)
  })

  test.each([
    ["given back", gaveBack(), "refund.succeeded", "nothing"],
    ["given back", gaveBack(), "refund.failed", "answered otherwise"],
    ["refused", refused, "refund.failed", "nothing"],
    ["refused", refused, "refund.succeeded", "answered otherwise"],
    ["unknown in its outcome", lost, "refund.succeeded", "no such refund"],
  ] as const)("that was %s changes nothing when it is late", (_how, outcome, type, words) => {
    expect(outcomeOf(refunding().refunded(outcome), type)).toContain(words)
  })
})

describe("a report that can't be so calls a person", () => {
  test.each([
    ["of an unknown order", new PaymentStory(), {}, "no such payment"],
    ["of another order's charge", charging(), { key: "ord_2/charge/1" }, "no such charge"],
    ["of another amount under way", charging(), { amount: AMOUNT + 1 }, `about ${String(AMOUNT)}`],
    ["of another amount when it is settled", paid(), { amount: 1 }, `about ${String(AMOUNT)}`],
    ["of another currency", charging(), { currency: "USD" }, "in EUR"],
  ] as const)("when it is one %s", (_what, story, said, words) => {
    expect(outcomeOf(story, "charge.succeeded", said)).toContain(words)
  })

  test("of another amount that was given back", () => {
    expect(outcomeOf(refunding(), "refund.succeeded", { amount: 1 })).toContain(`about ${String(AMOUNT)}`)
    expect(outcomeOf(paid(), "refund.succeeded", { key: REFUND })).toContain("no such refund")
  })
})

test("no report ever changes a payment, says anything, or calls the gateway to do something (M7)", () => {
  const stories = [
    charging,
    paid,
    refunding,
    () => charging().charged(lost).undo(),
    () => paid().undo().refunded(refused),
  ]
  const report = fc.record({
    type: fc.constantFrom(...TYPES),
    key: fc.constantFrom(CHARGE, REFUND, `${ORDER}/charge/2`, "x"),
    amount: fc.constantFrom(0, 1, AMOUNT),
    currency: fc.constantFrom("EUR", "USD"),
  })
  const property = fc.property(fc.constantFrom(...stories), fc.array(report, { maxLength: 10 }), (open, reports) => {
    const story = open()
    for (const { type, ...said } of reports) outcomeOf(story, type, said)
  })
  fc.assert(property, { seed: 7 })
})
