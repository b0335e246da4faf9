import { execFileSync } from "node:child_process"
import { homedir, tmpdir } from "node:os"
import { dirname } from "node:path"
import { describe, expect, test } from "vitest"
import { variables } from "../../http/variables.ts"
import { paths, read, root, type Finding } from "./project.ts"

/** All there is at the top: plans, logs and notes have no place in it. */
const topLevel = new Set([
  ".ci",
  ".dev.vars.example",
  ".editorconfig",
  ".github",
  ".gitignore",
  ".nvmrc",
  ".prettierignore",
  ".prettierrc.json",
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  "LICENSE",
  "README.md",
  "SECURITY.md",
  "bench",
  "choreography",
  "client",
  "console",
  "docs",
  "domain",
  "eslint.config.js",
  "events",
  "examples",
  "gateways",
  "http",
  "index.ts",
  "objects",
  "package-lock.json",
  "package.json",
  "scripts",
  "tests",
  "tsconfig.json",
  "vitest.config.ts",
  "worker-configuration.d.ts",
  "wrangler.jsonc",
])

describe("nothing private", () => {
  test("the top level holds what a reader needs and nothing else", () => {
    const present = new Set(paths.map((path) => path.split("/")[0] ?? path))
    expect([...present].filter((name) => !topLevel.has(name))).toEqual([])
  })

  test("the example of secrets holds none, and names only what there is", () => {
    // Whoever deploys with the button is offered what stands in it, so a value would become somebody's secret.
    const lines = read(".dev.vars.example").split("\n")
    expect(lines.filter((line) => /^[A-Z]/.test(line))).toEqual(['JWT_SECRET=""'])
    const named = lines.flatMap((line) => /^(?:# )?([A-Z][A-Z_]+)=/.exec(line)?.[1] ?? [])
    expect(named.length).toBeGreaterThan(5)
    expect(named.filter((name) => !(name in variables.shape))).toEqual([])
  })

  test("no file names a package registry", () => {
    // Everyone installs from the registry they have configured; the lock file's hashes say what must come out.
    expect(filesNaming(registryHosts().map(escape))).toEqual([])
  })

  test("no file names a folder of the machine it was written on", () => {
    expect(filesNaming(machineFolders(root, homedir()))).toEqual([])
  })

  test("a folder of the machine is told from a path that looks like one", () => {
    const found = (text: string): boolean =>
      machineFolders("/away/main", "/").some((folder) => new RegExp(folder).test(text))
    expect(found("see /away/main/index.ts")).toBe(true)
    expect(found("file:///away/notes.md")).toBe(true)
    expect(found("tests/away/main/index.ts and ./away/a")).toBe(false)
  })

  test("a folder that every machine has gives nothing away", () => {
    expect(machineFolders("/main", "/")).toHaveLength(1)
    expect(machineFolders(`${tmpdir()}/main`, tmpdir())).toHaveLength(1)
  })
})

function filesNaming(patterns: readonly string[]): Finding[] {
  return paths.flatMap((path) => {
    const text = read(path)
    return patterns.filter((pattern) => new RegExp(pattern).test(text)).map((pattern) => `${path} matches ${pattern}`)
  })
}

/** The public registry, and the one this machine is set up with. Neither is written down here, or this file would fail. */
function registryHosts(): string[] {
  const configured =
    process.env["npm_config_registry"] ??
    execFileSync("npm", ["config", "get", "registry"], { encoding: "utf8" }).trim()
  return [...new Set([["registry", "npmjs", "org"].join("."), new URL(configured).host])]
}

/** Where the project lies, what lies beside it, and the user's home, unless that is a folder every machine has. */
function machineFolders(project: string, home: string): string[] {
  const neighbours = [dirname(project), home].filter((folder) => folder !== "/" && folder !== tmpdir())
  return [...new Set([project, ...neighbours])].map((folder) => String.raw`(?<![\w.~-]|\w/)${escape(`${folder}/`)}`)
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, String.raw`\$&`)
}
