/** The hazard: a caller's mistake, or malice, that is answered as if it were the shop's own: a bare 500. */
import { request as send } from "node:http"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { z } from "zod"
import { DevServer } from "./devServer.ts"
import { address, Shopper } from "./shopper.ts"

let server: DevServer

beforeAll(async () => {
  server = await DevServer.start({ PAYMENT_FAILURE_RATE: 0 })
})

afterAll(async () => {
  await server.stop()
})

interface Raw {
  readonly status: number
  readonly type: string
  readonly text: string
}

const json = { "content-type": "application/json" }

/** Straight to the socket: neither path nor headers nor body are put right on the way. */
function raw(
  method: string,
  path: string,
  body: string | Uint8Array = "",
  headers: Record<string, string> = json,
): Promise<Raw> {
  return new Promise((resolve, reject) => {
    const options = { host: "localhost", port: server.port, method, path, headers, timeout: 10_000 }
    const request = send(options, (response) => {
      let text = ""
      response.on("data", (chunk: Buffer) => (text += chunk.toString()))
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, type: response.headers["content-type"] ?? "", text })
      })
    })
    request.on("error", reject)
    request.end(body)
  })
}

const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  detail: z.string(),
  instance: z.string(),
  code: z.string(),
  traceId: z.string(),
})

async function refuses(answer: Promise<Raw>, status: number): Promise<void> {
  const { status: got, type, text } = await answer
  expect({ got, text }).toMatchObject({ got: status })
  expect(type).toBe("application/problem+json")
  expect(problem.parse(JSON.parse(text)).status).toBe(status)
}

const good = { customerId: "cust_h", items: [{ sku: "WIDGET-001", quantity: 1 }], shippingAddress: address }
const line = (fields: object): string =>
  JSON.stringify({ ...good, items: [{ sku: "WIDGET-001", quantity: 1, ...fields }] })

const bodies: readonly (readonly [string, number, string | Uint8Array])[] = [
  ["no JSON at all", 400, "{"],
  ["nothing", 400, ""],
  ["half a character", 400, new Uint8Array([0x7b, 0x22, 0xc3, 0x22, 0x3a, 0x31, 0x7d])],
  ["null", 400, "null"],
  ["a list", 400, "[]"],
  ["a string", 400, '"order"'],
  ["brackets without end", 400, "[".repeat(30_000)],
  ["brackets in brackets", 400, "[".repeat(30_000) + "]".repeat(30_000)],
  ["an unknown field", 400, JSON.stringify({ ...good, discount: 100 })],
  ["a field of every object", 400, '{"__proto__":{"customerId":"x"},"constructor":1}'],
  ["a field twice", 400, '{"customerId":"a","customerId":"b"}'],
  ["no lines", 400, JSON.stringify({ ...good, items: [] })],
  ["too many lines", 400, JSON.stringify({ ...good, items: Array.from({ length: 101 }, () => good.items[0]) })],
  ["no quantity", 400, line({ quantity: undefined })],
  ["nothing of it", 400, line({ quantity: 0 })],
  ["less than nothing", 400, line({ quantity: -1 })],
  ["half of one", 400, line({ quantity: 0.5 })],
  ["more than a number holds", 400, line({}).replace('"quantity":1', '"quantity":1e400')],
  ["a quantity in words", 400, line({ quantity: "1" })],
  ["a price with fractions of a cent", 400, line({ price: 1.999 })],
  ["a price below nothing", 400, line({ price: -1 })],
  ["a SKU like a path", 400, line({ sku: "../../etc" })],
  ["a SKU that nobody knows", 422, line({ sku: "NO-SUCH-SKU" })],
  ["a SKU without a price", 422, line({ sku: "THING-003" })],
  ["a customer like an order", 400, JSON.stringify({ ...good, customerId: "ord_1" })],
  ["a customer like a path", 400, JSON.stringify({ ...good, customerId: "a/b" })],
  [
    "an address of control characters",
    400,
    JSON.stringify({ ...good, shippingAddress: { ...address, city: "\u0000" } }),
  ],
  ["half a surrogate pair", 400, JSON.stringify({ ...good, shippingAddress: { ...address, city: "\ud800" } })],
  ["an unknown currency", 400, JSON.stringify({ ...good, currency: "XXXX" })],
  ["an unknown flow", 400, JSON.stringify({ ...good, flow: "sideways" })],
  ["an unknown plan", 400, JSON.stringify({ ...good, simulate: { payment: "explode" } })],
  ["a part of an order", 422, JSON.stringify({ ...good, allowPartial: true })],
  ["too much", 413, JSON.stringify({ ...good, padding: "x".repeat(70_000) })],
]

describe("an order that can't be one is refused with a reason", () => {
  test.each(bodies)("an order of %s: %i", async (_what, status, body) => {
    await refuses(raw("POST", "/orders", body), status)
  })

  test("what is not sent as JSON is refused", async () => {
    await refuses(raw("POST", "/orders", JSON.stringify(good), { "content-type": "text/plain" }), 415)
    await refuses(raw("POST", "/orders", JSON.stringify(good), {}), 415)
    await refuses(raw("POST", "/orders", "a=b", { "content-type": "application/x-www-form-urlencoded" }), 415)
  })

  test("a body that doesn't say how long it is is counted as it comes", async () => {
    const unsaid = { ...json, "transfer-encoding": "chunked" }
    await refuses(raw("POST", "/orders", JSON.stringify({ ...good, padding: "x".repeat(70_000) }), unsaid), 413)
    expect(await raw("POST", "/orders", JSON.stringify(good), unsaid)).toMatchObject({ status: 201 })
  })

  test("an idempotency key that is none is refused", async () => {
    const body = JSON.stringify(good)
    for (const key of ["", "x".repeat(256), "no spaces", '"open']) {
      await refuses(raw("POST", "/orders", body, { ...json, "idempotency-key": key }), 400)
    }
  })
})

const unknownId = `ord_${"0".repeat(42)}`
const body = JSON.stringify({ action: "retry", reason: "why not" })

const paths: readonly (readonly [method: string, path: string, status: number, body: string])[] = [
  ["GET", "/", 200, ""],
  ["GET", "/nowhere", 404, ""],
  ["GET", "/orders/ord_", 404, ""],
  ["GET", `/orders/${unknownId}`, 404, ""],
  ["GET", "/orders/nobody", 404, ""],
  ["GET", "/orders/%00", 404, ""],
  ["GET", "/orders/..%2F..%2Fetc", 404, ""],
  ["GET", "/orders/%E0%A4%A", 404, ""],
  ["GET", `/orders/${"x".repeat(300)}`, 404, ""],
  ["GET", "/orders/nobody/saga", 404, ""],
  ["GET", "/orders/nobody/why", 404, ""],
  ["GET", "/orders/nobody/books", 404, ""],
  ["DELETE", "/orders/nobody", 404, ""],
  ["POST", "/orders/nobody/deliver", 404, ""],
  ["POST", "/orders/nobody/resolve", 404, body],
  ["POST", "/orders/nobody/resolve", 400, '{"action":"undo","reason":"x"}'],
  ["PUT", "/orders", 405, "{}"],
  ["PATCH", "/orders/nobody", 405, "{}"],
  ["GET", "/inventory/NO-SUCH-SKU", 404, ""],
  ["GET", "/inventory/..%2F", 404, ""],
  ["POST", "/inventory/WIDGET-001/add", 400, '{"quantity":0}'],
  ["POST", "/inventory/WIDGET-001/add", 400, '{"quantity":1000001}'],
  ["POST", "/inventory/WIDGET-001/add", 400, '{"quantity":1.5}'],
  ["GET", "/inventory?limit=0", 400, ""],
  ["GET", "/inventory?limit=201", 400, ""],
  ["GET", "/inventory?limit=1&limit=2", 400, ""],
  ["GET", "/customers/nobody/orders?cursor=junk", 400, ""],
  ["GET", "/customers/nobody/orders?status=asleep", 400, ""],
  ["GET", `/payments/${unknownId}`, 404, ""],
  ["GET", `/shipping/${unknownId}`, 404, ""],
  ["GET", "/shipping/track/NOTHING", 404, ""],
  ["GET", "/dead-letters?orderId=junk", 400, ""],
  ["GET", "/dead-letters?cursor=junk", 400, ""],
  ["GET", "/sagas?status=asleep", 400, ""],
  ["GET", "/sagas?view=__proto__", 400, ""],
  ["GET", "/sagas?since=2026-02-30", 400, ""],
  ["GET", "/sagas?cursor=junk", 400, ""],
  ["GET", "/sagas?limit=201", 400, ""],
  ["GET", "/sagas?orderId=junk", 400, ""],
  ["GET", "/sagas?customerId=a/b", 400, ""],
  ["GET", "/sagas?sku=..%2F", 400, ""],
  ["GET", "/sagas?paymentId=%00", 400, ""],
  ["GET", "/sagas?status=placed&status=paid", 400, ""],
  ["POST", "/sagas", 405, "{}"],
  ["POST", "/webhooks/payments", 401, "{}"],
  ["POST", "/webhooks/carrier", 401, `{"type":"label.delivered","orderId":"${unknownId}"}`],
  ["GET", "/webhooks/carrier", 405, ""],
  ["GET", "/figures?window=soon", 400, ""],
  ["GET", "/figures?window=99999d", 400, ""],
  ["DELETE", "/figures", 405, ""],
  ["PUT", "/alerts", 405, "{}"],
  ["POST", "/metrics", 405, "{}"],
  ["GET", "/orders/nobody/trace", 404, ""],
  ["GET", `/orders/${unknownId}/trace`, 404, ""],
  ["GET", "/orders/%00/trace", 404, ""],
  ["GET", "/admin/monitor/rebuild", 405, ""],
  ["POST", "/dead-letters/dl_junk/redrive", 404, ""],
  ["POST", "/dead-letters/dl_junk/discard", 404, '{"reason":"x"}'],
  ["POST", "/dead-letters/dl_junk/discard", 400, "{}"],
]

describe("a path that leads nowhere says so", () => {
  test.each(paths)("%s %s: %i", async (method, path, status, sent) => {
    const answer = raw(method, path, sent, sent === "" ? {} : json)
    if (status === 200) expect((await answer).status).toBe(200)
    else await refuses(answer, status)
  })

  test("a trace that is none is replaced, not believed", async () => {
    const headers = { traceparent: "00-zz", "x-request-id": "x".repeat(999) }
    await refuses(raw("GET", "/orders/nobody", "", headers), 404)
  })
})

test("after all of that the shop is open", async () => {
  const shop = new Shopper(server.url)
  const { id } = await shop.place({ customerId: "cust_after" })
  expect((await shop.cancel(id)).status).toBe(202)
  expect((await shop.ends(id)).status).toBe("cancelled")
  expect(await shop.letters()).toEqual([])
})
