/** What a run has found, as it is written to `results.json`. */
import type { Acceptance, Round } from "./compare.ts"
import type { PeerRow } from "./peers.ts"
import type { Frame } from "./profile.ts"
import type { Hot, Killed, Reads, Stretch } from "./scenarios.ts"

export interface Results {
  readonly at: string
  readonly machine: string
  readonly conditions: readonly string[]
  /** By contender, in rounds. */
  compare: Record<string, Round[]>
  /** Where the floor is compared, in rounds. */
  acceptance?: Acceptance[]
  hot?: Hot
  growth?: readonly Stretch[]
  kill?: Killed
  reads?: Reads
  peers?: readonly PeerRow[]
  profile?: readonly Frame[]
}
