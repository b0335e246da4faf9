// Bodies out of the edge's own schemas: sound ones, and such as are nearly so.
import fc from "fast-check"
import type { z } from "zod"

/** What stands where a sound value should. */
const oddities: readonly unknown[] = [
  null,
  true,
  "",
  " ",
  "0",
  "<script>alert(1)</script>",
  "\u0000",
  "\ud800",
  "ord_",
  "../../etc",
  "x".repeat(600),
  "漢".repeat(300),
  0,
  -0,
  -1,
  0.1 + 0.2,
  1e-7,
  1e15,
  2 ** 53,
  Number.MAX_VALUE,
  [],
  [[]],
  {},
  { __proto__: null, constructor: 1 },
]

/** Texts that a rule wants in a certain way; the schema tells the rule, these tell what keeps to it. */
const texts: Readonly<Record<string, readonly string[]>> = {
  orderId: ["ord_"],
  service: ["Order", "Payment"],
  type: ["Payment.completed"],
  cursor: ["bGV0dGVyczptb3Jl"],
  customerId: ["cust_alice", "a", "a.b@c:d|e=f"],
  sku: ["WIDGET-001", "GADGET-002"],
  currency: ["USD", "EUR", "JPY"],
  at: ["2025-01-01T00:00:00Z", "2999-01-01T00:00:00.000Z"],
  name: ["Widget", "a <b> & c", "漢字", "🙂"],
}

/** Anything that the schema may take, and now and then what only nearly is. */
export function bodiesOf(schema: z.ZodType): fc.Arbitrary<unknown> {
  const sound = arbitraryOf(schema, "")
  return fc.oneof({ arbitrary: sound, weight: 1 }, { arbitrary: nearly(sound), weight: 3 })
}

function arbitraryOf(schema: z.ZodType, name: string): fc.Arbitrary<unknown> {
  // The parts of a schema that zod itself publishes for tools like this one.
  const { def } = schema as unknown as { readonly def: Def }
  switch (def.type) {
    case "object":
      return fc.record(
        Object.fromEntries(Object.entries(def.shape ?? {}).map(([key, part]) => [key, arbitraryOf(part, key)])),
      )
    case "array":
      return fc.array(arbitraryOf(part(def.element), name), { minLength: 1, maxLength: 4 })
    case "optional":
    case "default":
      return fc.option(arbitraryOf(part(def.innerType), name), { nil: undefined })
    case "pipe":
      return arbitraryOf(part(def.in), name)
    case "enum":
      return fc.constantFrom(...Object.values(def.entries ?? {}))
    case "boolean":
      return fc.constantFrom(false, false, false, true)
    case "number":
      return fc.oneof(
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.integer({ min: 0, max: 9_999 }).map((n) => n / 100),
      )
    case "string": {
      const sound = fc.constantFrom(...(texts[name] ?? ["because", "1 Main St"]))
      return fc.oneof({ arbitrary: sound, weight: 30 }, { arbitrary: fc.string({ maxLength: 30 }), weight: 1 })
    }
    case "record":
      return fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 })
    default:
      return fc.jsonValue({ maxDepth: 3 })
  }
}

interface Def {
  readonly type: string
  readonly shape?: Readonly<Record<string, z.ZodType>>
  readonly element?: z.ZodType
  readonly innerType?: z.ZodType
  readonly in?: z.ZodType
  readonly entries?: Readonly<Record<string, string>>
}

function part(schema: z.ZodType | undefined): z.ZodType {
  if (schema === undefined) throw new Error("a schema without its part")
  return schema
}

/** One thing about it is changed: another value, one too many, one too few. */
function nearly(sound: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const change = fc.oneof(
    fc.constantFrom(...oddities).map((value) => ({ value })),
    fc.constant({ gone: true }),
    fc.constantFrom("total", "status", "__proto__", "<b>", "role").map((extra) => ({ extra })),
    fc.jsonValue({ maxDepth: 6 }).map((value) => ({ value })),
  )
  return fc.tuple(sound, change, fc.nat()).map(([body, what, where]) => altered(body, what, where))
}

interface Change {
  readonly value?: unknown
  readonly gone?: boolean
  readonly extra?: string
}

function altered(body: unknown, change: Change, where: number): unknown {
  if (typeof body !== "object" || body === null) return change.value
  const entries: [string, unknown][] = Object.entries(body)
  const index = entries.length === 0 ? 0 : where % (entries.length + 1)
  const [key, inner] = entries[index] ?? []
  if (key === undefined) return change.extra === undefined ? change.value : { ...body, [change.extra]: 1 }
  const deeper = typeof inner === "object" && inner !== null && where % 3 !== 0
  const value = deeper ? altered(inner, change, Math.floor(where / (entries.length + 1))) : change.value
  const next = change.gone === true && !deeper ? entries.toSpliced(index, 1) : entries.with(index, [key, value])
  return Array.isArray(body) ? next.map(([, each]) => each) : Object.fromEntries(next)
}
