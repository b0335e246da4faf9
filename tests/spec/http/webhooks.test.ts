// The way in for what payment gateway and carrier say of their own accord: a signature, and nothing that is told back.
import { describe, expect, test } from "vitest"
import { MIDNIGHT, textWith } from "./samples.ts"
import { CARRIER, PAYMENTS, sealOf } from "./seals.ts"
import { development, open, place, type Open } from "./shop.ts"

const AT = "2025-12-31T23:59:59.000Z"
const UNKNOWN = "ord_00000000000000000000000000000000000000000000"

const ways = {
  "/webhooks/payments": { secret: PAYMENTS, variable: "PAYMENT_WEBHOOK_SECRET" },
  "/webhooks/carrier": { secret: CARRIER, variable: "CARRIER_WEBHOOK_SECRET" },
} as const
type Path = keyof typeof ways
const paths = Object.keys(ways) as Path[]

function bodyFor(path: Path, orderId: string): object {
  const charge = { type: "charge.succeeded", key: `${orderId}/charge/1`, amount: 10_997, currency: "USD" }
  const parcel = { type: "label.delivered" }
  return { orderId, at: AT, ...(path === "/webhooks/payments" ? charge : parcel) }
}

function send({ request }: Open, path: Path, body: object | string, secret: string = ways[path].secret) {
  const text = typeof body === "string" ? body : JSON.stringify(body)
  return request(path, { method: "POST", body: text, headers: sealOf(secret, text) })
}

async function codeOf(answer: Response): Promise<readonly [number, unknown]> {
  const { code } = await answer.json<{ code?: unknown }>()
  return [answer.status, code]
}

describe.each(paths)("%s", (path) => {
  test("tells the order's own object what a sound message says, and answers that it was heard", async () => {
    const opened = open()
    const { id } = await place(opened)
    const answer = await send(opened, path, bodyFor(path, id))
    expect([answer.status, await answer.json()]).toEqual([202, { id: "msg_1" }])
    expect(opened.shop.desk.reports).toEqual([
      [
        id,
        path === "/webhooks/payments"
          ? { type: "charge.succeeded", key: `${id}/charge/1`, amount: 10_997, currency: "USD" }
          : { type: "label.delivered", trackingNumber: null, location: null, at: Date.parse(AT) },
      ],
    ])
    expect(answer.headers.get("x-correlation-id")).toBeNull()
  })

  test("takes the secret before while it is changed, and no secret once it is forgotten", async () => {
    const { secret, variable } = ways[path]
    const rotated = { ...development, [variable]: "the next secret, which is text", [`${variable}_PREVIOUS`]: secret }
    const body = bodyFor(path, UNKNOWN)
    expect((await send(open(rotated), path, body)).status).toBe(202)
    expect((await send(open(rotated), path, body, "the next secret, which is text")).status).toBe(202)
    const forgotten = { ...rotated, [`${variable}_PREVIOUS`]: "" }
    expect(await codeOf(await send(open(forgotten), path, body))).toEqual([401, "unsigned"])
  })

  test("is closed while no secret is set, and the one before is none", async () => {
    const { secret, variable } = ways[path]
    const unset = { ...development, [variable]: "", [`${variable}_PREVIOUS`]: secret }
    const opened = open(unset)
    expect(await codeOf(await send(opened, path, bodyFor(path, UNKNOWN)))).toEqual([401, "unsigned"])
    expect(await codeOf(await send(opened, path, bodyFor(path, UNKNOWN), ""))).toEqual([401, "unsigned"])
  })

  test("is not opened by a token, by the other's secret, or by another body", async () => {
    const opened = open()
    const { id } = await place(opened)
    const text = JSON.stringify(bodyFor(path, id))
    const other = path === "/webhooks/payments" ? CARRIER : PAYMENTS
    const spelt = JSON.stringify(bodyFor(path, id), null, 1)
    const tries = [
      sealOf(other, text),
      sealOf(ways[path].secret, spelt),
      sealOf(ways[path].secret, text.replace(/.$/, " }")),
      { Authorization: "Bearer x" },
    ]
    for (const headers of tries) {
      expect(await codeOf(await opened.request(path, { method: "POST", body: text, headers }))).toEqual([
        401,
        "unsigned",
      ])
    }
    expect(opened.shop.desk.reports).toEqual([])
  })

  test.each([
    ["a second later", 1_000, 202],
    ["six minutes later", 6 * 60_000, 401],
    ["a day later", 24 * 3_600_000, 401],
  ])("answers a message that is sent again %s", async (_when, later, status) => {
    const opened = open()
    opened.shop.time += later
    expect((await send(opened, path, bodyFor(path, UNKNOWN))).status).toBe(status)
  })

  test("says nothing of orders that aren't ours, and calls a person", async () => {
    const opened = open()
    for (const orderId of [UNKNOWN, "ord_x", "../x", "__proto__"]) {
      const answer = await send(opened, path, bodyFor(path, orderId))
      expect([answer.status, await answer.json()]).toEqual([202, { id: "msg_1" }])
    }
    expect(opened.shop.count("report")).toBe(0)
    expect(opened.shop.lines.filter(({ message }) => message === "alert")).toHaveLength(4)
  })

  test.each([
    ["nothing", ""],
    ["half a body", "{"],
    ["a list", "[]"],
    ["an unknown kind", { ...bodyFor(path, UNKNOWN), type: "x" }],
    ["a field too many", { ...bodyFor(path, UNKNOWN), status: "delivered" }],
    ["a time that is none", { ...bodyFor(path, UNKNOWN), at: "now" }],
    ["a time to come", { ...bodyFor(path, UNKNOWN), at: new Date(MIDNIGHT + 6 * 60_000).toISOString() }],
    ["no time", { ...bodyFor(path, UNKNOWN), at: undefined }],
    ["an order of another kind", { ...bodyFor(path, UNKNOWN), orderId: 7 }],
    ["an id without end", { ...bodyFor(path, UNKNOWN), orderId: "x".repeat(201) }],
    ["half a cent", { ...bodyFor(path, UNKNOWN), amount: 0.5 }],
    ["less than nothing", { ...bodyFor(path, UNKNOWN), amount: -1 }],
    ["a place without a name", { ...bodyFor(path, UNKNOWN), location: " " }],
  ])("refuses %s, though it is signed", async (_what, body) => {
    const opened = open()
    expect((await send(opened, path, body)).status).toBe(400)
    expect(opened.shop.desk.reports).toEqual([])
  })

  test("wants JSON, though it is signed", async () => {
    const text = JSON.stringify(bodyFor(path, UNKNOWN))
    const headers = { ...sealOf(ways[path].secret, text), "Content-Type": "text/plain" }
    expect((await open().request(path, { method: "POST", body: text, headers })).status).toBe(415)
  })

  test("logs what came of it, and nothing of what was said", async () => {
    const opened = open()
    const { id } = await place(opened)
    await send(opened, path, bodyFor(path, id))
    const lines = opened.shop.lines.filter(({ message }) => message === "a webhook was heard")
    expect(lines).toEqual([expect.objectContaining({ outcome: "known", webhookId: "msg_1" })])
    expect(JSON.stringify(lines)).not.toContain("10997")
  })
})

test("a secret that can be guessed is warned of at start", () => {
  const weak = (env: object): boolean =>
    open(env).shop.lines.some(({ message }) => message.includes("secret of webhooks"))
  expect(weak({ ...development, CARRIER_WEBHOOK_SECRET: "short" })).toBe(true)
  expect(weak(development)).toBe(false)
})

describe("a parcel", () => {
  test("is named by its number, and its order is found by it", async () => {
    const opened = open()
    const { id } = await place(opened)
    const times = { estimatedDelivery: MIDNIGHT, createdAt: MIDNIGHT, dispatchedAt: MIDNIGHT, deliveredAt: null }
    const address = { street: "1 Elm", city: "Springfield", state: "IL", zip: "62701", country: "US" }
    opened.shop.shipments.set(id, {
      ...{ id: "shp_1", orderId: id, carrier: "FastShip", trackingNumber: "FS123456", status: "dispatched" },
      ...{ ...times, address, items: [], trackingHistory: [] },
    })
    const body = { type: "label.in_transit", trackingNumber: "FS123456", location: "Springfield, IL", at: AT }
    expect((await send(opened, "/webhooks/carrier", body)).status).toBe(202)
    const { orderId: _orderId, ...report } = { orderId: id, ...body, at: Date.parse(AT) }
    expect(opened.shop.desk.reports).toEqual([[id, report]])
  })

  test("that nobody knows is answered like any other", async () => {
    const opened = open()
    for (const trackingNumber of ["FS999999", "x", "a/b"]) {
      const answer = await send(opened, "/webhooks/carrier", { type: "label.delivered", trackingNumber, at: AT })
      expect(answer.status).toBe(202)
    }
    expect(opened.shop.desk.reports).toEqual([])
    expect(opened.shop.lines).toContainEqual(expect.objectContaining({ message: "alert", alert: textWith("no order") }))
  })

  test("has to be named", async () => {
    expect((await send(open(), "/webhooks/carrier", { type: "label.delivered", at: AT })).status).toBe(400)
  })
})
