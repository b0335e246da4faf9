/** Wrangler as a child process: the one on the path, which `npm run` makes the project's own. */
import { spawn } from "node:child_process"
import { root } from "./configuration.ts"

export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export type Wrangler = (parameters: readonly string[], variables?: Readonly<Record<string, string>>) => Promise<Ended>

export const wrangler: Wrangler = (parameters, variables = {}) => {
  const quiet = { WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true", FORCE_COLOR: "0" }
  // Nobody is there to answer its questions: every one of them is answered by what is asked of it here.
  const env = { ...process.env, ...quiet, ...variables }
  return new Promise((resolve, reject) => {
    const child = spawn("wrangler", [...parameters], { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] })
    let [stdout, stderr] = ["", ""]
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()))
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()))
    child.on("error", reject)
    child.on("close", (code) => resolve({ code: code ?? 1, stdout, stderr }))
  })
}

/** What it complained about, without its decoration. */
export function complaint({ stdout, stderr }: Ended): string {
  const text = (stderr.trim() === "" ? stdout : stderr).trim()
  return text === "" ? "it did not say why" : text
}
