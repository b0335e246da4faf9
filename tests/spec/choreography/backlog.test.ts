// A queue that is behind, and senders that make it no longer than it is.
import { describe, expect, test } from "vitest"
import { Backlog, oldestOf } from "../../../choreography/backlog.ts"

const LEASE_MS = 1_000

describe("P13 while a queue is older than a lease", () => {
  test("one delivery goes out a lease, and brings back the next answer", () => {
    const backlog = new Backlog()
    backlog.heard("Payment", 0)
    const admitted = [5_000, 5_001, 5_500, 5_999, 6_000, 6_001].map((now) => backlog.admits("Payment", now, LEASE_MS))
    expect(admitted).toEqual([true, false, false, false, true, false])
    backlog.heard("Payment", null)
    expect(backlog.admits("Payment", 6_002, LEASE_MS)).toBe(true)
  })

  test("the queues of others are not held back", () => {
    const backlog = new Backlog()
    backlog.heard("Payment", 0)
    backlog.admits("Payment", 5_000, LEASE_MS)
    expect([backlog.admits("Payment", 5_001, LEASE_MS), backlog.admits("Shipping", 5_001, LEASE_MS)]).toEqual([
      false,
      true,
    ])
  })

  test("a queue that is merely busy holds back nothing", () => {
    const backlog = new Backlog()
    backlog.heard("Payment", 4_500)
    expect([5_000, 5_001, 5_002].every((now) => backlog.admits("Payment", now, LEASE_MS))).toBe(true)
  })
})

describe("the answer to a send", () => {
  const answer = (oldestMessageTimestamp: unknown) => ({
    metadata: { metrics: { backlogCount: 1, backlogBytes: 1, oldestMessageTimestamp } },
  })

  test("tells when the oldest message was sent, in whatever form the runtime says it", () => {
    expect([oldestOf(answer(new Date(7))), oldestOf(answer(7))]).toEqual([7, 7])
  })

  test.each([undefined, null, {}, "ok", { metadata: {} }, answer(undefined), answer(0), answer("soon")])(
    "may tell nothing: %j",
    (nothing) => {
      expect(oldestOf(nothing)).toBeNull()
    },
  )
})
