// Every route with every role: a route without a line here fails, and so does a line without a route.
import { describe, expect, test } from "vitest"
import { trackingNumberOf } from "../../../domain/tracking.ts"
import { ROLES, rules, type Role, type RouteName } from "../../../http/rules.ts"
import { anyText, MIDNIGHT, textWith, twoLines } from "./samples.ts"
import { open, placeMany, type Asked, type Open } from "./shop.ts"
import { claims, hs256, SECRET } from "./tokens.ts"

const jwt = { AUTH: "jwt", JWT_SECRET: SECRET, SIMULATION: "on" }

/** What each role gets: customer (its own), customer (another's), service, operator, admin. */
const table: Readonly<Record<RouteName, readonly [own: number, other: number, ...others: readonly number[]]>> = {
  "GET /": [200, 200, 200, 200, 200],
  "GET /health": [200, 200, 200, 200, 200],
  "POST /orders": [201, 403, 201, 403, 201],
  "GET /orders/:ref": [200, 404, 200, 200, 200],
  "GET /orders/:ref/saga": [200, 404, 200, 200, 200],
  "GET /orders/:ref/notifications": [200, 404, 200, 200, 200],
  "DELETE /orders/:ref": [202, 404, 202, 403, 202],
  "POST /orders/:ref/deliver": [403, 403, 403, 403, 202],
  "POST /orders/:ref/resolve": [403, 403, 403, 202, 202],
  "GET /orders/:ref/why": [403, 403, 403, 200, 200],
  "GET /orders/:ref/books": [403, 403, 403, 200, 200],
  "GET /orders/:ref/deadlines": [403, 403, 403, 200, 200],
  "POST /orders/:ref/deadlines/:name": [403, 403, 403, 202, 202],
  "GET /customers/:customerId/orders": [200, 404, 200, 200, 200],
  "GET /inventory": [200, 200, 200, 200, 200],
  "GET /inventory/:sku": [200, 200, 200, 200, 200],
  "POST /inventory/:sku/add": [403, 403, 403, 403, 200],
  "GET /shipping/:orderId": [200, 404, 200, 200, 200],
  "GET /shipping/track/:trackingNumber": [200, 404, 200, 200, 200],
  "GET /payments/:orderId": [200, 404, 200, 200, 200],
  "GET /openapi.json": [200, 200, 200, 200, 200],
  "GET /asyncapi.json": [200, 200, 200, 200, 200],
  "GET /docs": [200, 200, 200, 200, 200],
  "GET /docs/problems": [200, 200, 200, 200, 200],
  "GET /docs/problems/:code": [200, 200, 200, 200, 200],
  // A token is no signature.
  "POST /webhooks/payments": [401, 401, 401, 401, 401],
  "POST /webhooks/carrier": [401, 401, 401, 401, 401],
  "GET /orders/:ref/trace": [403, 403, 403, 200, 200],
  "GET /sagas": [403, 403, 403, 200, 200],
  "GET /figures": [403, 403, 403, 200, 200],
  "GET /alerts": [403, 403, 403, 200, 200],
  "GET /metrics": [403, 403, 403, 200, 200],
  "POST /admin/monitor/rebuild": [403, 403, 403, 403, 202],
  "GET /dead-letters": [403, 403, 403, 200, 200],
  "POST /dead-letters/redrive": [403, 403, 403, 202, 202],
  "POST /dead-letters/discard": [403, 403, 403, 202, 202],
  "POST /dead-letters/:id/redrive": [403, 403, 403, 202, 202],
  "POST /dead-letters/:id/discard": [403, 403, 403, 200, 200],
  "POST /admin/cells/:service/:cell/reincarnate": [403, 403, 403, 403, 200],
  "POST /admin/cells/:service/:cell/restore": [403, 403, 403, 403, 200],
}

const bodies: Partial<Record<RouteName, object>> = {
  "POST /orders": twoLines,
  "POST /orders/:ref/resolve": { action: "retry", reason: "because" },
  "POST /orders/:ref/deadlines/:name": { action: "fire", reason: "because" },
  "POST /dead-letters/redrive": { filter: {} },
  "POST /dead-letters/discard": { filter: {}, reason: "old" },
  "POST /inventory/:sku/add": { quantity: 1 },
  "POST /dead-letters/:id/discard": { reason: "old" },
  "POST /admin/cells/:service/:cell/reincarnate": { reason: "restored by hand" },
  "POST /admin/cells/:service/:cell/restore": { reason: "a wrong deploy", at: "2025-12-31T23:00:00Z" },
}

function as(role: Role, sub: string): Asked["headers"] & object {
  return { Authorization: `Bearer ${hs256({ ...claims, sub, role })}` }
}

/** A shop with one shipped, paid order of cust_alice. */
async function openWithOrder(): Promise<Open & { readonly id: string }> {
  const opened = open(jwt)
  const admin: Open = {
    ...opened,
    request: (path, asked = {}) => opened.request(path, { ...asked, headers: as("admin", "root") }),
  }
  const [id = ""] = await placeMany(admin, 1)
  const order = opened.shop.orders.get(id)
  if (order === undefined) throw new Error("not placed")
  opened.shop.orders.set(id, { ...order, status: "shipped" })
  opened.shop.payments.set(id, {
    id: "pay_1",
    orderId: id,
    status: "captured",
    amount: 10_997,
    refunded: 0,
    currency: "USD",
    attempts: 1,
    history: [],
  })
  const times = { estimatedDelivery: MIDNIGHT, createdAt: MIDNIGHT, dispatchedAt: MIDNIGHT, deliveredAt: null }
  const parcel = {
    id: "shp_1",
    orderId: id,
    carrier: "FastShip",
    trackingNumber: "FS123456",
    status: "dispatched",
  } as const
  opened.shop.shipments.set(id, { ...parcel, ...times, address: order.shippingAddress, items: [], trackingHistory: [] })
  opened.shop.letters.push({
    id: "letter",
    orderId: id,
    service: "Order",
    type: "Payment.completed",
    reason: "r",
    attempts: 1,
    parkedAt: MIDNIGHT,
    verdict: null,
    event: {},
  })
  return { ...opened, id }
}

function pathOf(path: string, id: string): string {
  const values = {
    ref: id,
    customerId: "cust_alice",
    sku: "WIDGET-001",
    orderId: id,
    trackingNumber: "FS123456",
    id: "letter",
    name: "deadline",
    service: "Order",
    cell: "any-0",
    code: "order_not_found",
  }
  return path.replace(/:(\w+)/g, (_all, name: keyof typeof values) => values[name])
}

const unlocked = ["GET /health", "GET /openapi.json", "GET /docs", "GET /docs/problems", "GET /docs/problems/:code"]

describe("who may do what", () => {
  test("each route has its line in this table", () => {
    expect(Object.keys(table).sort()).toEqual(Object.keys(rules).sort())
  })

  const callers = [
    ["customer", "cust_alice"],
    ["customer", "cust_mallory"],
    ...ROLES.slice(1).map((role) => [role, role]),
  ]
  const rows = (Object.keys(table) as RouteName[]).flatMap((name) =>
    callers.map(([role = "", sub = ""], index) => [name, role as Role, sub, table[name][index]] as const),
  )
  test.each(rows)("%s as %s %s answers %i", async (name, role, sub, status) => {
    const { request, id } = await openWithOrder()
    const [method = "", path = ""] = name.split(" ")
    const body = bodies[name]
    const answer = await request(pathOf(path, id), {
      method,
      headers: as(role, sub),
      ...(body === undefined ? {} : { body }),
    })
    expect([answer.status, await answer.text()]).toEqual([status, anyText])
  })

  test.each(Object.keys(rules))("%s without a token answers 401, unless it is public", async (name) => {
    const { request, id } = await openWithOrder()
    const [method = "", path = ""] = name.split(" ")
    expect((await request(pathOf(path, id), { method })).status).toBe(unlocked.includes(name) ? 200 : 401)
  })

  test("what has no route tells nothing without a token", async () => {
    const { request } = open(jwt)
    expect((await request("/nope")).status).toBe(401)
    expect((await request("/orders", { method: "PUT" })).status).toBe(401)
    expect((await request("/health", { method: "HEAD" })).status).toBe(200)
  })

  test("another's order and one that doesn't exist are the same to the last word", async () => {
    const { shop, request, id } = await openWithOrder()
    const unknown = id.slice(0, 20)
    const bodyOf = async (path: string): Promise<object> => {
      const answer = await request(path, { headers: as("customer", "cust_mallory") })
      const { traceId: _traceId, instance: _instance, ...problem } = await answer.json<Record<string, unknown>>()
      return problem
    }
    for (const tail of ["", "/saga"]) {
      const other = await bodyOf(`/orders/${id}${tail}`)
      expect(other).toEqual(await bodyOf(`/orders/${unknown}${tail}`))
      expect(other).toEqual(await bodyOf(`/orders/cust_alice${tail}`))
      expect(other).toEqual(await bodyOf(`/orders/cust_nobody${tail}`))
    }
    expect(await bodyOf(`/payments/${id}`)).toEqual(await bodyOf(`/payments/${unknown}`))
    expect(await bodyOf("/shipping/track/FS123456")).toEqual(await bodyOf("/shipping/track/FS999999"))
    const [parcel] = shop.shipments.values()
    const number = trackingNumberOf("FS", id, "0a1b2c3d")
    if (parcel !== undefined) shop.shipments.set(id, { ...parcel, trackingNumber: number })
    const alices = await request(`/shipping/track/${number}`, { headers: as("customer", "cust_alice") })
    expect(alices.status).toBe(200)
    expect(await bodyOf(`/shipping/track/${number}`)).toEqual(await bodyOf("/shipping/track/FS999999"))
  })

  test("another's order is named by no header either", async () => {
    const { request, id } = await openWithOrder()
    const answer = await request("/orders/cust_alice", { headers: as("customer", "cust_mallory") })
    expect(JSON.stringify([...answer.headers])).not.toContain(id)
  })
})

describe("what a customer may not state", () => {
  const order = (body: object, role: Role = "customer") =>
    open(jwt).request("/orders", { method: "POST", body: { ...twoLines, ...body }, headers: as(role, "cust_alice") })
  const priced = (price: number) => ({ items: [{ sku: "WIDGET-001", quantity: 1, price }] })

  test.each([
    ["another price", priced(0.01), 422, "price_mismatch"],
    ["a price where the catalogue has none", { items: [{ sku: "THING-003", quantity: 1, price: 1 }] }, 422, "no_price"],
    ["another currency", { currency: "JPY" }, 422, "currency_mismatch"],
    ["a rehearsal", { simulate: { payment: "none" } }, 403, "forbidden"],
    ["another customer", { customerId: "cust_bob" }, 403, "forbidden"],
  ])("%s is refused", async (_what, body, status, code) => {
    const answer = await order(body)
    expect(answer.status).toBe(status)
    expect(await answer.json()).toMatchObject({ code })
  })

  test("A-05 the catalogue's own price is no disagreement", async () => {
    expect((await order(priced(29.99))).status).toBe(201)
  })

  test("a service states prices for any customer, but rehearses nothing", async () => {
    expect((await order({ ...priced(0.01), customerId: "cust_bob" }, "service")).status).toBe(201)
    expect((await order({ simulate: {} }, "service")).status).toBe(403)
  })
})

describe("a door that is not set up", () => {
  test.each([
    [{}],
    [{ AUTH: "" }],
    [{ AUTH: "Development" }],
    [{ AUTH: "none" }],
    [{ AUTH: "jwt" }],
    [{ AUTH: "jwt", JWT_SECRET: " " }],
  ])("%j is closed to everyone, and says why in the log", async (env) => {
    const { request, shop } = open(env)
    for (const [method, path] of [
      ["GET", "/"],
      ["POST", "/orders"],
      ["GET", "/nope"],
    ] as const) {
      expect((await request(path, { method, headers: as("admin", "root") })).status).toBe(401)
    }
    expect((await request("/health")).status).toBe(200)
    expect(shop.lines).toContainEqual(expect.objectContaining({ level: "error", message: "closed" }))
  })

  test("development is said loudly", () => {
    expect(open().shop.lines).toContainEqual(expect.objectContaining({ level: "warn" }))
  })

  test("a secret that can be guessed is warned of, without saying it", () => {
    const secret = "x".repeat(31)
    const { lines } = open({ AUTH: "jwt", JWT_SECRET: secret }).shop
    expect(lines).toContainEqual(expect.objectContaining({ level: "warn", message: textWith("shorter than 32") }))
    expect(JSON.stringify(lines)).not.toContain(secret)
    expect(open({ AUTH: "jwt", JWT_SECRET: SECRET }).shop.lines).toEqual([])
  })
})
