/**
 * `Idempotency-Key`: the same key and the same body give the stored answer again.
 *
 * 1. The claim holds the order's id before the order exists, so whoever completes it completes the same order.
 * 2. What is refused before anything was placed frees the key. Once placing was tried its outcome may be unknown, so the
 *    claim is kept: a twin completes it when its lease is over. Only an order that was put off surely isn't there.
 * 3. Only a 201 is stored, and the first one: every caller gets its very bytes.
 */
import { claimKey } from "../domain/customer.ts"
import { call } from "./calls.ts"
import type { Context } from "./edge.ts"
import { canonical } from "./json.ts"
import { reasonOf } from "./outside.ts"
import { invalid, Problem } from "./problem.ts"

const KEY_LENGTH_MAX = 255
const RETRY_RUNNING_SECONDS = "1"

/** An order's answer. */
export interface Answered {
  /** Its body, as it is sent. */
  readonly text: string
  /** The order's version, as the body says. */
  readonly version: number
}

export interface Placed extends Answered {
  readonly orderId: string
  readonly isReplay: boolean
}

export interface Work<Order> {
  /** Everything that may be refused. */
  readonly prepare: (orderId: string) => Promise<Order>
  readonly place: (order: Order) => Promise<Answered>
}

/** A bare token or a quoted string; null without the header. */
export function idempotencyKeyOf(header: string | undefined): string | null {
  if (header === undefined) return null
  const quoted = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/.exec(header)?.[1]?.replace(/\\(.)/g, "$1")
  const key = quoted ?? (/^[\x21\x23-\x2b\x2d-\x7e]+$/.test(header) ? header : "")
  if (key.length < 1 || key.length > KEY_LENGTH_MAX) {
    throw invalid("Idempotency-Key", `must be a token or a quoted string of 1 to ${KEY_LENGTH_MAX} characters`)
  }
  return key
}

export async function once<Order>(
  c: Context,
  claimed: { readonly customerId: string; readonly key: string; readonly body: unknown; readonly orderId: string },
  work: Work<Order>,
): Promise<Placed> {
  const { services, settings } = c.get("shop")
  const [keyHash, bodyHash] = await Promise.all([sha256(claimed.key), sha256(canonical(claimed.body))])
  const key = claimKey(claimed.customerId, keyHash)
  const { idempotencyLeaseMs: leaseMs, idempotencyLifeMs: lifeMs } = settings
  const request = { bodyHash, orderId: claimed.orderId, leaseMs, lifeMs }
  const claim = await call(c, (trace) => services.customers.ask(key, "claim", request, trace))
  switch (claim.outcome) {
    case "replay":
      return { orderId: claim.orderId, ...stored(claim.body), isReplay: true }
    case "running":
      throw new Problem("idempotency_running", "Its answer will be there in a moment.", {
        headers: { "Retry-After": RETRY_RUNNING_SECONDS },
      })
    case "mismatch":
      throw new Problem("idempotency_mismatch", "Use a new key for another order.")
    case "claimed":
      return complete(c, key, claim.orderId, work)
  }
}

async function complete<Order>(c: Context, key: string, orderId: string, work: Work<Order>): Promise<Placed> {
  const { customers } = c.get("shop").services
  let body: string
  let isTried = false
  try {
    const order = await work.prepare(orderId)
    isTried = true
    body = (await work.place(order)).text
  } catch (error) {
    if (!isTried || isPutOff(error)) await free(c, key, orderId)
    throw error
  }
  const answer = { orderId, status: 201, body }
  const text = await call(c, (trace) => customers.ask(key, "complete", answer, trace))
  return { orderId, ...stored(text), isReplay: false }
}

function stored(text: string): Answered {
  // Rendered in this or an earlier request.
  const { version } = JSON.parse(text) as { version: number }
  return { text, version }
}

async function free(c: Context, key: string, orderId: string): Promise<void> {
  const { services, outside } = c.get("shop")
  try {
    await call(c, (trace) => services.customers.ask(key, "free", { orderId }, trace))
  } catch (error) {
    // The key is free once the lease is over, and the caller hears of its own mistake rather than of this.
    outside.log({ level: "warn", message: "an idempotency key stays claimed", error: reasonOf(error) })
  }
}

/** The one refusal that is certain although placing was tried. */
function isPutOff(error: unknown): boolean {
  return error instanceof Problem && error.code === "backlogged"
}

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("")
}
