/** The hazard: a deployment that fails half-way. `npm run deploy` and `npm run teardown` as they are run, with a stand-in for wrangler and the account behind it. */
import { execFile } from "node:child_process"
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createServer, type Server } from "node:http"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { z } from "zod"
import { configurationOf, queuesOf, readConfiguration, root } from "../../scripts/deployment/configuration.ts"
import { type Account, ACCOUNT, COMMANDS, UPLOADED } from "./fakeWrangler.ts"

const SECRET = "a secret that is long enough to sign with"
const production = configurationOf(readConfiguration(), "production")
const queues = queuesOf(production)
const deploying = "deploy --config dist/deploy/production.json"
const building = "deploy --dry-run --config dist/deploy/production.json --outdir dist/deploy/production"

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fake-wrangler-"))
  const fake = join(import.meta.dirname, "fakeWrangler.ts")
  writeFileSync(join(folder, "wrangler"), `#!/bin/sh\nexec "${process.execPath}" --no-warnings "${fake}" "$@"\n`)
  chmodSync(join(folder, "wrangler"), 0o755)
  account({})
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

describe("npm run deploy", () => {
  test(
    "creates what is missing, deploys with the secret, and says why it placed no order",
    { timeout: 60_000 },
    async () => {
      account({ queues: { "order-events": [] } })
      const { code, output } = await run("deploy", ["--smoke", "never", "--url", await shop()], { JWT_SECRET: SECRET })
      expect([code, output]).toEqual([0, expect.stringContaining("no order was placed: --smoke never")])
      const missing = queues.filter((queue) => queue !== "order-events")
      expect(changes()).toEqual([
        building,
        ...missing.map((queue) => `queues create ${queue}`),
        expect.stringMatching(new RegExp(`^${deploying} --secrets-file \\S+$`)),
      ])
      expect(JSON.parse(readFileSync(join(folder, UPLOADED), "utf8"))).toEqual({ JWT_SECRET: SECRET })
      expect(output).not.toContain(SECRET)
    },
  )

  test("done again, only deploys, and places an order with a token of the secret", async () => {
    account({ queues: all(), secrets: ["JWT_SECRET"] })
    const { code, output } = await run("deploy", ["--url", await shop()], { JWT_SECRET: SECRET })
    expect([code, output]).toEqual([0, expect.stringContaining("ord_1 is cancelled, and its books balance")])
    expect(changes()).toEqual([building, deploying])
    expect(asked).toEqual([
      "POST /orders",
      "GET /orders/ord_1",
      "DELETE /orders/ord_1",
      "GET /orders/ord_1",
      "GET /orders/ord_1/books",
    ])
  })

  test("stops at what fails, and goes on from there when it is called again", async () => {
    account({ fails: "queues create inventory-events" })
    const first = await run("deploy", ["--smoke", "never"], { JWT_SECRET: SECRET })
    expect([first.code, first.output]).toEqual([1, expect.stringContaining("the platform is on fire")])
    expect(changes().filter((each) => each.startsWith(deploying))).toEqual([])
    account({ ...now(), fails: "" })
    const second = await run("deploy", ["--url", await shop(), "--smoke", "never"], { JWT_SECRET: SECRET })
    expect(second.code).toBe(0)
    const created = changes().filter((each) => each.startsWith("queues create"))
    expect(created).toEqual([...queues.slice(0, 3), ...queues.slice(2)].map((queue) => `queues create ${queue}`))
  })

  test("creates nothing while nobody could get in, or nobody is logged in", async () => {
    const closed = await run("deploy", [])
    expect([closed.code, closed.output]).toEqual([1, expect.stringContaining("neither JWT_SECRET nor JWKS_URL")])
    account({ isLoggedIn: false })
    const unknown = await run("deploy", [], { JWT_SECRET: SECRET })
    expect([unknown.code, unknown.output]).toEqual([1, expect.stringContaining("npx wrangler login")])
    expect(changes()).toEqual([building, building])
  })

  test("--dry-run asks the account nothing, and shows each command", async () => {
    account({ isLoggedIn: false })
    const { code, output } = await run("deploy", ["--dry-run", "--env", "preview"], { JWT_SECRET: SECRET })
    expect(code).toBe(0)
    for (const queue of queues) expect(output).toContain(`npx wrangler queues create preview-${queue}\n`)
    expect(output).toContain("npx wrangler deploy --config dist/deploy/preview.json --secrets-file <JWT_SECRET>")
    expect(commands()).toEqual([building.replaceAll("production", "preview")])
  })
})

describe("npm run teardown", () => {
  test(
    "takes away consumers, then the worker, then the queues, and nothing that isn't there",
    { timeout: 60_000 },
    async () => {
      const [first = "", second = "", third = ""] = queues
      account({ queues: { [first]: [production.name], [third]: [] }, secrets: [] })
      const { code } = await run("teardown", ["--yes"])
      expect(code).toBe(0)
      expect(changes()).toEqual([
        `queues consumer remove ${first} ${production.name}`,
        "delete --config dist/deploy/production.json --force",
        `queues delete ${first}`,
        `queues delete ${third}`,
      ])
      expect(second in now().queues).toBe(false)
      expect(now()).toMatchObject({ queues: {}, secrets: null })
      expect((await run("teardown", ["--yes"])).output).toContain("nothing to take down")
    },
  )

  test("does nothing unless it is confirmed", async () => {
    account({ queues: all(), secrets: [] })
    const { code, output } = await run("teardown", [])
    expect([code, output]).toEqual([1, expect.stringContaining("--yes")])
    expect(changes()).toEqual([])
  })

  test("--dry-run shows each command, in order", async () => {
    const { code, output } = await run("teardown", ["--dry-run"])
    const shown = output.split("\n").filter((line) => line.includes("npx wrangler"))
    expect([code, shown.length, commands()]).toEqual([0, 2 * queues.length + 1, []])
  })
})

function account(given: Partial<Account>): void {
  const fresh: Account = { isLoggedIn: true, queues: {}, secrets: null, fails: "" }
  writeFileSync(join(folder, ACCOUNT), JSON.stringify({ ...fresh, ...given }))
}

function now(): Account {
  return JSON.parse(readFileSync(join(folder, ACCOUNT), "utf8")) as Account
}

function all(): Record<string, string[]> {
  return Object.fromEntries(queues.map((queue) => [queue, [production.name]]))
}

function commands(): string[] {
  const path = join(folder, COMMANDS)
  return existsSync(path) ? readFileSync(path, "utf8").trimEnd().split("\n") : []
}

/** Without the questions. */
function changes(): string[] {
  return commands().filter((each) => !/^(whoami|secret list|queues consumer list)\b/.test(each))
}

function run(script: string, parameters: readonly string[], variables: Record<string, string> = {}) {
  const path = [folder, process.env["PATH"]].join(delimiter)
  const env = { ...process.env, JWT_SECRET: "", ...variables, PATH: path, FAKE_WRANGLER: folder }
  const command = ["--no-warnings", join(root, `scripts/${script}.ts`), ...parameters]
  return new Promise<{ code: number; output: string }>((resolve) => {
    execFile(process.execPath, command, { env, cwd: root }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : 1, output: stdout + stderr })
    })
  })
}

let server: Server | null = null
let asked: string[] = []

afterEach(() => {
  server?.close()
  server = null
})

/** A shop in which an order is paid at once, and cancelled when asked. */
async function shop(): Promise<string> {
  asked = []
  let status = "paid"
  server = createServer((request, response) => {
    const what = `${request.method ?? ""} ${request.url ?? ""}`
    const isHealth = request.url === "/health"
    if (!isHealth) asked.push(what)
    const role = request.url?.endsWith("/books") ? "operator" : "service"
    if (!isHealth && roleOf(request.headers.authorization ?? "") !== role) response.statusCode = 403
    if (request.method === "DELETE") status = "cancelled"
    response.end(JSON.stringify({ id: "ord_1", status, balanced: true }))
  })
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve))
  const address = server.address()
  if (address === null || typeof address === "string") throw new Error("there is no port")
  return `http://127.0.0.1:${address.port}`
}

/** As the shop reads it, but for the signature. */
function roleOf(authorization: string): unknown {
  const claims = atob((authorization.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/"))
  return z.object({ role: z.string() }).parse(JSON.parse(claims)).role
}
