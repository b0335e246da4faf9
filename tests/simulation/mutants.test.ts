/** Each defence switched off must be noticed: what no mutant can break, nobody has proven. */
import { afterAll, describe, expect, test } from "vitest"
import { noFaults } from "./platform/faults.ts"
import { engineMutants } from "./mutants/engineTable.ts"
import { explainingMutants } from "./mutants/explaining.ts"
import { type Mutant, mutated } from "./mutants/mutant.ts"
import { rewindingMutants } from "./mutants/rewinding.ts"
import { shopMutants } from "./mutants/shop.ts"
import { runHistory } from "./run.ts"
import { scenarios } from "./scenarios.ts"
import { claimOf } from "./shrink.ts"
import { count, emptyTally, shortfalls } from "./tally.ts"

const SEEDS_MAX = 120
const SAGAS = 5
const mutants = [...engineMutants, ...shopMutants, ...explainingMutants, ...rewindingMutants]

interface Caught {
  readonly seeds: number
  readonly claim: string
}

describe("mutants", () => {
  test("there are at least thirty of them, each with a name of its own", () => {
    expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length)
    expect(mutants.length).toBeGreaterThanOrEqual(30)
  })

  const rows: string[] = []

  test.each(mutants)("$name is caught within a bounded number of histories", async (mutant) => {
    const caught = await hunt(mutant)
    const claim = (caught?.claim ?? "MISSED").slice(0, 8).padEnd(9)
    rows.push(`${mutant.name.padEnd(26)} ${claim} ${String(caught?.seeds ?? "-").padStart(3)}  ${mutant.without}`)
    expect(caught).not.toBeNull()
  })

  afterAll(() => {
    console.log(`${"mutant".padEnd(26)} claim     seeds  without\n${rows.join("\n")}`)
  })
})

async function hunt(mutant: Mutant): Promise<Caught | null> {
  const scenario = scenarios[mutant.scenario]
  if (scenario === undefined) throw new Error(`there is no scenario ${mutant.scenario}`)
  const plan = { ...noFaults, budget: Infinity, switches: new Set(mutant.faults) }
  const undo = mutant.patch?.()
  const tally = emptyTally()
  try {
    for (let seed = 1; seed <= (mutant.seeds ?? SEEDS_MAX); seed++) {
      const result = await runHistory(mutated(scenario, mutant), { seed, sagas: SAGAS, plan, readable: false })
      if (result.violation !== null) return { seeds: seed, claim: claimOf(result) }
      count(tally, result)
    }
    // Nothing is wrong in a world where nothing happens: that is what the minimum of each ending is for.
    return shortfalls(tally, plan.switches, scenario).length > 0 ? { seeds: SEEDS_MAX, claim: "endings" } : null
  } finally {
    undo?.()
  }
}
