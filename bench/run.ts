/**
 * `npm run bench`: the app, the floor, Workflows and, if asked for, Restate under the same load, and the app by itself where
 * that is the question.
 *
 * Everything runs on temporary state and on copies of the sources; nothing of the project's own is touched.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { cpus, tmpdir } from "node:os"
import { join } from "node:path"
import { bars, lineChart } from "./charts.ts"
import { acceptance, round, type Sizes } from "./compare.ts"
import type { Contender } from "./contender.ts"
import { app, floor, modules, workflows } from "./contenders.ts"
import { clock } from "./http.ts"
import { burst, manySkus, stock } from "./load.ts"
import { type Options, readOptions } from "./options.ts"
import { APP, type PeerRow, peers, TURN_WARM_UP } from "./peers.ts"
import { profiled } from "./profile.ts"
import { markdown } from "./report.ts"
import { RestateServer } from "./restate.ts"
import type { Results } from "./results.ts"
import { growth, hot, kill, reads } from "./scenarios.ts"
import { Server, type Sources } from "./server.ts"
import { digits } from "./statistics.ts"

const CONDITIONS = [
  "`wrangler dev` for all that run on Workers, with `--log-level error`, its local explorer and observability off (X_LOCAL_OBSERVABILITY=false) and no log line per event (LOG:problems): with its defaults each would do about half.",
  "Two-item orders, 100 SKUs, a customer each; failure rate 0, all delays 0, delivery automatic; every guarantee on.",
  "Times to `delivered` are the order's own `updatedAt` less the moment of its POST, on one machine's clock; orders are asked after sparsely, so that asking is not what is measured.",
  "Restate, where it is compared: its own server as it comes, with its default durability, and one Node process beside it; its ingress answers 202 where the others answer 201, and tells what its workflow answered.",
]
const WARM_UP = 200
/** An instance per order is slow enough that a smaller burst says the same. */
const WORKFLOWS_SHARE = 0.3
/** Each of theirs starts all of them anew. */
const PEER_ROUNDS_MAX = 3
/** As under `npm start`; in production a message is lost rarely enough to wait longer. */
const KILL_LEASE_MS = "3000"

class Run {
  readonly #options: Options
  readonly #temporary = mkdtempSync(join(tmpdir(), "order-fulfilment-bench-"))
  readonly #start = clock()
  readonly #servers: Contender[] = []
  readonly results: Results

  constructor(options: Options) {
    this.#options = options
    const machine = `${String(cpus().length)} cores, ${cpus()[0]?.model ?? "unknown"}, Node ${process.version}`
    this.results = { at: new Date(clock()).toISOString(), machine, conditions: CONDITIONS, compare: {} }
  }

  progress(text: string): void {
    const seconds = Math.round((clock() - this.#start) / 1_000)
    console.error(`[${String(seconds).padStart(4)} s] ${text}`)
  }

  async #open(sources: Sources, warmUp = WARM_UP): Promise<Server> {
    this.progress(`starting ${sources.name}`)
    const server = await Server.prepare(sources, modules, this.#temporary)
    await this.#warm(server, warmUp)
    return server
  }

  /** Nobody, where it can't be installed. */
  async #openRestate(): Promise<readonly Contender[]> {
    this.progress("installing what restate needs, and starting it")
    const server = await RestateServer.prepare(this.#temporary)
    if (server === null) {
      this.progress("restate can't be installed here, and is left out")
      return []
    }
    await this.#warm(server, WARM_UP)
    return [server]
  }

  async #warm(server: Contender, orders: number): Promise<void> {
    this.#servers.push(server)
    await server.start()
    await stock(server.base)
    await burst(server.base, orders, 16, manySkus, server.dialect)
  }

  async all(): Promise<void> {
    const { scenarios, burst: size, runs, orders, cells, profile } = this.#options
    const vars = { CELLS: String(cells) }
    const ours = await this.#open(app(vars))
    if (scenarios.has("compare")) await this.#compare(ours)
    if (scenarios.has("hot")) {
      this.progress("one hot SKU")
      this.results.hot = await hot(ours, runs, size)
    }
    if (scenarios.has("reads")) {
      this.progress("reads under load")
      this.results.reads = await reads(ours, size)
    }
    if (profile) {
      this.progress("CPU profile of a burst")
      this.results.profile = await profiled(ours, async () => {
        await burst(ours.base, size, 64)
      })
    }
    await ours.stop()
    if (scenarios.has("growth")) await this.#growth(app(vars, "app that grows"), orders)
    if (scenarios.has("kill")) {
      const server = await this.#open(app({ ...vars, RECEIPT_LEASE_MS: KILL_LEASE_MS }, "app to be killed"))
      this.progress("SIGKILL in a burst")
      this.results.kill = await kill(server, Math.ceil(size / 2))
      await server.stop()
    }
    if (this.#options.peers) {
      const sizes = sizesOf(size, 1)
      let turns = 0
      const turn = (): Promise<PeerRow> => this.#turn(app(vars, `app, turn ${String(++turns)}`), sizes)
      this.results.peers = await peers(this.#temporary, Math.min(runs, PEER_ROUNDS_MAX), sizes, turn, (text) => {
        this.progress(text)
      })
    }
  }

  /** Started anew and stopped after it, as the peers are. */
  async #turn(sources: Sources, sizes: Sizes): Promise<PeerRow> {
    const server = await this.#open(sources, TURN_WARM_UP)
    const { burstPerSecond, alone } = await round(server, sizes)
    await server.stop()
    const { deliverP50Ms: aloneP50Ms, deliverP99Ms: aloneP99Ms, acceptP50Ms } = alone
    return { system: APP, burstPerSecond, aloneP50Ms, aloneP99Ms, acceptP50Ms }
  }

  async #compare(ours: Server): Promise<void> {
    const { against, runs, burst: size, cells } = this.#options
    const rivals: Contender[] = []
    if (against.includes("floor")) rivals.push(await this.#open(floor(cells)))
    if (against.includes("workflows")) rivals.push(await this.#open(workflows()))
    if (against.includes("restate")) rivals.push(...(await this.#openRestate()))
    for (let number = 1; number <= runs; number++) {
      for (const server of [ours, ...rivals]) {
        const share = server.name === "workflows" ? WORKFLOWS_SHARE : 1
        const found = await round(server, sizesOf(size, share))
        ;(this.results.compare[server.name] ??= []).push(found)
        const latency = `delivered p50 ${String(Math.round(found.alone.deliverP50Ms))} ms at 1`
        const rate = `${String(Math.round(found.burstPerSecond))} orders/s`
        this.progress(`round ${String(number)} of ${String(runs)}, ${server.name}: ${rate}, ${latency}`)
      }
      const base = rivals.find(({ name }) => name === "floor")
      if (base === undefined) continue
      const found = await acceptance(ours, base)
      ;(this.results.acceptance ??= []).push(found)
      const [order, commit] = [found.orderP50Ms, found.commitP50Ms].map(digits)
      this.progress(`round ${String(number)} of ${String(runs)}: 201 after ${order} ms, one commit ${commit} ms`)
    }
    for (const server of rivals) await server.stop()
  }

  async #growth(sources: Sources, orders: number): Promise<void> {
    const server = await this.#open(sources)
    this.results.growth = await growth(server, orders, (text) => {
      this.progress(text)
    })
    await server.stop()
  }

  write(): void {
    const { out } = this.#options
    mkdirSync(out, { recursive: true })
    const page = markdown(this.results)
    writeFileSync(join(out, "results.json"), `${JSON.stringify(this.results, null, 2)}\n`)
    writeFileSync(join(out, "results.md"), page)
    for (const [name, chart] of Object.entries(charts(this.results))) writeFileSync(join(out, `${name}.svg`), chart)
    console.log(page)
    this.progress(`results.json, results.md and charts are in ${out}`)
  }

  async close(): Promise<void> {
    for (const server of this.#servers) await server.stop()
    rmSync(this.#temporary, { recursive: true, force: true, maxRetries: 5 })
  }
}

function sizesOf(burst: number, share: number): Sizes {
  return { burst: Math.ceil(burst * share), alone: 100, sixteen: Math.ceil(400 * share) }
}

function charts({ compare, growth: stretches }: Results): Record<string, string> {
  const all = Object.entries(compare)
  const found: Record<string, string> = {}
  if (all.length > 0) {
    const rates = all.map(([name, rounds]) => ({ name, samples: rounds.map((each) => each.burstPerSecond) }))
    const times = all.map(([name, rounds]) => ({ name, samples: rounds.map(({ alone }) => alone.deliverP50Ms) }))
    const busy = all.map(([name, rounds]) => ({ name, samples: rounds.map(({ sixteen }) => sixteen.deliverP50Ms) }))
    found["burst"] = bars("Burst", "orders/s", rates)
    found["alone"] = bars("POST to delivered, one in flight, p50", "ms", times)
    found["sixteen"] = bars("POST to delivered, sixteen in flight, p50", "ms", busy)
  }
  if (stretches !== undefined) {
    found["growth-cpu"] = lineChart(
      "CPU per order",
      "ms",
      stretches.map((each) => ({ x: each.orders, y: each.cpuMs })),
    )
    found["growth-memory"] = lineChart(
      "Memory",
      "MB",
      stretches.map((each) => ({ x: each.orders, y: each.memoryMb })),
    )
    found["growth-heap"] = lineChart(
      "Alive in the heap",
      "MB",
      stretches.map((each) => ({ x: each.orders, y: each.heapMb })),
    )
  }
  return found
}

const run = new Run(readOptions(process.argv.slice(2)))
// The servers are in groups of their own, so whoever stops this process does not stop them.
for (const name of ["SIGINT", "SIGTERM"] as const)
  process.once(name, () => void run.close().then(() => process.exit(1)))
try {
  await run.all()
} finally {
  // What was measured stands, whatever came of the rest.
  run.write()
  await run.close()
}
process.exit(0)
