// How much is let in: of one caller, from one address, of one customer, and of all together.
import { readFileSync } from "node:fs"
import ts from "typescript"
import { describe, expect, test } from "vitest"
import { Meter } from "../../../http/rates.ts"
import { readSettings } from "../../../http/settings.ts"
import { twoLines } from "./samples.ts"
import { FakeShop, open, place, type Open } from "./shop.ts"
import { claims, hs256, SECRET } from "./tokens.ts"

const jwt = { AUTH: "jwt", JWT_SECRET: SECRET }

function as(sub: string): Record<string, string> {
  return { Authorization: `Bearer ${hs256({ ...claims, sub, exp: claims.exp + 3_600 })}` }
}

async function statuses(count: number, ask: () => Promise<Response>): Promise<number[]> {
  const all: number[] = []
  for (let number = 0; number < count; number++) all.push((await ask()).status)
  return all
}

function order({ request }: Open, headers: Record<string, string> = {}, body: object = {}): Promise<Response> {
  return request("/orders", { method: "POST", body: { ...twoLines, ...body }, headers })
}

describe("how often one caller may come by", () => {
  const env = { ...jwt, CALLER_RATE_MAX: "3" }

  test("is counted by the minute: whoever is refused is told when to come back, and then let in", async () => {
    const opened = open(env)
    const ask = () => opened.request("/inventory", { headers: as("cust_alice") })
    expect(await statuses(4, ask)).toEqual([200, 200, 200, 429])
    const refused = await ask()
    expect(await refused.json()).toMatchObject({ code: "too_many_requests", status: 429 })
    expect(refused.headers.get("retry-after")).toBe("20")
    opened.shop.time += 20_000
    expect(await statuses(2, ask)).toEqual([200, 429])
  })

  test("is nobody else's matter", async () => {
    const opened = open(env)
    await statuses(4, () => opened.request("/inventory", { headers: as("cust_alice") }))
    expect((await opened.request("/inventory", { headers: as("cust_bob") })).status).toBe(200)
  })

  test("is not counted under 0, nor for what is public", async () => {
    const opened = open({ ...jwt, CALLER_RATE_MAX: "0", ADDRESS_RATE_MAX: "0" })
    const all = await statuses(50, () => opened.request("/inventory", { headers: as("cust_alice") }))
    expect(new Set(all)).toEqual(new Set([200]))
    expect(new Set(await statuses(50, () => open(env).request("/health")))).toEqual(new Set([200]))
  })

  test("is for the platform to say as well, where its counters are bound; a counter that fails keeps nobody out", async () => {
    const shop = new FakeShop()
    const asked: string[] = []
    const full = { limit: () => Promise.resolve({ success: false }) }
    const broken = { limit: () => Promise.reject(new Error("gone")) }
    shop.gates = { caller: full, address: broken }
    const opened = open(jwt, shop)
    const headers = { ...as("cust_alice"), "CF-Connecting-IP": "192.0.2.1" }
    const refused = await opened.request("/inventory", { headers })
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "10"])
    shop.gates = { caller: { limit: ({ key }) => Promise.resolve({ success: asked.push(key) > 0 }) }, address: broken }
    expect((await open(jwt, shop).request("/inventory", { headers })).status).toBe(200)
    expect(asked).toEqual(["customer cust_alice"])
    expect(JSON.stringify(shop.lines)).not.toContain("192.0.2.1")
  })
})

describe("how often one address may come by", () => {
  const env = { ...jwt, ADDRESS_RATE_MAX: "2" }
  const from = (opened: Open, address: string) => () =>
    opened.request("/inventory", { headers: { "CF-Connecting-IP": address, Authorization: "Bearer made.up.token" } })

  test("is counted before anyone's token is looked at", async () => {
    const opened = open(env)
    expect(await statuses(3, from(opened, "192.0.2.1"))).toEqual([401, 401, 429])
    expect(await statuses(1, from(opened, "192.0.2.2"))).toEqual([401])
  })

  test("is counted by network where everyone has addresses to spare", async () => {
    const opened = open(env)
    expect(await statuses(2, from(opened, "2001:db8:0:7:1:2:3:4"))).toEqual([401, 401])
    expect(await statuses(1, from(opened, "2001:db8:0:7:ffff::1"))).toEqual([429])
    expect(await statuses(1, from(opened, "2001:db8::1"))).toEqual([401])
  })
})

describe("a meter", () => {
  test("remembers a bounded number of callers", () => {
    const meter = new Meter(1)
    for (let number = 0; number < 25_000; number++) meter.pass(String(number), number)
    expect(meter.size).toBe(10_000)
    expect(meter.pass("24999", 25_000)).toBeGreaterThan(0)
  })

  test("never lets more in than its minute has, whatever the clock does", () => {
    const meter = new Meter(6)
    const times = [0, 0, 0, 0, 0, 0, 0, -5_000, 10_000, 10_000]
    expect(times.map((now) => meter.pass("x", now) === 0)).toEqual([
      ...Array<boolean>(6).fill(true),
      false,
      false,
      true,
      false,
    ])
  })
})

describe("what is on its way", () => {
  const env = { AUTH: "development", SIMULATION: "on", OPEN_ORDERS_MAX: "2", BACKLOG_MAX: "5" }

  test("one customer may have so many open orders, and is told to wait", async () => {
    const opened = open(env)
    opened.shop.admits = 1
    expect((await order(opened)).status).toBe(201)
    const refused = await order(opened, { "Idempotency-Key": "k1" })
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "60"])
    expect(await refused.json()).toMatchObject({ code: "too_many_open_orders" })
    expect(opened.shop.placed).toHaveLength(1)
    opened.shop.admits = 1
    expect((await order(opened, { "Idempotency-Key": "k1" })).status).toBe(201)
  })

  test.each([env, { ...env, OPEN_ORDERS_MAX: "0" }])(
    "with too much on its way an order is put off before anything of it is stored: %j",
    async (vars) => {
      const opened = open(vars)
      const { id } = await place(opened)
      opened.shop.isBacklogged = true
      const refused = await order(opened, { "Idempotency-Key": "k1" })
      expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "5"])
      expect(await refused.json()).toMatchObject({ code: "backlogged" })
      expect(await (await opened.request("/customers/cust_alice/orders")).json()).toMatchObject({ items: [{ id }] })
      expect([...opened.shop.orders.keys()]).toEqual([id])
      opened.shop.isBacklogged = false
      expect((await order(opened, { "Idempotency-Key": "k1" })).status).toBe(201)
      expect(await (await opened.request("/orders/cust_alice")).json()).toMatchObject({ status: "pending" })
    },
  )

  test("a place that can't be given back at once doesn't hide why the order was put off", async () => {
    const opened = open(env)
    opened.shop.isBacklogged = true
    opened.shop.failures.push({ name: "withdraw", error: new Error("gone") })
    expect((await order(opened)).status).toBe(503)
    expect(opened.shop.lines).toContainEqual(expect.objectContaining({ message: "a place is given back later" }))
  })

  test("a twin of an order that was placed is answered however much is on its way", async () => {
    const opened = open(env)
    opened.shop.failures.push({ name: "place", error: new Error("lost on the way back"), isAfter: true })
    expect((await order(opened, { "Idempotency-Key": "k1" })).status).toBe(503)
    opened.shop.isBacklogged = true
    opened.shop.time += 10_001
    expect((await order(opened, { "Idempotency-Key": "k1" })).status).toBe(201)
    expect(opened.shop.placed).toHaveLength(1)
  })
})

describe("what does not fit", () => {
  test("a shelf takes no more than it holds, and says so", async () => {
    const opened = open()
    await opened.request("/inventory")
    opened.shop.shelfMax = 110
    const add = (quantity: number) =>
      opened.request("/inventory/WIDGET-001/add", { method: "POST", body: { quantity } })
    expect(await (await add(11)).json()).toMatchObject({ status: 409, code: "shelf_full" })
    expect((await add(10)).status).toBe(200)
  })

  test("an order's total has an end that no number of lines gets past", async () => {
    const items = Array.from({ length: 100 }, (_none, index) => ({
      sku: "WIDGET-001",
      quantity: 1_000_000,
      price: 1_000_000 - index,
    }))
    const answer = await order(open(), {}, { items })
    expect([answer.status, await answer.json()]).toMatchObject([422, { code: "total_too_large" }])
  })
})

test("the platform counts to the same figures as each isolate", () => {
  const { config } = ts.parseConfigFileTextToJson("wrangler.jsonc", readFileSync("wrangler.jsonc", "utf8")) as {
    readonly config: { readonly ratelimits: readonly { readonly name: string; readonly simple: object }[] }
  }
  const reading = readSettings({})
  if (!reading.ok) throw new Error("the defaults make no sense")
  expect(config.ratelimits).toMatchObject([
    { name: "CALLER_RATE", simple: { limit: reading.settings.edge.callerRateMax, period: 60 } },
    { name: "ADDRESS_RATE", simple: { limit: reading.settings.edge.addressRateMax, period: 60 } },
  ])
})
