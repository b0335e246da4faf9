// A whole shop behind the edge, in memory: the real rules of customers and catalogue, orders that do what a test says.
import { productsOf, register, type CatalogState } from "../../../domain/catalog.ts"
import { orderKey, type CustomerState } from "../../../domain/customer.ts"
import type { MonitorAsks } from "../../../domain/monitor/views.ts"
import type { CancelAnswer, NewOrder, OrderAsks, OrderView, ResolveAnswer } from "../../../domain/order/views.ts"
import type {
  CatalogAsks,
  CustomerAsks,
  InventoryAsks,
  LevelView,
  PaymentAsks,
  PaymentView,
  ShipmentView,
  ShippingAsks,
} from "../../../domain/views.ts"
import { createApp } from "../../../http/app.ts"
import type { LogLine, Outside } from "../../../http/outside.ts"
import type { RateGates } from "../../../http/rates.ts"
import type { Asking, DeadLetter, DeadLetterQuery, Services } from "../../../http/services.ts"
import { readSettings, type EdgeSettings } from "../../../http/settings.ts"
import { documented } from "../../documented.ts"
import { customerAnswers, type Answers } from "./customers.ts"
import { Desk } from "./desk.ts"
import { CARRIER, PAYMENTS } from "./seals.ts"
import { watched } from "./watched.ts"
import { orderAnswers } from "./orderAnswers.ts"
import { MIDNIGHT, twoLines } from "./samples.ts"

type Ask = readonly [service: string, name: string, key: string]
export class FakeShop implements Outside {
  time = MIDNIGHT
  readonly asks: Ask[] = []
  /** The trace that each of them was asked in. */
  readonly traces: string[] = []
  readonly lines: LogLine[] = []
  readonly sleeps: number[] = []
  readonly orders = new Map<string, OrderView>()
  readonly placed: NewOrder[] = []
  readonly customers = new Map<string, CustomerState>()
  readonly levels = new Map<string, LevelView>()
  readonly payments = new Map<string, PaymentView>()
  readonly shipments = new Map<string, ShipmentView>()
  readonly letters: DeadLetter[] = []
  readonly queries: DeadLetterQuery[] = []
  readonly redriven: unknown[] = []
  readonly resolved: unknown[] = []
  /** Orders that a customer may still open where they are counted. */
  admits = 1_000
  /** There is too much to do: no order is placed. */
  isBacklogged = false
  shelfMax = 1_000_000_000_000
  gates: RateGates | undefined
  readonly restored: string[] = []
  restorableSince = 0
  catalog: CatalogState | null = null
  /** Thrown by the next asks of this name, one each. */
  readonly failures: { readonly name: string; readonly error: Error; readonly isAfter?: boolean }[] = []
  readonly desk = new Desk()
  cancelAnswer: ((order: OrderView, version: number | null) => CancelAnswer) | null = null
  resolveAnswer: ((order: OrderView) => ResolveAnswer) | null = null
  fetches: string[] = []
  jwks: () => Response = () => new Response("no", { status: 503 })
  #seed = 7

  now(): number {
    return this.time
  }

  random(): number {
    this.#seed = (Math.imul(this.#seed, 1664525) + 1013904223) >>> 0
    return this.#seed / 2 ** 32
  }

  fetch(url: string): Promise<Response> {
    this.fetches.push(url)
    return Promise.resolve(this.jwks())
  }

  sleep(ms: number): Promise<void> {
    this.sleeps.push(ms)
    return Promise.resolve()
  }

  log(line: LogLine): void {
    this.lines.push(line)
  }

  /** How often something was asked since the shop was opened. */
  count(name: string): number {
    return this.asks.filter(([, asked]) => asked === name).length
  }

  services(): Services {
    return {
      ...(this.gates === undefined ? {} : { gates: this.gates }),
      orders: this.#asking<OrderAsks>("Order", orderAnswers(this)),
      payments: this.#asking<PaymentAsks>("Payment", {
        view: (key) => this.payments.get(key) ?? null,
        report: this.desk.report,
        fence: (key, input) => this.desk.fence("Payment", key, input, this.desk.paymentFence),
      }),
      inventory: this.#asking<InventoryAsks>("Inventory", this.#stockAnswers()),
      shipping: this.#asking<ShippingAsks>("Shipping", {
        view: (key) => this.shipments.get(key) ?? null,
        report: this.desk.report,
        fence: (key, input) => this.desk.fence("Shipping", key, input, this.desk.shipmentFence),
        deliver: (key) => ({ accepted: true, status: this.shipments.get(key)?.status ?? "none" }),
        track: (_key, { trackingNumber }) =>
          [...this.shipments.values()].find((parcel) => parcel.trackingNumber === trackingNumber)?.orderId ?? null,
      }),
      customers: this.#asking<CustomerAsks>("Customer", customerAnswers(this)),
      catalog: this.#asking<CatalogAsks>("Catalog", {
        products: () => productsOf(this.catalog),
        register: (_key, { sku }) => {
          const { state, product } = register(this.catalog, sku)
          this.catalog = state ?? this.catalog
          return product
        },
      }),
      monitor: this.#asking<MonitorAsks>("Monitor", watched),
      deadLetters: {
        list: (query) => {
          this.queries.push(query)
          const page = { items: this.letters.slice(0, query.limit), nextCursor: "more" }
          return Promise.resolve(query.cursor === "broken" ? null : page)
        },
        redrive: (id, data) => {
          const letter = this.letters.find((each) => each.id === id)
          if (letter === undefined) return Promise.resolve("unknown")
          const { unfit } = this.desk
          if (unfit !== null) return Promise.resolve({ invalid: [{ path: "event", message: unfit }] })
          if (data?.["orderId"] === 7) return Promise.resolve({ invalid: [{ path: "data.orderId", message: "bad" }] })
          this.redriven.push(data)
          return Promise.resolve(letter.verdict === null ? "accepted" : "settled")
        },
        redriveAll: this.desk.bulk,
        discardAll: this.desk.bulk,
        discard: (id) => {
          const verdict = this.letters.find((each) => each.id === id)?.verdict
          return Promise.resolve(verdict === undefined ? "unknown" : verdict === null ? "discarded" : "settled")
        },
      },
      events: () => ({ asyncapi: "3.0.0" }),
      explain: (service) => this.desk.explain(service),
      cells: {
        reincarnate: (service, cell) => {
          if (`${service}/${cell}` !== "Order/any-0") return Promise.resolve(null)
          this.restored.push(cell)
          return Promise.resolve(this.time)
        },
        restore: (service, cell, at) => {
          if (`${service}/${cell}` !== "Order/any-0") return Promise.resolve(null)
          if (at < this.restorableSince) return Promise.resolve({ isRestored: false })
          this.restored.push(cell)
          return Promise.resolve({ isRestored: true, incarnation: this.time })
        },
      },
      health: async () => {
        this.#throwIfToldTo("health", false)
      },
    }
  }

  #asking<Asks extends object>(service: string, answers: Partial<Answers<Asks>>): Asking<Asks> {
    const ask = async (key: string, name: keyof Asks & string, input: unknown, trace = ""): Promise<unknown> => {
      this.asks.push([service, name, key])
      this.traces.push(trace)
      await Promise.resolve()
      this.#throwIfToldTo(name, false)
      const answer = await (answers[name] as (key: string, input: unknown) => unknown)(key, input)
      this.#throwIfToldTo(name, true)
      // As over the wire: whoever answers keeps no hand on what it has given.
      return structuredClone(answer)
    }
    const askCell = (cell: string, _key: string, name: keyof Asks & string, input: unknown, trace?: string) =>
      ask(cell, name, input, trace)
    // One implementation serves every name; the answers' type has tied each name to its input and answer.
    return { ask, askCell } as unknown as Asking<Asks>
  }

  #throwIfToldTo(name: string, isAfter: boolean): void {
    const index = this.failures.findIndex((failure) => failure.name === name && (failure.isAfter ?? false) === isAfter)
    const [failure] = index < 0 ? [] : this.failures.splice(index, 1)
    if (failure !== undefined) throw failure.error
  }

  /** The customers' own cells have heard of all orders by now. */
  hear(): void {
    for (const { id: orderId, customerId } of this.orders.values()) {
      const key = orderKey(customerId, orderId)
      if (!this.customers.has(key)) this.customers.set(key, { kind: "order", orderId, status: "placed", notices: [] })
    }
  }

  #stockAnswers(): Answers<InventoryAsks> {
    const add = (key: string, quantity: number): LevelView => {
      const sku = key.slice(0, -"/level".length)
      const level = this.levels.get(sku) ?? { sku, available: 0, reserved: 0, shipped: 0, updatedAt: 0 }
      const next = { ...level, available: level.available + quantity, updatedAt: this.time }
      this.levels.set(sku, next)
      return next
    }
    return {
      fence: (key, input) => this.desk.fence("Inventory", key, input, this.desk.stockFence),
      level: (key) => this.levels.get(key.slice(0, -"/level".length)) ?? null,
      add: (key, { quantity }) => {
        const held = this.levels.get(key.slice(0, -"/level".length))?.available ?? 0
        return held + quantity > this.shelfMax ? null : add(key, quantity)
      },
      seed: (key, { quantity }) => this.levels.get(key.slice(0, -"/level".length)) ?? add(key, quantity),
    }
  }
}

export interface Asked {
  readonly method?: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** What the platform knows of where the caller is. */
  readonly cf?: object
}

export interface Open {
  readonly shop: FakeShop
  readonly request: (path: string, asked?: Asked) => Promise<Response>
}

/** As `npm start` has it: nothing is limited. */
const unlimited = { CALLER_RATE_MAX: "0", ADDRESS_RATE_MAX: "0", OPEN_ORDERS_MAX: "0", BACKLOG_MAX: "0" }
const secrets = { PAYMENT_WEBHOOK_SECRET: PAYMENTS, CARRIER_WEBHOOK_SECRET: CARRIER }
export const development = { AUTH: "development", SIMULATION: "on", ...unlimited, ...secrets }

/** Opens a shop; a body is sent as JSON, unless it is text or bytes already. */
export function open(env: object = development, shop = new FakeShop()): Open {
  const app = createApp(shop.services(), settingsOf(env), shop)
  return {
    shop,
    request: async (path, { method = "GET", body, headers = {}, cf } = {}) => {
      const isRaw = typeof body === "string" || body instanceof Uint8Array || body instanceof ReadableStream
      const init: RequestInit = { method, headers: { ...(body === undefined ? {} : json), ...headers } }
      if (body !== undefined) Object.assign(init, { body: isRaw ? body : JSON.stringify(body), duplex: "half" })
      const request = new Request(`http://localhost${path}`, init)
      return documented(method, path, await app.request(cf === undefined ? request : Object.assign(request, { cf })))
    },
  }
}

const json = { "Content-Type": "application/json" }

function settingsOf(env: object): EdgeSettings {
  const reading = readSettings(env)
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
  return reading.settings.edge
}

/** Places an order and answers it. */
export async function place({ request }: Open, body: object = {}): Promise<{ readonly id: string; version: number }> {
  const answer = await request("/orders", { method: "POST", body: { ...twoLines, ...body } })
  if (answer.status !== 201) throw new Error(await answer.text())
  return answer.json()
}

/** Orders that are so new that only their own cell knows of them. */
const NEWS = 2

/** Many orders of one customer, a second apart; the oldest first. */
export async function placeMany(opened: Open, count: number): Promise<string[]> {
  const ids: string[] = []
  for (let number = 0; number < count; number++) {
    opened.shop.time += 1_000
    ids.push((await place(opened)).id)
    // All but the newest have been heard of where it matters.
    if (number < count - NEWS) opened.shop.hear()
  }
  return ids
}
