/**
 * Queues and clocks in a test's hand, so that the same orders cost the same in every run.
 *
 * 1. A round is one hop: what was sent in the last one is handed over, a batch per queue and 100 messages; then all that
 *    comes of it is waited for.
 * 2. A send is answered a round later. What a cell says meanwhile gathers, as it does behind a send over a network; what
 *    the cells of a batch say to it leaves together.
 * 3. What waits for company (receipts, news for those who only listen) comes when its time has come, alarms at the end.
 * 4. Chance comes from a seed, and time stands still but for a step each round.
 */
import { env } from "cloudflare:workers"
import { COMPANY_MS } from "../../../choreography/departures.ts"
import { ANSWER_FIRST_MS } from "../../../choreography/outgoing.ts"
import { network } from "../network.ts"
import { alarmOf, objects, runDueAlarms, within } from "../objects.ts"
import type { Shop } from "../world.ts"
import { meter, type Where } from "./meter.ts"

const SERVICES = ["Order", "Payment", "Inventory", "Shipping", "Customer", "Monitor"] as const
/** What one consumer is handed at most, as in the configuration of the queues. */
const BATCH_MAX = 100
/** Rounds that an order may take; more is a loop. */
const ROUNDS_MAX = 200
/** Turns of the event loop in which nothing must happen. */
const QUIET_TICKS = 6
/** So far ahead that the platform runs no alarm by itself. */
const START = Date.UTC(2100, 0, 1)
const ROUND_MS = 20
/** Longer than what orders leave behind goes on, short enough that all of a run is over before retention comes. */
const QUARTER_MS = 15 * 60_000
/** Unlike any other, so that the timers of an object are known by them. */
export const RECEIPT_DELAY_MS = 1_009
export const LISTENER_DELAY_MS = 251
const DELAYS: readonly (number | undefined)[] = [RECEIPT_DELAY_MS, LISTENER_DELAY_MS, ANSWER_FIRST_MS]
/** Times at which alarms may come after orders that met no trouble. */
const ALARMS_MAX = 50

/** For the test's own waiting. */
const untaken = globalThis.setTimeout.bind(globalThis)

interface Sent {
  readonly service: string
  readonly body: string
  /** Null: the consumer of a queue. */
  readonly from: Where | null
  readonly answer: () => void
}

interface Timer {
  readonly at: Where
  readonly due: number
  readonly body: () => void
}

export class Lockstep {
  readonly #shop: Shop
  #sent: Sent[] = []
  #timers: Timer[] = []
  /** Effects and receipts under way. */
  #open = 0
  #activity = 0
  #now = START

  constructor(shop: Shop) {
    this.#shop = shop
    this.#takeQueues()
    this.#takeTimers()
    seedChance()
    Date.now = () => this.#now
    network.hook = ({ point }) => {
      this.#activity += 1
      if (point === "effect:before" || point === "receipt:before") this.#open += 1
      if (point === "effect:after" || point === "receipt:after") this.#open -= 1
    }
  }

  #takeQueues(): void {
    for (const service of SERVICES) {
      const accept = (body: unknown): Promise<void> => {
        this.#activity += 1
        meter.message(service, body)
        const from = isCarried() ? null : meter.where
        return new Promise((answer) => {
          this.#sent.push({ service, body: String(body), from, answer: answer })
        })
      }
      const queue = {
        send: accept,
        sendBatch: async (messages: Iterable<{ readonly body: unknown }>) => {
          await Promise.all([...messages].map(({ body }) => accept(body)))
        },
      }
      Object.assign(env, { [`${service.toUpperCase()}_EVENTS`]: queue })
    }
  }

  #takeTimers(): void {
    const taken = (body: () => void, ms?: number): unknown => {
      const at = meter.where
      // The cells of a batch answer in the same round, however long that takes here.
      if (ms === COMPANY_MS) return 0
      if (ms === undefined || !DELAYS.includes(ms) || at === null) return untaken(body, ms)
      this.#timers.push({ at, due: this.#now + ms, body })
      return 0
    }
    Object.assign(globalThis, { setTimeout: taken })
  }

  /** Ids tell the time: what went before, however long it took, must not show in those that come. */
  nextQuarter(): void {
    this.#now = (Math.floor(this.#now / QUARTER_MS) + 1) * QUARTER_MS
  }

  /** Runs all that is under way to its end, what comes long after the last event included. */
  async settle(): Promise<void> {
    await this.#rounds()
    while (this.#timers.length > 0) {
      this.#now = Math.max(this.#now, Math.min(...this.#timers.map(({ due }) => due)))
      await this.#runTimers()
      await this.#rounds()
    }
    await this.#alarms()
  }

  async #rounds(): Promise<void> {
    await this.quiet()
    for (let rounds = 0; this.#sent.length > 0; rounds++) {
      if (rounds > ROUNDS_MAX) throw new Error("messages go round in a circle")
      const arrived = this.#sent
      this.#sent = []
      this.#now += ROUND_MS
      for (const { from, answer } of arrived) {
        if (from === null) answer()
        else await inside(from, answer)
      }
      await this.quiet()
      for (const service of SERVICES) await this.#deliver(service, arrived)
      await this.quiet()
      await this.#runTimers()
    }
  }

  async #deliver(service: string, arrived: readonly Sent[]): Promise<void> {
    const bodies = arrived.filter((sent) => sent.service === service).map(({ body }) => body)
    for (let from = 0; from < bodies.length; from += BATCH_MAX) {
      meter.batch(service)
      const retried = await this.#shop.deliver(service, bodies.slice(from, from + BATCH_MAX))
      if (retried.length > 0) throw new Error(`${service} did not take its messages`)
    }
  }

  async #runTimers(): Promise<void> {
    const due = this.#timers.filter((timer) => timer.due <= this.#now)
    this.#timers = this.#timers.filter((timer) => timer.due > this.#now)
    for (const { at, body } of due) await inside(at, body)
    if (due.length > 0) await this.quiet()
  }

  /** Alarms run in the order of their times, the clock moving with them, until there are none. */
  async #alarms(): Promise<void> {
    for (let run = 0; run < ALARMS_MAX; run++) {
      const times = await Promise.all((await this.#watched()).map(alarmOf))
      const next = Math.min(...times.filter((at) => at !== null))
      if (next === Infinity) return
      this.#now = Math.max(this.#now, next)
      await runDueAlarms()
      await this.#rounds()
    }
    throw new Error("alarms go on for ever")
  }

  /** All objects but the one that sweeps for ever. */
  async #watched() {
    const all = await Promise.all(SERVICES.filter((each) => each !== "Monitor").map((each) => objects(each)))
    return all.flat()
  }

  /** Until nothing is under way: no effect, no receipt, and nothing at all for a few turns of the event loop. */
  async quiet(): Promise<void> {
    let still = 0
    while (still < QUIET_TICKS) {
      const before = this.#activity
      await new Promise((resolve) => untaken(resolve, 1))
      still = before === this.#activity && this.#open === 0 ? still + 1 : 0
    }
  }
}

/** Whether the consumer of a queue sends, for the cells that it has called. */
function isCarried(): boolean {
  return new Error().stack?.includes("Departures") === true
}

/** The platform lets an object be touched by its own events only. */
async function inside(where: Where, body: () => void): Promise<void> {
  const stub = (await objects(where.service as "Order")).find((each) => each.id.equals(where.id))
  if (stub === undefined) throw new Error(`an object of ${where.service} is gone`)
  await within(stub, () => {
    meter.where = where
    body()
  })
}

/** The same ids in every run. Where an order lives hangs on its customer alone. */
function seedChance(): void {
  const chance = seeded(1)
  const draw = (into: Uint32Array): Uint32Array => into.map((_, index) => (into[index] = chance() * 2 ** 32))
  Object.assign(crypto, { getRandomValues: draw })
}

/** In [0, 1), the same row of numbers each time. */
function seeded(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1) >>> 0 || 1
  return () => {
    state = (state ^ (state << 13)) >>> 0
    state = (state ^ (state >>> 17)) >>> 0
    state = (state ^ (state << 5)) >>> 0
    return state / 2 ** 32
  }
}
