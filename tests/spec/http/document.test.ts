// The API's own documents: complete, valid, and pages that nothing can be injected into.
import { createHash } from "node:crypto"
import { Validator } from "@seriousme/openapi-schema-validator"
import { describe, expect, test } from "vitest"
import { openApi, operations } from "../../../http/api/document.ts"
import { markup, prose } from "../../../http/api/markup.ts"
import { commandOf } from "../../../http/api/page.ts"
import { problemCodes, problemStatus } from "../../../http/problem.ts"
import { rules } from "../../../http/rules.ts"
import { open } from "./shop.ts"
import { SECRET } from "./tokens.ts"

interface Operation {
  readonly operationId: string
  readonly security: readonly object[]
  readonly "x-roles"?: readonly string[]
  readonly "x-examples": readonly unknown[]
  readonly parameters?: readonly { readonly name: string; readonly in: string }[]
  readonly responses: Readonly<Record<string, { readonly "x-problems"?: readonly string[] }>>
}

// As `document.ts` makes it.
const document = openApi() as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => {
    const name = `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ":$1")}`
    return { name, operation }
  }),
)

describe("the document of the API", () => {
  test("is OpenAPI 3.1", async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(document))
    expect([valid, errors]).toEqual([true, undefined])
  })

  test("holds every route there is, with its roles", () => {
    const open = ({ security }: Operation): string => (security.length === 0 ? "public" : "signed")
    const roles = documented.map(({ name, operation }) => [name, operation["x-roles"] ?? open(operation)] as const)
    expect(Object.fromEntries(roles)).toEqual(rules)
  })

  test("names each operation once, gives each an example, and asks for a token or a signature where one is needed", () => {
    const ids = documented.map(({ operation }) => operation.operationId)
    expect(new Set(ids).size).toBe(ids.length)
    for (const { name, operation } of documented) {
      expect(operation["x-examples"].length).toBeGreaterThan(0)
      const takes = { public: [], signed: [{ signature: [] }] }
      // As the test before this one has it, these are all the rules there are.
      const rule = rules[name as keyof typeof rules]
      expect(operation.security).toEqual(typeof rule === "string" ? takes[rule] : [{ bearer: [] }])
    }
  })

  test("names every parameter of a path", () => {
    for (const { name, operation } of documented) {
      const wanted = [...name.matchAll(/:(\w+)/g)].map(([, parameter]) => parameter)
      const known = (operation.parameters ?? []).filter((each) => each.in === "path").map((each) => each.name)
      expect([name, ...known]).toEqual([name, ...wanted])
    }
  })

  test("names every problem that a route may answer, under its status", () => {
    const named = new Set<string>()
    for (const { operation } of documented) {
      for (const [status, answer] of Object.entries(operation.responses)) {
        for (const code of answer["x-problems"] ?? []) {
          named.add(code)
          expect(String(problemStatus(problemCodes.find((each) => each === code) ?? "misconfigured"))).toBe(status)
        }
      }
    }
    // These two are answered where there is no operation.
    expect(problemCodes.filter((code) => !named.has(code))).toEqual(["route_not_found", "method_not_allowed"])
  })

  test("is served to whoever asks, the same each time", async () => {
    const { request } = open({ AUTH: "jwt", JWT_SECRET: SECRET })
    const first = await request("/openapi.json")
    expect([first.status, first.headers.get("content-type")]).toEqual([200, "application/json"])
    expect(await first.json()).toEqual(JSON.parse(JSON.stringify(document)))
    expect(await (await request("/openapi.json")).text()).toBe(JSON.stringify(document))
  })
})

describe("a page", () => {
  const paths = ["/docs", "/docs/problems", ...problemCodes.map((code) => `/docs/problems/${code}`)]

  test.each(paths)("%s needs no token, loads nothing, runs nothing and applies only its own style", async (path) => {
    const { request } = open({ AUTH: "jwt", JWT_SECRET: SECRET })
    const answer = await request(path)
    const html = await answer.text()
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"])
    expect(html).not.toMatch(/<(script|link|img|iframe|object|embed|base|form)\b|\bon\w+=|\bstyle=|url\(|@import/i)
    expect(html.match(/(href|src)="(?!#|\/(docs|openapi\.json|asyncapi\.json))/g)).toBeNull()
    const [, style = ""] = /<style>(.*?)<\/style>/s.exec(html) ?? []
    const hash = createHash("sha256").update(style).digest("base64")
    expect(answer.headers.get("content-security-policy")).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    )
  })

  test("of the API has every route, and every link on it leads somewhere", async () => {
    const html = await (await open().request("/docs")).text()
    for (const { path } of operations) expect(html).toContain(`<code>${path}</code>`)
    const ids = new Set([...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id))
    const links = [...html.matchAll(/ href="#([^"]+)"/g)].map(([, id]) => id)
    expect(links.filter((id) => !ids.has(id))).toEqual([])
  })

  test("of a problem is where the problem's type leads", async () => {
    const { request } = open()
    const { type, code } = await (await request("/orders/nobody")).json<{ type: string; code: string }>()
    const page = await request(type)
    expect([page.status, (await page.text()).includes(code)]).toEqual([200, true])
  })

  test("of no problem is a 404", async () => {
    expect((await open().request("/docs/problems/<script>")).status).toBe(404)
  })
})

describe("markup", () => {
  test("takes whatever it is given for text", () => {
    const evil = `"><script>alert('1')</script>&`
    const safe = "&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;"
    expect(markup`<p title="${evil}">${evil}</p>`.html).toBe(`<p title="${safe}">${safe}</p>`)
    expect(markup`${[markup`<b>${1}</b>`, markup`<i></i>`]}`.html).toBe("<b>1</b><i></i>")
    expect(prose("say `<b>` & go").html).toBe("say <code>&lt;b&gt;</code> &amp; go")
  })

  test("of a command survives a shell", () => {
    const request = { method: "POST", path: "/orders?a=b&c", headers: { "X-Y": "it's" }, body: { name: "O'Neill" } }
    expect(commandOf(request, true)).toBe(
      `curl -i -X POST "$SHOP"'/orders?a=b&c' \\
  -H "Authorization: Bearer $TOKEN" \\
  -H 'Content-Type: application/json' \\
  -H 'X-Y: it'\\''s' \\
  -d '{"name":"O'\\''Neill"}'`,
    )
  })
})
