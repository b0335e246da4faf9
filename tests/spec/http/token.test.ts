// The tokens that `npm run token` makes, and who can be let in without one.
import { execFileSync, spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import ts from "typescript"
import { describe, expect, test } from "vitest"
import { ROLES } from "../../../http/rules.ts"
import { readSettings } from "../../../http/settings.ts"
import { textWith } from "./samples.ts"
import { open } from "./shop.ts"
import { SECRET } from "./tokens.ts"

const script = "scripts/token.ts"

function run(parameters: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { JWT_SECRET: _theirs, ...around } = process.env
  return spawnSync("node", [script, ...parameters], { encoding: "utf8", env: { ...around, ...env } })
}

describe("a token that was made for trying out", () => {
  test.each(ROLES)("lets a %s in", async (role) => {
    const token = run(["--role", role, "--sub", "cust_alice", "--secret", SECRET]).stdout.trim()
    const { request, shop } = open({ AUTH: "jwt", JWT_SECRET: SECRET })
    shop.time = Date.now()
    expect((await request("/inventory", { headers: { Authorization: `Bearer ${token}` } })).status).toBe(200)
  })

  test("is signed with the secret of the environment, for an issuer and an audience if they are named", async () => {
    const asked = ["--role", "admin", "--sub", "root", "--issuer", "us", "--audience", "shop"]
    const token = run(asked, { JWT_SECRET: SECRET }).stdout.trim()
    const { request, shop } = open({ AUTH: "jwt", JWT_SECRET: SECRET, JWT_ISSUER: "us", JWT_AUDIENCE: "shop" })
    shop.time = Date.now()
    expect((await request("/inventory", { headers: { Authorization: `Bearer ${token}` } })).status).toBe(200)
  })

  test("comes with a secret of its own where none is set, and says how to use it", () => {
    const { stdout, stderr } = run(["--role", "admin", "--sub", "root"])
    expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/)
    expect(stderr).toMatch(/npm start -- --var AUTH:jwt --var JWT_SECRET:[\w-]{43}\n/)
  })

  test.each([
    [["--role", "root", "--sub", "x"], "--role"],
    [["--role", "admin"], "--sub"],
    [["--role", "admin", "--sub", "x", "--seconds", "soon"], "--seconds"],
    [["--who", "x"], "--who"],
  ])("%j is refused with its usage", (parameters, named) => {
    const { status, stdout, stderr } = run(parameters)
    expect([status, stdout, stderr]).toEqual([2, "", textWith(named)])
    expect(stderr).toContain("npm run token")
  })
})

interface Configuration {
  readonly vars: Readonly<Record<string, string>>
  readonly env?: unknown
}

function configuration(): Configuration {
  const { config, error } = ts.parseConfigFileTextToJson("wrangler.jsonc", readFileSync("wrangler.jsonc", "utf8")) as {
    readonly config?: Configuration
    readonly error?: unknown
  }
  if (config === undefined || error !== undefined) throw new Error("wrangler.jsonc can't be read")
  return config
}

function scriptsOf(): Readonly<Record<string, string>> {
  return (JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> }).scripts
}

describe("a deployment", () => {
  test("that sets nothing is closed, and no order can be made to fail in it", () => {
    const { vars, env } = configuration()
    expect(env).toBeUndefined()
    const reading = readSettings(vars)
    expect(reading.ok && [reading.settings.edge.auth.mode, reading.settings.edge.simulation]).toEqual(["closed", false])
  })

  test("needs but a secret to let callers with a token in", () => {
    const reading = readSettings({ ...configuration().vars, JWT_SECRET: SECRET })
    expect(reading.ok && reading.settings.edge.auth.mode).toBe("jwt")
  })

  test("is in development by the start script alone, which a later flag overrides", () => {
    const opening = Object.entries(scriptsOf()).filter(([, command]) => command.includes("AUTH:development"))
    expect(opening.map(([name]) => name)).toEqual(["start"])
    expect(scriptsOf()["deploy"]).not.toContain("--var")
    // What wrangler makes of `npm start -- --var AUTH:jwt`: of two values for one name the last one stands.
    const flags = `${scriptsOf()["start"] ?? ""} --var AUTH:jwt`.match(/--var (\S+)/g) ?? []
    const auth = flags.map((flag) => flag.slice("--var ".length)).filter((flag) => flag.startsWith("AUTH:"))
    expect(auth.at(-1)).toBe("AUTH:jwt")
  })

  test("has no secret in the files that are published", () => {
    const tracked = execFileSync("git", ["ls-files"], { encoding: "utf8" }).split("\n")
    expect(tracked.filter((path) => /(^|\/)\.(dev\.vars|env)(?!\.example$)/.test(path))).toEqual([])
    expect(Object.keys(configuration().vars).filter((name) => /SECRET|TOKEN|KEY/.test(name))).toEqual([])
  })
})
