// What the variables may hold, and what comes of them.
import { readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { defaults } from "../../../choreography/settings.ts"
import { createMisconfiguredApp } from "../../../http/app.ts"
import { readSettings, type AllSettings } from "../../../http/settings.ts"
import { variables } from "../../../http/variables.ts"
import { textWith } from "./samples.ts"
import { FakeShop } from "./shop.ts"

function settings(env: object = {}): AllSettings {
  const reading = readSettings(env)
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
  return reading.settings
}

describe("settings", () => {
  test("each has a default, and the contract's are the contract's", () => {
    const { shop, edge } = settings()
    expect(shop).toMatchObject({
      simulation: false,
      paymentFailureRate: 0,
      dispatchDelayMs: 5_000,
      transitDelayMs: 10_000,
      deliveryDelayMs: 15_000,
      reservationTtlMs: 30 * 60_000,
      orderDeadlineMs: 20 * 60_000,
      deliveryDeadlineMs: 30 * 24 * 3_600_000,
      cells: { cells: 8, participantCells: 4, stockCells: 8, customerCells: 8, hotSkus: [], regions: ["any"] },
    })
    expect(edge.auth.mode).toBe("closed")
    expect(edge.idempotencyLifeMs).toBeGreaterThanOrEqual(24 * 3_600_000)
  })

  test("the choreography's defaults are its own", () => {
    expect(settings().choreography).toEqual(defaults)
  })

  test("P12 the order's deadline follows the reservation unless it is set, and no combination is an error", () => {
    expect(settings({ RESERVATION_TTL_MS: "9000" }).shop.orderDeadlineMs).toBe(6_000)
    expect(settings({ RESERVATION_TTL_MS: "9000", ORDER_DEADLINE_MS: "90000" }).shop.orderDeadlineMs).toBe(90_000)
    expect(settings({ STEP_DEADLINE_MS: "1", EFFECT_ATTEMPTS_MAX: "100" }).shop.stepDeadlineMs).toBe(1)
  })

  test("a step's deadline leaves room for the whole budget of an effect", () => {
    expect(settings().shop.stepDeadlineMs).toBe(5 * 60_000)
    const { shop } = settings({ EFFECT_ATTEMPTS_MAX: "100" })
    expect(shop.stepDeadlineMs).toBeGreaterThan(100 * 10_000 + 90 * 60_000)
    expect(shop.undoDeadlineMs).toBe(2 * shop.stepDeadlineMs)
  })

  test("delivery may be off, lists have commas, numbers may be numbers, blanks around don't count", () => {
    const { shop, edge, gateways } = settings({
      DELIVERY_DELAY_MS: "off",
      REGIONS: "weur, enam",
      HOT_SKUS: "WIDGET-001,THING-003",
      CELLS: 16,
      PAYMENT_FAILURE_RATE: 0.25,
      SIMULATION: " on ",
      AUTH: "development",
      CARRIER_URL: "http://127.0.0.1:9/",
      PAYMENT_GATEWAY_URL: "https://pay.example/v1/",
      ORDER: { bindings: "are none of ours" },
    })
    expect(shop).toMatchObject({ deliveryDelayMs: null, paymentFailureRate: 0.25, simulation: true })
    expect(shop.cells).toMatchObject({ regions: ["weur", "enam"], hotSkus: ["WIDGET-001", "THING-003"], cells: 16 })
    expect(edge).toMatchObject({ auth: { mode: "development" }, corsOrigins: null })
    expect(gateways).toMatchObject({ carrierUrl: "http://127.0.0.1:9", paymentUrl: "https://pay.example/v1" })
  })

  test.each([
    ["SIMULATION", "yes"],
    ["SIMULATION", ""],
    ["PAYMENT_FAILURE_RATE", "1.1"],
    ["PAYMENT_FAILURE_RATE", "10%"],
    ["PAYMENT_FAILURE_RATE", "-0.1"],
    ["CARRIER_FAILURE_RATE", "often"],
    ["DISPATCH_DELAY_MS", "5s"],
    ["DISPATCH_DELAY_MS", "-1"],
    ["DISPATCH_DELAY_MS", "off"],
    ["TRANSIT_DELAY_MS", "1e3"],
    ["DELIVERY_DELAY_MS", "never"],
    ["RESERVATION_TTL_MS", "0"],
    ["ORDER_DEADLINE_MS", "0"],
    ["EFFECT_ATTEMPTS_MAX", "0"],
    ["EFFECT_ATTEMPTS_MAX", "2.5"],
    ["EFFECT_TIMEOUT_MS", "10001"],
    ["EFFECT_BACKOFF_MS", ""],
    ["RECEIPT_LEASE_MS", "0"],
    ["CELLS", "-1"],
    ["CELLS", "1025"],
    ["CELLS", "eight"],
    ["PARTICIPANT_CELLS", "0"],
    ["CUSTOMER_CELLS", "0"],
    ["HOT_SKUS", "a/b"],
    ["REGIONS", "mars"],
    ["JWKS_URL", "http://issuer.example"],
    ["JWKS_URL", "keys"],
    ["PAYMENT_GATEWAY_URL", "ftp://pay.example"],
    ["CORS_ORIGINS", "*"],
    ["IDEMPOTENCY_LIFE_MS", "3600000"],
    ["CELLS", { many: true }],
  ])("%s %j makes no sense, and the error names it", (name, value) => {
    const reading = readSettings({ [name]: value })
    expect(reading).toMatchObject({ ok: false, problems: [{ name, message: textWith(" ") }] })
  })

  test("everything that is wrong is said at once", () => {
    const reading = readSettings({ CELLS: "x", SIMULATION: "x", REGIONS: "x" })
    expect(reading.ok ? [] : reading.problems.map(({ name }) => name)).toEqual(["SIMULATION", "CELLS", "REGIONS"])
  })

  test("a worker that is misconfigured says so to every request and in the log", async () => {
    const shop = new FakeShop()
    const app = createMisconfiguredApp([{ name: "CELLS", message: "must be a whole number from 0 to 1024" }], shop)
    for (const [method, path] of [
      ["GET", "/health"],
      ["POST", "/orders"],
      ["GET", "/nope"],
    ] as const) {
      const answer = await app.request(path, { method })
      expect(answer.status).toBe(503)
      expect(answer.headers.get("content-type")).toBe("application/problem+json")
      expect(await answer.json()).toMatchObject({ code: "misconfigured", errors: [{ path: "CELLS" }], instance: path })
    }
    expect(shop.lines).toContainEqual(expect.objectContaining({ level: "error", detail: textWith("CELLS") }))
  })
})

describe("docs/settings.md", () => {
  const page = readFileSync("docs/settings.md", "utf8")
  const rows = [...page.matchAll(/^\| `([A-Z_]+)` *\| (?:`(.*?)`|unset) *\| (.*?) *\|$/gm)].map(
    ([, name = "", fallback = "", says = ""]) => ({ name, fallback, says }),
  )

  test("names every variable, in the order of the code", () => {
    expect(rows.map(({ name }) => name)).toEqual(Object.keys(variables.shape))
  })

  test.each(rows)("$name says the default and the purpose that the code has", ({ name, fallback, says }) => {
    const schema = Object.entries(variables.shape).find(([each]) => each === name)?.[1]
    expect(schema?.description).toBe(says)
    expect(readSettings({ [name]: fallback })).toEqual(readSettings({}))
  })
})
