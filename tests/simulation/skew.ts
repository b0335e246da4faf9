/**
 * What holds while an older and a newer build share objects and queues, and how much of it has been seen.
 *
 * V1  An event of a version that its reader doesn't know waits for as long as a deployment may take, and is parked then,
 *     no sooner; a build that knows it takes it meanwhile.
 * V2  Once the newer build is everywhere, nothing waits for it any more.
 */
import type { LogLine } from "../../choreography/platform.ts"
import { address } from "../../choreography/address.ts"
import type { Write } from "./platform/disk.ts"
import type { Host } from "./platform/host.ts"
import { Violation, type World } from "./platform/world.ts"
import { threadOf, threadsOf } from "./rows.ts"

/** What the letter of an event says that its reader was too old for. */
export const TOO_NEW = /^version \d+ is newer/
/** A clock that jumps in between. */
const JUMP_MS_MAX = 4 * 60_000

export class Skew {
  readonly seen = new Map<string, number>()
  readonly #world: World
  /** Since when a reader waits, by reader and position. */
  readonly #since = new Map<string, number>()

  constructor(world: World) {
    this.#world = world
  }

  committed(host: Host, writes: readonly Write[]): void {
    if (!this.#world.areMixed) return
    for (const { table, key } of writes) {
      const thread = table === "threads" ? threadOf(host, key) : null
      for (const { newerSince, upTo } of Object.values(thread?.ins ?? {})) {
        const slot = `${address(host.service.name, key)} ${upTo + 1}`
        if (newerSince === undefined || this.#since.has(slot)) continue
        this.#since.set(slot, newerSince)
        this.#count(`${host.service.name} waits for a newer build`)
      }
    }
  }

  logged(host: Host, line: LogLine): void {
    if (line.message !== "parked" || !TOO_NEW.test(String(line["reason"]))) return
    this.#count("too new, and parked")
    const since = this.#since.get(`${String(line["target"])} ${String(line["position"])}`)
    const patience = this.#world.options.settings.versionWaitMs - JUMP_MS_MAX
    if (this.#world.isRestored || (since !== undefined && host.now() - since >= patience)) return
    throw new Violation("V1", `${host.label} has parked ${String(line["event"])} as too new, since ${since ?? "never"}`)
  }

  check(): void {
    for (const host of this.#world.hosts) {
      for (const [key, { ins }] of threadsOf(host)) {
        const waits = Object.values(ins).some(({ newerSince }) => newerSince !== undefined)
        if (waits) throw new Violation("V2", `${host.label} ${key} still waits for a newer build`)
      }
    }
  }

  #count(what: string): void {
    this.seen.set(what, (this.seen.get(what) ?? 0) + 1)
  }
}
