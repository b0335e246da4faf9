import { basename } from "node:path"
import ts from "typescript"
import { describe, expect, test } from "vitest"
import { at, code, nodesIn, parse, paths, type Code, type Finding } from "./project.ts"

/** A file of this name is where things go that nobody found a name for. */
const nameless =
  /^(utils?|helpers?|common|shared|misc|managers?)\b|[a-z](Utils?|Helpers?|Manager)\b|[-_.](utils?|helpers?|manager)\b/

/** Fewer words than this are a label and no sentence. */
const SENTENCE_WORDS_MIN = 3

describe("names", () => {
  test("no file or folder has a name that says nothing", () => {
    expect(paths.filter(isNameless)).toEqual([])
  })

  test("the name of a test is a sentence", () => {
    expect(code.flatMap(labels)).toEqual([])
  })

  test("a name that says nothing is found", () => {
    const found = [
      "http/utils.ts",
      "domain/orderHelpers.ts",
      "common/a.ts",
      "objects/OrderManager.ts",
      "a/date-util.ts",
    ]
    expect(found.filter(isNameless)).toEqual(found)
    expect(["domain/stock.ts", "http/commonmark.ts", "tests/world.ts"].filter(isNameless)).toEqual([])
  })

  test("a test without a sentence is found", () => {
    const found = (text: string): number => labels(parse("a.test.ts", text)).length
    expect(found('test("refund", f)')).toBe(1)
    expect(found('it("should refund the customer", f)')).toBe(1)
    expect(found('test.each([1])("refunds %i", f)')).toBe(1)
    expect(found('test("a refund is paid once", f)')).toBe(0)
    expect(found("test(`${order} is paid once`, f)")).toBe(0)
    expect(found('pattern.test("refund")')).toBe(0)
  })
})

function isNameless(path: string): boolean {
  return path.split("/").some((part) => nameless.test(basename(part)))
}

function labels(file: Code): Finding[] {
  return [...nodesIn(file.tree)].flatMap((node) => {
    if (!ts.isCallExpression(node) || !/^(test|it)\b/.test(node.expression.getText())) return []
    const [name] = node.arguments
    if (name === undefined || !(ts.isStringLiteralLike(name) || ts.isTemplateExpression(name))) return []
    const words = name.getText().slice(1, -1).trim().split(/\s+/)
    const isSentence = words.length >= SENTENCE_WORDS_MIN && words[0]?.toLowerCase() !== "should"
    return isSentence ? [] : [`${at(file, node.getStart())} ${name.getText()}`]
  })
}
