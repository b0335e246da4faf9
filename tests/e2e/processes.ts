/** Processes that a test started, in a group of their own: nobody else's is ever looked at, let alone stopped. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process"
import { createServer } from "node:net"

export interface Started {
  readonly child: ChildProcess
  /** Of the process, and of the group that it leads. */
  readonly pid: number
  /** The last of what it wrote, for the message of a test that fails. */
  output(): string
}

const OUTPUT_KEPT = 20_000

export function startGroup(command: string, parameters: readonly string[], cwd: string): Started {
  // npm hands its own settings down as variables; the project's scripts are to see what a developer's shell has.
  const child = spawn(command, [...parameters], { cwd, detached: true, stdio: ["ignore", "pipe", "pipe"] })
  let kept = ""
  const keep = (chunk: Buffer): void => {
    kept = (kept + chunk.toString()).slice(-OUTPUT_KEPT)
  }
  child.stdout.on("data", keep)
  child.stderr.on("data", keep)
  if (child.pid === undefined) throw new Error(`${command} did not start`)
  return { child, pid: child.pid, output: () => kept }
}

interface Member {
  readonly pid: number
  readonly command: string
}

export function membersOf(group: number): readonly Member[] {
  const listing = execFileSync("ps", ["-A", "-ww", "-o", "pid=,pgid=,args="], { encoding: "utf8", maxBuffer: 2 ** 26 })
  return listing.split("\n").flatMap((line) => {
    const [, pid, pgid, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? []
    return Number(pgid) === group && command !== undefined ? [{ pid: Number(pid), command }] : []
  })
}

/** Stops the whole group at once, and answers when none of it is left. */
export async function killGroup(group: number): Promise<void> {
  for (let tries = 0; tries < GONE_TRIES_MAX; tries++) {
    if (!signal(-group, "SIGKILL")) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const GONE_TRIES_MAX = 100

/** Whether there was anything to signal. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    process.kill(pid, name)
    return true
  } catch {
    return false
  }
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === "string") throw new Error("there is no free port")
  return address.port
}
