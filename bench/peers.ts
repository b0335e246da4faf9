/**
 * Further peers, where they lie beside the project: they are copied, install what they need, and take turns with the app,
 * each started anew and warmed up alike. They have a load generator of their own, and a smaller saga.
 */
import { spawnSync } from "node:child_process"
import { cpSync, existsSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import type { Sizes } from "./compare.ts"
import { median } from "./statistics.ts"

export interface PeerRow {
  readonly system: string
  readonly burstPerSecond: number
  readonly aloneP50Ms: number
  readonly aloneP99Ms: number
  readonly acceptP50Ms: number
}

interface Phase {
  readonly label: string
  readonly phase: string
  readonly orders_s?: number
  readonly p50?: number
  readonly p99?: number
  readonly ack50?: number
}

const HOME = join(import.meta.dirname, "../../shared/peers-bench")
const TIMEOUT_MS = 300_000
/** Of each turn, since each starts with nothing compiled: what is compared is what runs for days. */
export const TURN_WARM_UP = 1_000
export const APP = "app"
const RUNS: readonly (readonly [system: string, folder: string, ...parameters: string[]])[] = [
  ["floor of the smaller saga", "saga", "queue", "4", "8", "5", "0", "8"],
  ["Cloudflare Workflows", "peers/cfworkflows"],
  ["Restate", "peers/restate"],
  ["DBOS", "peers/dbos5"],
  ["BullMQ", "peers/bullmq"],
]

/** `turn` is the app's, under the same load. */
export async function peers(
  temporary: string,
  rounds: number,
  sizes: Sizes,
  turn: () => Promise<PeerRow>,
  progress: (text: string) => void,
): Promise<readonly PeerRow[]> {
  if (!existsSync(HOME)) {
    progress("there are no further peers here")
    return []
  }
  const copy = join(temporary, "peers")
  cpSync(HOME, copy, { recursive: true })
  progress("installing what the peers need")
  const installed = spawnSync("npm", ["install", "--no-audit", "--no-fund"], { cwd: copy, stdio: "ignore" })
  if (installed.status !== 0) {
    progress("they can't be installed")
    return []
  }
  let running = RUNS
  const rows: PeerRow[] = []
  for (let round = 1; round <= rounds; round++) {
    const told = (row: PeerRow): void => {
      rows.push(row)
      progress(`round ${String(round)} of ${String(rounds)}, ${row.system}: ${row.burstPerSecond.toFixed(0)} orders/s`)
    }
    told(await turn())
    running = running.filter(([system, folder, ...parameters]) => {
      const row = peer(join(copy, folder), parameters, sizes, system)
      if (row === null) progress(`${system} does not run here`)
      else told(row)
      return row !== null
    })
  }
  // Also of those that ran, and later did not.
  return [...new Set(rows.map(({ system }) => system))].map((system) => middle(system, rows))
}

function middle(system: string, rows: readonly PeerRow[]): PeerRow {
  const own = rows.filter((row) => row.system === system)
  const of = (value: (row: PeerRow) => number): number => median(own.map(value))
  return {
    system,
    burstPerSecond: of((row) => row.burstPerSecond),
    aloneP50Ms: of((row) => row.aloneP50Ms),
    aloneP99Ms: of((row) => row.aloneP99Ms),
    acceptP50Ms: of((row) => row.acceptP50Ms),
  }
}

function peer(folder: string, parameters: readonly string[], sizes: Sizes, system: string): PeerRow | null {
  const out = join(folder, "out.jsonl")
  rmSync(out, { force: true })
  const { alone: one, sixteen, burst: many } = sizes
  const load = ["--runs", "1", "--conc", "1,16", "--n", `${String(one)},${String(sixteen)}`, "--burst", String(many)]
  const command = ["run.mjs", ...parameters, ...load, "--warm", String(TURN_WARM_UP), "--out", out]
  spawnSync(process.execPath, command, { cwd: folder, stdio: "ignore", timeout: TIMEOUT_MS })
  if (!existsSync(out)) return null
  const phases = readFileSync(out, "utf8")
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Phase)
  const [burst, alone] = ["burst", "c1"].map((name) => phases.find(({ phase }) => phase === name))
  return {
    system,
    burstPerSecond: burst?.orders_s ?? Number.NaN,
    aloneP50Ms: alone?.p50 ?? Number.NaN,
    aloneP99Ms: alone?.p99 ?? Number.NaN,
    acceptP50Ms: alone?.ack50 ?? Number.NaN,
  }
}
