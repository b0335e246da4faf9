/**
 * A server under measurement: `wrangler dev` on a copy of its sources, with ports and a state of its own, quiet.
 *
 * The copy keeps a run from being reloaded by an editor, and the project's own state from being touched.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, statSync, symlinkSync } from "node:fs"
import { basename, join } from "node:path"
import { freePort, killGroup, membersOf, signal, startGroup, type Started } from "../tests/e2e/processes.ts"
import { type Contender, cpuOf, MB, statOf, untilAnswers } from "./contender.ts"

export interface Sources {
  readonly name: string
  readonly root: string
  /** Files and folders of the root that make up the server, as far as they exist. */
  readonly parts: readonly string[]
  readonly vars: Readonly<Record<string, string>>
}

export interface Usage {
  /** Seconds of CPU so far, of all processes of the server. */
  readonly cpuS: number
  /** Memory of the process that runs the code. */
  readonly memoryMb: number
  readonly diskMb: number
}

export class Server implements Contender {
  readonly name: string
  readonly base: string
  readonly inspector: number
  readonly #folder: string
  readonly #port: number
  readonly #vars: Readonly<Record<string, string>>
  #running: Started | null = null

  private constructor(sources: Sources, folder: string, port: number, inspector: number) {
    this.name = sources.name
    this.#folder = folder
    this.#port = port
    this.inspector = inspector
    this.#vars = sources.vars
    this.base = `http://127.0.0.1:${String(port)}`
  }

  /** Copies the sources; nothing runs yet. */
  static async prepare(sources: Sources, modules: string, temporary: string): Promise<Server> {
    const folder = join(temporary, sources.name.replaceAll(" ", "-"))
    mkdirSync(folder, { recursive: true })
    for (const part of sources.parts.filter((each) => existsSync(join(sources.root, each)))) {
      cpSync(join(sources.root, part), join(folder, basename(part)), { recursive: true })
    }
    symlinkSync(modules, join(folder, "node_modules"))
    return new Server(sources, folder, await freePort(), await freePort())
  }

  async start(): Promise<void> {
    const vars = Object.entries(this.#vars).flatMap(([name, value]) => ["--var", `${name}:${value}`])
    const ports = ["--ip", "127.0.0.1", "--port", String(this.#port), "--inspector-port", String(this.inspector)]
    const state = ["--persist-to", join(this.#folder, "state")]
    const wrangler = join(this.#folder, "node_modules/wrangler/bin/wrangler.js")
    const parameters = [wrangler, "dev", ...ports, ...state, "--log-level", "error", ...vars]
    const quiet = {
      X_LOCAL_OBSERVABILITY: "false",
      WRANGLER_SEND_METRICS: "false",
      CLOUDFLARE_CF_FETCH_ENABLED: "false",
    }
    Object.assign(process.env, quiet, { WRANGLER_HIDE_BANNER: "true", CI: "1" })
    this.#running = startGroup(process.execPath, parameters, this.#folder)
    await this.answers()
  }

  answers(): Promise<void> {
    return untilAnswers(this.name, this.#running, this.base, "/health")
  }

  /** The process that runs the code: the other one of its kind, which has the public port, only passes requests on. */
  #worker(): number {
    const group = this.#running?.pid
    const workers =
      group === undefined ? [] : membersOf(group).filter(({ command }) => command.includes("workerd serve"))
    const own = workers.filter(({ command }) => !command.includes(`entry=127.0.0.1:${String(this.#port)}`))
    const pid = own.at(-1)?.pid
    if (pid === undefined) throw new Error(`${this.name} has no worker`)
    return pid
  }

  /** With no time to put anything in order; wrangler starts a new one by itself. */
  killWorker(): void {
    signal(this.#worker(), "SIGKILL")
  }

  usage(): Usage {
    const cpuS = cpuOf(this.#running)
    return { cpuS, memoryMb: statOf(this.#worker()).memoryMb, diskMb: sizeOf(join(this.#folder, "state")) / MB }
  }

  async stop(): Promise<void> {
    if (this.#running !== null) await killGroup(this.#running.pid)
    this.#running = null
  }
}

function sizeOf(path: string): number {
  const entries = readdirSync(path, { withFileTypes: true, recursive: true })
  return entries.reduce((sum, entry) => {
    try {
      return entry.isFile() ? sum + statSync(join(entry.parentPath, entry.name)).size : sum
    } catch {
      // Gone since it was listed: a write-ahead log that was folded in.
      return sum
    }
  }, 0)
}
