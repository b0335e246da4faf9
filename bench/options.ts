/** What can be asked of a run. A run as it stands takes about twelve minutes on two cores. */
import { parseArgs } from "node:util"

const USAGE = `npm run bench -- [options]
  --runs N        interleaved rounds; medians are of these (5)
  --burst N       orders of a burst (1000)
  --orders N      orders of the run that looks at growth (2000; --full makes it 10000)
  --full          the sizes of a full run
  --only A,B      of: compare, hot, growth, kill, reads
  --against A,B   of: floor, workflows (both), restate, which is installed in a copy; "none" leaves the app alone
  --peers         also restate, and the peers of ../shared/peers-bench, where it exists; installs what they need in a copy
  --profile       a CPU profile of a burst: where the time goes
  --cells N       order cells of the app and of the floor (8)
  --out DIR       where results go (dist/bench)`

const AGAINST = ["floor", "workflows"]
const SCENARIOS = ["compare", "hot", "growth", "kill", "reads"] as const
export type Scenario = (typeof SCENARIOS)[number]

export interface Options {
  readonly runs: number
  readonly burst: number
  readonly orders: number
  readonly scenarios: ReadonlySet<Scenario>
  readonly against: readonly string[]
  readonly peers: boolean
  readonly profile: boolean
  readonly cells: number
  readonly out: string
}

export function readOptions(given: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...given],
    options: {
      runs: { type: "string", default: "5" },
      burst: { type: "string", default: "1000" },
      orders: { type: "string" },
      full: { type: "boolean", default: false },
      only: { type: "string", default: SCENARIOS.join(",") },
      against: { type: "string" },
      peers: { type: "boolean", default: false },
      profile: { type: "boolean", default: false },
      cells: { type: "string", default: "8" },
      out: { type: "string", default: "dist/bench" },
      help: { type: "boolean", default: false },
    },
  })
  if (values.help) {
    console.log(USAGE)
    process.exit(0)
  }
  const only = values.only.split(",")
  const usual = values.peers ? [...AGAINST, "restate"] : AGAINST
  return {
    runs: count(values.runs),
    burst: count(values.burst),
    orders: count(values.orders ?? (values.full ? "10000" : "2000")),
    scenarios: new Set(SCENARIOS.filter((name) => only.includes(name))),
    against: values.against?.split(",").filter((name) => name !== "none") ?? usual,
    peers: values.peers,
    profile: values.profile,
    cells: count(values.cells),
    out: values.out,
  }
}

function count(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new Error(`${text} is no count\n${USAGE}`)
  return value
}
