// An operator's routes: what would cancelling do, clocks, many letters at once, a person's word, why it stands still.
import { describe, expect, test } from "vitest"
import { textWith } from "./samples.ts"
import { open, place, type Open } from "./shop.ts"

interface Opened extends Open {
  readonly id: string
}

async function openWithOrder(): Promise<Opened> {
  const opened = open()
  const { id } = await place(opened)
  return { ...opened, id }
}

describe("DELETE /orders/:ref?dryRun=1", () => {
  test("answers what cancelling would do, with the version to do it by, and does nothing (N11)", async () => {
    const { request, id, shop } = await openWithOrder()
    for (const value of ["1", "true"]) {
      const answer = await request(`/orders/${id}?dryRun=${value}`, { method: "DELETE" })
      expect([answer.status, answer.headers.get("etag")]).toEqual([200, '"1"'])
      expect(await answer.json()).toEqual({
        orderId: id,
        status: "pending",
        version: 1,
        accepted: true,
        detail: null,
        undo: [
          { step: "payment", does: "refund", amount: 29.99, atMost: 109.97 },
          { step: "inventory", does: "release", units: [{ sku: "WIDGET-001", units: 2, atMost: 2 }] },
        ],
        final: [],
      })
    }
    expect(shop.count("cancel")).toBe(0)
  })

  test("says so when it would be refused, and 409 to a version that has passed", async () => {
    const { request, id, shop } = await openWithOrder()
    shop.desk.accepts = false
    const answer = await request(`/orders/${id}?dryRun=1`, { method: "DELETE" })
    expect([answer.status, await answer.json()]).toMatchObject([200, { accepted: false, detail: textWith("granted") }])
    const preview = (tag: string) =>
      request(`/orders/${id}?dryRun=1`, { method: "DELETE", headers: { "If-Match": tag } })
    expect([(await preview('"1"')).status, (await preview('"2"')).status]).toEqual([200, 409])
  })

  test("what is neither yes nor no cancels nothing", async () => {
    const { request, id, shop } = await openWithOrder()
    for (const value of ["", "yes", "2", "TRUE", "1&dryRun=0"]) {
      expect((await request(`/orders/${id}?dryRun=${value}`, { method: "DELETE" })).status).toBe(400)
    }
    expect(shop.count("cancel")).toBe(0)
    expect((await request(`/orders/${id}?dryRun=0`, { method: "DELETE" })).status).toBe(202)
  })
})

describe("deadlines", () => {
  test("are a list, the next one first (N4)", async () => {
    const { request, id } = await openWithOrder()
    const answer = await request(`/orders/${id}/deadlines`)
    expect([answer.status, await answer.json()]).toEqual([
      200,
      {
        items: [
          { name: "deadline", at: "2026-01-01T00:00:30.000Z", does: "cancels the order" },
          { name: "paymentStep", at: "2026-01-01T00:01:00.000Z", does: "cancels the order" },
        ],
        nextCursor: null,
      },
    ])
  })

  test("are extended, fired and cancelled, each with who and why (N4)", async () => {
    const { request, id, shop } = await openWithOrder()
    const move = (body: object) => request(`/orders/${id}/deadlines/deadline`, { method: "POST", body })
    for (const body of [
      { action: "extend", by: 60_000, reason: "the customer asked" },
      { action: "fire", reason: "enough" },
      { action: "cancel", reason: "by hand" },
    ]) {
      const answer = await move(body)
      expect([answer.status, await answer.json()]).toMatchObject([202, { items: [{}, {}], nextCursor: null }])
    }
    expect(shop.desk.moves).toEqual([
      { name: "deadline", action: "extend", byMs: 60_000, reason: "the customer asked", who: "development" },
      { name: "deadline", action: "fire", byMs: 0, reason: "enough", who: "development" },
      { name: "deadline", action: "cancel", byMs: 0, reason: "by hand", who: "development" },
    ])
  })

  test.each([
    [{ action: "extend", reason: "r" }, 400],
    [{ action: "extend", by: 0, reason: "r" }, 400],
    [{ action: "extend", by: 1.5, reason: "r" }, 400],
    [{ action: "extend", by: 1e12, reason: "r" }, 400],
    [{ action: "fire", by: 1, reason: "r" }, 400],
    [{ action: "fire" }, 400],
    [{ action: "stop", reason: "r" }, 400],
  ])("%j is answered %i", async (body, status) => {
    const { request, id, shop } = await openWithOrder()
    expect((await request(`/orders/${id}/deadlines/deadline`, { method: "POST", body })).status).toBe(status)
    expect(shop.count("moveDeadline")).toBe(0)
  })

  test("that nobody knows are 404, and those that don't run 409", async () => {
    const { request, id, shop } = await openWithOrder()
    const fire = (name: string, ref = id) =>
      request(`/orders/${ref}/deadlines/${name}`, { method: "POST", body: { action: "fire", reason: "r" } })
    expect((await fire("lunch")).status).toBe(404)
    expect((await fire("toString")).status).toBe(404)
    expect((await fire("deadline", "cust_nobody")).status).toBe(404)
    shop.desk.moveOutcome = "no_deadline"
    const answer = await fire("delivery")
    expect([answer.status, await answer.json()]).toMatchObject([
      409,
      { code: "deadline_not_running", detail: textWith("pending") },
    ])
  })
})

describe("many dead letters", () => {
  test("are redriven by filter, and counted by verdict (N10)", async () => {
    const { request, shop } = open()
    const body = { filter: { service: "Payment", type: "Payment.requested" }, reason: "fixed", limit: 10 }
    const answer = await request("/dead-letters/redrive", { method: "POST", body })
    expect([answer.status, await answer.json()]).toEqual([
      202,
      { matched: 3, redriven: 2, skipped: { "stale: an undo came first": 1 }, more: false, nextCursor: null },
    ])
    const query = { orderId: null, service: "Payment", type: "Payment.requested", limit: 10, cursor: null }
    expect(shop.desk.bulks).toEqual([[query, "fixed", "development"]])
  })

  test("go on where the last call has stopped", async () => {
    const { request, shop } = open()
    shop.desk.tally = { matched: 1, done: 1, skipped: {}, nextCursor: "3.abc" }
    const post = async (body: object) => {
      const answer = await request("/dead-letters/discard", { method: "POST", body: { reason: "old", ...body } })
      return { status: answer.status, ...(await answer.json<{ nextCursor: string; more: boolean }>()) }
    }
    const first = await post({ filter: {} })
    expect(first).toMatchObject({ status: 202, discarded: 1, more: true })
    await post({ filter: {}, cursor: first.nextCursor })
    expect(shop.desk.bulks.map(([{ limit, cursor }]) => [limit, cursor])).toEqual([
      [50, null],
      [50, "3.abc"],
    ])
  })

  test.each([
    ["redrive", {}],
    ["redrive", { filter: { status: "open" } }],
    ["redrive", { filter: { orderId: "ord_x" } }],
    ["redrive", { filter: {}, limit: 201 }],
    ["redrive", { filter: {}, limit: 0 }],
    ["redrive", { filter: {}, cursor: "none of ours" }],
    ["discard", { filter: {} }],
    ["discard", { filter: {}, reason: " " }],
  ])("%s of %j is refused", async (what, body) => {
    const { request, shop } = open()
    expect((await request(`/dead-letters/${what}`, { method: "POST", body })).status).toBe(400)
    expect(shop.desk.bulks).toEqual([])
  })

  test("a cursor that the letters don't know is refused", async () => {
    const { request, shop } = open()
    shop.desk.tally = null
    expect((await request("/dead-letters/redrive", { method: "POST", body: { filter: {} } })).status).toBe(400)
  })
})

describe("accepting what a person states", () => {
  const accept = (opened: Opened, body: object) =>
    opened.request(`/orders/${opened.id}/resolve`, { method: "POST", body: { action: "accept", reason: "r", ...body } })

  test("fences each participant in scope first, and hands over what their ledgers say (P11)", async () => {
    const opened = await openWithOrder()
    const { shop, id } = opened
    expect((await accept(opened, { outcome: "done" })).status).toBe(202)
    expect(shop.desk.fences).toEqual([
      ["Payment", id, { attempt: 3 }],
      ["Inventory", `WIDGET-001/${id}`, { attempt: 2, quantity: 2, release: true }],
      ["Shipping", id, { attempt: 4 }],
    ])
    expect(shop.resolved).toMatchObject([
      {
        fenced: [
          { step: "payment", attempt: 3, captured: 10_997, refunded: 0, uncertain: false },
          { step: "inventory", attempt: 2, lines: [{ sku: "WIDGET-001", reserved: 2, released: 2, shipped: 0 }] },
          { step: "shipping", attempt: 4 },
        ],
      },
    ])
  })

  test("as not done releases nothing", async () => {
    const opened = await openWithOrder()
    await accept(opened, { outcome: "not_done" })
    expect(opened.shop.desk.fences[1]?.[2]).toMatchObject({ release: false })
  })

  test("is 409 while an outcome is in flight, and the order isn't asked (P11)", async () => {
    const opened = await openWithOrder()
    opened.shop.desk.paymentFence = { ...opened.shop.desk.paymentFence, inFlight: true }
    const answer = await accept(opened, {})
    expect([answer.status, await answer.json()]).toMatchObject([
      409,
      { detail: textWith("Payment has a call under way") },
    ])
    expect(opened.shop.resolved).toEqual([])
  })

  test("is 409 where nothing is outstanding, and nobody is fenced", async () => {
    const opened = await openWithOrder()
    const order = opened.shop.orders.get(opened.id)
    if (order === undefined) throw new Error("no order")
    opened.shop.desk.toFence = { outcome: "refused", order, detail: "nothing is outstanding; its status is pending" }
    const answer = await accept(opened, {})
    expect([answer.status, await answer.json()]).toMatchObject([409, { detail: textWith("pending") }])
    expect(opened.shop.desk.fences).toEqual([])
  })

  test.each([
    { action: "retry", outcome: "done" },
    { action: "retry", amount: 1 },
    { action: "accept", amount: 1 },
    { action: "accept", step: "inventory", amount: 1 },
    { action: "accept", step: "payment", outcome: "not_done", amount: 1 },
    { action: "accept", step: "payment", amount: 1.001 },
  ])("%j contradicts itself and is refused", async (body) => {
    const opened = await openWithOrder()
    expect((await accept(opened, body)).status).toBe(400)
    expect(opened.shop.resolved).toEqual([])
  })
})

describe("why an order stands still", () => {
  test("is answered by whoever can be asked (N3)", async () => {
    const { request, shop, id } = await openWithOrder()
    shop.desk.silent.add("Payment")
    const answer = await request(`/orders/${id}/why`)
    expect([answer.status, await answer.json()]).toMatchObject([
      200,
      {
        summary: textWith("Payment can't be asked right now"),
        waitingFor: ["Payment"],
        unreachable: ["Payment"],
        deadlineAt: "2026-01-01T00:00:00.001Z",
        nextAction: { at: "2026-01-01T00:00:00.001Z" },
      },
    ])
  })
})

test("a letter that can't be applied as it is is refused with the reason, and not taken for a wrong body", async () => {
  const { request, shop } = open()
  const letter = { id: "letter", orderId: null, service: "s", type: "unreadable", reason: "r", attempts: 1 }
  shop.letters.push({ ...letter, parkedAt: 0, verdict: null, event: {} })
  shop.desk.unfit = "Monitor does not listen to unreadable"
  const answer = await request("/dead-letters/letter/redrive", { method: "POST" })
  expect([answer.status, await answer.json()]).toMatchObject([
    409,
    { code: "redrive_refused", detail: shop.desk.unfit },
  ])
})
