// The platform's own spans: used where they are, and nothing where they aren't.
import { expect, test } from "vitest"
import { nativeSpans } from "../../../choreography/spans.ts"

type Drawn = [name: string, attributes: Record<string, unknown>]

function tracing(active: { isTraced: boolean } | undefined) {
  const drawn: Drawn[] = []
  const enterSpan = <T>(name: string, body: (span: object) => T): T => {
    const attributes: Record<string, unknown> = {}
    drawn.push([name, attributes])
    return body({ isTraced: true, setAttribute: (key: string, value: unknown) => void (attributes[key] = value) })
  }
  return { drawn, platform: { tracing: { enterSpan, getActiveSpan: () => active } }, enterSpan }
}

test("a platform without tracing, or with another kind, does the work and nothing else", () => {
  for (const platform of [{}, { tracing: null }, { tracing: { start: () => undefined } }]) {
    expect(nativeSpans(platform)("commit", { keys: 1 }, () => 7)).toBe(7)
  }
})

test("what is traced gets a span, with its attributes, and answers or throws as the work does", async () => {
  const { drawn, platform } = tracing({ isTraced: true })
  const span = nativeSpans(platform)
  expect(span("commit", { keys: 2, cell: "any-0" }, () => 7)).toBe(7)
  expect(await span("effect", {}, () => Promise.resolve("done"))).toBe("done")
  const fail = () =>
    span("broken", {}, () => {
      throw new Error("no")
    })
  expect(fail).toThrow("no")
  const names = drawn.map(([name]) => name)
  expect([drawn[0]?.[1], names]).toEqual([{ keys: 2, cell: "any-0" }, ["commit", "effect", "broken"]])
})

test("what nobody will see is not drawn; a runtime that can't say what is under way draws everything", () => {
  for (const active of [undefined, { isTraced: false }]) {
    const { drawn, platform } = tracing(active)
    expect(nativeSpans(platform)("commit", {}, () => 1)).toBe(1)
    expect(drawn).toEqual([])
  }
  const { drawn, enterSpan } = tracing(undefined)
  expect(nativeSpans({ tracing: { enterSpan } })("commit", {}, () => 1)).toBe(1)
  expect(drawn).toHaveLength(1)
})
