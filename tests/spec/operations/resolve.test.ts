/** What a person decides about an order in attention, and what comes of it. */
import { describe, expect, test } from "vitest"
import { books } from "../../../domain/order/books.ts"
import { refusalOf, stepsToFence } from "../../../domain/order/resolve.ts"
import { sagaView } from "../../../domain/order/view.ts"
import type { ResolveInput } from "../../../domain/order/views.ts"
import { Case, TOTAL } from "./orders.ts"

/** Paid and reserved, cancelled before a label was there; the refund has failed. */
function owing(): Case {
  const order = new Case().paid().reserved().cancelled()
  return order.recalled().released().refundFailed()
}

function input(part: Partial<ResolveInput>): ResolveInput {
  return { action: "accept", reason: "r", who: "olga", step: null, outcome: null, amount: null, ...part }
}

describe("accepting a refund", () => {
  test("that was made by hand ends the order, and who, when and why stand with it (P11, N2)", () => {
    const order = owing()
    expect(order.state.status).toBe("attention")
    order.resolve({ fenced: [order.paymentFence()] })
    expect(order.state.status).toBe("cancelled")
    expect(order.last?.draft.note).toBe("accept payment by olga: by phone")
    expect(books(order.state)).toMatchObject({ captured: TOTAL, refunded: TOTAL, kept: 0, balanced: true })
  })

  test("takes no one's word while the participant isn't fenced (P11)", () => {
    const { state } = owing()
    expect(refusalOf(state, input({}))).toContain("may still be tried again")
    const fenced = [{ step: "payment", attempt: 1, captured: TOTAL, refunded: 0, uncertain: false } as const]
    expect(refusalOf(state, input({ fenced }))).toContain("may still be tried again")
    const [step] = stepsToFence(state, null)
    expect(step).toMatchObject({ step: "payment", attempt: state.steps.payment.attempt })
  })

  test("enters what the ledger says before what the person says (P11)", () => {
    const order = owing()
    order.resolve({ fenced: [order.paymentFence({ refunded: 10_000 })] })
    expect(books(order.state)).toMatchObject({ refunded: TOTAL, kept: 0, balanced: true })
    expect([order.state.refunded, order.state.refundedByHand]).toEqual([10_000, 997])
  })

  test("in part leaves the rest outstanding, and the rest ends it", () => {
    const order = owing()
    order.resolve({ amount: 10_000, fenced: [order.paymentFence()] })
    expect(order.state.status).toBe("attention")
    expect(order.state.steps.payment.error).toContain("997 cents")
    order.resolve({ amount: 997, fenced: [order.paymentFence()] })
    expect(order.state.status).toBe("cancelled")
  })

  test("of a charge whose outcome nobody knew believes the person about both", () => {
    const order = new Case().reserved().cancelled().released()
    order.happen("undoTimeout", { step: "payment" })
    const fence = order.paymentFence({ captured: 0, uncertain: true })
    order.resolve({ outcome: "not_done", fenced: [fence] })
    expect([order.state.status, order.state.steps.payment.error]).toEqual([
      "attention",
      "nobody knows whether it was charged",
    ])
    order.resolve({ amount: TOTAL, fenced: [fence] })
    expect(order.state.status).toBe("cancelled")
    expect(books(order.state)).toMatchObject({ captured: TOTAL, refunded: TOTAL, balanced: true })
  })

  test("as not done changes nothing but what the ledger says", () => {
    const order = owing()
    order.resolve({ outcome: "not_done", fenced: [order.paymentFence()] })
    expect(order.state.status).toBe("attention")
    expect(sagaView(order.state, []).compensation.outstanding).toEqual(["payment"])
  })

  test("of more than the order costs is refused", () => {
    const order = owing()
    expect(refusalOf(order.state, input({ amount: TOTAL + 1, fenced: [order.paymentFence()] }))).toContain("more than")
  })
})

describe("after a step was settled by hand", () => {
  test("a late success enters the books, alerts, and moves nothing (P11)", () => {
    const order = owing()
    order.resolve({ fenced: [order.paymentFence()] })
    order.refunded()
    expect(order.state.status).toBe("cancelled")
    expect(order.last?.draft.alert).toContain("settled by hand")
    expect(order.last?.ignored).toContain("settled by hand")
    expect(books(order.state)).toMatchObject({ refunded: 2 * TOTAL, kept: -TOTAL, balanced: false })
  })

  test("a repetition of what is known is no news (P11)", () => {
    const order = owing()
    order.resolve({ fenced: [order.paymentFence()] })
    order.paid()
    expect([order.state.status, order.last?.draft.alert]).toEqual(["cancelled", null])
  })

  test("a retry of it counts again, and is answered as ever (P11)", () => {
    const order = new Case().paid().reserved().cancelled().recalled().releaseFailed("A").released("B").refundFailed()
    order.resolve({ step: "payment", fenced: [order.paymentFence()] })
    expect(sagaView(order.state, []).compensation.outstanding).toEqual(["inventory"])
    order.resolve({ action: "retry", step: "inventory" })
    expect(order.state.status).toBe("cancelling")
    order.released("A")
    expect(order.state.status).toBe("cancelled")
  })
})

describe("accepting a release", () => {
  test("takes the shelf's word, and leaves outstanding what is held all the same (P11)", () => {
    const order = new Case().paid().reserved().cancelled().recalled().refunded().releaseFailed("A").released("B")
    const { attempt } = order.state.steps.inventory
    expect(stepsToFence(order.state, null)).toEqual([
      { step: "inventory", attempt, lines: [{ sku: "A", quantity: 2 }] },
    ])
    const held = [{ sku: "A", reserved: 2, released: 0, shipped: 0 }]
    order.resolve({ outcome: "not_done", fenced: [{ step: "inventory", attempt, lines: held }] })
    expect([order.state.status, order.state.lines["A"]?.error]).toEqual(["attention", "it is still held"])
    const given = [{ sku: "A", reserved: 2, released: 2, shipped: 0 }]
    order.resolve({ fenced: [{ step: "inventory", attempt, lines: given }] })
    expect(order.state.status).toBe("cancelled")
    expect(books(order.state).balanced).toBe(true)
  })
})

describe("a decision", () => {
  test("is about what is outstanding and nothing else", () => {
    const order = owing()
    expect(refusalOf(order.state, input({ action: "retry", step: "inventory" }))).toBe("inventory is not outstanding")
    order.resolve({ action: "retry" })
    expect(order.said.filter((type) => type === "Payment.refund")).toHaveLength(2)
    expect(order.said.filter((type) => type === "Inventory.release")).toHaveLength(1)
  })

  test.each(["pending", "cancelled"] as const)("about an order that is %s is refused", (status) => {
    const order = status === "pending" ? new Case() : owing()
    if (status === "cancelled") order.resolve({ fenced: [order.paymentFence()] })
    order.resolve({ action: "retry" })
    expect(order.last?.refused).toBe("the order is not in attention")
  })
})

describe("an undo's answer", () => {
  test("to a later attempt than was asked ends the undo, one to an earlier moves nothing (P10, K-23)", () => {
    const answer = (order: Case, by: number): Case => {
      const about = { orderId: order.state.id, paymentId: "pay_1", refundId: "ref_1", captured: TOTAL, refunded: TOTAL }
      return order.happen("Payment.refunded", { ...about, attempt: order.state.steps.payment.attempt + by })
    }
    expect(answer(owing().resolve({ action: "retry" }), 5).state.status).toBe("cancelled")
    expect(answer(owing().resolve({ action: "retry" }), -1).state.status).toBe("cancelling")
  })
})
