/** A CPU profile of the process that runs the code, over the inspector that `wrangler dev` opens. */
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

interface Reply {
  readonly id?: number
  readonly result?: { readonly profile?: Profile }
}

const FRAMES = 10
const SAMPLE_US = 500

export async function profiled(server: Server, work: () => Promise<void>): Promise<readonly Frame[]> {
  const socket = await connect(server)
  const ask = asking(socket)
  await ask("Profiler.enable")
  await ask("Profiler.setSamplingInterval", { interval: SAMPLE_US })
  await ask("Profiler.start")
  await work()
  const { result } = await ask("Profiler.stop")
  socket.close()
  if (result?.profile === undefined) throw new Error("the inspector gave no profile")
  return top(result.profile)
}

async function connect(server: Server): Promise<WebSocket> {
  const base = `127.0.0.1:${String(server.inspector)}`
  const listing: unknown = await (await fetch(`http://${base}/json`)).json()
  const targets = listing as readonly { readonly webSocketDebuggerUrl: string }[]
  const url = targets[0]?.webSocketDebuggerUrl ?? `ws://${base}/ws`
  // Node's own WebSocket takes headers, which the types of the platform don't know; the inspector wants an origin.
  const socket = new WebSocket(url, { headers: { Origin: "http://localhost" } } as unknown as string[])
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve)
    socket.addEventListener("error", () => {
      reject(new Error("no inspector"))
    })
  })
  return socket
}

type Ask = (method: string, params?: unknown) => Promise<Reply>

function asking(socket: WebSocket): Ask {
  const waiting = new Map<number, (reply: Reply) => void>()
  let last = 0
  socket.addEventListener("message", ({ data }) => {
    const reply = JSON.parse(String(data)) as Reply
    if (reply.id !== undefined) waiting.get(reply.id)?.(reply)
  })
  return (method, params = {}) => {
    const id = ++last
    socket.send(JSON.stringify({ id, method, params }))
    return new Promise((resolve) => waiting.set(id, resolve))
  }
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
