// The client: what it asks again, what it never repeats, and what it throws. Clock, chance and network are the test's.
import { describe, expect, test } from "vitest"
import { connect, ProblemError } from "../../client/shop.ts"
import type { Outside } from "../../client/retrying.ts"

type Script = (Response | Error)[]

interface Asked {
  readonly method: string
  readonly path: string
  readonly key: string | null
}

class World {
  readonly asked: Asked[] = []
  readonly sleeps: number[] = []
  time = 0
  readonly #script: Script

  constructor(...script: Script) {
    this.#script = script
  }

  shop(options: { readonly triesMax?: number; readonly patienceMs?: number } = {}) {
    let keys = 0
    const outside: Outside = {
      fetch: async (url, init) => {
        const { pathname, search } = new URL(url)
        const key = new Headers(init.headers).get("idempotency-key")
        this.asked.push({ method: init.method ?? "GET", path: pathname + search, key })
        const next = this.#script.shift() ?? answer(200, {})
        if (next instanceof Error) throw next
        return next
      },
      sleep: async (ms) => {
        this.sleeps.push(ms)
        this.time += ms
      },
      now: () => this.time,
      random: () => 1,
      newKey: () => `key-${String(++keys)}`,
    }
    return connect("http://shop.example", { outside, patience: options })
  }
}

function answer(status: number, body: object, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers })
}

function problem(status: number, code: string, retryAfter?: string): Response {
  const body = {
    type: `/docs/problems/${code}`,
    title: code,
    status,
    detail: "because",
    instance: "/",
    code,
    traceId: "",
  }
  return answer(status, body, retryAfter === undefined ? {} : { "Retry-After": retryAfter })
}

const gone = new TypeError("fetch failed")
const wanted = {
  customerId: "cust_alice",
  items: [{ sku: "WIDGET-001", quantity: 1 }],
  shippingAddress: { street: "1 Elm", city: "Springfield", state: "IL", zip: "62701", country: "US" },
}

describe("the client", () => {
  test("places with a key of its own, and with the same key again when nobody answered", async () => {
    const world = new World(gone, problem(503, "unavailable", "2"), answer(201, { id: "ord_1" }))
    expect(await world.shop().place(wanted)).toEqual({ id: "ord_1" })
    expect(world.asked).toEqual(Array(3).fill({ method: "POST", path: "/orders", key: "key-1" }))
    expect(world.sleeps).toEqual([100, 2_000])
  })

  test("gives a key to an order that is placed through the routes themselves", async () => {
    const world = new World(gone, answer(201, {}))
    await world.shop().api.orders.$post({ json: wanted })
    expect(world.asked.map(({ key }) => key)).toEqual(["key-1", "key-1"])
  })

  test("takes the caller's key", async () => {
    const world = new World()
    await world.shop().place(wanted, "mine")
    expect(world.asked[0]?.key).toBe("mine")
  })

  test("waits for a twin that still runs", async () => {
    const world = new World(problem(409, "idempotency_running", "1"), answer(201, { id: "ord_1" }))
    expect(await world.shop().place(wanted)).toEqual({ id: "ord_1" })
    expect(world.sleeps).toEqual([1_000])
  })

  test.each([
    ["the network fails", gone],
    ["the shop is unavailable", problem(503, "unavailable", "2")],
  ])("never repeats a POST without a key blindly when %s", async (_name, failure) => {
    const world = new World(failure)
    await expect(world.shop().addStock("WIDGET-001", 5)).rejects.toThrow()
    expect(world.asked).toHaveLength(1)
  })

  test("repeats even that where it was refused unheard", async () => {
    const world = new World(problem(429, "too_many_requests", "3"), answer(200, { available: 5 }))
    expect(await world.shop().addStock("WIDGET-001", 5)).toEqual({ available: 5 })
    expect(world.sleeps).toEqual([3_000])
  })

  test("reads and cancels again, ever later", async () => {
    const world = new World(gone, gone, gone, answer(202, { id: "ord_1" }))
    await world.shop().cancel("ord_1", "changed my mind")
    expect(world.asked).toHaveLength(4)
    expect(world.sleeps).toEqual([100, 200, 400])
  })

  test("asks again for an answer that broke off half-way", async () => {
    const half = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('{"id":'))
      },
      pull(controller) {
        controller.error(new TypeError("terminated"))
      },
    })
    const world = new World(new Response(half), answer(200, { id: "ord_1" }))
    expect(await world.shop().order("ord_1")).toEqual({ id: "ord_1" })
    expect(world.asked).toHaveLength(2)
  })

  test("gives up after so many tries, with what went wrong last", async () => {
    const world = new World(gone, gone, problem(503, "overloaded"))
    const given = await world
      .shop({ triesMax: 3 })
      .order("ord_1")
      .catch((error: unknown) => error)
    expect(given).toBeInstanceOf(ProblemError)
    expect(given).toMatchObject({ status: 503, code: "overloaded", retryable: true, retryAfterMs: null })
    expect(world.asked).toHaveLength(3)
  })

  test("gives up at once when it is told to wait longer than it may", async () => {
    const world = new World(problem(429, "too_many_requests", "60"))
    await expect(world.shop({ patienceMs: 30_000 }).order("ord_1")).rejects.toMatchObject({ retryAfterMs: 60_000 })
    expect(world.sleeps).toEqual([])
  })

  test.each([
    [400, "invalid_request"],
    [404, "order_not_found"],
    [409, "cancellation_refused"],
    [422, "unknown_sku"],
  ])("takes a %i for an answer", async (status, code) => {
    const world = new World(problem(status, code))
    const given = await world
      .shop()
      .cancel("ord_1")
      .catch((error: unknown) => error)
    expect(given).toMatchObject({ name: "ProblemError", status, code, retryable: false, message: `${code}: because` })
    expect(world.asked).toHaveLength(1)
  })

  test("says so when the answer was none of the shop's", async () => {
    const world = new World(new Response("<h1>Forbidden</h1>", { status: 403 }))
    await expect(world.shop().order("ord_1")).rejects.toMatchObject({ code: "unreadable", problem: null })
  })

  test("stops when its caller has enough", async () => {
    const world = new World(gone, gone)
    const { api } = world.shop()
    const asked = api.alerts.$get(undefined, { init: { signal: AbortSignal.abort() } })
    await expect(asked).rejects.toThrow("fetch failed")
    expect(world.asked).toHaveLength(1)
  })

  test("keeps whatever it is given within its part of the path", async () => {
    const world = new World()
    await world.shop().order("a/b?c#d")
    expect(world.asked[0]?.path).toBe("/orders/a%2Fb%3Fc%23d")
  })

  test("takes a customer's orders page by page", async () => {
    const page = (id: string, nextCursor: string | null) => answer(200, { items: [{ id }], nextCursor })
    const world = new World(page("ord_2", "more"), page("ord_1", null))
    const ids: string[] = []
    for await (const { id } of world.shop().ordersOf("cust_alice", "shipped")) ids.push(id)
    expect(ids).toEqual(["ord_2", "ord_1"])
    expect(world.asked.map(({ path }) => path)).toEqual([
      "/customers/cust_alice/orders?limit=200&status=shipped",
      "/customers/cust_alice/orders?limit=200&status=shipped&cursor=more",
    ])
  })

  test("looks at an order until it is there, and says where it stood when it never is", async () => {
    const seen = (status: string) => answer(200, { id: "ord_1", status })
    const world = new World(seen("pending"), seen("paid"), seen("shipped"))
    const shop = world.shop()
    expect(await shop.until("ord_1", ({ status }) => status === "shipped")).toMatchObject({ status: "shipped" })
    const stuck = new World(...Array.from({ length: 3 }, () => seen("paid")))
    const waiting = stuck.shop().until("ord_1", () => false, { everyMs: 10, withinMs: 15 })
    await expect(waiting).rejects.toThrow("order ord_1 does not get there: it is paid")
  })
})
