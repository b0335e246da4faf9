/**
 * The monitor's own rounds, instead of a stand-in's: in some histories they are all that finds an alarm which is lost,
 * the monitor's own included, and somebody has documents and figures made anew while orders are under way.
 *
 * F11  At the end its last round is young, has reached every cell, and what it found parked is what lies in them.
 */
import type { Performer } from "../../../choreography/service.ts"
import type { Watch } from "../../../domain/monitor/views.ts"
import { MONITOR_CELL, SWEEP } from "../../../domain/placement.ts"
import type { Settings } from "../../../domain/settings.ts"
import { monitorPerformers, type WatchedCell } from "../../../objects/monitor/performers.ts"
import type { SweepState } from "../../../objects/monitor/shape.ts"
import { startRounds } from "../../../objects/monitor/start.ts"
import { insist } from "../client.ts"
import { Violation, type World } from "../platform/world.ts"
import type { Acts } from "./acts.ts"
import { threadIn } from "./circle.ts"

const MINUTE = 60_000
const WATCHED_RATE = 0.25
const REBUILT_RATE = 0.3
/** Rounds of the shop are gone every minute; fewer of them find the same. */
export const ROUND_EVERY_MS = 10 * MINUTE
const SCHEDULE_EVERY_MS = 5 * MINUTE
/** A round, and what it takes to find out that its alarm was lost. */
const YOUNG_MS = 2 * ROUND_EVERY_MS + SCHEDULE_EVERY_MS
const LONG_MS = 40 * 24 * 3_600_000

interface Pace {
  sweepEveryMs: number
}

export class Rounds {
  readonly isWatched: boolean
  readonly performers: Readonly<Record<string, Performer>>
  readonly #world: World
  readonly #acts: Acts
  #rests = false

  constructor(world: World, acts: Acts) {
    this.#world = world
    this.#acts = acts
    this.isWatched = world.random.chance(WATCHED_RATE)
    world.sweep.isOn = !this.isWatched
    const { registry, options } = world
    this.performers = monitorPerformers({
      // The scenario's own settings.
      ...{ registry, settings: options.serviceSettings as Settings, analytics: null },
      tell: { alertUrl: null, alertSecret: null },
      cells: () => this.#cells(),
      locate: (service, cell) => this.#door(service, cell),
      now: () => world.agenda.now,
      fetch: () => Promise.reject(new Error("there is nobody to tell")),
      log: () => undefined,
    })
  }

  start(): void {
    if (!this.isWatched) return
    const { agenda, random } = this.#world
    this.#schedule()
    if (random.chance(REBUILT_RATE)) {
      agenda.after(random.between(0, 40 * MINUTE), "figures are made anew", () => void this.#rebuild())
    }
  }

  /** As the platform's schedule does: once, whether or not anybody is reached. */
  #schedule(): void {
    if (this.#rests) return
    startRounds(this.#door("Monitor", MONITOR_CELL)).catch(() => undefined)
    const { agenda } = this.#world
    agenda.after(SCHEDULE_EVERY_MS, "the schedule", () => {
      this.#schedule()
    })
  }

  async #rebuild(): Promise<void> {
    try {
      await insist(this.#world, "Monitor", SWEEP, "rebuild", null)
      this.#acts.did("figures made anew")
    } catch (error) {
      this.#world.failed("a rebuild", error)
    }
  }

  #cells(): { readonly service: string; readonly cell: string }[] {
    const names = this.#world.options.services.map(({ name }) => name)
    return names.flatMap((service) =>
      this.#world
        .placementOf(service)
        .cells()
        .map((cell) => ({ service, cell })),
    )
  }

  /** What crosses it is copied, as between isolates. */
  #door(service: string, cell: string): WatchedCell {
    const world = this.#world
    return {
      poke: () => world.sweep.poke(service, cell),
      vitals: async () => structuredClone(await world.call(service, cell, "vitals", (target) => target.vitals())),
      ask: async (key, name, input, trace) => {
        const sent = structuredClone(input)
        const asked = world.call(service, cell, `ask ${name}`, (target) => target.ask(key, name, sent, trace))
        return structuredClone(await asked)
      },
    }
  }

  #state(): SweepState | null {
    // Kept under this key by the rounds alone.
    return (threadIn(this.#world, "Monitor", SWEEP)?.state ?? null) as SweepState | null
  }

  /** Rounds for nobody: one more, and then none for longer than the last straggler takes. */
  rest(): void {
    if (!this.isWatched) return
    this.#check()
    this.#rests = true
    this.#world.host("Monitor", MONITOR_CELL).isIdle = true
    // Made for this history alone.
    const pace = this.#world.options.serviceSettings as Pace
    pace.sweepEveryMs = LONG_MS
  }

  /** Figures that could not be made anew are what was heard since. */
  get isIncomplete(): boolean {
    const rebuilding = this.#state()?.rebuilding ?? null
    return rebuilding !== null && (rebuilding.endedAt === null || rebuilding.failure !== null)
  }

  #check(): void {
    const { roundAt = null, latest = null }: Partial<Watch> = this.#state() ?? {}
    const { now } = this.#world.agenda
    if (roundAt === null || latest === null || now - roundAt > YOUNG_MS)
      throw new Violation("F11", `the last round was at ${roundAt ?? "no time"}, it is ${now}`)
    if (latest.silent > 0) throw new Violation("F11", `${latest.silent} cells were not reached in peace`)
    let letters = 0
    for (const { disk } of this.#world.hosts) letters += disk.all("SELECT id FROM letters WHERE settled IS NULL").length
    if (latest.parked !== letters)
      throw new Violation("F11", `${letters} letters, the round has found ${latest.parked}`)
  }
}
