/**
 * How often one caller, and one address, may come by in a minute.
 *
 * 1. Each isolate counts for itself and goes by the variable: whoever pays for a minute at once waits for the next.
 * 2. Where the platform's own counters are bound they have a say too: they see all isolates of a location. Should they
 *    fail, the isolate's count stands alone.
 * 3. What is remembered is bounded: the one who came least recently is forgotten first, which only ever lets more in.
 */
import type { MiddlewareHandler } from "hono"
import type { Caller } from "./auth.ts"
import type { Edge, Shop } from "./edge.ts"
import { reasonOf } from "./outside.ts"
import { Problem } from "./problem.ts"

/** The platform's counter, as its binding has it. */
export interface RateGate {
  limit(asked: { readonly key: string }): Promise<{ readonly success: boolean }>
}

export interface RateGates {
  readonly caller: RateGate
  readonly address: RateGate
}

const MINUTE_MS = 60_000
/** Whom one isolate remembers: a few hundred bytes each. */
const KEYS_MAX = 10_000
/** Groups of an IPv6 address that name its network: 64 bits. */
const NETWORK_GROUPS = 4
/** The platform tells no time; by then a good part of its minute is over. */
const GATE_SECONDS = 10

interface Bucket {
  readonly left: number
  readonly at: number
}

export class Meter {
  readonly #max: number
  readonly #buckets = new Map<string, Bucket>()

  constructor(max: number) {
    this.#max = max
  }

  get size(): number {
    return this.#buckets.size
  }

  /** 0 when it is let in, else the seconds after which it would be. */
  pass(key: string, now: number): number {
    const { left, at } = this.#buckets.get(key) ?? { left: this.#max, at: now }
    const perMs = this.#max / MINUTE_MS
    const filled = Math.min(this.#max, left + Math.max(0, now - at) * perMs)
    const isIn = filled >= 1
    this.#buckets.delete(key)
    this.#buckets.set(key, { left: isIn ? filled - 1 : filled, at: now })
    if (this.#buckets.size > KEYS_MAX) this.#forgetOldest()
    return isIn ? 0 : Math.ceil((1 - filled) / perMs / 1_000)
  }

  #forgetOldest(): void {
    const oldest = this.#buckets.keys().next()
    if (oldest.done !== true) this.#buckets.delete(oldest.value)
  }
}

/** Before anyone is asked who they are: made-up tokens are calls as well. */
export function addressRate(shop: Shop): MiddlewareHandler<Edge> {
  const check = rate(shop, shop.settings.addressRateMax, shop.services.gates?.address)
  if (check === null) return passing
  return async (c, next) => {
    const address = c.req.header("cf-connecting-ip")
    if (address !== undefined) await check(networkOf(address))
    return next()
  }
}

export function callerRate(shop: Shop): MiddlewareHandler<Edge> {
  const check = rate(shop, shop.settings.callerRateMax, shop.services.gates?.caller)
  if (check === null) return passing
  return async (c, next) => {
    const { role, sub }: Caller = c.get("caller")
    // Nobody was asked for what is public; their addresses are counted.
    if (sub !== "") await check(`${role} ${sub}`)
    return next()
  }
}

const passing: MiddlewareHandler<Edge> = (_c, next) => next()

/** Null where nobody counts. */
function rate(shop: Shop, max: number, gate: RateGate | undefined): ((key: string) => Promise<void>) | null {
  if (max === 0) return null
  const meter = new Meter(max)
  return async (key) => {
    const seconds = meter.pass(key, shop.outside.now())
    if (seconds > 0) throw tooMany(seconds)
    if (gate !== undefined && !(await admits(shop, gate, key))) throw tooMany(GATE_SECONDS)
  }
}

async function admits({ outside }: Shop, gate: RateGate, key: string): Promise<boolean> {
  try {
    return (await gate.limit({ key })).success
  } catch (error) {
    outside.log({ level: "warn", message: "the platform's rate limit does not answer", error: reasonOf(error) })
    return true
  }
}

/** Whoever has one address of IPv6 has 2^64 of them: the network is what counts. */
function networkOf(address: string): string {
  if (!address.includes(":")) return address
  const [before = ""] = address.split("::")
  return [...before.split(":"), "", "", "", ""].slice(0, NETWORK_GROUPS).join(":")
}

function tooMany(seconds: number): Problem {
  return new Problem("too_many_requests", "You come by too often.", { headers: { "Retry-After": String(seconds) } })
}
