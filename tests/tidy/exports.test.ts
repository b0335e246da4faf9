// An export is a promise to other files. It is dead when no other file takes it up:
// - sources, benchmarks and the simulator are takers, since all three are run for their own sake;
// - a test is a taker only of what its own file uses too: code that only tests use is no part of the product;
// - what tests export to each other may be taken by anyone;
// - a type that its own file uses is a part of what that file says, whether or not somebody needs its name;
// - index.ts is read by the platform, an example's too, and configuration by its tool;
// - the doors of the choreography are for other projects.
import ts from "typescript"
import { describe, expect, test } from "vitest"
import { isSource } from "./layers.ts"
import { code, importsOf, lineOf, nodesIn, parse, type Code, type Finding, type Import } from "./project.ts"

describe("exports", () => {
  test("every export is taken up by another file", () => {
    expect(deadExports(code)).toEqual([])
  })

  test("a dead export is found, and each way of taking one up is seen", () => {
    const files = [
      parse(
        "domain/a.ts",
        `export const byName = 1, dead = 2
         export function bySpace() {}
         export type ByType = string
         export interface Passed {}
         export interface Spoken {}
         export interface Unspoken {}
         export class ByTestAlone {}
         export const limit = 3
         const within: Spoken = limit
         export { within as renamed }
         export default within`,
      ),
      parse(
        "objects/b.ts",
        `import inner, { byName as mine } from "../domain/a.ts"
         import * as a from "../domain/a.ts"
         a.bySpace()
         type T = import("../domain/a.ts").ByType
         export { Passed } from "../domain/a.ts"`,
      ),
      parse("tests/spec/a.test.ts", `import { limit, ByTestAlone } from "../../domain/a.ts"`),
      parse("tests/simulation/c.ts", `import { renamed } from "../../domain/a.ts"\nexport const unread = 1`),
      parse("domain/whole.ts", "export const part = 1"),
      parse("domain/d.ts", `export * from "./whole.ts"`),
      parse("vitest.config.ts", "export default {}"),
    ]
    expect(deadExports(files)).toEqual([
      "domain/a.ts:1 dead: nobody imports it",
      "domain/a.ts:6 Unspoken: nobody imports it",
      "domain/a.ts:7 ByTestAlone: only tests import it",
      "objects/b.ts:5 Passed: nobody imports it",
      "tests/simulation/c.ts:2 unread: nobody imports it",
    ])
  })
})

/** Stands for all names of a file that is taken as a whole: `export *`, `import()`. */
const everything = "*"

/** Files whose exports somebody outside takes up. */
const DOORS = /^(client\/shop|choreography\/(index|cloudflare)|examples\/\w+\/index)\.ts$/

interface Export {
  readonly name: string
  readonly node: ts.Node
}

interface Taken {
  readonly by: string
  readonly path: string
  readonly name: string
}

function deadExports(files: readonly Code[]): Finding[] {
  const taken = files.flatMap((file) => importsOf(file).flatMap((edge) => namesTaken(file, edge)))
  return files
    .filter(({ path }) => path.includes("/") && !DOORS.test(path))
    .flatMap((file) =>
      exportsOf(file.tree).flatMap(({ name, node }) => {
        const takers = taken
          .filter((each) => each.path === file.path && (each.name === name || each.name === everything))
          .map(({ by }) => by)
        const live = isSource(file.path) ? takers.some(isRunForItsOwnSake) : takers.length > 0
        if (live || ((takers.length > 0 || isType(node)) && isUsedWithin(file.tree, name))) return []
        const why = takers.length > 0 ? "only tests import it" : "nobody imports it"
        return [`${file.path}:${lineOf(file.tree, node.getStart())} ${name}: ${why}`]
      }),
    )
}

function isRunForItsOwnSake(path: string): boolean {
  return (
    isSource(path) ||
    path.startsWith("bench/") ||
    path.startsWith("tests/simulation/") ||
    path.startsWith("tests/transfer/")
  )
}

function isType(node: ts.Node): boolean {
  return ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)
}

function exportsOf(tree: ts.SourceFile): readonly Export[] {
  return tree.statements.flatMap((node): readonly Export[] => {
    if (ts.isExportAssignment(node)) return [{ name: "default", node }]
    if (ts.isExportDeclaration(node) && node.exportClause !== undefined && ts.isNamedExports(node.exportClause)) {
      return node.exportClause.elements.map((element) => ({ name: element.name.text, node: element }))
    }
    const modifiers = ts.canHaveModifiers(node) ? (ts.getModifiers(node) ?? []) : []
    if (!modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) return []
    if (modifiers.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword)) return [{ name: "default", node }]
    if (ts.isVariableStatement(node)) {
      return node.declarationList.declarations.flatMap(({ name }) =>
        boundNames(name).map((each) => ({ name: each, node })),
      )
    }
    return "name" in node && isIdentifier(node.name) ? [{ name: node.name.text, node }] : []
  })
}

function boundNames(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text]
  return name.elements.flatMap((element) => (ts.isBindingElement(element) ? boundNames(element.name) : []))
}

function isIdentifier(node: unknown): node is ts.Identifier {
  return typeof node === "object" && node !== null && "text" in node
}

function namesTaken({ tree }: Code, { from, to, node }: Import): Taken[] {
  return importedNames(tree, node).map((name) => ({ by: from, path: to, name }))
}

function importedNames(tree: ts.SourceFile, node: ts.Node): string[] {
  if (ts.isImportTypeNode(node)) return [node.qualifier?.getText() ?? everything]
  if (ts.isCallExpression(node)) return [everything]
  if (ts.isExportDeclaration(node)) {
    if (node.exportClause === undefined || !ts.isNamedExports(node.exportClause)) return [everything]
    return node.exportClause.elements.map(({ propertyName, name }) => (propertyName ?? name).text)
  }
  if (!ts.isImportDeclaration(node) || node.importClause === undefined) return []
  const { name, namedBindings } = node.importClause
  const names = name === undefined ? [] : ["default"]
  if (namedBindings === undefined) return names
  if (ts.isNamespaceImport(namedBindings)) return [...names, ...membersRead(tree, namedBindings.name.text)]
  return [...names, ...namedBindings.elements.map((element) => (element.propertyName ?? element.name).text)]
}

/** What a file reads from a namespace it imported. */
function membersRead(tree: ts.SourceFile, namespace: string): string[] {
  return [...nodesIn(tree)].flatMap((node) => {
    if (ts.isPropertyAccessExpression(node) && node.expression.getText() === namespace) return [node.name.text]
    return ts.isQualifiedName(node) && node.left.getText() === namespace ? [node.right.text] : []
  })
}

/** Whether a name stands anywhere in its file but where it is declared. */
function isUsedWithin(tree: ts.SourceFile, name: string): boolean {
  const uses = [...nodesIn(tree)].filter((node) => ts.isIdentifier(node) && node.text === name)
  return uses.length > 1
}
