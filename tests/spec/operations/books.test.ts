/** The books of an order, in each state; and no end while they don't balance. */
import { describe, expect, test } from "vitest"
import { books } from "../../../domain/order/books.ts"
import { movedTo } from "../../../domain/order/deadlines.ts"
import { Case, TOTAL } from "./orders.ts"

const paid = (): Case => new Case().reserved().paid().labelled()

describe("the books of an order (N2)", () => {
  const rows: readonly (readonly [string, () => Case, object])[] = [
    ["pending", () => new Case(), { captured: 0, refunded: 0, kept: 0, balanced: true }],
    ["paid", paid, { captured: TOTAL, kept: TOTAL, balanced: true }],
    ["cancelling", () => paid().cancelled(), { captured: TOTAL, kept: TOTAL, balanced: false }],
    [
      "attention",
      () => paid().cancelled().recalled().refundFailed().released(),
      { kept: TOTAL, refunded: 0, balanced: false },
    ],
    [
      "cancelled",
      () => paid().cancelled().recalled().refunded().released(),
      { captured: TOTAL, refunded: TOTAL, kept: 0, balanced: true },
    ],
    [
      "delivered",
      () => paid().granted().dispatched().deducted("A", "B").arrived(),
      { captured: TOTAL, refunded: 0, kept: TOTAL, balanced: true },
    ],
  ]

  test.each(rows)("are shown while it is %s", (status, bring, expected) => {
    const order = bring()
    expect(order.state.status).toBe(status)
    expect(books(order.state)).toMatchObject(expected)
    for (const line of books(order.state).lines) {
      expect(line.reserved).toBeGreaterThanOrEqual(0)
      expect(line.reserved + line.shipped + line.released + line.lost).toBeLessThanOrEqual(line.quantity)
    }
  })

  test("a final state is refused while they don't balance: a refund that gave back too little (N2)", () => {
    const order = paid()
      .cancelled()
      .recalled()
      .released()
      .refunded(TOTAL - 1)
    expect(order.state.status).toBe("attention")
    expect(books(order.state)).toMatchObject({ kept: 1, balanced: false })
    order.resolve({ fenced: [order.paymentFence({ refunded: TOTAL - 1 })] })
    expect(order.state.status).toBe("cancelled")
  })

  test("a final state is refused while a line is not deducted (N2, P16)", () => {
    const order = paid().granted().dispatched().deducted("A").arrived()
    expect(order.state.status).toBe("shipped")
    expect(order.deducted("B").state.status).toBe("delivered")
  })
})

describe("a deadline that is moved", () => {
  test("moves the step's own with it, and changes the version (N4)", () => {
    const { state, now } = new Case()
    const moved = movedTo(state, "paymentStep", 99_000, now)
    expect(moved.steps.payment.deadlineAt).toBe(99_000)
    expect(moved.steps.inventory.deadlineAt).toBe(state.steps.inventory.deadlineAt)
    expect(moved.version).toBe(state.version + 1)
    expect(movedTo(state, "paymentStep", null, now).steps.payment.deadlineAt).toBeNull()
  })
})
