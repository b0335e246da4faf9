/**
 * One history: clients act while faults strike, then the faults stop, then time goes on until nothing is under way.
 *
 * 1. Every saga has come to its end an hour, at the latest, after the last fault (F9).
 *    Where an object was restored to an earlier time, only the books of the world outside are held to.
 * 2. After that the stragglers arrive, copies of thirty days ago included, and must change nothing.
 */
import type { FaultPlan } from "./platform/faults.ts"
import { Violation, World } from "./platform/world.ts"
import type { Play, Scenario } from "./scenario.ts"
import { Streams } from "./streams.ts"

export interface Job {
  readonly seed: number
  readonly sagas: number
  readonly plan: FaultPlan
  /** Keep the lines of the history. */
  readonly readable: boolean
}

export interface Result {
  readonly job: Job
  readonly hash: string
  readonly events: number
  readonly faults: number
  readonly struck: ReadonlyMap<string, number>
  readonly points: ReadonlyMap<string, number>
  readonly crashes: ReadonlyMap<string, number>
  readonly pointsReached: number
  readonly outcomes: ReadonlyMap<string, number>
  /** What people did by hand. */
  readonly acts: ReadonlyMap<string, number>
  /** Where somebody asked why a saga stands still. */
  readonly asked: ReadonlyMap<string, number>
  /** What two builds at once have led to. */
  readonly seen: ReadonlyMap<string, number>
  readonly rowsWritten: number
  readonly violation: Violation | Error | null
  readonly lines: readonly string[]
}

const MINUTE = 60_000
const SETTLED_WITHIN_MS = 60 * MINUTE
const FAULTS_LAST_MS_MAX = 45 * MINUTE
/** Far more than any history needs: a loop that goes nowhere is a finding, not a hang. */
const STEPS_MAX = 100_000

export async function runHistory(scenario: Scenario, job: Job): Promise<Result> {
  const world = new World(scenario.options(), job.seed, job.plan, job.readable)
  const play = scenario.begin(world, job.sagas)
  const streams = new Streams(world, play.observer)
  world.performers = (service) => play.performers(service)
  world.observer = streams
  let violation: Violation | Error | null = null
  try {
    play.start()
    const calmAt = world.agenda.now + world.random.between(MINUTE, FAULTS_LAST_MS_MAX)
    world.agenda.after(calmAt - world.agenda.now, "calm", () => {
      world.calm()
    })
    const settledBy = calmAt + SETTLED_WITHIN_MS
    await world.run(() => world.agenda.now >= settledBy || isRunaway(world))
    if (!world.isRestored) await settle(world, play)
    streams.check()
    play.check()
  } catch (error) {
    violation = error instanceof Error ? error : new Error(String(error))
  }
  const result = { ...resultOf(world, job, play, violation), seen: streams.seen }
  world.close()
  return result
}

async function settle(world: World, play: Play): Promise<void> {
  const unsettled = isRunaway(world) ? "it runs for ever" : play.unsettled()
  if (unsettled !== null) throw new Violation("F9", `an hour after the last fault: ${unsettled}`)
  play.rest?.()
  await world.run(() => isRunaway(world))
  if (isRunaway(world)) throw new Violation("F9", "it runs for ever")
}

function isRunaway(world: World): boolean {
  return world.steps > STEPS_MAX
}

function resultOf(world: World, job: Job, play: Play, violation: Violation | Error | null): Omit<Result, "seen"> {
  let rowsWritten = 0
  for (const host of world.hosts) rowsWritten += host.disk.rowsWritten
  return {
    job,
    hash: world.history.hash,
    events: world.history.events,
    faults: world.faults.total,
    struck: world.faults.struck,
    points: world.points,
    crashes: world.crashes,
    pointsReached: world.pointsReached,
    outcomes: play.outcomes(),
    acts: play.acts?.() ?? new Map(),
    asked: play.asked?.() ?? new Map(),
    rowsWritten,
    violation,
    lines: world.history.lines ?? [],
  }
}
