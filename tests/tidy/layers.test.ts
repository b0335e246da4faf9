import { describe, expect, test } from "vitest"
import { breach, isSource, laws, sourceRoots, type ImportEdge } from "./layers.ts"
import { at, code, importsOf, parse, sources } from "./project.ts"

describe("layers", () => {
  test("imports run one way", () => {
    const breaches = sources.flatMap((file) =>
      importsOf(file).flatMap((edge) => {
        const why = breach(edge)
        return why === undefined ? [] : [`${at(file, edge.node.getStart())} ${why}`]
      }),
    )
    expect(breaches).toEqual([])
  })

  test("nobody but a benchmark imports from bench", () => {
    const edges = code.flatMap(importsOf)
    const wrong = edges.filter(({ from, to }) => to.startsWith("bench/") && !from.startsWith("bench/"))
    expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([])
  })

  test("the door of the choreography leads to no platform, so that Node may run what stands on it", () => {
    const reached = new Set<string>()
    const visit = (path: string): void => {
      if (reached.has(path)) return
      reached.add(path)
      const file = code.find((each) => each.path === path)
      const edges = file === undefined ? [] : importsOf(file)
      for (const { to, mode } of edges) if (mode === "values") visit(to)
    }
    visit("choreography/index.ts")
    expect([...reached]).toContain("choreography/cell.ts")
    expect([...reached].filter((path) => path.startsWith("cloudflare:"))).toEqual([])
  })

  test("every import of ours names its file with the extension", () => {
    const edges = code
      .flatMap(importsOf)
      .filter(({ to, node }) => !/\.[a-z]+$/.test(to) && /["']\.{1,2}\//.test(node.getText()))
    expect(edges.map(({ from, to }) => `${from} imports ${to}`)).toEqual([])
  })

  test("every folder of sources has a law", () => {
    expect(sourceRoots.filter((folder) => !(folder in laws))).toEqual([])
  })

  test.each<[string, string, ImportEdge["mode"]]>([
    ["events/order.ts", "domain/order.ts", "types"],
    ["events/order.ts", "node:crypto", "values"],
    ["domain/order.ts", "choreography/dollar.ts", "types"],
    ["domain/order.ts", "cloudflare:workers", "types"],
    ["choreography/outbox.ts", "events/catalog.ts", "types"],
    ["choreography/outbox.ts", "domain/limits.ts", "values"],
    ["choreography/outbox.ts", "cloudflare:workers", "values"],
    ["gateways/payment.ts", "domain/payment.ts", "values"],
    ["gateways/payment.ts", "choreography/dollar.ts", "types"],
    ["objects/Order.ts", "http/orders.ts", "types"],
    ["http/orders.ts", "objects/Order.ts", "values"],
    ["http/orders.ts", "choreography/dollar.ts", "values"],
    ["http/orders.ts", "gateways/payment.ts", "types"],
    ["index.ts", "tests/world.ts", "values"],
    ["examples/transfer/index.ts", "choreography/dollar.ts", "types"],
    ["examples/transfer/index.ts", "events/definition.ts", "types"],
    ["examples/transfer/index.ts", "cloudflare:workers", "values"],
    ["choreography/index.ts", "cloudflare:workers", "values"],
    ["objects/Order.ts", "bench/load.ts", "types"],
  ])("%s may not import %s as %s", (from, to, mode) => {
    expect(breach({ from, to, mode })).toBeDefined()
  })

  test.each<[string, string, ImportEdge["mode"]]>([
    ["events/order.ts", "zod", "values"],
    ["domain/order.ts", "events/order.ts", "values"],
    ["choreography/outbox.ts", "events/envelope.ts", "values"],
    ["choreography/durable.ts", "cloudflare:workers", "values"],
    ["gateways/payment.ts", "choreography/errors.ts", "values"],
    ["gateways/payment.ts", "domain/payment.ts", "types"],
    ["gateways/carrierSimulator.ts", "domain/tracking.ts", "values"],
    ["objects/Order.ts", "gateways/payment.ts", "values"],
    ["http/orders.ts", "objects/Order.ts", "types"],
    ["http/orders.ts", "hono/jwt", "values"],
    ["index.ts", "objects/Order.ts", "values"],
    ["choreography/cloudflare.ts", "cloudflare:workers", "values"],
    ["examples/transfer/index.ts", "choreography/cloudflare.ts", "values"],
    ["examples/transfer/index.ts", "examples/transfer/events.ts", "values"],
  ])("%s may import %s as %s", (from, to, mode) => {
    expect(breach({ from, to, mode })).toBeUndefined()
  })

  test("imports are seen in each of their forms", () => {
    const sample = parse(
      "http/sample.ts",
      `import { a } from "./a.ts"
       import type { B } from "../events/b.ts"
       import { type C } from "./c.ts"
       export { d } from "./d.ts"
       export type * from "./e.ts"
       import "./f.ts"
       type G = import("./g.ts").G
       const h = await import("./h.ts")`,
    )
    expect(importsOf(sample).map(({ to, mode }) => `${to} ${mode}`)).toEqual([
      "http/a.ts values",
      "events/b.ts types",
      "http/c.ts values",
      "http/d.ts values",
      "http/e.ts types",
      "http/f.ts values",
      "http/g.ts types",
      "http/h.ts values",
    ])
    expect(isSource("tests/spec/order.test.ts")).toBe(false)
  })
})
