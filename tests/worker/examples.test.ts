// The examples of the document, sent as they stand there: what a reader copies works, and answers what is promised.
import { afterEach, describe, expect, test } from "vitest"
import { SAMPLE } from "../../http/api/parts.ts"
import { openApiText } from "../../http/api/document.ts"
import { faultsOf } from "../documented.ts"
import { network } from "./network.ts"
import { sealOf } from "./seals.ts"
import { openShop } from "./world.ts"

interface Example {
  readonly name: string
  readonly signedBy?: "payments" | "carrier"
  readonly given?: "an order" | "a shipped order" | "an order in attention" | "a dead letter"
  readonly request: {
    readonly method: string
    readonly path: string
    readonly headers?: Readonly<Record<string, string>>
    readonly body?: unknown
  }
  readonly answer: { readonly status: number; readonly code?: string }
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly "x-examples": readonly Example[] }>>>>
}

const secrets = { payments: `whsec_${btoa("of the payment gateway")}`, carrier: "of the carrier, as text" }
const shop = openShop({
  DELIVERY_DELAY_MS: "off",
  PAYMENT_WEBHOOK_SECRET: secrets.payments,
  CARRIER_WEBHOOK_SECRET: secrets.carrier,
})
const document = JSON.parse(openApiText()) as Document
const examples = Object.values(document.paths).flatMap((methods) =>
  Object.values(methods).flatMap((operation) => operation["x-examples"]),
)

afterEach(() => shop.letGo())

/** What the sample ids stand for. */
async function prepare(given: Example["given"]): Promise<ReadonlyMap<string, string>> {
  const customerId = SAMPLE.customer
  switch (given) {
    case undefined:
      return new Map()
    case "an order": {
      network.hold("Payment.requested")
      return new Map([[SAMPLE.order, (await shop.place({ customerId })).id]])
    }
    case "a shipped order": {
      const { id, shipment } = await shop.until(await shop.place({ customerId }), "shipped")
      return new Map([
        [SAMPLE.order, id],
        [SAMPLE.tracking, shipment?.trackingNumber ?? ""],
      ])
    }
    case "an order in attention": {
      const { id } = await shop.place({ customerId, simulate: { shipping: "decline", refund: "decline" } })
      await shop.until({ id }, "attention")
      return new Map([[SAMPLE.order, id]])
    }
    case "a dead letter": {
      const { id } = await shop.place({ customerId, simulate: { payment: "poison" } })
      await shop.eventually("a letter", async () => (await shop.letters(`?orderId=${id}`)).length > 0)
      const [letter] = await shop.letters(`?orderId=${id}`)
      return new Map([[SAMPLE.letter, letter?.id ?? ""]])
    }
  }
}

describe("an example of the document", () => {
  test.each(examples.map((example) => [example.request.method, example.request.path, example.name, example] as const))(
    "%s %s (%s) answers what it promises",
    async (method, _path, _name, { given, signedBy, request, answer }) => {
      const samples = await prepare(given)
      let path = request.path
      for (const [sample, real] of samples) path = path.replace(encodeURIComponent(sample), encodeURIComponent(real))
      let sent = request.body === undefined ? undefined : JSON.stringify(request.body)
      for (const [sample, real] of samples) sent = sent?.replaceAll(sample, real)
      const seal = signedBy === undefined ? {} : await sealOf(secrets[signedBy], sent ?? "")
      const { status, body } = await shop.call(method, path, sent, { ...request.headers, ...seal })
      expect(status, JSON.stringify(body)).toBe(answer.status)
      if (answer.code !== undefined) expect(body).toMatchObject({ code: answer.code })
    },
  )
})

describe("what holds answers to the document", () => {
  const headers = new Headers({ "content-type": "application/json", "x-request-id": "r", traceparent: "t" })
  const level = { sku: "A", name: "a", price: 1, available: 1, reserved: 0, shipped: 0, updatedAt: null }
  const seen = { method: "GET", path: "/inventory/A", status: 200, headers, text: JSON.stringify(level) }
  const problem = {
    type: "/docs/problems/x",
    title: "x",
    status: 404,
    detail: "x",
    instance: "/",
    code: "x",
    traceId: "x",
  }
  const refused = {
    status: 404,
    headers: new Headers({ ...Object.fromEntries(headers) }),
    text: JSON.stringify(problem),
  }
  refused.headers.set("content-type", "application/problem+json")

  test("it finds nothing in an answer that is as declared", () => {
    expect(faultsOf(seen)).toEqual([])
  })

  test.each([
    ["a status that is not declared", { status: 418 }, "status 418"],
    ["a header that is missing", { headers: new Headers({ "content-type": "application/json" }) }, "X-Request-Id"],
    [
      "another media type",
      { headers: new Headers({ ...Object.fromEntries(headers), "content-type": "text/html" }) },
      "no",
    ],
    ["a field that is missing", { text: JSON.stringify({ ...level, sku: undefined }) }, "sku"],
    ["a field of another type", { text: JSON.stringify({ ...level, available: "1" }) }, "available"],
    ["a field that is not declared", { text: JSON.stringify({ ...level, colour: "red" }) }, "colour"],
    ["a problem that is not declared", refused, "problem x"],
    ["an operation that there isn't", { path: "/stock/A" }, "operation"],
  ])("it finds %s in an answer", (_what, change, named) => {
    expect(faultsOf({ ...seen, ...change }).join()).toContain(named)
  })
})
