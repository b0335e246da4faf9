// The quick way finds what the slow one finds, for every path and method: fast-check looks for one where it doesn't.
import fc from "fast-check"
import type { Result, Router } from "hono/router"
import { RegExpRouter } from "hono/router/reg-exp-router"
import { TrieRouter } from "hono/router/trie-router"
import { expect, test } from "vitest"
import { FamilyRouter } from "../../../http/router.ts"
import { rules } from "../../../http/rules.ts"

const routes = Object.keys(rules).map((rule) => {
  const [method = "", path = ""] = rule.split(" ")
  return { method, path }
})
const paths = [...new Set(routes.map(({ path }) => path))]

/** As the app adds them: two that every path passes through, each route, and for each path what answers other methods. */
function filled(router: Router<string>): Router<string> {
  for (const name of ["first", "second"]) router.add("ALL", "/*", name)
  for (const { method, path } of routes) router.add(method, path, `${method} ${path}`)
  for (const path of paths) router.add("ALL", path, `other methods of ${path}`)
  return router
}

type Found = readonly (readonly [handler: string, params: Readonly<Record<string, string>>])[]

/** Routers tell parameters by name, or by their place in a list. */
function found([handlers, list]: Result<string>): Found {
  return handlers.map(([handler, params]) => {
    const pairs = Object.entries(params).map(([name, value]) => [name, list?.[Number(value)] ?? String(value)])
    // Pairs of a name and a text, put together right above.
    return [handler, Object.fromEntries(pairs) as Record<string, string>]
  })
}

/** Where a path has a segment that is written as in a route, with its colon, a tree comes to the same handler twice. */
function told(result: Result<string>, path: string): Found {
  const all = found(result)
  if (!path.includes("/:")) return all
  const known = new Set<string>()
  return all.filter(([handler]) => !known.has(handler) && known.add(handler))
}

const segment = fc.oneof(
  fc.constantFrom(...new Set(paths.flatMap((path) => path.split("/")))),
  fc.constantFrom("ord_1", "track", "redrive", "", "%2F", "constructor", "__proto__", "ALL", ":ref"),
  fc.string({ maxLength: 5 }).map((text) => text.replaceAll(/[/*]/g, "")),
)
const anyPath = fc.array(segment, { maxLength: 6 }).map((segments) => `/${segments.join("/")}`)
// The platform knows no other kinds of method, and a tree falls over the names of what every object has.
const anyMethod = fc.constantFrom("GET", "POST", "DELETE", "PUT", "OPTIONS", "PATCH", "PROPFIND", "ALL")

test("every path and method comes to the same handlers with the same parameters as in a search of all routes", () => {
  const [quick, tree] = [filled(new FamilyRouter<string>()), filled(new TrieRouter<string>())]
  fc.assert(
    fc.property(anyMethod, anyPath, (method, path) => {
      expect(told(quick.match(method, path), path)).toEqual(told(tree.match(method, path), path))
    }),
    { numRuns: 2_000 },
  )
})

test.each(routes)("$method $path is found, behind what every path passes through", ({ method, path }) => {
  const asked = path.replaceAll(/:\w+/g, "given")
  const names = [...path.matchAll(/:(\w+)/g)].map(([, name = ""]) => [name, "given"])
  const [first, second, own] = found(filled(new FamilyRouter<string>()).match(method, asked))
  expect([first, second, own]).toEqual([
    ["first", {}],
    ["second", {}],
    [`${method} ${path}`, Object.fromEntries(names)],
  ])
})

test("one regular expression for all routes is refused by its router, which is why paths are told apart first", () => {
  expect(() => filled(new RegExpRouter<string>()).match("GET", "/orders")).toThrow()
})

test("what every path passes through can't come after a path, nor a path begin with a parameter", () => {
  const router = filled(new FamilyRouter<string>())
  expect(() => {
    router.add("ALL", "/*", "late")
  }).toThrow("comes first")
  expect(() => {
    router.add("GET", "/:any", "anything")
  }).toThrow("begins with no name of its own")
})
