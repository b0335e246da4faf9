// Alerts: raised once, resolved once, told to whoever is to be told. The rounds that find them, and the metrics of both.
import { createExecutionContext } from "cloudflare:test"
import { env } from "cloudflare:workers"
import { afterEach, describe, expect, test, vi } from "vitest"
import worker from "../../index.ts"
import { network } from "./network.ts"
import { objects } from "./objects.ts"
import { openShop } from "./world.ts"

const SECRET = "c2VjcmV0IG9mIHRoZSBhbGVydHM="
const shop = openShop({
  SWEEP_EVERY_MS: "1000",
  ALERT_ORDERS_MIN: "4",
  ALERT_FAILED_EVENTS: "0",
  ALERT_OUTBOX_LAG_MS: "500",
  ALERT_WEBHOOK_URL: "https://alerts.example/hook",
  ALERT_WEBHOOK_SECRET: `whsec_${SECRET}`,
})

interface AlertJson {
  readonly id: string
  readonly name: string
  readonly status: string
}

interface Told {
  readonly id: string
  readonly timestamp: string
  readonly signature: string
  readonly body: string
}

const told: Told[] = []
let refusals = 0
const real = globalThis.fetch
vi.stubGlobal("fetch", (url: RequestInfo | URL, init?: RequestInit) => {
  if (url !== "https://alerts.example/hook") return real(url, init)
  const header = (name: string): string => new Headers(init?.headers).get(name) ?? ""
  const [id, timestamp, signature] = [header("webhook-id"), header("webhook-timestamp"), header("webhook-signature")]
  told.push({ id, timestamp, signature, body: typeof init?.body === "string" ? init.body : "" })
  return Promise.resolve(new Response(null, { status: refusals-- > 0 ? 503 : 204 }))
})

async function hmac(text: string): Promise<string> {
  const secret = Uint8Array.from(atob(SECRET), (character) => character.charCodeAt(0))
  const key = await crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, ["sign"])
  const signature = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(text))
  return btoa(String.fromCharCode(...new Uint8Array(signature)))
}

async function alerts(): Promise<readonly AlertJson[]> {
  return (await shop.call<{ readonly items: readonly AlertJson[] }>("GET", "/alerts")).body.items
}

async function round(): Promise<void> {
  const { body } = await shop.call<{ readonly roundAt: string | null }>("GET", "/alerts")
  await shop.eventually("a round", async () => {
    const next = await shop.call<{ readonly roundAt: string | null }>("GET", "/alerts")
    return next.body.roundAt !== null && next.body.roundAt !== body.roundAt
  })
}

async function statusOf(name: string): Promise<readonly string[]> {
  return (await alerts()).filter((alert) => alert.name === name).map(({ status }) => status)
}

afterEach(() => {
  network.reset()
})

describe("A-20 alerts", () => {
  test("a failed event, unbalanced books and a compensation rate raise one each, and are resolved once", async () => {
    refusals = 1
    const orders = [await shop.place({ simulate: { shipping: "decline", refund: "poison" } })]
    for (let number = 0; number < 4; number++) orders.push(await shop.place({ simulate: { payment: "decline" } }))
    await shop.settle()
    await shop.eventually("three alerts", async () => (await alerts()).length >= 3)
    await round()
    for (const name of ["failed_events", "unbalanced_books", "compensation_rate"]) {
      expect(await statusOf(name), name).toEqual(["raised"])
    }
    const [letter] = await shop.letters()
    await shop.call("POST", `/dead-letters/${letter?.id ?? ""}/redrive`)
    await shop.until(orders[0] ?? { id: "" }, "cancelled")
    await shop.eventually("resolved", async () => (await statusOf("unbalanced_books"))[0] === "resolved")
    await round()
    expect(await statusOf("failed_events")).toEqual(["resolved"])
    expect(await statusOf("unbalanced_books")).toEqual(["resolved"])
    expect(await statusOf("compensation_rate")).toEqual(["raised"])
  })

  test("each is told once for good, signed as Standard Webhooks has it, and again under its id while refused", async () => {
    await shop.eventually("five tellings", () => new Set(told.map(({ id }) => id)).size >= 5)
    for (const { id, timestamp, signature, body } of told) {
      expect(signature).toBe(`v1,${await hmac(`${id}.${timestamp}.${body}`)}`)
    }
    const twice = told.filter(({ id }) => id === told[0]?.id)
    expect(twice.map(({ body }) => body)).toEqual([told[0]?.body, told[0]?.body])
    expect(told.length).toBe(new Set(told.map(({ id }) => id)).size + 1)
  })

  test("G4 an event that is not received raises the outbox's alert, though the cell itself can say nothing", async () => {
    network.rule = ({ type }) => (type === "Payment.requested" ? "lose" : "pass")
    const order = await shop.place()
    await shop.eventually("an alert", async () => (await statusOf("outbox_lag"))[0] === "raised")
    network.reset()
    await shop.until(order, "delivered")
    await shop.eventually("its end", async () => (await statusOf("outbox_lag"))[0] === "resolved")
  })
})

interface Family {
  readonly type: string
  readonly samples: Map<string, number>
}

/** The text format, read as strictly as its specification says. */
function parse(text: string): Map<string, Family> {
  const families = new Map<string, Family>()
  let helped = ""
  expect(text.endsWith("\n")).toBe(true)
  for (const line of text.trimEnd().split("\n")) {
    const [, help] = /^# HELP ([a-z_:][a-z0-9_:]*) \S.*$/.exec(line) ?? []
    const [, typed, type] = /^# TYPE ([a-z_:][a-z0-9_:]*) (counter|gauge|histogram)$/.exec(line) ?? []
    const [, name, labels, value] =
      /^([a-z_:][a-z0-9_:]*)(\{(?:[a-z_]+="(?:[^"\\\n]|\\[\\"n])*",?)+\})? (-?[\d.e+-]+|\+Inf|NaN)$/.exec(line) ?? []
    if (help !== undefined) {
      expect(families.has(help), `${help} is described once`).toBe(false)
      helped = help
    } else if (typed !== undefined && type !== undefined) {
      expect(typed).toBe(helped)
      families.set(typed, { type, samples: new Map() })
    } else {
      expect(name, line).toBeDefined()
      const family = families.get(name ?? "") ?? families.get((name ?? "").replace(/_(bucket|sum|count)$/, ""))
      expect(family, `${String(name)} has a type`).toBeDefined()
      const sample = `${String(name)}${labels ?? ""}`
      expect(family?.samples.has(sample), `${sample} is said once`).toBe(false)
      family?.samples.set(sample, Number(value))
    }
  }
  return families
}

describe("metrics", () => {
  test("are sound Prometheus text: names, units, types, cumulative histograms", async () => {
    await shop.settle()
    await round()
    const request = new Request("https://shop.example/metrics")
    const answer = await worker.fetch(request as Parameters<typeof worker.fetch>[0], env, createExecutionContext())
    expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8")
    const families = parse(await answer.text())
    for (const [name, { type, samples }] of families) {
      expect(name, name).toMatch(/^order_fulfilment_[a-z_]+$/)
      expect(name.endsWith("_total"), `${name} is a ${type}`).toBe(type === "counter")
      if (type !== "histogram") continue
      const bySeries = Map.groupBy(samples, ([sample]) => sample.replace(/,?le="[^"]*"/, "").replace("{}", ""))
      for (const [series, points] of bySeries) {
        if (!series.includes("_bucket")) continue
        const counts = points.map(([, count]) => count)
        expect(counts, series).toEqual(counts.toSorted((a, b) => a - b))
        expect(counts.at(-1)).toBe(samples.get(series.replace("_bucket", "_count")))
      }
    }
    const placed = families.get("order_fulfilment_orders_placed_total")?.samples
    expect(placed?.get("order_fulfilment_orders_placed_total")).toBe(shop.placed.length)
    const names = [...families.keys()].map((name) => name.replace("order_fulfilment_", ""))
    for (const name of ["order_duration_seconds", "gateway_latency_seconds", "outbox_lag_seconds", "parked_events"]) {
      expect(names).toContain(name)
    }
  })

  test("the figures name the gateways, how long they take and how often they fail", async () => {
    const { body } = await shop.call<{ readonly gateways: Record<string, { readonly calls: number }> }>(
      "GET",
      "/figures",
    )
    expect(body.gateways["Payment.charge"]?.calls).toBeGreaterThan(0)
    expect(body).toMatchObject({ outbox: { lagMs: expect.any(Number) as number }, silentCells: 0 })
  })
})

describe("rebuilding", () => {
  test("the figures made anew from the orders' own rows equal those that were counted", async () => {
    await shop.place()
    await shop.settle()
    const pick = async () => {
      const { body } = await shop.call("GET", "/figures?window=30d")
      const { placed, completed, cancelled, compensationByReason, durationMs, standing, series } = body
      return { placed, completed, cancelled, compensationByReason, durationMs, standing, series }
    }
    await shop.eventually("all counted", async () => (await pick()).placed === shop.placed.length)
    const before = await pick()
    const { status, body } = await shop.call("POST", "/admin/monitor/rebuild")
    expect([status, body["status"]]).toEqual([202, "running"])
    await shop.eventually("rebuilt", async () => {
      const figures = await shop.call<{ readonly rebuilding: { readonly status: string } }>("GET", "/figures")
      return figures.body.rebuilding.status === "done"
    })
    expect(await pick()).toEqual(before)
    const documents = await shop.call<{ readonly items: readonly object[] }>("GET", "/sagas?limit=200")
    expect(documents.body.items).toHaveLength(shop.placed.length)
    expect((await objects("Monitor")).length).toBeGreaterThan(1)
  })
})

interface NodeJson {
  readonly type: string
  readonly queueMs: number | null
  readonly workMs: number | null
  readonly span: string
  readonly children: readonly NodeJson[]
}

describe("a trace", () => {
  test("goes on from the caller's, is a tree of what caused what, and tells queue wait from work", async () => {
    const trace = "0af7651916cd43dd8448eb211c80319c"
    const answer = await shop.tryToPlace({}, { traceparent: `00-${trace}-b7ad6b7169203331-01` })
    const order = await shop.until(answer.body, "delivered")
    await shop.settle()
    const { body } = await shop.call<{ traceId: string; children: NodeJson[]; queueMs: number; workMs: number }>(
      "GET",
      `/orders/${order.id}/trace`,
    )
    expect(body.traceId).toBe(trace)
    const flat = (nodes: readonly NodeJson[]): readonly NodeJson[] =>
      nodes.flatMap((node) => [node, ...flat(node.children)])
    const all = flat(body.children)
    expect(all.every(({ span }) => /^[0-9a-f]{16}$/.test(span))).toBe(true)
    const request = all.find(({ type }) => type === "Payment.requested")
    const answered = request?.children.find(({ type }) => type === "Payment.completed")
    expect(request?.queueMs).toBeGreaterThanOrEqual(0)
    expect(answered?.workMs).toBeGreaterThanOrEqual(0)
    expect(flat(answered?.children ?? []).map(({ type }) => type)).toContain("Customer.notified")
    expect(all.filter(({ queueMs }) => queueMs === null)).toEqual([])
  })
})
