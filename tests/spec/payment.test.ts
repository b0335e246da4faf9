import { describe, expect, test } from "vitest"
import { viewOf } from "../../domain/payment/view.ts"
import { AMOUNT, captured, declined, exhausted, gaveBack, lost, ORDER, PaymentStory, refused } from "./payment.story.ts"

const types = (story: PaymentStory): string[] => story.said.map((saying) => saying.type)

describe("a payment that is asked for", () => {
  test("charges once and says so (D-06, K-02)", () => {
    const story = new PaymentStory().request()
    expect(story.calls).toEqual([`${ORDER}/charge/1`])
    expect(story.said).toEqual([])
    story.charged(captured())
    expect(story.said).toEqual([
      {
        type: "Payment.completed",
        data: { orderId: ORDER, attempt: 1, paymentId: "pay_1", amount: AMOUNT, currency: "EUR" },
      },
    ])
    expect(story.known.status).toBe("captured")
    expect(story.events).toEqual(["authorized", "captured"])
  })

  test("a repeat after the capture answers the current attempt, without a second charge (D-07, P10)", () => {
    const story = new PaymentStory().request().charged(captured()).request({ attempt: 2 })
    expect(story.calls).toHaveLength(1)
    expect(story.last).toMatchObject({ type: "Payment.completed", data: { attempt: 2 } })
  })

  test("a repeat while the charge is under way gets its outcome, and the older attempt nothing (P10)", () => {
    const story = new PaymentStory().request().request({ attempt: 2 })
    expect(story.calls).toHaveLength(1)
    story.charged(captured())
    expect(story.said).toHaveLength(1)
    expect(story.last).toMatchObject({ type: "Payment.completed", data: { attempt: 2 } })
  })

  test("a decline carries the gateway's code (D-06, R-11)", () => {
    const story = new PaymentStory().request().charged(declined)
    expect(story.last).toMatchObject({ type: "Payment.failed", data: { code: "INSUFFICIENT_FUNDS", uncertain: false } })
    expect(story.known.status).toBe("declined")
    expect(story.events).toEqual(["declined"])
  })

  test("after a decline a new attempt charges under a new key, the same attempt is answered again (P10, K-05)", () => {
    const story = new PaymentStory().request().charged(declined).request()
    expect(story.calls).toHaveLength(1)
    expect(types(story)).toEqual(["Payment.failed", "Payment.failed"])
    story.request({ attempt: 2 })
    expect(story.calls).toEqual([`${ORDER}/charge/1`, `${ORDER}/charge/2`])
  })

  test("a gateway out of reach fails the payment for certain once the budget is spent (K-21, R-08)", () => {
    const tries = [{ at: 1_001, what: "retried", reason: "not reachable" }] as const
    const story = new PaymentStory().request().charged(exhausted, tries)
    expect(story.last).toMatchObject({ type: "Payment.failed", data: { code: "UNAVAILABLE", uncertain: false } })
    expect(story.events).toEqual(["retried", "failed"])
    expect(viewOf(story.known, []).attempts).toBe(2)
  })

  test("an outcome that nobody knows is reported as such, and tried again under the same key only (P10)", () => {
    const story = new PaymentStory().request().charged(lost)
    expect(story.known.status).toBe("unknown")
    expect(story.last).toMatchObject({ type: "Payment.failed", data: { code: "UNAVAILABLE", uncertain: true } })
    story.request({ attempt: 2 })
    expect(story.calls).toEqual([`${ORDER}/charge/1`, `${ORDER}/charge/1`])
  })

  test("an expired request is refused without a charge (K-22, P12)", () => {
    const story = new PaymentStory().request({ expired: true })
    expect(story.calls).toEqual([])
    expect(story.last).toMatchObject({ type: "Payment.failed", data: { code: "DEADLINE", uncertain: false } })
    const unsure = new PaymentStory().request().charged(lost).request({ attempt: 2, expired: true })
    expect(unsure.last).toMatchObject({ type: "Payment.failed", data: { code: "DEADLINE", uncertain: true } })
  })

  test("a poisonous request is parked, and redriven it is an ordinary one (K-15, K-17, P15)", () => {
    const story = new PaymentStory().request({ plan: "poison" })
    expect(story.poison).not.toBeNull()
    expect(story.state).toBeNull()
    story.request({ plan: "poison", redriven: true }).charged(captured())
    expect(story.last).toMatchObject({ type: "Payment.completed" })
  })

  test("nothing to pay needs no gateway", () => {
    const story = new PaymentStory().request({ amount: 0 })
    expect(story.calls).toEqual([])
    expect(story.last).toMatchObject({ type: "Payment.completed", data: { amount: 0 } })
    story.undo()
    expect(story.calls).toEqual([])
    expect(story.last).toMatchObject({ type: "Payment.refunded", data: { captured: 0, refunded: 0 } })
  })
})

describe("a payment that is undone", () => {
  test("before it was asked for: the tombstone refuses the late request (D-17, K-13)", () => {
    const story = new PaymentStory().undo()
    expect(story.last).toEqual({
      type: "Payment.refunded",
      data: { orderId: ORDER, attempt: 1, paymentId: "pay_1", refundId: null, captured: 0, refunded: 0 },
    })
    expect(viewOf(story.known, [])).toMatchObject({ status: "voided", amount: 0 })
    story.request()
    expect(story.calls).toEqual([])
    expect(story.last).toMatchObject({ type: "Payment.failed", data: { code: "CANCELLED", uncertain: false } })
  })

  test("after the capture: everything is given back, once (D-08, D-20, K-14, R-23)", () => {
    const story = new PaymentStory().request().charged(captured()).undo()
    expect(story.known.status).toBe("refunding")
    expect(story.calls.at(-1)).toBe(`${ORDER}/refund`)
    story.refunded(gaveBack())
    expect(story.last).toMatchObject({
      type: "Payment.refunded",
      data: { captured: AMOUNT, refunded: AMOUNT, refundId: "ref_1" },
    })
    expect(story.known.status).toBe("refunded")
    expect(story.events).toEqual(["authorized", "captured", "refunded"])
    story.undo({ attempt: 2 })
    expect(story.calls).toHaveLength(2)
    expect(story.last).toMatchObject({ type: "Payment.refunded", data: { attempt: 2, refunded: AMOUNT } })
  })

  test("while the charge is under way: a late success is given back at once, and nobody hears of a payment (D-22, P10)", () => {
    const story = new PaymentStory().request().undo()
    expect(story.calls).toEqual([`${ORDER}/charge/1`])
    story.charged(captured())
    expect(story.calls).toEqual([`${ORDER}/charge/1`, `${ORDER}/refund`])
    expect(story.said).toEqual([])
    story.refunded(gaveBack())
    expect(types(story)).toEqual(["Payment.refunded"])
    expect(story.last).toMatchObject({ data: { captured: AMOUNT, refunded: AMOUNT } })
  })

  test.each([
    ["declined", declined],
    ["failed", exhausted],
  ] as const)("while a charge is under way that ends %s: there is nothing to give back (D-19)", (status, outcome) => {
    const story = new PaymentStory().request().undo().charged(outcome)
    expect(types(story)).toEqual(["Payment.refunded"])
    expect(story.last).toMatchObject({ data: { captured: 0, refunded: 0, refundId: null } })
    expect(story.known.status).toBe(status)
  })

  test("a charge that nobody knows of is made sure of: it was made (P10)", () => {
    const story = new PaymentStory().request().charged(lost).undo()
    expect(story.amountsAsked).toEqual([null])
    story.refunded(gaveBack())
    expect(story.last).toMatchObject({ type: "Payment.refunded", data: { captured: AMOUNT, refunded: AMOUNT } })
    expect(story.events).toEqual(["authorized", "captured", "refunded"])
  })

  test("a charge that nobody knows of is made sure of: it was not made, and never will be (P10)", () => {
    const story = new PaymentStory().request().undo().charged(lost)
    expect(story.said).toEqual([])
    story.refunded(gaveBack(0, 0))
    expect(story.last).toMatchObject({ type: "Payment.refunded", data: { captured: 0, refunded: 0, refundId: null } })
    expect(story.known.status).toBe("voided")
    expect(story.events).toEqual(["voided"])
  })

  test("an undo given up says how the books stand, and a later one tries under a new key (K-04, D-08, N1)", () => {
    const story = new PaymentStory().request().charged(captured()).undo({ plan: "decline" }).refunded(refused)
    expect(story.last).toMatchObject({
      type: "Payment.refundFailed",
      data: { attempt: 1, captured: AMOUNT, refunded: 0 },
    })
    expect(story.known.status).toBe("captured")
    story.undo({ attempt: 2 })
    expect(story.calls.at(-1)).toBe(`${ORDER}/refund/2`)
    story.refunded(gaveBack())
    expect(story.last).toMatchObject({ type: "Payment.refunded", data: { attempt: 2, refunded: AMOUNT } })
  })

  test("an undo whose outcome nobody knows is tried again under the same key (P10)", () => {
    const story = new PaymentStory().request().charged(captured()).undo().refunded(lost).undo({ attempt: 2 })
    expect(story.calls.slice(1)).toEqual([`${ORDER}/refund`, `${ORDER}/refund`])
  })

  test("a gateway that gives back too little is asked for the rest (M4)", () => {
    const story = new PaymentStory().request().charged(captured()).undo().refunded(gaveBack(997))
    expect(story.last).toMatchObject({ type: "Payment.refundFailed", data: { captured: AMOUNT, refunded: 997 } })
    expect(story.known.status).toBe("partially_refunded")
    story.undo({ attempt: 2 })
    expect(story.amountsAsked).toEqual([AMOUNT, AMOUNT - 997])
    story.refunded(gaveBack(AMOUNT - 997))
    expect(story.known).toMatchObject({ status: "refunded", captured: AMOUNT, refunded: AMOUNT })
  })

  test("an undo that comes again while it is under way is answered once, as the newest (P10)", () => {
    const story = new PaymentStory().request().charged(captured()).undo().undo({ attempt: 2 }).refunded(gaveBack())
    expect(story.calls).toHaveLength(2)
    expect(types(story)).toEqual(["Payment.completed", "Payment.refunded"])
    expect(story.last).toMatchObject({ data: { attempt: 2 } })
  })

  test("a poisonous undo is parked and leaves the money where it is (K-17)", () => {
    const story = new PaymentStory().request().charged(captured()).undo({ plan: "poison" })
    expect(story.poison).not.toBeNull()
    expect(story.known.status).toBe("captured")
    story.undo({ plan: "poison", redriven: true })
    expect(story.calls.at(-1)).toBe(`${ORDER}/refund`)
  })
})

test("tries under way are seen while they go on", () => {
  const story = new PaymentStory().request()
  const log = [{ at: 1_002, what: "retried", reason: "not reachable" }] as const
  const view = viewOf(story.known, [{ name: "charge", key: `${ORDER}/charge/1`, tries: 1, log }])
  expect(view).toMatchObject({ status: "charging", attempts: 2 })
  expect(view.history).toEqual([
    { at: 1_002, event: "retried", amount: AMOUNT, key: `${ORDER}/charge/1`, reason: "not reachable" },
  ])
})
