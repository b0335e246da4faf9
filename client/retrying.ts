/**
 * A fetch that asks again, where asking again is right.
 *
 * 1. What may have had an effect is never repeated blindly: a POST only with an `Idempotency-Key`, or when it was refused
 *    unheard (429). Reading, and cancelling, are harmless to repeat. Placing an order gets a key if it has none.
 * 2. It waits as long as it is told by `Retry-After`, else ever longer, with jitter; never beyond its patience.
 * 3. What can't be repeated, or has been often enough, is thrown: a `ProblemError`, or the failure of the network.
 */
import { isTransient, problemOf, retryAfterOf, type ProblemError } from "./problemError.ts"

/** What the client takes from outside; a test hands in its own. */
export interface Outside {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  readonly sleep: (ms: number) => Promise<void>
  readonly now: () => number
  /** In [0, 1). */
  readonly random: () => number
  readonly newKey: () => string
}

export interface Patience {
  /** Tries of one request, the first included. */
  readonly triesMax: number
  /** After which no further try is begun. */
  readonly patienceMs: number
  /** Of one try. */
  readonly timeoutMs: number
}

export const outside: Outside = {
  fetch: (url, init) => fetch(url, init),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  now: () => Date.now(),
  random: () => Math.random(),
  newKey: () => crypto.randomUUID(),
}

export const PATIENCE: Patience = { triesMax: 6, patienceMs: 30_000, timeoutMs: 10_000 }

const BACKOFF_MS = 100
const BACKOFF_MAX_MS = 5_000
const KEY = "Idempotency-Key"

type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/** Answers only what is not refused: 2xx and 304. */
export function retrying(patience: Patience = PATIENCE, around: Outside = outside): Fetch {
  return async (input, init = {}) => {
    const url = input instanceof Request ? input.url : String(input)
    const method = (init.method ?? "GET").toUpperCase()
    const headers = new Headers(init.headers)
    if (isPlacing(method, url) && !headers.has(KEY)) headers.set(KEY, around.newKey())
    const isRepeatable = isHarmless(method) || headers.has(KEY)
    const end = around.now() + patience.patienceMs
    for (let tries = 1; ; tries++) {
      const outcome = await attempt(around, url, { ...init, headers }, patience.timeoutMs)
      if (outcome.isDone) return outcome.response
      const waitMs = outcome.retryAfterMs ?? backoffMs(tries, around.random)
      const isOver = tries >= patience.triesMax || around.now() + waitMs > end || init.signal?.aborted === true
      if (isOver || !(outcome.isUnheard || (isRepeatable && outcome.isTransient))) throw outcome.error
      await around.sleep(waitMs)
    }
  }
}

type Outcome =
  | { readonly isDone: true; readonly response: Response }
  | {
      readonly isDone: false
      readonly error: unknown
      readonly retryAfterMs: number | null
      /** It may succeed later. */
      readonly isTransient: boolean
      /** It surely had no effect. */
      readonly isUnheard: boolean
    }

async function attempt(around: Outside, url: string, init: RequestInit, timeoutMs: number): Promise<Outcome> {
  const timeout = AbortSignal.timeout(timeoutMs)
  const signal = init.signal ? AbortSignal.any([init.signal, timeout]) : timeout
  try {
    const response = await around.fetch(url, { ...init, signal })
    if (response.ok || response.status === 304) return { isDone: true, response: await whole(response) }
    return refused(await problemOf(response), retryAfterOf(response))
  } catch (error) {
    return { isDone: false, error, retryAfterMs: null, isTransient: true, isUnheard: false }
  }
}

/** An answer that breaks off half-way is none: it is read to its end while it can still be asked for again. */
async function whole(response: Response): Promise<Response> {
  const body = await response.arrayBuffer()
  const { status, statusText, headers } = response
  return new Response(body.byteLength === 0 ? null : body, { status, statusText, headers })
}

function refused(error: ProblemError, retryAfterMs: number | null): Outcome {
  const isUnheard = error.status === 429 || error.code === "backlogged"
  return { isDone: false, error, retryAfterMs, isTransient: error.retryable || isTransient(error.status), isUnheard }
}

function isPlacing(method: string, url: string): boolean {
  return method === "POST" && new URL(url).pathname.endsWith("/orders")
}

function isHarmless(method: string): boolean {
  return method === "GET" || method === "HEAD" || method === "DELETE"
}

/** Between half of the step and all of it, so that those who were refused together don't come back together. */
function backoffMs(tries: number, random: () => number): number {
  const step = Math.min(BACKOFF_MAX_MS, BACKOFF_MS * 2 ** (tries - 1))
  return Math.round(step * (0.5 + random() / 2))
}
