/**
 * Cuts a failure down: fewer sagas, fewer kinds of faults, fewer faults, as long as the same claim still fails. Whatever
 * is left out changes all that comes after it, so that each cut is tried on a few seeds.
 */
import type { Fault } from "./platform/faults.ts"
import { Violation } from "./platform/world.ts"
import { type Job, type Result, runHistory } from "./run.ts"
import type { Scenario } from "./scenario.ts"

const SEEDS_TRIED = 6
/** Seeds of one job lie far apart from those of the next. */
const SEED_STEP = 2 ** 33

export async function shrink(scenario: Scenario, failed: Result): Promise<Result> {
  let best = failed
  const claim = claimOf(failed)
  const attempt = async (job: Job): Promise<boolean> => {
    for (let tries = 0; tries < SEEDS_TRIED; tries++) {
      const seed = job.seed + tries * SEED_STEP
      if (!Number.isSafeInteger(seed)) break
      const result = await runHistory(scenario, { ...job, seed, readable: false })
      if (claimOf(result) !== claim) continue
      best = result
      return true
    }
    return false
  }
  for (let sagas = 1; sagas < best.job.sagas; sagas++) if (await attempt({ ...best.job, sagas })) break
  for (const fault of [...best.job.plan.switches]) {
    const switches = new Set<Fault>([...best.job.plan.switches].filter((other) => other !== fault))
    await attempt({ ...best.job, plan: { ...best.job.plan, switches } })
  }
  best = await fewerFaults(scenario, best, claim)
  return runHistory(scenario, { ...best.job, readable: true })
}

/** The shortest prefix of faults that still fails: what comes after it is left out, what comes before is untouched. */
async function fewerFaults(scenario: Scenario, failed: Result, claim: string): Promise<Result> {
  let best = failed
  let [enough, tooFew] = [failed.faults, -1]
  while (enough - tooFew > 1) {
    const budget = Math.floor((enough + tooFew) / 2)
    const result = await runHistory(scenario, { ...best.job, plan: { ...best.job.plan, budget } })
    if (claimOf(result) === claim) [enough, best] = [budget, result]
    else tooFew = budget
  }
  for (let number = 1; number <= enough; number++) {
    const skipped = new Set([...best.job.plan.skipped, number])
    const result = await runHistory(scenario, { ...best.job, plan: { ...best.job.plan, skipped } })
    if (claimOf(result) === claim) best = result
  }
  return best
}

export function claimOf({ violation }: Result): string {
  if (violation === null) return ""
  return violation instanceof Violation ? violation.invariant : violation.message.slice(0, 60)
}

const LINES_MAX = 120

/** The failure as one reads it: what was left after cutting, and the history's last lines. */
export function trace(result: Result): string {
  const { job, violation, struck, lines } = result
  const kinds = [...struck].map(([name, times]) => `${name} × ${times}`).join(", ")
  const from = Math.max(0, lines.length - LINES_MAX)
  const earlier = lines.slice(0, from).filter((line) => line.includes("FAULT"))
  const cut = from > 0 ? [`… ${from} lines before, of which:`, ...earlier, "…"] : []
  return [
    violation?.message ?? "it holds",
    `seed ${job.seed}, ${job.sagas} sagas, faults: ${kinds || "none"}`,
    ...cut,
    ...lines.slice(from),
  ].join("\n")
}
