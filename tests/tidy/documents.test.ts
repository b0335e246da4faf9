// What is written: every page can be found, every link leads somewhere, and what is computed is up to date.
import { dirname, posix } from "node:path"
import { describe, expect, test } from "vitest"
import { costsPage } from "./costs.ts"
import { paths, read, type Finding } from "./project.ts"

/** What may stand in a fence. The end-to-end tests run `sh`, compile `ts`, and read the rest. */
const LANGUAGES = ["sh", "ts", "console", "mermaid", "json", "jsonc", "yaml", "http", "text", "markdown"]

const documents = paths.filter((path) => path.endsWith(".md"))

describe("documents", () => {
  test("docs/costs.md is what the counts say", async () => {
    await expect(await costsPage()).toMatchFileSnapshot("../../docs/costs.md")
  })

  test("every page in docs/ is reached from docs/README.md", () => {
    const pages = documents.filter((path) => path.startsWith("docs/"))
    expect(pages.filter((path) => !reachedFrom("docs/README.md").has(path))).toEqual([])
  })

  test("every link to a file leads to one, and to a heading that is there", () => {
    expect(documents.flatMap((path) => brokenLinks(path, read(path)))).toEqual([])
  })

  test("the figures of the comparison are those that were measured", () => {
    const measured = (name: string): readonly string[] => {
      const row = new RegExp(`^\\| ${name} \\|(.*)\\|$`, "m").exec(read("docs/performance.md"))?.[1] ?? ""
      const [burst = "", , accepted = "", delivered = ""] = row.split("|").map((cell) => cell.trim())
      return [burst, `${delivered} ms`, `${accepted} ms`]
    }
    const comparison = read("docs/comparison.md")
    for (const [name, told] of Object.entries({
      app: "this project",
      floor: "the floor",
      workflows: "Cloudflare Workflows",
      restate: "Restate",
    })) {
      const row = new RegExp(`^\\| ${told}.*\\| ${measured(name).join(" \\| ").replaceAll(".", "\\.")} \\|$`, "m")
      expect([name, row.test(comparison)]).toEqual([name, true])
    }
  })

  test("every block of code says in which language it is", () => {
    expect(documents.flatMap((path) => namelessBlocks(path, read(path)))).toEqual([])
  })

  test("a broken link, and a block without a language, are found", () => {
    const found = (text: string): number => brokenLinks("docs/a.md", text).length
    expect(found("[a](../README.md), [b](glossary.md#glossary), [c](https://a.example), [d](#here)\n\n# Here")).toBe(0)
    expect(found("[a](README.txt)")).toBe(1)
    expect(found("[a](../README.md#nowhere)")).toBe(1)
    expect(found("`[a](nowhere.md)`")).toBe(0)
    expect(namelessBlocks("a.md", "```\na\n```\n\n```sh\nb\n```\n")).toHaveLength(1)
    expect(namelessBlocks("a.md", "```cobol\na\n```\n")).toHaveLength(1)
  })
})

interface Link {
  readonly to: string
  readonly heading: string
}

/** Links to files, paths from the project's root. */
function linksOf(path: string, text: string): readonly Link[] {
  const prose = text.replace(/^```.*?^```$/gms, "").replace(/`[^`\n]*`/g, "")
  return [...prose.matchAll(/\]\(([^)\s]*)\)/g)].flatMap(([, target = ""]) => {
    if (/^[a-z]+:/.test(target)) return []
    const [file = "", heading = ""] = target.split("#")
    return [{ to: file === "" ? path : posix.join(dirname(path), file), heading }]
  })
}

function reachedFrom(start: string): ReadonlySet<string> {
  const reached = new Set<string>()
  const visit = (path: string): void => {
    if (reached.has(path) || !documents.includes(path)) return
    reached.add(path)
    for (const { to } of linksOf(path, read(path))) visit(to)
  }
  visit(start)
  return reached
}

function brokenLinks(path: string, text: string): Finding[] {
  return linksOf(path, text).flatMap(({ to, heading }) => {
    const isFolder = paths.some((each) => each.startsWith(`${to.replace(/\/$/, "")}/`))
    if (to !== path && !paths.includes(to)) return isFolder ? [] : [`${path}: ${to} is not there`]
    const headings = headingsOf(to === path ? text : read(to))
    return heading === "" || headings.includes(heading) ? [] : [`${path}: ${to} has no heading #${heading}`]
  })
}

/** As the sites that show these pages name them. */
function headingsOf(text: string): readonly string[] {
  return [...text.replace(/^```.*?^```$/gms, "").matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  )
}

function namelessBlocks(path: string, text: string): Finding[] {
  const opening = [...text.matchAll(/^```(.*)\n(?:.*\n)*?```$/gm)].map(([, language = ""]) => language)
  return opening
    .filter((language) => !LANGUAGES.includes(language))
    .map((language) => `${path}: a block in "${language}"`)
}
