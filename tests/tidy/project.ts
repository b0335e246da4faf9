// What the tidy tests look at: the project's files as they would be committed, read and parsed once.
import { execFileSync } from "node:child_process"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join, posix, relative } from "node:path"
import ts from "typescript"
import { isRelative, isSource, type ImportEdge } from "./layers.ts"

/** One thing that is wrong, as the reader of a failed test sees it. */
export type Finding = string

export interface Code {
  /** From the project's root, with forward slashes. */
  readonly path: string
  readonly text: string
  readonly tree: ts.SourceFile
}

export const root = join(import.meta.dirname, "../..")

/** Written by tools, so not held to how people write. */
const generated = new Set(["package-lock.json", "worker-configuration.d.ts"])
const neverCommitted = new Set([".git", ".wrangler", "coverage", "dist", "node_modules"])

export const paths: readonly string[] = (committedPaths() ?? walk(root))
  .filter((path) => existsSync(join(root, path)))
  .toSorted()

/** All code of ours: sources, tests and configuration. */
export const code: readonly Code[] = paths
  .filter((path) => /\.[cm]?[jt]s$/.test(path) && !generated.has(path))
  .map((path) => parse(path, read(path)))

export const sources: readonly Code[] = code.filter(({ path }) => isSource(path))

export function isGenerated(path: string): boolean {
  return generated.has(path)
}

export function read(path: string): string {
  return readFileSync(join(root, path), "utf8")
}

export function parse(path: string, text: string): Code {
  return { path, text, tree: ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true) }
}

/** Where a finding is, in the form that editors open. */
export function at({ path, tree }: Code, position: number): string {
  return `${path}:${lineOf(tree, position)}`
}

export function lineOf(tree: ts.SourceFile, position: number): number {
  return tree.getLineAndCharacterOfPosition(position).line + 1
}

/** Every node below `node`, parents before children. */
export function* nodesIn(node: ts.Node): Generator<ts.Node> {
  for (const child of node.getChildren()) {
    yield child
    yield* nodesIn(child)
  }
}

export interface Import extends ImportEdge {
  readonly node: ts.Node
}

/** Every import, re-export, dynamic import and import type of a file, with paths from the project's root. */
export function importsOf({ path, tree }: Code): readonly Import[] {
  return [...nodesIn(tree)].flatMap((node) => {
    const found = specifierOf(node)
    if (found === undefined) return []
    const to = isRelative(found.specifier) ? posix.join(posix.dirname(path), found.specifier) : found.specifier
    return [{ from: path, to, mode: found.typeOnly ? "types" : "values", node }]
  })
}

function specifierOf(node: ts.Node): { readonly specifier: string; readonly typeOnly: boolean } | undefined {
  if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
    const typeOnly = node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword
    return { specifier: node.moduleSpecifier.text, typeOnly }
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined && ts.isStringLiteral(node.moduleSpecifier)) {
    return { specifier: node.moduleSpecifier.text, typeOnly: node.isTypeOnly }
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal)) {
    return { specifier: node.argument.literal.text, typeOnly: true }
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    const [argument] = node.arguments
    if (argument !== undefined && ts.isStringLiteralLike(argument)) return { specifier: argument.text, typeOnly: false }
  }
  return undefined
}

/** What git has or would take; undefined where the project isn't a git checkout, as in a downloaded archive. */
function committedPaths(): string[] | undefined {
  try {
    return execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    })
      .split("\0")
      .filter((path) => path !== "")
  } catch {
    return undefined
  }
}

function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (neverCommitted.has(entry.name)) return []
    const path = join(folder, entry.name)
    return entry.isDirectory() ? walk(path) : [relative(root, path).replaceAll("\\", "/")]
  })
}
