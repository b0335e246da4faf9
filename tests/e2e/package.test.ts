/** The hazard: a package that works where it was written and nowhere else. It is packed, and taken up by strangers. */
import { execFile } from "node:child_process"
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { promisify } from "node:util"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { root } from "./devServer.ts"

const NAME = "order-fulfilment-choreography"
const run = promisify(execFile)

/** As strict as a stranger may be; the package's own declarations are checked as well. */
const TSCONFIG = {
  compilerOptions: {
    ...{ target: "ES2024", lib: ["ES2024"], types: ["@cloudflare/workers-types"], noEmit: true, strict: true },
    ...{ module: "NodeNext", moduleResolution: "NodeNext", allowImportingTsExtensions: true, skipLibCheck: false },
  },
}

interface Outcome {
  readonly ok: boolean
  readonly output: string
}

async function outcome(command: string, parameters: readonly string[], cwd: string): Promise<Outcome> {
  // The platform's own tool neither reports home nor asks after news.
  const env = { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true" }
  return run(command, [...parameters], { cwd, env }).then(
    ({ stdout, stderr }) => ({ ok: true, output: stdout + stderr }),
    (error: unknown) => ({ ok: false, output: JSON.stringify(error) + String(error) }),
  )
}

describe("the choreography as a package", () => {
  const folder = mkdtempSync(join(tmpdir(), "choreography-package-"))
  const stranger = join(folder, "stranger")
  const modules = join(stranger, "node_modules")
  const packed = join(modules, NAME)
  const tool = (name: string): string => join(root, "node_modules/.bin", name)

  beforeAll(async () => {
    await run("npm", ["run", "build:choreography"], { cwd: root })
    await run("npm", ["pack", "--pack-destination", folder, join(root, "dist/choreography")], { cwd: folder })
    const [archive = ""] = readdirSync(folder).filter((name) => name.endsWith(".tgz"))
    mkdirSync(packed, { recursive: true })
    await run("tar", ["-xzf", join(folder, archive), "--strip-components=1", "-C", packed])
    // What it asks for beside itself, as installed here.
    for (const name of ["zod", "hono", "@cloudflare/workers-types"]) {
      mkdirSync(dirname(join(modules, name)), { recursive: true })
      symlinkSync(join(root, "node_modules", name), join(modules, name))
    }
    writeFileSync(join(stranger, "package.json"), JSON.stringify({ name: "stranger", private: true, type: "module" }))
    writeFileSync(join(stranger, "tsconfig.json"), JSON.stringify(TSCONFIG))
  })

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true })
  })

  /** A project in a folder of its own, that finds the package as any other project would. */
  function project(name: string, files: Readonly<Record<string, string>>): string {
    const place = join(stranger, name)
    mkdirSync(place, { recursive: true })
    for (const [file, text] of Object.entries(files)) writeFileSync(join(place, file), text)
    writeFileSync(join(place, "tsconfig.json"), JSON.stringify({ extends: "../tsconfig.json", include: ["*.ts"] }))
    return place
  }

  test("holds what it needs, and none of the shop's own events", () => {
    const files = readdirSync(packed, { recursive: true, encoding: "utf8" })
    expect(files).toEqual(expect.arrayContaining(["package.json", "README.md", "LICENSE", "choreography/index.js"]))
    expect(files.filter((name) => name.startsWith("events/")).sort()).toEqual([
      "events/definition.d.ts",
      "events/definition.js",
      "events/envelope.d.ts",
      "events/envelope.js",
    ])
  })

  test("the code of its README compiles, and what it declares holds whoever takes it up to it", async () => {
    const readme = readFileSync(join(packed, "README.md"), "utf8")
    const blocks = [...readme.matchAll(/^```ts\n\/\/ (\w+\.ts)\n(.*?)^```$/gms)]
    const files = Object.fromEntries(blocks.map(([, name = "", text = ""]) => [name, text]))
    expect(Object.keys(files)).toEqual(["services.ts", "index.ts"])
    const place = project("readme", files)
    expect(await outcome(tool("tsc"), ["-p", "."], place)).toEqual({ ok: true, output: "" })

    const wrong = (files["services.ts"] ?? "").replace('$.send("Door.rang", { at: $.now })', '$.send("Door.rung", {})')
    const refused = await outcome(tool("tsc"), ["-p", "."], project("wrong", { ...files, "services.ts": wrong }))
    expect(refused.ok).toBe(false)
    expect(refused.output).toContain("Door.rung")
  })

  test("runs in plain JavaScript, where there is no platform at all", async () => {
    const script = `
      import { asyncapi, choreography, event, registry, spread } from "${NAME}"
      import { z } from "zod"
      const { service } = choreography({ Door: { rang: event(z.object({})) } })
      const placement = () => spread("house", 2)
      const door = service()("Door", { says: ["Door.rang"], placement }, () => ({}))
      const dog = service()("Dog", { says: [], placement }, ($) => ($.on.Door.rang(() => undefined), {}))
      const options = { title: "House", version: "1", description: "A house.", queueOf: (name) => name }
      console.log(Object.keys(asyncapi(registry([door, dog]), options).operations).join())`
    const place = project("plain", { "run.js": script })
    const { stdout } = await run(process.execPath, ["run.js"], { cwd: place })
    expect(stdout.trim()).toBe("Door.tells.Dog,Dog.hears")
  })

  test("the example is a worker of it, from its types to its bundle", async () => {
    const place = project("example", {})
    for (const name of ["events.ts", "services.ts", "index.ts"]) {
      const text = readFileSync(join(root, "examples/transfer", name), "utf8")
      const doors = text
        .replaceAll("../../choreography/index.ts", NAME)
        .replaceAll("../../choreography/cloudflare.ts", `${NAME}/cloudflare`)
      writeFileSync(join(place, name), doors)
    }
    cpSync(join(root, "examples/transfer/wrangler.jsonc"), join(place, "wrangler.jsonc"))
    expect(await outcome(tool("tsc"), ["-p", "."], place)).toEqual({ ok: true, output: "" })
    const bundled = await outcome(tool("wrangler"), ["deploy", "--dry-run", "--outdir", "out"], place)
    expect(bundled).toMatchObject({ ok: true })
    expect(readFileSync(join(place, "out/index.js"), "utf8")).toContain("moneyTransferred")
  })
})
