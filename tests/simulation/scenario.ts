/**
 * What a user of the simulator brings along: services, what they do, and what must hold. `docs/simulation.md` shows one.
 */
import type { Performer } from "../../choreography/service.ts"
import type { Observer, World, WorldOptions } from "./platform/world.ts"

export interface Scenario {
  readonly name: string
  /** How sagas may end; a run in which one of these is missing has proven too little. */
  readonly endings: readonly string[]
  /** Those outside speak of their own accord. */
  readonly hasWebhooks?: boolean
  /** Somebody looks after dead letters. */
  readonly hasOperator?: boolean
  /** What people do by hand; a run in which nobody did one of these has proven too little. */
  readonly acts?: readonly string[]
  /** What somebody must have asked about while it stood still: kinds of standstill, by any name. */
  readonly asks?: readonly string[]
  /** What two builds at once must have led to. */
  readonly sees?: readonly string[]
  options(): WorldOptions
  /** Called once per history, before anything happens. */
  begin(world: World, sagas: number): Play
}

export interface Play {
  performers(service: string): Readonly<Record<string, Performer>>
  readonly observer: Observer
  /** Puts what the clients will do on the agenda. */
  start(): void
  /** An hour after the last fault all is done; from here on only stragglers arrive, and what goes on for ever may rest. */
  rest?(): void
  /** Why a saga has not come to its end, or null when all have. */
  unsettled(): string | null
  /** Throws a `Violation` if anything is wrong now that nothing is under way. */
  check(): void
  /** What people did by hand, and how often. */
  acts?(): ReadonlyMap<string, number>
  /** How often somebody asked why a saga stands still: by its standstill, and by each kind of fault that had struck. */
  asked?(): ReadonlyMap<string, number>
  /** How the sagas ended. */
  outcomes(): ReadonlyMap<string, number>
}
