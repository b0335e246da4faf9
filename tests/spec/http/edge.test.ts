// What every answer has in common, and what becomes of failures behind the edge.
import { describe, expect, test } from "vitest"
import { rules } from "../../../http/rules.ts"
import { anyText, twoLines } from "./samples.ts"
import { open, place } from "./shop.ts"
import { SECRET } from "./tokens.ts"

const TRACE = "0af7651916cd43dd8448eb211c80319c"

function failure(marks: object = {}): Error {
  return Object.assign(new Error("the object is gone"), marks)
}

describe("every answer", () => {
  test("R-20 carries a request id and goes on with the caller's trace in a span of its own", async () => {
    const { request } = open()
    const traceparent = `00-${TRACE}-b7ad6b7169203331-00`
    const answer = await request("/nope", { headers: { traceparent, "X-Request-Id": "mine-1" } })
    expect(answer.headers.get("x-request-id")).toBe("mine-1")
    expect(answer.headers.get("traceparent")).toMatch(new RegExp(`^00-${TRACE}-(?!b7ad6b7169203331)[0-9a-f]{16}-00$`))
    expect(await answer.json()).toMatchObject({ traceId: TRACE })
  })

  test.each([
    "",
    "nonsense",
    `00-${"0".repeat(32)}-b7ad6b7169203331-01`,
    `00-${TRACE}-0000000000000000-01`,
    `ff-${TRACE}-b7ad6b7169203331-01`,
    `00-${TRACE}-b7ad6b7169203331-01-more`,
    `00-${TRACE.toUpperCase()}-b7ad6b7169203331-01`,
  ])("begins a trace of its own where the caller's is %j", async (traceparent) => {
    const { request } = open()
    const answer = await request("/health", { headers: { traceparent, "X-Request-Id": "<b>" } })
    expect(answer.headers.get("traceparent")).toMatch(/^00-(?!0af765)[0-9a-f]{32}-[0-9a-f]{16}-01$/)
    expect(answer.headers.get("x-request-id")).toMatch(/^req_[0-9a-f]{32}$/)
  })

  test("hands the trace to what it asks", async () => {
    const { request, shop } = open()
    const headers = { traceparent: `00-${TRACE}-b7ad6b7169203331-01` }
    const answer = await request("/orders", { method: "POST", body: twoLines, headers })
    expect(new Set(shop.traces)).toEqual(new Set([answer.headers.get("traceparent")]))
  })

  test("may be kept by nobody, framed by nobody, sniffed by nobody", async () => {
    const opened = open()
    const { id } = await place(opened)
    for (const path of ["/", "/health", "/nope", `/orders/${id}`, "/orders/ord_x"]) {
      const { headers } = await opened.request(path)
      expect(headers.get("cache-control")).toBe("no-store")
      expect(headers.get("x-content-type-options")).toBe("nosniff")
      expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'")
    }
  })

  test("D-27 the root describes itself, health touches storage", async () => {
    const { request, shop } = open()
    expect(await (await request("/")).json()).toMatchObject({ routes: Object.keys(rules), roles: rules })
    expect(await (await request("/health")).json()).toMatchObject({ status: "ok", version: anyText })
    shop.failures.push({ name: "health", error: failure() })
    expect((await request("/health")).status).toBe(503)
  })

  test("a wrong method is 405 and names the right ones, OPTIONS asks for them", async () => {
    const { request } = open()
    const wrong = await request("/orders/cust_alice", { method: "PUT", body: {} })
    expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "GET, DELETE, HEAD, OPTIONS"])
    const options = await request("/orders", { method: "OPTIONS" })
    expect([options.status, options.headers.get("allow")]).toEqual([204, "POST, OPTIONS"])
    expect((await request("/nope", { method: "OPTIONS" })).status).toBe(404)
  })
})

describe("pages of other origins", () => {
  const origin = "https://shop.example"
  const preflight = { Origin: origin, "Access-Control-Request-Method": "DELETE" }

  test("D-27 may call in development, all of them", async () => {
    const { request } = open()
    const answer = await request("/health", { headers: { Origin: origin } })
    expect(answer.headers.get("access-control-allow-origin")).toBe("*")
    const asked = await request("/orders/cust_alice", { method: "OPTIONS", headers: preflight })
    expect(asked.headers.get("access-control-allow-methods")).toContain("DELETE")
    expect(asked.headers.get("access-control-allow-headers")).toContain("Idempotency-Key")
  })

  test("may call a deployment only if they are listed, and ask so without a token", async () => {
    const { request } = open({ AUTH: "jwt", JWT_SECRET: SECRET, CORS_ORIGINS: origin })
    const listed = await request("/orders/cust_alice", { method: "OPTIONS", headers: preflight })
    expect([listed.status, listed.headers.get("access-control-allow-origin")]).toEqual([204, origin])
    expect(listed.headers.get("vary")).toContain("Origin")
    const headers = { ...preflight, Origin: "https://evil.example" }
    const other = await request("/orders/cust_alice", { method: "OPTIONS", headers })
    expect(other.headers.get("access-control-allow-origin")).toBeNull()
    expect(other.headers.get("access-control-allow-methods")).toBeNull()
  })
})

describe("a failure behind the edge", () => {
  test("that is worth retrying is retried once, after a moment, and unseen", async () => {
    const opened = open()
    const { id } = await place(opened)
    opened.shop.failures.push({ name: "view", error: failure({ retryable: true }) })
    expect((await opened.request(`/orders/${id}`)).status).toBe(200)
    expect(opened.shop.sleeps).toHaveLength(1)
  })

  test("that goes on is 503 with a time to come back, logged, and tells nothing of its cause", async () => {
    const opened = open()
    const { id } = await place(opened)
    for (const _try of [1, 2]) opened.shop.failures.push({ name: "view", error: failure({ retryable: true }) })
    const answer = await opened.request(`/orders/${id}`)
    const text = await answer.text()
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "2"])
    expect(text).not.toContain("gone")
    expect(opened.shop.lines).toContainEqual(
      expect.objectContaining({ level: "error", error: "Error: the object is gone", route: "/orders/:ref" }),
    )
  })

  test("of an overloaded object is not retried: the caller is told to come back later", async () => {
    const opened = open()
    const { id } = await place(opened)
    opened.shop.failures.push({ name: "view", error: failure({ retryable: true, overloaded: true }) })
    const answer = await opened.request(`/orders/${id}`)
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "5"])
    expect(await answer.json()).toMatchObject({ code: "overloaded" })
    expect(opened.shop.count("view")).toBe(1)
  })

  test("of what may not happen twice is not retried", async () => {
    const { request, shop } = open()
    shop.failures.push({ name: "add", error: failure({ retryable: true }), isAfter: true })
    const add = () => request("/inventory/WIDGET-001/add", { method: "POST", body: { quantity: 5 } })
    expect((await add()).status).toBe(503)
    expect(shop.levels.get("WIDGET-001")?.available).toBe(105)
  })

  test.each(["place", "cancel", "saga", "why", "books", "orders", "products", "level", "track"])(
    "in %s is never a bare 500",
    async (name) => {
      const opened = open()
      const { id } = await place(opened)
      opened.shop.time += 60_000
      opened.shop.failures.push({ name, error: failure() })
      const answers = [
        await opened.request("/orders", { method: "POST", body: twoLines }),
        await opened.request(`/orders/${id}`, { method: "DELETE" }),
        await opened.request(`/orders/${id}/saga`),
        await opened.request(`/orders/${id}/why`),
        await opened.request(`/orders/${id}/books`),
        await opened.request("/orders/cust_alice"),
        await opened.request("/inventory"),
        await opened.request("/shipping/track/FS123456"),
      ]
      const failed = answers.filter(({ status }) => status >= 500)
      expect(failed.map(({ status, headers }) => [status, headers.get("content-type")])).toEqual([
        [503, "application/problem+json"],
      ])
    },
  )
})
