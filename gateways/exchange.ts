/**
 * One exchange with a service over HTTP, and what its status says about what happened there.
 *
 * 1. Only what surely did not happen is a `TransientFailure` or a `TerminalFailure`; everything else is uncertain.
 * 2. A redirect is never followed: a request that moves money goes to the address it was meant for, or nowhere.
 * 3. No answer is read beyond a bound, and none is believed before its shape has been checked.
 */
import { messageOf, TerminalFailure, TransientFailure, UncertainFailure } from "../choreography/errors.ts"
import type { Call } from "./payment.ts"

export interface HttpService {
  readonly baseUrl: string
  /** Sent as a bearer token. */
  readonly token?: string | undefined
  readonly fetch?: ((url: string, init: RequestInit) => Promise<Response>) | undefined
}

export interface Answer {
  readonly status: number
  /** Null when it is no JSON. */
  readonly body: unknown
}

/** Far more than any answer of the contract needs. */
const BODY_BYTES_MAX = 64 * 1024

/** The refusals that are business, not failure. */
const REFUSALS = [402, 409, 422]

interface Shape<Result> {
  safeParse(value: unknown): { readonly success: true; readonly data: Result } | { readonly success: false }
}

/** Asks for something to be done once under a key; answers 2xx and business refusals. */
export async function post(service: HttpService, path: string, call: Call, body: object): Promise<Answer> {
  const answer = await exchange(service, path, call, {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": call.key },
    body: JSON.stringify(body),
  })
  const { status } = answer
  if (isSuccess(status) || REFUSALS.includes(status)) return answer
  const reason = `${path} answered ${String(status)}`
  if (status === 429 || status === 503) throw new TransientFailure(reason)
  // These two say that the request was not taken in, or too early to tell; a redirect or a 5xx says nothing at all.
  if (status >= 400 && status < 500 && status !== 408 && status !== 425) throw new TerminalFailure("REJECTED", reason)
  throw new UncertainFailure(reason)
}

/** Asks what came of a key; undefined when nothing has happened under it. */
export async function find(service: HttpService, path: string, call: Call): Promise<Answer | undefined> {
  const answer = await exchange(service, `${path}/${encodeURIComponent(call.key)}`, call, { method: "GET" })
  if (answer.status === 404) return undefined
  if (answer.status === 200) return answer
  throw new UncertainFailure(`the look-up in ${path} answered ${String(answer.status)}`)
}

/** Reads what a service says it has done. If that can't be understood, nobody knows what it has done. */
export function understood<Result>(shape: Shape<Result>, { body }: Answer): Result {
  const parsed = shape.safeParse(body)
  if (parsed.success) return parsed.data
  throw new UncertainFailure("the answer is not what the contract says")
}

export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300
}

async function exchange(service: HttpService, path: string, call: Call, init: RequestInit): Promise<Answer> {
  const { baseUrl, token } = service
  const send = service.fetch ?? ((url: string, asked: RequestInit) => fetch(url, asked))
  const headers = new Headers(init.headers)
  headers.set("accept", "application/json")
  if (token !== undefined) headers.set("authorization", `Bearer ${token}`)
  if (call.traceparent !== undefined) headers.set("traceparent", call.traceparent)
  try {
    const url = `${baseUrl.replace(/\/+$/, "")}/${path}`
    const response = await send(url, { ...init, headers, redirect: "manual", signal: call.signal })
    return { status: response.status, body: await readBody(response) }
  } catch (error) {
    throw new UncertainFailure(`no answer from ${path}: ${messageOf(error)}`)
  }
}

async function readBody(response: Response): Promise<unknown> {
  const text = await readText(response)
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

async function readText(response: Response): Promise<string> {
  if (response.body === null) return ""
  const decoder = new TextDecoder()
  // The platform's types leave open what a body streams: it is bytes.
  const reader = (response.body as ReadableStream<Uint8Array>).getReader()
  let text = ""
  let bytes = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    bytes += value.byteLength
    if (bytes > BODY_BYTES_MAX) {
      await reader.cancel()
      return ""
    }
    text += decoder.decode(value, { stream: true })
  }
}
