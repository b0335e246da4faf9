/**
 * The hazard: the process dies at any moment, with it everything in memory, and on this runtime the queues as well.
 *
 * 300 orders in both flows, against a gateway and a carrier that live in a process of their own and misbehave. Meanwhile
 * the worker is killed with SIGKILL again and again: at random, right after a 201, while the outbox is being flushed. Once
 * the power is cut for everything, and once for the gateway.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { type Chance, chance, pause, seedOfThisRun } from "./chance.ts"
import { DevServer, root } from "./devServer.ts"
import { accountsOf, faultsOf, readLedger } from "./ledger.ts"
import { freePort, killGroup, signal, startGroup, type Started } from "./processes.ts"
import { isFinal, type Order, Shopper } from "./shopper.ts"

const ORDERS = 300
const KILLS = 24
const POWER_CUT_AT = 12
const GATEWAY_CUT_AT = 18
const LANES = 6
const CUSTOMERS = 20
const SKUS = ["KILL-1", "KILL-2", "KILL-3"] as const
const STOCKED = 400
/** The last sagas end well before this; one that never does fails the test and says why. */
const SETTLE_MAX_MS = 150_000
const TEST_TIMEOUT_MS = 360_000

const TOKEN = "a-token-of-the-shop"

/** Everything is in a hurry here, but for the number of tries: a gateway that is down for a second exhausts nobody. */
const vars = {
  RECEIPT_LEASE_MS: 1_000,
  RESEND_MAX_MS: 4_000,
  EFFECT_TIMEOUT_MS: 1_500,
  EFFECT_BACKOFF_MS: 200,
  EFFECT_BACKOFF_MAX_MS: 1_000,
  EFFECT_ATTEMPTS_MAX: 12,
  DISPATCH_DELAY_MS: 700,
  TRANSIT_DELAY_MS: 200,
  LOG: "problems",
  DELIVERY_DELAY_MS: 200,
}

class Gateway {
  readonly #port: number
  readonly #seed: number
  readonly #folder = mkdtempSync(join(tmpdir(), "order-fulfilment-ledger-"))
  readonly file = join(this.#folder, "ledger.jsonl")
  #running: Started

  constructor(port: number, seed: number) {
    this.#port = port
    this.#seed = seed
    this.#running = this.#start()
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  #start(): Started {
    const script = join(root, "tests/e2e/outsideWorld.ts")
    const parameters = ["--disable-warning=ExperimentalWarning", script, String(this.#port), this.file]
    return startGroup(process.execPath, [...parameters, String(this.#seed), TOKEN], root)
  }

  async cutPower(): Promise<void> {
    await killGroup(this.#running.pid)
    this.#running = this.#start()
  }

  async stop(): Promise<void> {
    await killGroup(this.#running.pid)
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

describe("nothing is lost, whatever is killed", () => {
  const seed = seedOfThisRun()
  let server: DevServer
  let gateway: Gateway

  beforeAll(async () => {
    gateway = new Gateway(await freePort(), seed)
    const tokens = { PAYMENT_GATEWAY_TOKEN: TOKEN, CARRIER_TOKEN: TOKEN }
    server = await DevServer.start({ ...vars, ...tokens, PAYMENT_GATEWAY_URL: gateway.url, CARRIER_URL: gateway.url })
  })

  afterAll(async () => {
    await server.stop()
    await gateway.stop()
  })

  test(
    `every acknowledged order ends, once, with balanced books, through ${KILLS} kills (G1, G2, G4, G6, G9, N6)`,
    { timeout: TEST_TIMEOUT_MS },
    async () => {
      console.log(`seed ${seed}`)
      const run = new Run(server, gateway, chance(seed))
      for (const sku of SKUS) await run.shopper.stock(sku, STOCKED)
      await Promise.all([run.kill(), ...Array.from({ length: LANES }, (_, lane) => run.shop(lane))])
      const orders = await run.settle()
      console.log(run.report(orders))

      expect(run.killed.size).toBe(KILLS)
      expect(orders).toHaveLength(ORDERS)
      expect(faultsOf(readLedger(gateway.file), orders)).toEqual([])
      expect(await run.unbalanced(orders)).toEqual([])
      expect(run.brokenPromises(orders)).toEqual([])
      expect(await run.shelves(orders)).toEqual(run.shelvesByHand(orders))
      expect(await run.shopper.letters()).toEqual([])
      // A run in which hardly anything went wrong, or right, would have shown nothing.
      expect(orders.filter(({ status }) => status === "delivered").length).toBeGreaterThan(ORDERS / 3)
      expect(orders.filter(({ status }) => status === "cancelled").length).toBeGreaterThan(ORDERS / 20)
    },
  )
})

interface Bought {
  readonly sku: string
  readonly quantity: number
}

class Run {
  readonly shopper: Shopper
  /** The processes killed; each was a new one. */
  readonly killed = new Set<number>()
  readonly #server: DevServer
  readonly #gateway: Gateway
  readonly #chance: Chance
  readonly #bought = new Map<string, Bought>()
  /** Orders whose cancellation was accepted. */
  readonly #promised = new Set<string>()
  #placed = 0
  #onPlaced: (() => void)[] = []

  constructor(server: DevServer, gateway: Gateway, dice: Chance) {
    this.#server = server
    this.#gateway = gateway
    this.#chance = dice
    this.shopper = new Shopper(server.url)
  }

  /** Kills at the moments of which each is a hazard of its own. */
  async kill(): Promise<void> {
    while (this.killed.size < KILLS) {
      await this.#server.answers()
      await pause(this.#chance.between(0, 700))
      const worker = this.#server.worker()
      if (worker === null) continue
      const moment = this.#chance.oneOf(["any", "answered", "flush"])
      if (moment !== "any") await this.#nextAnswer()
      if (moment === "flush") await pause(this.#chance.between(1, 40))
      if (!signal(worker, "SIGKILL")) continue
      this.killed.add(worker)
      if (this.killed.size === POWER_CUT_AT) await this.#server.cutPower()
      if (this.killed.size === GATEWAY_CUT_AT) await this.#gateway.cutPower()
    }
    this.#release()
  }

  /** The next 201, or a while if nobody orders any more. */
  async #nextAnswer(): Promise<void> {
    await Promise.race([new Promise<void>((resolve) => this.#onPlaced.push(resolve)), pause(1_000)])
  }

  #release(): void {
    for (const wake of this.#onPlaced.splice(0)) wake()
  }

  /** Orders are spread over the kills, so that each kill finds some at every stage. */
  async shop(lane: number): Promise<void> {
    while (this.#placed < ORDERS) {
      const mayBePlaced = (ORDERS * (this.killed.size + 1)) / KILLS
      if (this.#placed >= mayBePlaced) await pause(20)
      else await this.#placeOne(lane)
    }
  }

  async #placeOne(lane: number): Promise<void> {
    const number = this.#placed++
    const sku = SKUS[number % SKUS.length] ?? SKUS[0]
    const quantity = 1 + (number % 2)
    const flow = number % 2 === 0 ? "parallel" : "reserve-first"
    const customerId = `killed_${number % CUSTOMERS}`
    const wanted = { customerId, sku, quantity, price: 9.99, flow } as const
    const order = await this.shopper.place(wanted, `lane-${lane}-order-${number}`)
    this.#bought.set(order.id, { sku, quantity })
    this.#release()
    if (number % 7 !== 0) return
    await pause(this.#chance.between(0, 900))
    const answer = await this.shopper.cancel(order.id)
    if (answer.status === 202) this.#promised.add(order.id)
  }

  /** Every order that was acknowledged, at its end. */
  async settle(): Promise<readonly Order[]> {
    const ended = new Map<string, Order>()
    const end = Date.now() + SETTLE_MAX_MS
    while (Date.now() < end) {
      for (let customer = 0; customer < CUSTOMERS; customer++) {
        for (const order of await this.shopper.orders(`killed_${customer}`)) {
          if (isFinal(order)) ended.set(order.id, order)
        }
      }
      if (this.#missing(ended).length === 0) return [...ended.values()]
      await pause(500)
    }
    const whys = this.#missing(ended).map((id) => this.shopper.insist(`/orders/${id}/why`))
    throw new Error(`these do not end: ${JSON.stringify((await Promise.all(whys)).map(({ body }) => body))}`)
  }

  #missing(ended: ReadonlyMap<string, Order>): readonly string[] {
    return [...this.#bought.keys()].filter((id) => !ended.has(id))
  }

  async unbalanced(orders: readonly Order[]): Promise<readonly string[]> {
    const found: string[] = []
    for (const { id } of orders) {
      const { balanced } = await this.shopper.books(id)
      if (!balanced) found.push(id)
    }
    return found
  }

  /** A cancellation that was accepted always ends in one. */
  brokenPromises(orders: readonly Order[]): readonly string[] {
    return orders.filter(({ id, status }) => this.#promised.has(id) && status !== "cancelled").map(({ id }) => id)
  }

  async shelves(orders: readonly Order[]) {
    const levels = await Promise.all(SKUS.map((sku) => this.shopper.level(sku)))
    return levels.map(({ available, reserved, shipped }) => ({ available, reserved, shipped, orders: orders.length }))
  }

  shelvesByHand(orders: readonly Order[]) {
    return SKUS.map((sku) => {
      const sold = orders.filter(({ id, status }) => status === "delivered" && this.#bought.get(id)?.sku === sku)
      const shipped = sold.reduce((sum, { id }) => sum + (this.#bought.get(id)?.quantity ?? 0), 0)
      return { available: STOCKED - shipped, reserved: 0, shipped, orders: orders.length }
    })
  }

  report(orders: readonly Order[]): string {
    const delivered = orders.filter(({ status }) => status === "delivered").length
    const refunded = [...accountsOf(readLedger(this.#gateway.file)).values()].filter((each) => each.refunded > 0).length
    const ends = `${delivered} delivered, ${orders.length - delivered} cancelled (${refunded} of them refunded)`
    return `${orders.length} orders, ${this.killed.size} kills: ${ends}; ${this.#promised.size} cancellations accepted`
  }
}
