import ts from "typescript"
import { describe, expect, test } from "vitest"
import { isSource } from "./layers.ts"
import { at, code, isGenerated, lineOf, nodesIn, parse, paths, read, type Code, type Finding } from "./project.ts"

// Spelt so that this file doesn't find itself.
const leftover = /\b(T[O]DO|F[I]XME|X[X]X|H[A]CK)\b/
const silencer = /@ts-(ign[o]re|noch[e]ck)/
const lintSwitch = /eslint-dis[a]ble(?!.* -- \S)/
const expectedError = /@ts-expect-err[o]r\s*(\*\/)?\s*$/

describe("nothing is loose", () => {
  test("there is no any, and a cast has its reason beside it", () => {
    expect(code.flatMap(looseTypes)).toEqual([])
  })

  test("no check is silenced without a reason beside it", () => {
    expect(code.flatMap(silencedChecks)).toEqual([])
  })

  test("no note to oneself is left over", () => {
    const texts = paths.filter((path) => !isGenerated(path)).map((path) => ({ path, text: read(path) }))
    expect(texts.flatMap((file) => linesMatching(file, leftover))).toEqual([])
  })

  test("no test is left out or run alone", () => {
    expect(code.flatMap(partialRuns)).toEqual([])
  })

  test("loose types are found", () => {
    const found = (text: string): number => looseTypes(parse("domain/a.ts", text)).length
    expect(found("let a: any")).toBe(1)
    expect(found("f<any[]>()")).toBe(1)
    expect(found("const a = b as unknown as C")).toBe(1)
    expect(found("const a = b as C")).toBe(1)
    expect(found("// The schema has parsed it.\nconst a = b as C")).toBe(0)
    expect(found("const a = b as C // The schema has parsed it.")).toBe(0)
    expect(found("/** Parsed before, so the cast is true. */\nfunction f() {\n  g()\n  return b as C\n}")).toBe(0)
    expect(found('const a = ["a"] as const')).toBe(0)
  })

  test("a silenced check is found", () => {
    const found = (text: string): number => silencedChecks(parse("a.ts", text)).length
    expect(found("// @ts" + "-ignore a reason")).toBe(1)
    expect(found("// eslint" + "-disable-next-line no-var")).toBe(1)
    expect(found("// eslint" + "-disable-next-line no-var -- the platform asks for it")).toBe(0)
    expect(found("// @ts" + "-expect-error")).toBe(1)
    expect(found("// @ts" + "-expect-error a name that isn't in the catalogue")).toBe(0)
  })

  test("a partial run is found", () => {
    const found = (text: string): number => partialRuns(parse("a.test.ts", text)).length
    expect(found('test.only("a", f)')).toBe(1)
    expect(found('describe.skip("a", f)')).toBe(1)
    expect(found('test.concurrent.only("a", f)')).toBe(1)
    expect(found("test.each([1])(f); rows.skip(1)")).toBe(0)
  })
})

function looseTypes(file: Code): Finding[] {
  return [...nodesIn(file.tree)].flatMap((node) => {
    if (node.kind === ts.SyntaxKind.AnyKeyword) return [`${at(file, node.getStart())} any`]
    if (!ts.isAsExpression(node) && !ts.isTypeAssertionExpression(node)) return []
    const isSafe = node.type.kind === ts.SyntaxKind.UnknownKeyword || node.type.getText() === "const"
    if (isSafe || hasReason(file, node)) return []
    // Tests may state what they know, except against everything the compiler knows.
    const needsReason = isSource(file.path) || isDoubleCast(node)
    return needsReason ? [`${at(file, node.getStart())} ${node.getText().slice(-60)}: say why`] : []
  })
}

function isDoubleCast(node: ts.AssertionExpression): boolean {
  return ts.isAsExpression(node.expression) && node.expression.type.kind === ts.SyntaxKind.UnknownKeyword
}

/** A comment on the line of the cast or on the one above, or one on an enclosing function that speaks of its casts. */
function hasReason(file: Code, node: ts.AssertionExpression): boolean {
  const lines = file.text.split("\n")
  const line = lineOf(file.tree, node.type.getStart())
  if (isComment(lines[line - 1], /\/[/*]/) || isComment(lines[line - 2], /^\s*(\/\/|\/\*|\*)/)) return true
  for (let around: ts.Node = node; !ts.isSourceFile(around); around = around.parent) {
    if (/\bcasts?\b/.test(file.text.slice(around.getFullStart(), around.getStart()))) return true
  }
  return false
}

function isComment(line: string | undefined, pattern: RegExp): boolean {
  return line !== undefined && pattern.test(line)
}

function silencedChecks(file: Code): Finding[] {
  return [silencer, lintSwitch, expectedError].flatMap((pattern) => linesMatching(file, pattern))
}

function linesMatching({ path, text }: { readonly path: string; readonly text: string }, pattern: RegExp): Finding[] {
  return text.split("\n").flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1} ${line.trim()}`] : []))
}

function partialRuns(file: Code): Finding[] {
  return [...nodesIn(file.tree)].flatMap((node) =>
    ts.isPropertyAccessExpression(node) &&
    /^(only|skip|todo)$/.test(node.name.text) &&
    /^(test|it|describe|suite)\b/.test(node.expression.getText())
      ? [`${at(file, node.getStart())} ${node.getText()}`]
      : [],
  )
}
