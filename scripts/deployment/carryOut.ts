/**
 * Carries out a plan, step by step, and says what it does.
 *
 * 1. The first step that fails ends it. What was done stays done, and the next plan begins there.
 * 2. Secrets reach wrangler in a file that only its owner can read, for as long as that one step takes.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { z } from "zod"
import type { Plan, Step } from "./plan.ts"
import { complaint, type Wrangler } from "./wrangler.ts"

export type Say = (line: string) => void

const deployedSchema = z.looseObject({ type: z.literal("deploy"), targets: z.array(z.string()).nullish() })

/** The command, as one would type it. */
function typed({ wrangler, secrets = [] }: Step): string {
  return [
    "npx",
    "wrangler",
    ...wrangler,
    ...(secrets.length > 0 ? ["--secrets-file", `<${secrets.join(", ")}>`] : []),
  ].join(" ")
}

export function show({ problems, steps, there }: Plan, say: Say): void {
  for (const each of there) say(`  there     ${each}`)
  for (const step of steps) say(`  to do     ${typed(step)}`)
  for (const problem of problems) say(`  problem   ${problem}`)
}

/** Answers the addresses at which the worker now answers, if a step deployed one. */
export async function carryOut(
  { steps }: Plan,
  wrangler: Wrangler,
  secrets: Readonly<Record<string, string>>,
  say: Say,
): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), "deployment-"))
  const output = join(folder, "output.ndjson")
  try {
    for (const step of steps) {
      say(`  ${step.says}`)
      const ended = await wrangler([...step.wrangler, ...secretsFile(step, secrets, folder)], {
        WRANGLER_OUTPUT_FILE_PATH: output,
      })
      if (ended.code !== 0) throw new Error(`could not ${step.says}:\n${complaint(ended)}\n${AGAIN}`)
    }
    return targetsIn(output)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const AGAIN = "What was done so far stays. Once this is put right, the same command goes on from here."

function secretsFile(step: Step, secrets: Readonly<Record<string, string>>, folder: string): readonly string[] {
  if (step.secrets === undefined) return []
  const path = join(folder, "secrets.json")
  const chosen = Object.fromEntries(step.secrets.map((name) => [name, secrets[name] ?? ""]))
  writeFileSync(path, JSON.stringify(chosen), { mode: 0o600 })
  return ["--secrets-file", path]
}

/** Wrangler writes down what it did, a line of JSON each. */
function targetsIn(output: string): readonly string[] {
  if (!existsSync(output)) return []
  const lines = readFileSync(output, "utf8").split("\n")
  return lines.flatMap((line) => {
    const read = deployedSchema.safeParse(line === "" ? null : JSON.parse(line))
    return read.success ? (read.data.targets ?? []).filter((target) => target.startsWith("https://")) : []
  })
}
