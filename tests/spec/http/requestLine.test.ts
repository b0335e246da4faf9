// A line per request: by its route, with its trace and its outcome, and with nothing that is somebody's.
import { expect, test } from "vitest"
import { open } from "./shop.ts"
import { claims, hs256, SECRET } from "./tokens.ts"

const trace = "0af7651916cd43dd8448eb211c80319c"

test("each request has one line: route, status, outcome, duration, trace, and neither path nor token", async () => {
  const opened = open({ AUTH: "jwt", JWT_SECRET: SECRET })
  const token = hs256({ ...claims, sub: "cust_alice", role: "customer" })
  const headers = { Authorization: `Bearer ${token}`, traceparent: `00-${trace}-b7ad6b7169203331-01` }
  await opened.request("/customers/cust_alice/orders", { headers })
  await opened.request("/customers/cust_bob/orders", { headers })
  await opened.request("/nowhere/secret-path", { headers })
  const lines = opened.shop.lines.filter(({ message }) => message === "request")
  expect(lines).toMatchObject([
    { method: "GET", route: "/customers/:customerId/orders", status: 200, outcome: "done", trace, role: "customer" },
    { route: "/customers/:customerId/orders", status: 404, outcome: "refused" },
    { route: null, status: 404, outcome: "refused" },
  ])
  const text = JSON.stringify(lines)
  for (const secret of ["cust_alice", "cust_bob", "secret-path", token.slice(0, 20)]) expect(text).not.toContain(secret)
})

test("in development the dev server's own line is enough", async () => {
  const { shop, request } = open()
  await request("/inventory")
  expect(shop.lines.filter(({ message }) => message === "request")).toEqual([])
})
