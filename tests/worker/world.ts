/**
 * The shop under test, in words of the domain: the worker's own HTTP handler, its real objects and queues in workerd.
 *
 *     const shop = openShop({ DISPATCH_DELAY_MS: "0" })
 *     const order = await shop.place({ simulate: { payment: "decline" } })
 *     await shop.settle()
 *     expect(await shop.books()).toEqual([])
 *
 * Objects live as long as their test file. Time may be advanced: the clock of all objects moves, and alarms that are due
 * by then are run by hand, since the platform's own alarms don't follow it.
 */
import { abortAllDurableObjects, createExecutionContext, evictAllDurableObjects } from "cloudflare:test"
import { env } from "cloudflare:workers"
import worker from "../../index.ts"
import { network } from "./network.ts"
import { checkBooks, type Stocked } from "./books.ts"
import { documented } from "../documented.ts"
import { runDueAlarms, unreceived } from "./objects.ts"
import type { Json, LetterJson, OrderJson, PaymentJson, SagaJson, ShipmentJson, StockJson } from "./views.ts"

export interface Wanted {
  readonly customerId?: string
  readonly items?: readonly { readonly sku: string; readonly quantity: number; readonly price?: number }[]
  readonly flow?: "parallel" | "reserve-first"
  readonly simulate?: Readonly<Record<string, string>>
  readonly [field: string]: unknown
}

export interface Answer<Body> {
  readonly status: number
  readonly headers: Headers
  readonly body: Body
}

const AT_REST: readonly string[] = ["delivered", "cancelled", "refunded", "attention"]
const SETTLE_MS = 8_000
/** Long enough for others to work, short enough not to be noticed. */
const GLANCE_MS = 8

/** Fast clocks; a test file says what it wants otherwise, before its first call. */
const FAST = {
  DISPATCH_DELAY_MS: "0",
  TRANSIT_DELAY_MS: "0",
  DELIVERY_DELAY_MS: "0",
  RECEIPT_DELAY_MS: "20",
  LISTENER_DELAY_MS: "20",
  RECEIPT_LEASE_MS: "400",
  EFFECT_BACKOFF_MS: "20",
  EFFECT_ATTEMPTS_MAX: "3",
}

export class Shop {
  readonly placed: OrderJson[] = []
  /** What each SKU was ever stocked with. */
  readonly stocked: Stocked = new Map([
    ["WIDGET-001", 100],
    ["GADGET-002", 50],
    ["THING-003", 25],
    ["RARE-ITEM", 2],
    ["OUT-OF-STOCK", 0],
  ])
  #skew = 0
  #vars: Readonly<Record<string, string>> = {}
  #env: Cloudflare.Env = env

  /** Later requests are answered by a deployment with other variables; the objects are those that are there. */
  redeploy(vars: Readonly<Record<string, string>>): void {
    this.#vars = { ...this.#vars, ...vars }
    this.#env = { ...env, ...this.#vars }
  }

  async call<Body = Json>(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer<Body>> {
    const request = new Request(`https://shop.example${path}`, {
      method,
      headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    })
    const response = await worker.fetch(
      request as Parameters<typeof worker.fetch>[0],
      this.#env,
      createExecutionContext(),
    )
    const { status, headers: answered } = await documented(method, path, response)
    const text = await response.text()
    const isJson = answered.get("content-type")?.includes("json") === true
    // Whoever calls says what this route answers; a page is its text.
    const read = (text === "" ? null : isJson ? JSON.parse(text) : text) as Body
    return { status, headers: answered, body: read }
  }

  async tryToPlace(wanted: Wanted = {}, headers: Readonly<Record<string, string>> = {}): Promise<Answer<OrderJson>> {
    const { customerId = "cust_alice", items = [{ sku: "WIDGET-001", quantity: 2, price: 29.99 }], ...rest } = wanted
    const shippingAddress = { street: "1 Elm", city: "Springfield", state: "IL", zip: "62701", country: "US" }
    const body = { customerId, items, shippingAddress, ...rest }
    const answer = await this.call<OrderJson>("POST", "/orders", body, headers)
    if (answer.status === 201 && !this.placed.some(({ id }) => id === answer.body.id)) this.placed.push(answer.body)
    return answer
  }

  async place(wanted: Wanted = {}): Promise<OrderJson> {
    const answer = await this.tryToPlace(wanted)
    if (answer.status !== 201) throw new Error(`not placed: ${JSON.stringify(answer.body)}`)
    return answer.body
  }

  async stock(sku: string, quantity: number): Promise<void> {
    const { status } = await this.call("POST", `/inventory/${sku}/add`, { quantity })
    if (status !== 200) throw new Error(`not stocked: ${String(status)}`)
    this.stocked.set(sku, (this.stocked.get(sku) ?? 0) + quantity)
  }

  async order({ id }: { readonly id: string }): Promise<OrderJson> {
    return (await this.call<OrderJson>("GET", `/orders/${id}`)).body
  }

  async saga({ id }: { readonly id: string }): Promise<SagaJson> {
    return (await this.call<SagaJson>("GET", `/orders/${id}/saga`)).body
  }

  /** Null while there is none. */
  async payment({ id }: { readonly id: string }): Promise<PaymentJson | null> {
    const { status, body } = await this.call<PaymentJson>("GET", `/payments/${id}`)
    return status === 200 ? body : null
  }

  async shipment({ id }: { readonly id: string }): Promise<ShipmentJson | null> {
    const { status, body } = await this.call<ShipmentJson>("GET", `/shipping/${id}`)
    return status === 200 ? body : null
  }

  async level(sku: string): Promise<StockJson> {
    return (await this.call<StockJson>("GET", `/inventory/${sku}`)).body
  }

  async letters(query = ""): Promise<readonly LetterJson[]> {
    return (await this.call<{ readonly items: readonly LetterJson[] }>("GET", `/dead-letters${query}`)).body.items
  }

  /** Waits until an order has one of these statuses. */
  async until(order: { readonly id: string }, ...statuses: readonly string[]): Promise<OrderJson> {
    let seen = await this.order(order)
    await this.eventually(`${statuses.join(" or ")} of ${order.id}`, async () => {
      seen = await this.order(order)
      return statuses.includes(seen.status)
    })
    return seen
  }

  async eventually(what: string, isSo: () => boolean | Promise<boolean>, withinMs = SETTLE_MS): Promise<void> {
    const end = performance.now() + withinMs
    for (;;) {
      if (await isSo()) return
      if (performance.now() > end) throw new Error(`never happened: ${what}${await this.#explain()}`)
      if (this.#skew > 0) await runDueAlarms()
      await pause(GLANCE_MS)
    }
  }

  /** Until every order is at rest and everything said has been received. */
  async settle(...orders: readonly { readonly id: string }[]): Promise<void> {
    const wanted = orders.length > 0 ? orders : this.placed
    const open = new Set(wanted.map(({ id }) => id))
    await this.eventually("all orders at rest", async () => {
      for (const id of [...open]) if (AT_REST.includes((await this.order({ id })).status)) open.delete(id)
      return open.size === 0
    })
    if (orders.length === 0) await this.eventually("everything received", async () => (await unreceived()) === 0)
  }

  /** Lets time pass for every object, and runs the alarms that are due by then. */
  async advance(ms: number): Promise<void> {
    if (this.#skew === 0) {
      const now = Date.now.bind(Date)
      Date.now = () => now() + this.#skew
    }
    this.#skew += ms
    await runDueAlarms()
  }

  /** Every object forgets what it has in memory, once it is at rest. */
  async evict(): Promise<void> {
    await evictAllDurableObjects()
  }

  /** Every object dies where it stands: what was not committed is gone. */
  async crash(): Promise<void> {
    await abortAllDurableObjects()
  }

  /** What is held goes on its way. */
  async letGo(): Promise<void> {
    network.rule = () => "pass"
    const held = network.held.splice(0)
    for (const service of new Set(held.map((each) => each.service))) {
      const deliveries = held.filter((each) => each.service === service).map(({ delivery }) => delivery)
      await this.deliver(service, [JSON.stringify(deliveries)])
    }
  }

  /** A batch of messages as the queue of a service would hand it over; answers which of them were not acknowledged. */
  async deliver(
    service: string,
    bodies: readonly unknown[],
    queue = `${service.toLowerCase()}-events`,
  ): Promise<string[]> {
    const retried: string[] = []
    const messages = bodies.map((body, index) => ({
      id: `m${String(index)}`,
      timestamp: new Date(Date.now()),
      body,
      attempts: 1,
      ack: () => undefined,
      retry: () => void retried.push(`m${String(index)}`),
    }))
    const batch = { queue, messages, metadata: {}, ackAll: () => undefined, retryAll: () => undefined }
    // What goes on behind it nobody waits for here either.
    const context = { waitUntil: () => undefined, passThroughOnException: () => undefined, props: {} }
    type Handled = Parameters<typeof worker.queue>
    // A batch by hand, with all that the handler reads of one.
    await worker.queue(batch as unknown as Handled[0], this.#env, context as unknown as Handled[2])
    return retried
  }

  /** What is wrong with the books of all orders and SKUs; they must be at rest. */
  books(): Promise<string[]> {
    return checkBooks(this)
  }

  async #explain(): Promise<string> {
    const stuck = await Promise.all(
      this.placed.map(async ({ id }) => {
        const { body } = await this.call<{ readonly summary: string }>("GET", `/orders/${id}/why`)
        return `\n  ${id}: ${body.summary}`
      }),
    )
    return stuck.slice(-5).join("")
  }
}

export function openShop(vars: Readonly<Record<string, string>> = {}): Shop {
  Object.assign(env, FAST, vars)
  return new Shop()
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}
