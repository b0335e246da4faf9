/** A CPU profile of the process that runs the code, over the inspector that `wrangler dev` opens. */
import { inspect } from "../tests/e2e/inspector.ts"
import type { Server } from "./server.ts"

/** A function, by the time that it spent itself. */
export interface Frame {
  readonly percent: number
  readonly name: string
  readonly where: string
}

interface Node {
  readonly id: number
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
}

interface Profile {
  readonly nodes: readonly Node[]
  readonly samples: readonly number[]
}

const FRAMES = 10
const SAMPLE_US = 500

export async function profiled(server: Server, work: () => Promise<void>): Promise<readonly Frame[]> {
  const inspector = await inspect(server.inspector)
  await inspector.ask("Profiler.enable")
  await inspector.ask("Profiler.setSamplingInterval", { interval: SAMPLE_US })
  await inspector.ask("Profiler.start")
  await work()
  // As the inspector's protocol has it.
  const { profile } = (await inspector.ask("Profiler.stop")) as { readonly profile?: Profile }
  inspector.close()
  if (profile === undefined) throw new Error("the inspector gave no profile")
  return top(profile)
}

/** Idle time is left out: what is shown is where the work goes. */
function top({ nodes, samples }: Profile): readonly Frame[] {
  const hits = new Map<number, number>()
  for (const sample of samples) hits.set(sample, (hits.get(sample) ?? 0) + 1)
  const own = new Map<string, { frame: Node["callFrame"]; hits: number }>()
  for (const { id, callFrame } of nodes) {
    if (callFrame.functionName === "(idle)") continue
    const slot = `${callFrame.functionName} ${callFrame.url}:${String(callFrame.lineNumber)}`
    const known = own.get(slot) ?? { frame: callFrame, hits: 0 }
    known.hits += hits.get(id) ?? 0
    own.set(slot, known)
  }
  const all = [...own.values()]
  const total = all.reduce((sum, each) => sum + each.hits, 0)
  return all
    .sort((a, b) => b.hits - a.hits)
    .slice(0, FRAMES)
    .map(({ frame, hits: mine }) => ({
      percent: (100 * mine) / total,
      name: frame.functionName === "" ? "(anonymous)" : frame.functionName,
      where: `${frame.url.split("/").at(-1) ?? ""}:${String(frame.lineNumber + 1)}`,
    }))
}
