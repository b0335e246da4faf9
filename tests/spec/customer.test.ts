// What a customer's cell decides: milestones told once, claims that lead to one order.
import { describe, expect, test } from "vitest"
import {
  admitted,
  claim,
  claimKey,
  complete,
  customerOf,
  customerPrefix,
  isOver,
  known,
  mayFree,
  oneLess,
  openOrdersRow,
  orderKey,
  orderOf,
  told,
  uncounted,
  withStatus,
  type ClaimRecord,
} from "../../domain/customer.ts"
import { newOrderId } from "../../domain/orderId.ts"

const orderAt = (now: number): string => newOrderId({ region: "any", cell: 3 }, now, () => 0.5)
const id = orderAt(1_000)

describe("the keys of a customer", () => {
  test("A-03 sort its newest order first, and its claims after all orders", () => {
    const [older, newer] = [orderKey("c", orderAt(1_000)), orderKey("c", orderAt(2_000))]
    expect([claimKey("c", "ff"), older, newer].sort()).toEqual([newer, older, claimKey("c", "ff")])
  })

  test("tell whose they are and which order they are about", () => {
    const key = orderKey("a.b@c", id)
    expect([customerOf(key), orderOf(key)]).toEqual(["a.b@c", id])
    expect(orderOf(claimKey("c", "ff"))).toBeNull()
    expect(orderOf(customerPrefix("c"))).toBeNull()
    expect(orderKey("cust", id).startsWith(customerPrefix("cust_2"))).toBe(false)
  })
})

describe("what a customer is told", () => {
  const notice = { orderId: id, type: "shipped", message: "On its way.", at: 1 } as const

  test("each milestone is told once, however often it is reported", () => {
    const once = told(known(null, id), notice)
    expect(once.notices).toEqual([notice])
    expect(told(once, { ...notice, at: 2 })).toBe(once)
    expect(told(once, { ...notice, type: "delivered" }).notices).toHaveLength(2)
  })

  test("an order that has ended stays so, however late its attention is sent again", () => {
    for (const end of ["cancelled", "delivered"] as const) {
      const over = withStatus(known(null, id), end)
      expect(withStatus(over, "attention")).toBe(over)
    }
  })

  test("the newest status stays, and the same one changes nothing", () => {
    const placed = known(null, id)
    const cancelled = withStatus(placed, "cancelled")
    expect(cancelled.status).toBe("cancelled")
    expect(withStatus(cancelled, "cancelled")).toBe(cancelled)
    expect(known(cancelled, id)).toBe(cancelled)
  })
})

describe("the open orders of a customer", () => {
  test("are counted up to what it may have, and never below nothing", () => {
    const first = admitted(null, 2)
    expect(first).toEqual({ open: 1 })
    expect(admitted({ open: 1 }, 2)).toEqual({ open: 2 })
    expect(admitted({ open: 2 }, 2)).toBeNull()
    expect(oneLess({ open: 2 })).toEqual({ open: 1 })
    expect(oneLess(null)).toEqual({ open: 0 })
  })

  test("are those that have not ended; what needs attention is still open", () => {
    const statuses = ["placed", "attention", "cancelled", "delivered"] as const
    expect(statuses.filter((status) => isOver(withStatus(known(null, id), status)))).toEqual(["cancelled", "delivered"])
    expect(uncounted({ ...known(null, id), isCounted: true })).toEqual(known(null, id))
  })

  test("have a row that is no order's and no claim's", () => {
    expect(openOrdersRow("cust_alice").startsWith(customerPrefix("cust_alice"))).toBe(false)
  })
})

describe("a claim", () => {
  const request = { bodyHash: "b1", orderId: id, leaseMs: 100, lifeMs: 1_000 }
  const twin = { ...request, orderId: orderAt(2_000) }

  function claimed(now = 0): ClaimRecord {
    const { record } = claim(null, request, now)
    if (record === null) throw new Error("not claimed")
    return record
  }

  function completed(): ClaimRecord {
    const record = complete(claimed(), { orderId: id, status: 201, body: "{}" })
    if (record === null) throw new Error("not completed")
    return record
  }

  test("of a free key holds the order's id", () => {
    expect(claim(null, request, 0).outcome).toEqual({ outcome: "claimed", orderId: id })
    expect(claim({ kind: "free" }, request, 0).outcome).toEqual({ outcome: "claimed", orderId: id })
  })

  test("of another body is a mismatch, running or done", () => {
    for (const state of [claimed(), completed()]) {
      expect(claim(state, { ...twin, bodyHash: "b2" }, 1_000)).toEqual({
        record: null,
        outcome: { outcome: "mismatch" },
      })
    }
  })

  test("by a twin waits while the first is at work, then completes the same order", () => {
    expect(claim(claimed(), twin, 99)).toEqual({ record: null, outcome: { outcome: "running" } })
    const later = claim(claimed(), twin, 100)
    expect(later.outcome).toEqual({ outcome: "claimed", orderId: id })
    expect(later.record).toMatchObject({ leaseUntil: 200, takeovers: 1 })
  })

  test("that is made again by its own caller is still its caller's", () => {
    expect(claim(claimed(), request, 50).outcome).toEqual({ outcome: "claimed", orderId: id })
  })

  test("that is done gives its answer, and the first answer stays", () => {
    const state = completed()
    expect(claim(state, twin, 5_000).outcome).toEqual({ outcome: "replay", status: 201, body: "{}", orderId: id })
    expect(complete(state, { orderId: id, status: 201, body: "other" })).toBeNull()
  })

  test("is completed for its own order only", () => {
    expect(complete(claimed(), { orderId: twin.orderId, status: 201, body: "{}" })).toBeNull()
    expect(complete(null, { orderId: id, status: 201, body: "{}" })).toBeNull()
  })

  test("may be freed by its caller, unless it is done or a twin has taken it over", () => {
    expect(mayFree(claimed(), id)).toBe(true)
    expect(mayFree(claimed(), twin.orderId)).toBe(false)
    expect(mayFree(completed(), id)).toBe(false)
    expect(mayFree(claim(claimed(), twin, 100).record, id)).toBe(false)
    expect(mayFree(null, id)).toBe(false)
  })
})
