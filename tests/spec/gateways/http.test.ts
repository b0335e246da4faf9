import { afterEach, describe, expect, test } from "vitest"
import { TerminalFailure, TransientFailure, UncertainFailure } from "../../../choreography/errors.ts"
import { httpCarrier, httpPaymentGateway } from "../../../gateways/http.ts"
import type { PaymentGateway } from "../../../gateways/payment.ts"
import { call, CANCEL, CHARGE, LABEL, REFUND, serve, type Server, textOf } from "./worlds.ts"

const KEY = "ord_1/charge/1"

interface Reply {
  readonly status: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: unknown
}

let servers: Server[] = []
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()))
  servers = []
})

/** A gateway that answers everything alike; null: not at all. */
async function answering(reply: Reply | null): Promise<{ readonly url: string; readonly seen: Seen[] }> {
  const seen: Seen[] = []
  const server = await serve(async (request, response) => {
    const text = await textOf(request)
    const { method = "", url = "", headers } = request
    seen.push({ method, url, headers, body: text === "" ? null : JSON.parse(text) })
    if (reply === null) return
    const body = typeof reply.body === "string" ? reply.body : JSON.stringify(reply.body ?? null)
    response.writeHead(reply.status, reply.headers).end(body)
  })
  servers.push(server)
  return { url: server.url, seen }
}

async function gateway(reply: Reply | null): Promise<PaymentGateway> {
  return httpPaymentGateway({ baseUrl: (await answering(reply)).url })
}

const captured = { status: "captured", transactionId: "t1", amount: CHARGE.amount, currency: "EUR" }

describe("a call over HTTP", () => {
  test("carries its key, the token and what is asked for, and nothing of a rehearsal", async () => {
    const { url, seen } = await answering({ status: 201, body: captured })
    await httpPaymentGateway({ baseUrl: `${url}/v1/`, token: "secret" }).charge({ ...CHARGE, plan: "none" }, call(KEY))
    expect(seen).toEqual([
      {
        method: "POST",
        url: "/v1/charges",
        headers: expect.objectContaining({ "idempotency-key": KEY, authorization: "Bearer secret" }) as unknown,
        body: { orderId: "ord_1", amount: CHARGE.amount, currency: "EUR", method: null },
      },
    ])
  })

  test("names what it undoes by the key of the deed", async () => {
    const { url, seen } = await answering({ status: 200, body: {} })
    await expect(httpPaymentGateway({ baseUrl: url }).refund(REFUND, call("r"))).rejects.toThrow(UncertainFailure)
    await expect(httpCarrier({ baseUrl: url }).cancelLabel(CANCEL, call("c"))).rejects.toThrow(UncertainFailure)
    expect(seen.map(({ body }) => body)).toEqual([
      { orderId: "ord_1", charge: "ord_1/charge/1", amount: CHARGE.amount, currency: "EUR" },
      { orderId: "ord_1", label: "ord_1/label/1" },
    ])
  })

  test("looks up by the key, percent-encoded", async () => {
    const { url, seen } = await answering({ status: 404 })
    expect(await httpPaymentGateway({ baseUrl: url }).findCharge(CHARGE, call(KEY))).toBeUndefined()
    expect(seen[0]).toMatchObject({ method: "GET", url: "/charges/ord_1%2Fcharge%2F1" })
  })
})

describe("what a status says happened", () => {
  test.each([
    [429, TransientFailure],
    [503, TransientFailure],
    [400, TerminalFailure],
    [401, TerminalFailure],
    [404, TerminalFailure],
    [408, UncertainFailure],
    [500, UncertainFailure],
    [502, UncertainFailure],
    [504, UncertainFailure],
    [409, UncertainFailure],
  ])("%i is told apart by whether it surely did not happen", async (status, failure) => {
    await expect((await gateway({ status })).charge(CHARGE, call(KEY))).rejects.toThrow(failure)
  })

  test.each([402, 422])("%i is a refusal, whatever stands in the body", async (status) => {
    const bare = await gateway({ status, body: { title: "no", status } })
    expect(await bare.charge(CHARGE, call(KEY))).toMatchObject({ outcome: "declined", code: "CARD_DECLINED" })
    expect(await bare.refund(REFUND, call("r"))).toMatchObject({ outcome: "refused" })
  })

  test("a decline carries its code, an unknown one counts as declined", async () => {
    const declining = (code: string) => gateway({ status: 402, body: { status: "declined", code, reason: "because" } })
    expect(await (await declining("EXPIRED")).charge(CHARGE, call(KEY))).toMatchObject({ code: "EXPIRED" })
    expect(await (await declining("WHO_KNOWS")).charge(CHARGE, call(KEY))).toMatchObject({ code: "CARD_DECLINED" })
  })

  test("a redirect is never followed, and nobody knows what happened", async () => {
    const elsewhere = await answering({ status: 201, body: captured })
    for (const status of [301, 302, 303, 307, 308]) {
      const moved = await gateway({ status, headers: { location: `${elsewhere.url}/charges` } })
      await expect(moved.charge(CHARGE, call(KEY))).rejects.toThrow(UncertainFailure)
    }
    expect(elsewhere.seen).toEqual([])
  })

  test("no answer in time, and no server at all, leave the outcome unknown (K-05, fault 18)", async () => {
    const silent = await gateway(null)
    const soon = { ...call(KEY), signal: AbortSignal.timeout(30) }
    await expect(silent.charge(CHARGE, soon)).rejects.toThrow(UncertainFailure)
    const nobody = httpPaymentGateway({ baseUrl: "http://127.0.0.1:9" })
    await expect(nobody.charge(CHARGE, call(KEY))).rejects.toThrow(UncertainFailure)
  })

  test.each([202, 401, 429, 500, 503])("a look-up that answers %i can't tell", async (status) => {
    await expect((await gateway({ status })).findCharge(CHARGE, call(KEY))).rejects.toThrow(UncertainFailure)
  })
})

describe("what a gateway says is checked before it is believed", () => {
  test.each([
    ["no JSON", "<html>"],
    ["no shape of the contract", { status: "captured" }],
    ["another amount", { ...captured, amount: CHARGE.amount + 1 }],
    ["another currency", { ...captured, currency: "USD" }],
    ["a fraction of a cent", { ...captured, amount: 1.5 }],
    ["more than is read", JSON.stringify({ ...captured, more: "x".repeat(70_000) })],
  ])("a charge with %s", async (_what, body) => {
    await expect((await gateway({ status: 201, body })).charge(CHARGE, call(KEY))).rejects.toThrow(UncertainFailure)
  })

  test("a success in a refusal is none", async () => {
    await expect((await gateway({ status: 409, body: captured })).charge(CHARGE, call(KEY))).rejects.toThrow(
      UncertainFailure,
    )
    const labelled = {
      status: "labelled",
      carrier: "c",
      trackingNumber: "t",
      estimatedDelivery: "2027-01-01T00:00:00Z",
    }
    const { url } = await answering({ status: 409, body: labelled })
    await expect(httpCarrier({ baseUrl: url }).createLabel(LABEL, call("l"))).rejects.toThrow(UncertainFailure)
  })

  test.each([
    ["more than was taken", { refunded: 2, captured: 1 }],
    ["more than was asked for", { refunded: CHARGE.amount, captured: CHARGE.amount }],
    ["of more than was charged", { refunded: 1, captured: CHARGE.amount + 1 }],
  ])("a refund of %s", async (_what, amounts) => {
    const generous = await gateway({ status: 201, body: { status: "refunded", refundId: "r", ...amounts } })
    await expect(generous.refund({ ...REFUND, amount: 5 }, call("r"))).rejects.toThrow(UncertainFailure)
  })

  test("a parcel that is gone is told with its number, whatever the status", async () => {
    const gone = { carrier: "c", trackingNumber: "t", estimatedDelivery: "2027-01-01T00:00:00Z" }
    const { url } = await answering({ status: 409, body: { status: "dispatched", ...gone } })
    expect(await httpCarrier({ baseUrl: url }).cancelLabel(CANCEL, call("c"))).toEqual({
      outcome: "dispatched",
      ...gone,
      estimatedDelivery: Date.parse(gone.estimatedDelivery),
    })
  })
})
