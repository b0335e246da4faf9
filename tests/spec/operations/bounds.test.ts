/** Bounds that no shop sets: the page that lists them says what the code has. */
import { readFileSync } from "node:fs"
import { expect, test } from "vitest"

const page = readFileSync("docs/settings.md", "utf8")
const rows = [...page.matchAll(/^\| `([a-z][\w./]+\.ts)` *\| `([A-Z_]+)` *\| ([\d ,]+?) *\| .+ \|$/gm)].map(
  ([, file = "", name = "", value = ""]) => ({ file, name, value: Number(value.replaceAll(/[ ,]/g, "")) }),
)

/** A product of whole numbers, as such constants are written. */
function constant(file: string, name: string): number {
  const text = new RegExp(`const ${name} = ([\\d_ *]+)$`, "m").exec(readFileSync(file, "utf8"))?.[1]
  return (text ?? "NaN").split("*").reduce((product, factor) => product * Number(factor.replaceAll("_", "")), 1)
}

test("the list is not empty, and names each bound once", () => {
  expect(rows.length).toBeGreaterThan(15)
  expect(new Set(rows.map(({ file, name }) => `${file} ${name}`)).size).toBe(rows.length)
})

test.each(rows)("$name of $file is $value, as the page says", ({ file, name, value }) => {
  expect(constant(file, name)).toBe(value)
})
