// What is read from a body, by example and by search; a space around it, which takes the longer way, changes nothing.
import fc from "fast-check"
import { expect, test } from "vitest"
import { readJson } from "../../../http/json.ts"

const nested = (levels: number): string => `${"[".repeat(levels)}${"]".repeat(levels)}`

test.each([
  ['{"a":1,"b":[true,null,"x"]}', { ok: true, value: { a: 1, b: [true, null, "x"] } }],
  ['{"a":"12345678901234567890"}', { ok: true, value: { a: "12345678901234567890" } }],
  ["0.1", { ok: true, value: 0.1 }],
  [nested(3), { ok: true, value: [[[]]] }],
  ['{"a":1,"a":1}', { ok: false, why: "names a field twice" }],
  ['{"a":1,"\\u0061":1}', { ok: false, why: "names a field twice" }],
  ["9007199254740994", { ok: false, why: "holds a number that can't be read exactly" }],
  ["1e+21", { ok: false, why: "holds a number that can't be read exactly" }],
  ["0.1234567890123456", { ok: false, why: "holds a number that can't be read exactly" }],
  ["1e400", { ok: false, why: "holds a number that can't be read exactly" }],
  [nested(33), { ok: false, why: "is nested deeper than 32 levels" }],
  [nested(30_000), { ok: false, why: "is nested deeper than 32 levels" }],
  ["{", { ok: false, why: "is not JSON" }],
])("%s is read or refused, with space around it and without", (text, reading) => {
  expect(readJson(text)).toEqual(reading)
  expect(readJson(` ${text} `)).toEqual(reading)
})

const number = fc.oneof(
  fc.double().map(String),
  fc.bigInt().map(String),
  fc.tuple(fc.bigInt({ min: 0n }), fc.nat()).map(([whole, part]) => `${String(whole)}.${String(part)}`),
  fc.tuple(fc.nat(), fc.constantFrom("e+", "e-", "E"), fc.nat(330)).map((parts) => parts.join("")),
)
const text = fc.string({ unit: "binary", maxLength: 4 }).map((each) => JSON.stringify(each))
const { value: anyJson } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    number,
    text,
    fc.constantFrom("true", "false", "null"),
    fc.array(tie("value"), { maxLength: 3 }).map((all) => `[${all.join(",")}]`),
    fc
      .array(fc.tuple(fc.oneof(fc.constantFrom('"a"', '"b"', '"\\u0061"', '"1"'), text), tie("value")), {
        maxLength: 4,
      })
      .map((all) => `{${all.map(([key, value]) => `${key}:${value}`).join(",")}}`),
  ),
}))

test("a body is judged the same however it is spaced", () => {
  fc.assert(
    fc.property(anyJson, (json) => {
      expect(readJson(json)).toEqual(readJson(` ${json}`))
    }),
    { numRuns: 3_000 },
  )
})
