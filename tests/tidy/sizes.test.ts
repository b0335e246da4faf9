import ts from "typescript"
import { describe, expect, test } from "vitest"
import { at, code, lineOf, nodesIn, parse, type Code, type Finding } from "./project.ts"

/** A function is read on one screen. */
const FUNCTION_LINES_MAX = 70

/** A file holds one idea; past this it holds two. */
const FILE_LINES_MAX = 300

describe("sizes", () => {
  test("no function has more than seventy lines", () => {
    expect(code.flatMap(longFunctions)).toEqual([])
  })

  test("no file has more than three hundred lines", () => {
    expect(code.flatMap(longFile)).toEqual([])
  })

  test("a long function is found, a long list of tests is not one", () => {
    const body = "\n".repeat(FUNCTION_LINES_MAX)
    expect(longFunctions(parse("a.ts", `const f = () => {${body}}`))).toEqual(["a.ts:1 has 71 lines"])
    expect(longFunctions(parse("a.ts", `class A {\n  get a() {${body}} }`))).toEqual(["a.ts:2 has 71 lines"])
    expect(longFunctions(parse("a.ts", `describe("a", () => {${body}})`))).toEqual([])
    expect(longFunctions(parse("a.ts", `const f = () => {${body.slice(1)}}`))).toEqual([])
  })

  test("a long file is found", () => {
    expect(longFile(parse("a.ts", "\n".repeat(FILE_LINES_MAX + 1)))).toEqual(["a.ts has 301 lines"])
    expect(longFile(parse("a.ts", "\n".repeat(FILE_LINES_MAX)))).toEqual([])
  })
})

function longFunctions(file: Code): Finding[] {
  return [...nodesIn(file.tree)].flatMap((node) => {
    if (!ts.isFunctionLike(node) || isListOfTests(node)) return []
    const lines = lineOf(file.tree, node.getEnd()) - lineOf(file.tree, node.getStart()) + 1
    return lines > FUNCTION_LINES_MAX ? [`${at(file, node.getStart())} has ${lines} lines`] : []
  })
}

/** What stands inside `describe` is a chapter and not a function. */
function isListOfTests(node: ts.Node): boolean {
  return ts.isCallExpression(node.parent) && /^describe\b/.test(node.parent.expression.getText())
}

function longFile({ path, text }: Code): Finding[] {
  const lines = text.split("\n").length - 1
  return lines > FILE_LINES_MAX ? [`${path} has ${lines} lines`] : []
}
