// Whatever comes in, it is answered with what is wrong with it, and changes nothing.
import { expect, test } from "vitest"
import { hostile, type Hostile } from "./hostile.ts"
import { anyText, MIDNIGHT } from "./samples.ts"
import { open, place, type Open } from "./shop.ts"

const changing = new Set([
  "place",
  "note",
  "claim",
  "complete",
  "add",
  "register",
  "cancel",
  "resolve",
  "deliver",
  "report",
])

async function openWithOrder(): Promise<Open> {
  const shop = open()
  await place(shop)
  shop.shop.restorableSince = MIDNIGHT - 30 * 24 * 3_600_000
  const letter = { id: "known", orderId: null, service: "Order", type: "Payment.completed", reason: "r", attempts: 1 }
  shop.shop.letters.push({ ...letter, parkedAt: MIDNIGHT, verdict: null, event: {} })
  shop.shop.asks.length = 0
  return shop
}

function send({ request }: Open, { method, path, body, headers }: Hostile): Promise<Response> {
  return request(path, { method, body, ...(headers === undefined ? {} : { headers }) })
}

test("the table of hostile requests is as long as it has to be", () => {
  expect(hostile.length).toBeGreaterThanOrEqual(150)
})

test.each(hostile.map((row) => [`${row.method} ${row.path.slice(0, 60)} with ${row.what}`, row] as const))(
  "%s is refused as a problem and changes nothing",
  async (_title, row) => {
    const opened = await openWithOrder()
    const answer = await send(opened, row)
    const text = await answer.text()
    expect([answer.status, text]).toEqual([row.status, anyText])
    expect(answer.headers.get("content-type")).toBe("application/problem+json")
    const problem = JSON.parse(text) as Record<string, unknown>
    expect(problem).toMatchObject({ status: row.status, type: `/docs/problems/${String(problem["code"])}` })
    for (const field of ["title", "detail", "instance", "code", "traceId"]) expect(problem[field]).toEqual(anyText)
    if (problem["code"] === "invalid_request") {
      expect(problem["errors"]).toContainEqual({ path: anyText, message: anyText })
    }
    expect(text).not.toContain("<script>")
    expect(opened.shop.restored).toEqual([])
    const asked = opened.shop.asks.map(([, name]) => name).filter((name) => changing.has(name))
    // A key is claimed before prices are looked up; nothing here has one that is sound.
    const harmless = row.status === 404 ? ["cancel", "resolve"] : []
    expect(asked.filter((name) => !harmless.includes(name))).toEqual([])
  },
)
