/**
 * One order against what was deployed: placed, then cancelled, so that no goods are missing and no money is kept after it,
 * however often it is done. One that left before it could be cancelled is delivered, which is as good.
 */
import { randomUUID } from "node:crypto"
import { z } from "zod"

/** A new address takes a while until it answers everywhere. */
const ANSWERS_TRIES_MAX = 60
const ENDS_TRIES_MAX = 90
const PAUSE_MS = 1_000
const REQUEST_TIMEOUT_MS = 10_000
/** How far the order may get before it is cancelled: to where it is paid. */
const PAID_TRIES_MAX = 20

const order = z.looseObject({ id: z.string(), status: z.string() })
const books = z.looseObject({ balanced: z.boolean() })

const wanted = {
  customerId: "cust_smoke",
  items: [{ sku: "WIDGET-001", quantity: 1, price: 29.99 }],
  shippingAddress: { street: "1 Main St", city: "Springfield", state: "IL", zip: "62701", country: "US" },
}

export type Pause = (milliseconds: number) => Promise<void>

const waitFor: Pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** Whether it answers, and that its settings make sense. */
export async function answers(url: string, pause: Pause = waitFor): Promise<void> {
  let last = "no answer"
  for (let tries = 0; tries < ANSWERS_TRIES_MAX; tries++) {
    try {
      const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) })
      if (answer.ok) return
      last = `${answer.status} ${await answer.text()}`
    } catch (error) {
      last = String(error)
    }
    await pause(PAUSE_MS)
  }
  throw new Error(`${url}/health: ${last}`)
}

/** Who may place and cancel, and who may look into the books. */
export interface Tokens {
  readonly service: string
  readonly operator: string
}

/** Answers how the order ended. */
export async function smoke(url: string, tokens: Tokens, pause: Pause = waitFor): Promise<string> {
  const call = caller(url, tokens.service)
  const placed = order.parse(await call("POST", "/orders", wanted))
  await until(() => call("GET", `/orders/${placed.id}`), isBeyondPending, PAID_TRIES_MAX, pause)
  await call("DELETE", `/orders/${placed.id}`, { reason: "a smoke test" }, [409])
  const ended = await until(() => call("GET", `/orders/${placed.id}`), isFinal, ENDS_TRIES_MAX, pause)
  if (ended === null)
    throw new Error(`order ${placed.id} has not ended: ${url}/orders/${placed.id}/why says what it waits for`)
  const look = caller(url, tokens.operator)
  if (!books.parse(await look("GET", `/orders/${placed.id}/books`)).balanced) {
    throw new Error(`the books of order ${placed.id} do not balance`)
  }
  return `${placed.id} is ${ended.status}, and its books balance`
}

type Call = (method: string, path: string, body?: unknown, alsoGood?: readonly number[]) => Promise<unknown>

function caller(url: string, token: string): Call {
  return async (method, path, body, alsoGood = []) => {
    const headers: Record<string, string> = { Authorization: `Bearer ${token}`, "Idempotency-Key": randomUUID() }
    const init: RequestInit = { method, headers, signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) }
    if (body !== undefined) {
      headers["Content-Type"] = "application/json"
      init.body = JSON.stringify(body)
    }
    const answer = await fetch(url + path, init)
    const text = await answer.text()
    if (answer.ok || alsoGood.includes(answer.status)) {
      const body: unknown = JSON.parse(text)
      return body
    }
    if (answer.status === 401)
      throw new Error("the deployed worker does not take the token: is this the JWT_SECRET it has?")
    throw new Error(`${method} ${path}: ${answer.status} ${text}`)
  }
}

async function until(
  read: () => Promise<unknown>,
  isThere: (status: string) => boolean,
  tries: number,
  pause: Pause,
): Promise<z.output<typeof order> | null> {
  for (let left = tries; left > 0; left--) {
    const now = order.parse(await read())
    if (isThere(now.status)) return now
    await pause(PAUSE_MS)
  }
  return null
}

function isBeyondPending(status: string): boolean {
  return status !== "pending" && status !== "confirmed"
}

function isFinal(status: string): boolean {
  return status === "cancelled" || status === "delivered"
}
