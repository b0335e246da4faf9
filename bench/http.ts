/** A client that keeps its connections, so that connecting is not what is measured. */
import { Agent, request } from "node:http"

const SOCKETS_MAX = 256
const TIMEOUT_MS = 60_000
/** The server closes a connection that idles for five seconds: a request must not be on its way just then. */
const IDLE_MS = 3_000

export interface Answer {
  readonly status: number
  readonly text: string
}

const agent = new Agent({ keepAlive: true, maxSockets: SOCKETS_MAX, scheduling: "lifo", timeout: IDLE_MS })

export function call(
  base: string,
  method: string,
  path: string,
  body?: unknown,
  timeoutMs = TIMEOUT_MS,
): Promise<Answer> {
  const text = body === undefined ? null : JSON.stringify(body)
  const headers = text === null ? {} : { "content-type": "application/json" }
  return new Promise((resolve, reject) => {
    const sent = request(base + path, { method, agent, headers }, (answer) => {
      let received = ""
      answer.setEncoding("utf8")
      answer.on("data", (chunk: string) => (received += chunk))
      answer.on("end", () => {
        resolve({ status: answer.statusCode ?? 0, text: received })
      })
      answer.on("error", reject)
    })
    sent.on("error", reject)
    sent.setTimeout(timeoutMs, () => sent.destroy(new Error(`no answer to ${method} ${path}`)))
    sent.end(text ?? undefined)
  })
}

/** Milliseconds since the epoch, finer than the clock of a worker: both are the same machine's. */
export function clock(): number {
  return performance.timeOrigin + performance.now()
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
