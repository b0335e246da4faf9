/**
 * Restate under measurement: its own server from npm, as it comes, and the saga (`restate/`) as one Node process beside it.
 * Its ingress is asked directly.
 *
 * Neither is a dependency of the project: they are installed into the copy that runs, when somebody asks for it.
 */
import { spawnSync } from "node:child_process"
import { cpSync, existsSync, mkdirSync } from "node:fs"
import { join } from "node:path"
import { freePort, killGroup, startGroup, type Started } from "../tests/e2e/processes.ts"
import { type Contender, cpuOf, untilAnswers } from "./contender.ts"
import { call, pause } from "./http.ts"
import type { Dialect } from "./load.ts"

const SOURCES = join(import.meta.dirname, "restate")
const INSTALL_TIMEOUT_MS = 300_000
/** It may be alive before it knows who leads its partitions, and takes no deployment until it does. */
const REGISTER_TRIES_MAX = 60
const REGISTER_PAUSE_MS = 500

/**
 * Orders are named by who places them, and accepted once they are stored. What became of one is asked of the ingress,
 * which has the workflow's answer: a handler that is asked would be one more invocation, with a journal of its own.
 */
const DIALECT: Dialect = {
  ordering: (id) => `/order/${id}/run/send`,
  accepted: 202,
  idOf: (_answer, chosen) => chosen,
  order: (id) => `/restate/workflow/order/${id}/output`,
  unsaid: 470,
}

/** Who installs it is not reported to anybody. */
const UNREPORTED = { SCARF_ANALYTICS: "false", DO_NOT_TRACK: "1" }

interface Ports {
  readonly ingress: number
  readonly admin: number
  readonly node: number
  readonly app: number
}

export class RestateServer implements Contender {
  readonly name = "restate"
  readonly base: string
  readonly dialect = DIALECT
  readonly #folder: string
  readonly #ports: Ports
  #server: Started | null = null
  #app: Started | null = null

  private constructor(folder: string, ports: Ports) {
    this.#folder = folder
    this.#ports = ports
    this.base = local(ports.ingress)
  }

  /** Copies the sources and installs what they need; nothing runs yet. Null where it can't be installed. */
  static async prepare(temporary: string): Promise<RestateServer | null> {
    const folder = join(temporary, "restate")
    mkdirSync(folder, { recursive: true })
    cpSync(SOURCES, folder, { recursive: true })
    const { status } = spawnSync("npm", ["install", "--no-audit", "--no-fund"], {
      cwd: folder,
      stdio: "ignore",
      timeout: INSTALL_TIMEOUT_MS,
      env: { ...process.env, ...UNREPORTED },
    })
    // A machine for which there is no binary installs everything but that, and npm finds nothing wrong with it.
    if (status !== 0 || !existsSync(serverIn(folder))) return null
    const ports = { ingress: await freePort(), admin: await freePort(), node: await freePort(), app: await freePort() }
    return new RestateServer(folder, ports)
  }

  async start(): Promise<void> {
    const { app, admin } = this.#ports
    const saga = [process.execPath, "--disable-warning=ExperimentalWarning", "index.ts", String(app)]
    this.#app = started({ NODE_ENV: "production", RESTATE_LOGGING: "ERROR" }, this.#folder, saga)
    const server = [serverIn(this.#folder), "--base-dir", join(this.#folder, "state"), "--no-logo"]
    this.#server = started(serverSettings(this.#ports), this.#folder, server)
    await untilAnswers(this.name, this.#server, local(admin), "/health")
    await this.#register()
    await this.answers()
  }

  /** Tells the server where the saga's process is, which it asks for its services. */
  async #register(): Promise<void> {
    const { app, admin } = this.#ports
    let last = ""
    for (let tries = 0; tries < REGISTER_TRIES_MAX; tries++) {
      const { status, text } = await call(local(admin), "POST", "/deployments", { uri: local(app) })
      if (status < 300) return
      last = text
      await pause(REGISTER_PAUSE_MS)
    }
    throw new Error(`${this.name} does not know its app: ${last}\n${this.#app?.output() ?? ""}`)
  }

  answers(): Promise<void> {
    return untilAnswers(this.name, this.#server, this.base, "/restate/health")
  }

  usage(): { readonly cpuS: number } {
    return { cpuS: cpuOf(this.#server) + cpuOf(this.#app) }
  }

  async stop(): Promise<void> {
    for (const running of [this.#server, this.#app]) if (running !== null) await killGroup(running.pid)
    this.#server = null
    this.#app = null
  }
}

function local(port: number): string {
  return `http://127.0.0.1:${String(port)}`
}

/** With settings of its own, which nobody else who is started by this process is to have. */
function started(settings: Readonly<Record<string, string>>, cwd: string, command: readonly string[]): Started {
  const assignments = Object.entries(settings).map(([name, value]) => `${name}=${value}`)
  return startGroup("env", [...assignments, ...command], cwd)
}

/** The binary itself: the package's script only passes signals on. */
function serverIn(folder: string): string {
  const binary = `restate-server-${process.platform}-${process.arch}`
  return join(folder, "node_modules/@restatedev", binary, "bin/restate-server")
}

/** Where it listens, and that it tells nobody. How it stores, and all else, is as it comes. */
function serverSettings({ ingress, admin, node }: Ports): Readonly<Record<string, string>> {
  return {
    RESTATE_LISTEN_MODE: "tcp",
    RESTATE_BIND_IP: "127.0.0.1",
    RESTATE_BIND_PORT: String(node),
    RESTATE_INGRESS__BIND_ADDRESS: `127.0.0.1:${String(ingress)}`,
    RESTATE_INGRESS__BIND_PORT: String(ingress),
    RESTATE_ADMIN__BIND_ADDRESS: `127.0.0.1:${String(admin)}`,
    RESTATE_ADMIN__BIND_PORT: String(admin),
    RESTATE_DISABLE_TELEMETRY: "true",
    DO_NOT_TRACK: "1",
    RESTATE_LOG_FILTER: "warn",
  }
}
