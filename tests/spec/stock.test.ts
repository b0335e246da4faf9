import { describe, expect, test } from "vitest"
import { LISTED_HOLDS_MAX } from "../../domain/limits.ts"
import { levelProblem, levelView, receive } from "../../domain/stock/level.ts"
import { SKU, StockStory, TTL_MS } from "./stock.story.ts"

describe("stock that is asked for", () => {
  test("moves from available to reserved, and is held until its time (R-05, R-06, D-09)", () => {
    const story = new StockStory(100).reserve("a", { quantity: 60 })
    expect(story.counts).toBe("40/60/0")
    expect(story.last).toEqual({
      type: "Inventory.reserved",
      data: { orderId: "a", sku: SKU, attempt: 1, reservationId: "res_1", quantity: 60, expiresAt: 1_000 + TTL_MS },
    })
  })

  test("60 + 60 of 100 are refused, with what was asked for and what there is (R-10, D-09)", () => {
    const story = new StockStory(100).reserve("a", { quantity: 60 }).reserve("b", { quantity: 60 })
    expect(story.counts).toBe("40/60/0")
    expect(story.last).toMatchObject({
      type: "Inventory.reservationFailed",
      data: { orderId: "b", code: "OUT_OF_STOCK", requested: 60, available: 40 },
    })
  })

  test("a SKU that nobody stocked is out of stock", () => {
    expect(new StockStory(null).reserve("a").last).toMatchObject({ data: { code: "OUT_OF_STOCK", available: 0 } })
  })

  test("a repeat answers again for the current attempt, and reserves nothing (D-10, P10, K-07)", () => {
    const story = new StockStory(100).reserve("a", { quantity: 2 }).reserve("a", { quantity: 2, attempt: 2 })
    expect(story.counts).toBe("98/2/0")
    expect(story.last).toMatchObject({ type: "Inventory.reserved", data: { attempt: 2, reservationId: "res_1" } })
  })

  test("a repeat after the release or the dispatch never reserves again (D-10, K3)", () => {
    const released = new StockStory(100).reserve("a").release("a").reserve("a", { attempt: 2 })
    expect(released.counts).toBe("100/0/0")
    expect(released.last).toMatchObject({ type: "Inventory.reservationFailed", data: { code: "CANCELLED" } })
    const shipped = new StockStory(100).reserve("a").dispatched("a").reserve("a", { attempt: 2 })
    expect(shipped.counts).toBe("99/0/1")
    expect(shipped.last).toMatchObject({ type: "Inventory.reserved", data: { attempt: 2 } })
  })

  test("after a refusal a new attempt is looked at anew, the same one is answered again (P10)", () => {
    const story = new StockStory(0).reserve("a").add(5).reserve("a")
    expect(story.last).toMatchObject({ type: "Inventory.reservationFailed" })
    story.reserve("a", { attempt: 2 })
    expect(story.last).toMatchObject({ type: "Inventory.reserved", data: { attempt: 2 } })
    expect(story.counts).toBe("4/1/0")
  })

  test("an expired request is refused (K-22, P12)", () => {
    const story = new StockStory(5).reserve("a", { expired: true })
    expect(story.counts).toBe("5/0/0")
    expect(story.last).toMatchObject({ type: "Inventory.reservationFailed", data: { code: "DEADLINE" } })
  })

  test("a hold that has outlived its time is kept, and the order is told once (P3, D-23)", () => {
    const story = new StockStory(5).reserve("a").pass(TTL_MS)
    expect(story.last).toEqual({
      type: "Inventory.expired",
      data: { orderId: "a", sku: SKU, reservationId: "res_1" },
    })
    expect(story.counts).toBe("4/1/0")
    expect(story.pass(TTL_MS).said).toHaveLength(2)
  })

  test("what was released or shipped does not expire", () => {
    expect(new StockStory(5).reserve("a").release("a").pass(TTL_MS).last?.type).toBe("Inventory.released")
    expect(new StockStory(5).reserve("a").dispatched("a").pass(TTL_MS).last?.type).toBe("Inventory.deducted")
  })
})

describe("stock that is given back", () => {
  test("moves from reserved to available, once, and says how much (R-11, R-12, K-13, D-19)", () => {
    const story = new StockStory(100).reserve("a", { quantity: 3 }).release("a", { quantity: 3 })
    expect(story.counts).toBe("100/0/0")
    expect(story.last).toEqual({
      type: "Inventory.released",
      data: { orderId: "a", sku: SKU, attempt: 1, quantity: 3 },
    })
    story.release("a", { quantity: 3, attempt: 2 })
    expect(story.counts).toBe("100/0/0")
    expect(story.last).toMatchObject({ type: "Inventory.released", data: { attempt: 2, quantity: 3 } })
  })

  test("a release that comes first leaves a tombstone against the late request (R-25, D-17)", () => {
    const story = new StockStory(100).release("a").reserve("a")
    expect(story.said.map(({ type }) => type)).toEqual(["Inventory.released", "Inventory.reservationFailed"])
    expect(story.said[0]).toMatchObject({ data: { quantity: 0 } })
    expect(story.last).toMatchObject({ data: { code: "CANCELLED" } })
    expect(story.counts).toBe("100/0/0")
  })

  test("a release after a refusal has nothing to give back (A-14)", () => {
    const story = new StockStory(0).reserve("a").release("a")
    expect(story.last).toMatchObject({ type: "Inventory.released", data: { quantity: 0 } })
  })

  test("what has left the shelf can't be given back", () => {
    const story = new StockStory(5).reserve("a").dispatched("a").release("a")
    expect(story.last).toMatchObject({ type: "Inventory.releaseFailed", data: { orderId: "a", attempt: 1 } })
    expect(story.counts).toBe("4/0/1")
  })
})

describe("goods that leave", () => {
  test("move from reserved to shipped, once (D-15)", () => {
    const story = new StockStory(5).reserve("a", { quantity: 2 }).dispatched("a", 2)
    expect(story.counts).toBe("3/0/2")
    expect(story.last).toEqual({
      type: "Inventory.deducted",
      data: { orderId: "a", sku: SKU, quantity: 2, lost: false },
    })
    expect(story.dispatched("a", 2).ignored).not.toBeNull()
    expect(story.counts).toBe("3/0/2")
  })

  test("although their hold was released: they are lost, and missing from the shelf (P4)", () => {
    const story = new StockStory(5).reserve("a", { quantity: 2 }).release("a", { quantity: 2 }).dispatched("a", 2)
    expect(story.counts).toBe("3/0/2")
    expect(story.last).toMatchObject({ type: "Inventory.deducted", data: { quantity: 2, lost: true } })
  })

  test("although others hold what is left: nothing is taken from them (P4)", () => {
    const story = new StockStory(2).reserve("a", { quantity: 2 }).release("a", { quantity: 2 })
    story.reserve("b", { quantity: 1 }).dispatched("a", 2)
    expect(story.counts).toBe("0/1/1")
    expect(story.orders.get("a")?.lost).toBe(2)
  })

  test("while their release is being retried: the release is answered with no (P4)", () => {
    const story = new StockStory(5).reserve("a").release("a", { plan: "always_transient" }).dispatched("a")
    expect(story.said.slice(1).map(({ type }) => type)).toEqual(["Inventory.deducted", "Inventory.releaseFailed"])
    expect(story.pass(60_000).said).toHaveLength(3)
    expect(story.counts).toBe("4/0/1")
  })

  test("in another quantity than was held can't be applied", () => {
    expect(new StockStory(5).reserve("a", { quantity: 2 }).dispatched("a", 1).poison).not.toBeNull()
  })
})

describe("plans of a rehearsal (K-15)", () => {
  test("none reserves, and so does everyday behaviour", () => {
    expect(new StockStory(5).reserve("a", { plan: "none" }).last?.type).toBe("Inventory.reserved")
  })

  test("decline is out of stock, whatever there is", () => {
    const story = new StockStory(5).reserve("a", { plan: "decline" })
    expect(story.last).toMatchObject({ data: { code: "OUT_OF_STOCK", requested: 1, available: 5 } })
  })

  test("transient_once is retried silently, then succeeds (K-16)", () => {
    const story = new StockStory(5).reserve("a", { plan: "transient_once" })
    expect(story.said).toEqual([])
    story.pass(100)
    expect(story.said.map(({ type }) => type)).toEqual(["Inventory.reserved"])
  })

  test("always_transient is given up at the end of the budget (K-21)", () => {
    const story = new StockStory(5).reserve("a", { plan: "always_transient" }).pass(299)
    expect(story.said).toEqual([])
    story.pass(1)
    expect(story.last).toMatchObject({ type: "Inventory.reservationFailed", data: { code: "UNAVAILABLE" } })
    expect(story.counts).toBe("5/0/0")
  })

  test("timeout_once reserves and loses its answer once", () => {
    const story = new StockStory(5).reserve("a", { plan: "timeout_once" })
    expect(story.counts).toBe("4/1/0")
    expect(story.lostAnswers).toBe(1)
  })

  test("poison is parked, and redriven it is an ordinary request (K-17, P15)", () => {
    const story = new StockStory(5).reserve("a", { plan: "poison" })
    expect(story.poison).not.toBeNull()
    expect(story.reserve("a", { plan: "poison", redriven: true }).last?.type).toBe("Inventory.reserved")
  })

  test("a request that is being retried is stopped by an undo (K-13)", () => {
    const story = new StockStory(5).reserve("a", { plan: "transient_once" }).release("a").pass(60_000)
    expect(story.said.map(({ type }) => type)).toEqual(["Inventory.released"])
    expect(story.counts).toBe("5/0/0")
  })

  test("a newer attempt is the one that a retry answers (P10)", () => {
    const story = new StockStory(5).reserve("a", { plan: "transient_once" }).reserve("a", { attempt: 2 }).pass(100)
    expect(story.said).toHaveLength(1)
    expect(story.last).toMatchObject({ type: "Inventory.reserved", data: { attempt: 2 } })
  })

  test.each(["decline", "always_transient"] as const)("a release with %s fails, and keeps the hold", (plan) => {
    const story = new StockStory(5).reserve("a").release("a", { plan }).pass(60_000)
    expect(story.last).toMatchObject({ type: "Inventory.releaseFailed", data: { attempt: 1 } })
    expect(story.counts).toBe("4/1/0")
    story.release("a", { attempt: 2, plan: "none" })
    expect(story.last).toMatchObject({ type: "Inventory.released", data: { attempt: 2, quantity: 1 } })
    expect(story.counts).toBe("5/0/0")
  })

  test("a release with transient_once succeeds in the end, and refuses requests in between", () => {
    const story = new StockStory(5).reserve("a").release("a", { plan: "transient_once" })
    story.reserve("a", { attempt: 2 })
    expect(story.last).toMatchObject({ type: "Inventory.reservationFailed", data: { code: "CANCELLED" } })
    expect(story.pass(100).last?.type).toBe("Inventory.released")
    expect(story.counts).toBe("5/0/0")
  })

  test("a release with timeout_once loses its answer once, with poison it is parked", () => {
    expect(new StockStory(5).reserve("a").release("a", { plan: "timeout_once" }).lostAnswers).toBe(1)
    expect(new StockStory(5).reserve("a").release("a", { plan: "poison" }).poison).not.toBeNull()
  })
})

describe("the level of a SKU", () => {
  test("shows what is available, reserved and shipped (D-25)", () => {
    expect(levelView(SKU, receive(receive(null, 100, 1), 5, 2))).toEqual({
      sku: SKU,
      available: 105,
      reserved: 0,
      shipped: 0,
      updatedAt: 2,
    })
  })

  test.each([
    [{ available: -1, reserved: 1, shipped: 0, received: 0 }, /available is -1/],
    [{ available: 1.5, reserved: 0, shipped: 0, received: 1.5 }, /available is 1.5/],
    [{ available: 1, reserved: 1, shipped: 1, received: 2 }, /1 available \+ 1 reserved \+ 1 shipped ≠ 2 received/],
    [{ available: 2e12, reserved: 0, shipped: 0, received: 2e12 }, /more than a shelf may hold/],
  ])("is refused when it can't be true: %o", (counts, problem) => {
    expect(levelProblem({ ...counts, updatedAt: 0 })).toMatch(problem)
  })
})

describe("the row of a level", () => {
  test("need not be written when what it lists as held leaves or is given back", () => {
    const story = new StockStory(9).reserve("a").reserve("b").dispatched("a").release("b")
    expect([story.counts, story.waited]).toEqual(["8/0/1", 2])
    expect(story.row).toMatchObject({ available: 7, reserved: 2, shipped: 0, open: ["a", "b"] })
    expect(story.reread).toEqual(story.level)
    expect(story.add(1).row).toEqual({ available: 9, reserved: 0, shipped: 1, received: 10, updatedAt: 1_000 })
  })

  test("is written for holds that it has no room to list, so that a hot SKU's stays short", () => {
    const story = new StockStory(100)
    for (let order = 0; order < LISTED_HOLDS_MAX + 8; order++) story.reserve(String(order))
    expect(story.level?.open).toHaveLength(LISTED_HOLDS_MAX)
    story.dispatched(String(LISTED_HOLDS_MAX)).release(String(LISTED_HOLDS_MAX + 1))
    expect([story.waited, story.row]).toEqual([0, story.level])
    expect(story.dispatched("0").waited).toBe(1)
    expect(story.reread).toEqual(story.level)
  })

  test("is written when goods leave whose hold was gone", () => {
    const story = new StockStory(5).reserve("a").reserve("b").release("a").dispatched("a")
    expect([story.counts, story.waited]).toEqual(["3/1/1", 1])
    expect(story.row).toMatchObject({ available: 3, reserved: 1, shipped: 1, open: ["b"] })
  })

  test("is written when a person gives back what is held, and lists it no more", () => {
    const story = new StockStory(5).reserve("a").reserve("b")
    story.fence("a", { attempt: 1, quantity: 1, release: true })
    expect([story.counts, story.waited]).toEqual(["4/1/0", 0])
    expect(story.row).toMatchObject({ available: 4, reserved: 1, open: ["b"] })
  })

  test("of an earlier release lists nothing, and is read as ever", () => {
    const level = { available: 3, reserved: 2, shipped: 1, received: 6, updatedAt: 7 }
    const story = new StockStory(5).reserve("a", { quantity: 2 })
    story.level = level
    expect(story.dispatched("a", 2).waited).toBe(0)
    expect(story.row).toEqual({ available: 3, reserved: 0, shipped: 3, received: 6, updatedAt: 1_000 })
  })

  test("is taken by an earlier release for the level: what that counts itself is not counted again", () => {
    const story = new StockStory(9).reserve("a").reserve("b").reserve("c").dispatched("a")
    story.isOlder = true
    story.dispatched("b").reserve("d")
    expect(story.row).toMatchObject({ available: 5, reserved: 3, shipped: 1, open: ["a", "b", "c"] })
    story.isOlder = false
    expect(story.reread).toMatchObject({ available: 5, reserved: 2, shipped: 2, open: ["c"] })
    story.dispatched("c").dispatched("d")
    expect([story.counts, story.reread]).toEqual(["5/0/4", story.level])
  })

  test("is right as well where goods were given back to this release, and left under an earlier one", () => {
    const story = new StockStory(5).reserve("a", { quantity: 2 }).release("a", { quantity: 2 })
    story.isOlder = true
    expect(story.dispatched("a", 2).row).toMatchObject({ available: 1, reserved: 2, shipped: 2, open: ["a"] })
    expect(story.reread).toMatchObject({ available: 3, reserved: 0, shipped: 2 })
  })
})
