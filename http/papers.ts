/**
 * What the API says of itself: its documents and their pages.
 *
 * 1. They are made when somebody first asks, and kept: no start and no order pays for them.
 * 2. Pages load nothing and run nothing, so they work in a closed network, and nothing sent to us can run in them.
 */
import type { Answer } from "./api/routes.ts"
import { param, type Context } from "./edge.ts"
import { Problem } from "./problem.ts"

export async function readOpenApi(c: Context): Promise<Answer<"GET /openapi.json">> {
  const { openApiText } = await import("./api/document.ts")
  return c.body(openApiText(), 200, { "Content-Type": "application/json" })
}

/** The events' document is made by those who know who says and hears them. */
export function readAsyncApi(c: Context): Answer<"GET /asyncapi.json"> {
  const { events } = c.get("shop").services
  return c.body(JSON.stringify(events()), 200, { "Content-Type": "application/json" })
}

export async function readDocs(c: Context): Promise<Answer<"GET /docs">> {
  const { apiPage } = await import("./api/page.ts")
  return html(c, await apiPage())
}

export async function readProblems(c: Context): Promise<Answer<"GET /docs/problems">> {
  const { problemsPage } = await import("./api/problemPages.ts")
  return html(c, await problemsPage())
}

export async function readProblem(c: Context): Promise<Answer<"GET /docs/problems/:code">> {
  const { problemPage } = await import("./api/problemPages.ts")
  const page = await problemPage(param(c, "code"))
  if (page === null) throw new Problem("page_not_found", "No problem has this code.")
  return html(c, page)
}

interface Page {
  readonly html: string
  /** Of its style, which is all that a page may apply. */
  readonly styleHash: string
}

function html(c: Context, page: Page) {
  const policy = `default-src 'none'; style-src '${page.styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`
  return c.body(page.html, 200, { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy })
}
