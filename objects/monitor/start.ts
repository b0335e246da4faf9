/** Who sees to it that the rounds are gone: the platform's schedule, and whoever asks the worker for anything first. */
import { SWEEP } from "../../domain/placement.ts"
import type { WatchedCell } from "./performers.ts"

/** Nobody goes rounds to the one who goes them: an alarm of its own that is lost is found here, or never. */
export async function startRounds(cell: Pick<WatchedCell, "poke" | "ask">): Promise<void> {
  await cell.poke()
  await cell.ask(SWEEP, "start", null, "")
}
