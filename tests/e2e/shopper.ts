/** Speaks to a shop over HTTP, the way its callers do: by the client, and raw where the answer itself is looked at. */
import { z } from "zod"
import { connect, type NewOrder, type Shop } from "../../client/shop.ts"
import { pause } from "./chance.ts"

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: unknown
}

export interface Request {
  readonly method?: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

const cents = z.number().transform((amount) => Math.round(amount * 100))

const orderSchema = z.object({
  id: z.string(),
  customerId: z.string(),
  status: z.string(),
  total: cents,
  version: z.number(),
  cancellation: z.object({ code: z.string(), reason: z.string() }).nullable(),
})
export type Order = z.output<typeof orderSchema>

const stepSchema = z.object({ status: z.string(), error: z.string().nullable() })
const sagaSchema = z.object({
  status: z.string(),
  steps: z.object({ payment: stepSchema, inventory: stepSchema, shipping: stepSchema }),
  compensation: z.object({ outstanding: z.array(z.string()) }),
})
const booksSchema = z.object({ captured: cents, refunded: cents, kept: cents, balanced: z.boolean() })
const levelSchema = z.object({ available: z.number(), reserved: z.number(), shipped: z.number() })
const lettersSchema = z.object({ items: z.array(z.object({ id: z.string(), orderId: z.string(), type: z.string() })) })

export const address = { street: "1 Main St", city: "Springfield", state: "IL", zip: "62701", country: "US" }

export interface Wanted {
  readonly customerId: string
  readonly sku?: string
  readonly quantity?: number
  readonly price?: number
  readonly flow?: NewOrder["flow"]
  readonly simulate?: NewOrder["simulate"]
}

const PATIENCE_TRIES_MAX = 200
const PATIENCE_PAUSE_MS = 150
const REQUEST_TIMEOUT_MS = 5_000

export class Shopper {
  readonly #url: string
  readonly #shop: Shop

  constructor(url: string) {
    this.#url = url
    const patience = {
      triesMax: PATIENCE_TRIES_MAX,
      patienceMs: PATIENCE_TRIES_MAX * REQUEST_TIMEOUT_MS,
      timeoutMs: REQUEST_TIMEOUT_MS,
    }
    // Whoever waits for a server that starts anew looks often, whatever it is told.
    this.#shop = connect(url, { patience, outside: { sleep: () => pause(PATIENCE_PAUSE_MS) } })
  }

  async ask(path: string, { method = "GET", body, headers = {} }: Request = {}): Promise<Answer> {
    const init: RequestInit = { method, headers, signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) }
    if (body !== undefined) {
      init.body = JSON.stringify(body)
      init.headers = { "Content-Type": "application/json", ...headers }
    }
    const answer = await fetch(this.#url + path, init)
    const text = await answer.text()
    return { status: answer.status, headers: answer.headers, body: parse(text) }
  }

  /** Asks again while nobody answers, or says that it is too busy. For what may be repeated only. */
  async insist(path: string, request: Request = {}): Promise<Answer> {
    let last = "no answer"
    for (let tries = 0; tries < PATIENCE_TRIES_MAX; tries++) {
      try {
        const answer = await this.ask(path, request)
        const isRunning = answer.status === 409 && codeOf(answer) === "idempotency_running"
        if (answer.status < 500 && !isRunning) return answer
        last = `${answer.status} ${JSON.stringify(answer.body)}`
      } catch (error) {
        last = String(error)
      }
      await pause(PATIENCE_PAUSE_MS)
    }
    throw new Error(`${request.method ?? "GET"} ${path} is never answered: ${last}`)
  }

  async place(wanted: Wanted, idempotencyKey?: string): Promise<Order> {
    const { customerId, sku = "WIDGET-001", quantity = 1, price, flow, simulate } = wanted
    const order = { customerId, items: [{ sku, quantity, price }], shippingAddress: address, flow, simulate }
    return orderSchema.parse(await this.#shop.place(order, idempotencyKey))
  }

  cancel(ref: string): Promise<Answer> {
    return this.insist(`/orders/${ref}`, { method: "DELETE" })
  }

  async order(ref: string): Promise<Order> {
    return orderSchema.parse(await this.#shop.order(ref))
  }

  async orders(customerId: string): Promise<readonly Order[]> {
    const orders: Order[] = []
    for await (const order of this.#shop.ordersOf(customerId)) orders.push(orderSchema.parse(order))
    return orders
  }

  async saga(ref: string) {
    return sagaSchema.parse(await this.#shop.saga(ref))
  }

  async books(ref: string) {
    return booksSchema.parse(await this.#shop.books(ref))
  }

  async level(sku: string) {
    return levelSchema.parse(await this.#shop.level(sku))
  }

  async letters() {
    return lettersSchema.parse(await this.#shop.deadLetters({ limit: "200" })).items
  }

  async stock(sku: string, quantity: number): Promise<void> {
    await this.#shop.addStock(sku, quantity)
  }

  /** Waits until the order is as wanted, and says why it isn't if it never is. */
  async until(ref: string, isThere: (order: Order) => boolean, tries = 600): Promise<Order> {
    for (let left = tries; left > 0; left--) {
      const order = await this.order(ref)
      if (isThere(order)) return order
      await pause(100)
    }
    const why = await this.insist(`/orders/${ref}/why`)
    throw new Error(`order ${ref} does not get there: ${JSON.stringify(why.body)}`)
  }

  ends(ref: string): Promise<Order> {
    return this.until(ref, isFinal)
  }
}

export function isFinal({ status }: Order): boolean {
  return status === "delivered" || status === "cancelled"
}

const problemSchema = z.object({ code: z.string() })

export function codeOf({ body }: Answer): string | null {
  const parsed = problemSchema.safeParse(body)
  return parsed.success ? parsed.data.code : null
}

function parse(text: string): unknown {
  try {
    return text === "" ? null : JSON.parse(text)
  } catch {
    return text
  }
}
