// The TypeScript in the documents compiles: as files of the project, under its own rules.
import { dirname, join, posix } from "node:path"
import ts from "typescript"
import { describe, expect, test } from "vitest"
import { paths, read, root, type Finding } from "./project.ts"

interface Snippet {
  readonly document: string
  /** Where it would lie. */
  readonly path: string
  readonly text: string
}

/** What a reader has done before a snippet compiles, as its page says. */
const preparations: Readonly<Record<string, (text: string) => string>> = {
  "events/catalog.ts": (text) =>
    `import { Invoice } from "./invoice.ts"\n${text}`.replace(/(export const catalog = \{)/, "$1 Invoice,"),
}

/** Pages of things that are tested elsewhere: packed, installed and compiled as a stranger would. */
const elsewhere = ["choreography/README.md"]
/** What only shows a part of a file. */
const excerpts: Readonly<Record<string, string>> = { "docs/simulation.md": "tests/transfer/scenario.ts" }

const documents = paths.filter((path) => path.endsWith(".md") && !elsewhere.includes(path))
const snippets = documents.flatMap((path) => snippetsOf(path, read(path)))

describe("the TypeScript in the documents", () => {
  test("compiles, under the project's own rules", () => {
    const whole = snippets.filter(({ document }) => !(document in excerpts))
    expect(whole.map(({ path }) => path)).toEqual(expect.arrayContaining(["objects/Invoicing.ts", "client/first.ts"]))
    expect(problemsOf(whole)).toEqual([])
  })

  test("is a part of its file, where it shows a part", () => {
    const parts = snippets.filter(({ document }) => document in excerpts)
    expect(parts.length).toBe(Object.keys(excerpts).length)
    for (const { document, text } of parts) {
      expect(squeezed(read(excerpts[document] ?? ""))).toContain(squeezed(text))
    }
  })

  test("that doesn't compile is found", () => {
    const wrong = { document: "a.md", path: "domain/a.ts", text: "export const a: number = nothing\n" }
    expect(problemsOf([wrong])).toEqual(["a.md: Cannot find name 'nothing'."])
  })
})

/** A snippet names its file in its first line, or the heading above it does; else it lies beside its document. */
function snippetsOf(document: string, text: string): Snippet[] {
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(({ index, 1: code = "" }, number) => {
    const heading = text.slice(0, index).split(/^## /m).at(-1)?.split("\n")[0] ?? ""
    const named = /^\/\/ (\S+\.ts)$/m.exec(code.split("\n")[0] ?? "")?.[1] ?? /`(\S+\.ts)`/.exec(heading)?.[1]
    return { document, path: named ?? posix.join(dirname(document), `snippet-${number}.ts`), text: code }
  })
}

function problemsOf(wanted: readonly Snippet[]): Finding[] {
  const texts = new Map(wanted.map(({ path, text }) => [join(root, path), text]))
  for (const [path, prepare] of Object.entries(preparations)) texts.set(join(root, path), prepare(read(path)))
  const config = ts.getParsedCommandLineOfConfigFile(
    join(root, "tsconfig.json"),
    {},
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined },
  )
  if (config === undefined) throw new Error("tsconfig.json can't be read")
  const plain = ts.createCompilerHost(config.options)
  const host: ts.CompilerHost = {
    ...plain,
    fileExists: (name) => texts.has(name) || plain.fileExists(name),
    readFile: (name) => texts.get(name) ?? plain.readFile(name),
    getSourceFile: (name, version, ...more) => {
      const text = texts.get(name)
      if (text === undefined) return plain.getSourceFile(name, version, ...more)
      return ts.createSourceFile(name, text, version)
    },
  }
  const types = join(root, "worker-configuration.d.ts")
  const program = ts.createProgram([types, ...wanted.map(({ path }) => join(root, path))], config.options, host)
  return wanted.flatMap(({ document, path }) => {
    const file = program.getSourceFile(join(root, path))
    const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]
    return found.map(({ messageText }) => `${document}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`)
  })
}

function squeezed(text: string): string {
  return text.replace(/\s+/g, "")
}
