/** A dev server as a developer has it: `npm start`, on free ports and with a state of its own. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pause } from "./chance.ts"
import { freePort, killGroup, membersOf, signal, startGroup, type Started } from "./processes.ts"

export const root = join(import.meta.dirname, "../..")

/** Less than a test's hook may take, so that a server that never answers says why. */
const START_MAX_MS = 120_000
const START_PAUSE_MS = 200

export type Vars = Readonly<Record<string, string | number>>

export class DevServer {
  readonly url: string
  readonly port: number
  readonly #state: string
  readonly #folder: string
  #running: Started | null = null
  #inspector = 0
  readonly #flags: readonly string[]
  #vars: Vars

  private constructor(port: number, vars: Vars, folder: string, flags: readonly string[]) {
    this.port = port
    this.#flags = flags
    this.url = `http://localhost:${port}`
    this.#vars = vars
    this.#folder = folder
    this.#state = mkdtempSync(join(tmpdir(), "order-fulfilment-e2e-"))
  }

  /** Of the project in a folder: the shop, unless another one is named. `flags` are more of wrangler's own. */
  static async start(vars: Vars = {}, folder = root, flags: readonly string[] = []): Promise<DevServer> {
    const server = new DevServer(await freePort(), vars, folder, flags)
    try {
      await server.#start()
    } catch (error) {
      await server.stop()
      throw error
    }
    return server
  }

  async #start(): Promise<void> {
    const vars = Object.entries(this.#vars).flatMap(([name, value]) => ["--var", `${name}:${value}`])
    this.#inspector = await freePort()
    const ports = ["--port", String(this.port), "--inspector-port", String(this.#inspector)]
    const state = ["--persist-to", this.#state]
    this.#running = startGroup(
      "npm",
      ["start", "--", ...ports, ...state, "--log-level", "error", ...vars, ...this.#flags],
      this.#folder,
    )
    await this.answers()
  }

  /** Waits until it answers. */
  async answers(): Promise<void> {
    let last = ""
    const end = Date.now() + START_MAX_MS
    while (Date.now() < end && this.#running?.child.exitCode === null) {
      last = await healthOf(this.url)
      if (last === "") return
      if (this.output().includes("Build failed")) break
      await pause(START_PAUSE_MS)
    }
    throw new Error(`the dev server does not answer (${last}):\n${this.output()}`)
  }

  /** The port of the inspector of the process that runs the code. */
  get inspector(): number {
    return this.#inspector
  }

  output(): string {
    return this.#running?.output() ?? ""
  }

  /**
   * The process that runs the project's code, or null while there is none. The other one of its kind only passes
   * requests on, and has the public port among its arguments. Wrangler starts a new one as soon as it is gone.
   */
  worker(): number | null {
    if (this.#running === null) return null
    const workers = membersOf(this.#running.pid).filter(
      ({ command }) => command.includes("workerd serve") && !command.includes(`entry=localhost:${this.port}`),
    )
    return workers.at(-1)?.pid ?? null
  }

  /** As a power cut does it: all at once, with no time to put anything in order. Then a new start on the same state. */
  async cutPower(vars: Vars = this.#vars): Promise<void> {
    if (this.#running !== null) await killGroup(this.#running.pid)
    this.#vars = vars
    await this.#start()
  }

  /** As Ctrl+C does it. Then a new start on the same state. */
  async restart(vars: Vars = this.#vars): Promise<void> {
    await this.#end()
    this.#vars = vars
    await this.#start()
  }

  async stop(): Promise<void> {
    await this.#end()
    rmSync(this.#state, { recursive: true, force: true, maxRetries: 5 })
  }

  async #end(): Promise<void> {
    if (this.#running === null) return
    const { pid, child } = this.#running
    signal(-pid, "SIGINT")
    for (let tries = 0; tries < 50 && child.exitCode === null && child.signalCode === null; tries++) await pause(100)
    await killGroup(pid)
    this.#running = null
  }
}

/** Nothing if all is well, else what is wrong. */
async function healthOf(url: string): Promise<string> {
  try {
    const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(2_000) })
    return answer.ok ? "" : `${answer.status} ${await answer.text()}`
  } catch (error) {
    return String(error)
  }
}
