/** What every contender is to the comparison, whatever it runs on. */
import { readFileSync } from "node:fs"
import { membersOf, type Started } from "../tests/e2e/processes.ts"
import { call, clock, pause } from "./http.ts"
import type { Dialect } from "./load.ts"

export interface Contender {
  readonly name: string
  readonly base: string
  /** Where it is asked by other routes than the app. */
  readonly dialect?: Dialect
  start(): Promise<void>
  /** Waits until it does. */
  answers(): Promise<void>
  /** Seconds of CPU so far, of all its processes. */
  usage(): { readonly cpuS: number }
  stop(): Promise<void>
}

const START_PATIENCE_MS = 90_000
/** How long one question waits: a server that does not build holds its callers. */
const GLANCE_MS = 2_000
const START_PAUSE_MS = 200
const TICKS_PER_SECOND = 100
const PAGE_BYTES = 4_096
export const MB = 1_000_000

/** Waits until the process answers 200 there, or says on its output why it doesn't. */
export async function untilAnswers(name: string, running: Started | null, base: string, path: string): Promise<void> {
  const end = clock() + START_PATIENCE_MS
  while (clock() < end && running?.child.exitCode === null) {
    try {
      if ((await call(base, "GET", path, undefined, GLANCE_MS)).status === 200) return
    } catch {
      // Not there yet. What does not build answers nothing at all, and says why on its output.
    }
    await pause(START_PAUSE_MS)
  }
  throw new Error(`${name} does not answer:\n${running?.output() ?? ""}`)
}

/** Seconds of CPU so far, of all processes of a group. */
export function cpuOf(running: Started | null): number {
  const members = running === null ? [] : membersOf(running.pid)
  return members.reduce((sum, { pid }) => sum + statOf(pid).cpuS, 0)
}

/** What the kernel says of a process; zeros where it says nothing, or the process is gone. */
export function statOf(pid: number): { readonly cpuS: number; readonly memoryMb: number } {
  try {
    const text = readFileSync(`/proc/${String(pid)}/stat`, "utf8")
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ")
    const cpuS = (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
    return { cpuS, memoryMb: (Number(fields[21]) * PAGE_BYTES) / MB }
  } catch {
    return { cpuS: 0, memoryMb: 0 }
  }
}
