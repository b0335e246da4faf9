/**
 * Further peers, where they lie beside the project: they are copied, install what they need, and run one after the
 * other with a load generator of their own. Their saga is smaller, so their figures are for orientation.
 */
import { spawnSync } from "node:child_process"
import { cpSync, existsSync, readFileSync } from "node:fs"
import { join } from "node:path"

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
const RUNS: readonly (readonly [system: string, folder: string, ...parameters: string[]])[] = [
  ["floor of the smaller saga", "saga", "queue", "4", "8", "5", "0", "8"],
  ["Cloudflare Workflows", "peers/cfworkflows"],
  ["Restate", "peers/restate"],
  ["DBOS", "peers/dbos5"],
  ["BullMQ", "peers/bullmq"],
]

export function peers(temporary: string, runs: number, progress: (text: string) => void): readonly PeerRow[] {
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
  return RUNS.flatMap(([system, folder, ...parameters]) => {
    progress(system)
    const row = peer(join(copy, folder), parameters, runs, system)
    if (row === null) progress(`${system} does not run here`)
    return row === null ? [] : [row]
  })
}

function peer(folder: string, parameters: readonly string[], runs: number, system: string): PeerRow | null {
  const out = join(folder, "out.jsonl")
  const load = ["--runs", String(runs), "--conc", "1,16", "--n", "100,400", "--burst", "1000", "--warm", "200"]
  const command = ["run.mjs", ...parameters, ...load, "--out", out]
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
