/** The commands of a document: what its readers will paste, taken from where they will take it. */
import { execFile } from "node:child_process"
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { promisify } from "node:util"
import { root } from "./devServer.ts"

const SHELL_TIMEOUT_MS = 120_000

export interface Document {
  readonly text: string
  /** Its shell blocks, in order. */
  readonly blocks: readonly string[]
}

export function readDocument(path: string): Document {
  const text = readFileSync(join(root, path), "utf8")
  return { text, blocks: [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = ""]) => block) }
}

/** Every page that is committed, or would be. */
export const documents: readonly string[] = globSync(["*.md", "{docs,choreography,examples}/**/*.md"], { cwd: root })
  .filter((path) => !path.includes("node_modules"))
  .toSorted()

/** A command as a developer types it in the project's root; answers what it printed. */
export async function runInProject(command: string): Promise<string> {
  // As npm would, it finds its own Node first, and no account of whoever runs the tests.
  const path = [join(root, "node_modules/.bin"), process.env["PATH"]].join(delimiter)
  const env = { ...process.env, PATH: path, CI: "true" }
  const { stdout } = await promisify(execFile)("bash", ["-e", "-c", command], {
    env,
    cwd: root,
    timeout: SHELL_TIMEOUT_MS,
  })
  return stdout
}

/** Whether a block speaks to a shop that is running. */
export function speaksToShop(block: string): boolean {
  return /\bcurl\b/.test(block)
}

/**
 * A shell in which `localhost:8787`, where `npm start` listens, is the port of a test. The commands don't know: curl's
 * own configuration sends them there, and fails the block for any answer that isn't 2xx.
 */
export class ReadersShell {
  readonly #home = mkdtempSync(join(tmpdir(), "order-fulfilment-reader-"))

  constructor(port: number) {
    const settings = ["silent", "fail-with-body", `connect-to = "localhost:8787:localhost:${port}"`]
    writeFileSync(join(this.#home, ".curlrc"), settings.join("\n"))
  }

  /** Runs a block as it stands, and answers what it printed. */
  async run(block: string): Promise<string> {
    const env = { ...process.env, CURL_HOME: this.#home, HOME: this.#home }
    const options = { env, cwd: this.#home, timeout: SHELL_TIMEOUT_MS }
    const { stdout } = await promisify(execFile)("bash", ["-e", "-o", "pipefail", "-c", block], options)
    return stdout
  }

  close(): void {
    rmSync(this.#home, { recursive: true, force: true })
  }
}
