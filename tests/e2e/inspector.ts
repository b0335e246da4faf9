/** The inspector that `wrangler dev` opens on the process that runs the code. */
import { pause } from "./chance.ts"

export interface Inspector {
  /** Answers the result of a command of its protocol, empty where it has none. */
  readonly ask: (method: string, params?: object) => Promise<object>
  readonly close: () => void
}

interface Reply {
  readonly id?: number
  readonly result?: object
}

export async function inspect(port: number): Promise<Inspector> {
  const socket = await connect(port)
  const waiting = new Map<number, (result: object) => void>()
  let last = 0
  socket.addEventListener("message", ({ data }) => {
    // As the inspector's protocol has it.
    const { id, result = {} } = JSON.parse(String(data)) as Reply
    if (id !== undefined) waiting.get(id)?.(result)
  })
  return {
    ask: (method, params = {}) => {
      const id = ++last
      socket.send(JSON.stringify({ id, method, params }))
      return new Promise((resolve) => waiting.set(id, resolve))
    },
    close: () => {
      socket.close()
    },
  }
}

async function connect(port: number): Promise<WebSocket> {
  const base = `127.0.0.1:${String(port)}`
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

/** By then the last news and receipts are where they belong, and the platform has sent the idle objects to sleep. */
const ASLEEP_MS = 15_000

/**
 * Bytes that are alive in the heap of the code, once nothing is under way there, and what nobody needs any more has
 * been collected. The process has much more: the local simulators of queues and all, garbage, pages of databases.
 */
export async function liveHeapAtRest(port: number): Promise<number> {
  await pause(ASLEEP_MS)
  const inspector = await inspect(port)
  await inspector.ask("HeapProfiler.enable")
  await inspector.ask("HeapProfiler.collectGarbage")
  // As the inspector's protocol has it.
  const { usedSize = Number.NaN } = (await inspector.ask("Runtime.getHeapUsage")) as { readonly usedSize?: number }
  inspector.close()
  return usedSize
}
