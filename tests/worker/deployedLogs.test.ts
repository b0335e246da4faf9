// What is logged where it is deployed: lines of JSON, and neither a token nor a person in any of them.
import { afterAll, beforeAll, expect, test, vi } from "vitest"
import { encodeBase64Url } from "../../http/base64.ts"
import { openShop } from "./world.ts"

const SECRET = "a secret of more than thirty-two characters"
const shop = openShop({ AUTH: "jwt", JWT_SECRET: SECRET })
const lines: string[] = []
const PERSONAL = ["Winterbottom", "Gooseberry Lane", "Nether Wallop", "SO20 8EX", "tok_visa_4242", "cust_secretive"]

beforeAll(() => {
  const keep = (...said: readonly unknown[]): void => void lines.push(said.map(String).join(" "))
  for (const name of ["log", "warn", "error"] as const) vi.spyOn(console, name).mockImplementation(keep)
})

afterAll(() => {
  vi.restoreAllMocks()
})

async function tokenFor(role: string, secret = SECRET): Promise<string> {
  const exp = Math.floor(Date.now() / 1_000) + 600
  const parts = [
    { alg: "HS256", typ: "JWT" },
    { sub: "cust_secretive", role, exp },
  ]
  const signed = parts.map((part) => encodeBase64Url(JSON.stringify(part))).join(".")
  const bytes = new TextEncoder()
  const algorithm = { name: "HMAC", hash: "SHA-256" }
  const key = await crypto.subtle.importKey("raw", bytes.encode(secret), algorithm, false, ["sign"])
  const signature = await crypto.subtle.sign("HMAC", key, bytes.encode(signed))
  const text = btoa(String.fromCharCode(...new Uint8Array(signature)))
  return `${signed}.${text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`
}

test("each line is JSON and tells neither tokens, secrets nor people, however a run ends", async () => {
  const [admin, customer, forged] = [
    await tokenFor("admin"),
    await tokenFor("customer"),
    await tokenFor("admin", "another secret"),
  ]
  const as = (token: string) => ({ authorization: `Bearer ${token}` })
  const [name = "", street = "", city = "", zip = "", paymentMethod = ""] = PERSONAL
  const body = {
    customerId: "cust_secretive",
    items: [{ sku: "WIDGET-001", quantity: 1 }],
    shippingAddress: { street: `${name}, ${street}`, city, state: "HA", zip, country: "GB" },
    paymentMethod,
  }
  const placed: string[] = []
  for (const [token, plan] of [
    [admin, { payment: "decline" }],
    [admin, { shipping: "decline", refund: "poison" }],
    [admin, { payment: "timeout_once" }],
    [customer, undefined],
  ] as const) {
    const answer = await shop.call<{ id: string }>("POST", "/orders", { ...body, simulate: plan }, as(token))
    expect(answer.status, JSON.stringify(answer.body)).toBe(201)
    placed.push(answer.body.id)
  }
  const read = (id: string) => shop.call<{ status: string }>("GET", `/orders/${id}`, undefined, as(admin))
  for (const id of placed) {
    const ended = ["delivered", "cancelled", "attention"]
    await shop.eventually("an end", async () => ended.includes((await read(id)).body.status))
  }
  const cancel = { reason: `${name} has moved away` }
  await shop.call("DELETE", `/orders/${placed[3] ?? ""}`, cancel, as(customer))
  expect((await shop.call("GET", "/metrics", undefined, as(forged))).status).toBe(401)
  expect((await shop.call("POST", "/orders", { ...body, items: [{ name }] }, as(admin))).status).toBe(400)
  expect((await shop.call("GET", `/customers/${name}/orders`, undefined, as(customer))).status).toBe(404)

  expect(lines.length).toBeGreaterThan(40)
  for (const line of lines) expect(() => JSON.parse(line) as unknown, line).not.toThrow()
  const text = lines.join("\n")
  for (const secret of [...PERSONAL, SECRET, admin, customer, forged]) expect(text, secret).not.toContain(secret)
  for (const field of ['"type":"Payment.requested"', '"route":"/orders"', '"durationMs":', '"trace":', '"attempt":']) {
    expect(text).toContain(field)
  }
})
