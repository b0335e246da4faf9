/** What must not compile: a handler that answers something else than its route declares. Nothing here is ever run. */
import type { Answer } from "../../http/api/routes.ts"
import type { Context } from "../../http/edge.ts"

export function misuse(c: Context): unknown[] {
  const healthy: Answer<"GET /health"> = c.json({ status: "ok", version: "1" }, 200)
  // @ts-expect-error a field that is missing
  const short: Answer<"GET /health"> = c.json({ status: "ok" }, 200)
  // @ts-expect-error a field of another type
  const wrong: Answer<"GET /health"> = c.json({ status: "ok", version: 1 }, 200)
  // @ts-expect-error a status that is not declared
  const late: Answer<"GET /health"> = c.json({ status: "ok", version: "1" }, 202)
  // @ts-expect-error text where JSON is declared
  const text: Answer<"GET /health"> = c.text("ok", 200)
  // @ts-expect-error any response at all
  const bare: Answer<"GET /health"> = new Response("ok")
  return [healthy, short, wrong, late, text, bare]
}
