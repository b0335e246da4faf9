/**
 * A client of the shop, typed by the shop's own routes.
 *
 *     import { connect, ProblemError } from "./client/shop.ts"
 *
 *     const shop = connect("http://localhost:8787", { token })
 *     const order = await shop.place({ customerId: "cust_alice", items: [{ sku: "WIDGET-001", quantity: 2 }], shippingAddress })
 *     const end = await shop.until(order.id, ({ status }) => status === "delivered")
 *     const saga = await shop.saga(order.id)
 *
 * What is refused is thrown as a `ProblemError`: `code`, `status`, `problem.errors`. What has no method of its own is
 * asked through `shop.api`, Hono's client of the same routes: `await (await shop.api.alerts.$get()).json()`.
 *
 * 1. Every request is tried again where that is right (`retrying.ts`), whichever way it is made.
 * 2. Placing has an idempotency key, so an order that was placed and not answered is not placed twice.
 */
import { hc, type InferRequestType, type PickResponseByStatusCode } from "hono/client"
import type { App } from "../http/app.ts"
import { outside, type Outside, PATIENCE, type Patience, retrying } from "./retrying.ts"

export { ProblemError } from "./problemError.ts"

/** What isn't refused. */
type Granted = PickResponseByStatusCode<App, 200 | 201 | 202>
export type Api = ReturnType<typeof hc<Granted>>

type Answered<Call extends (...args: never[]) => Promise<{ json(): Promise<unknown> }>> = Awaited<
  ReturnType<Awaited<ReturnType<Call>>["json"]>
>

type OneOrder = Api["orders"][":ref"]
export type NewOrder = InferRequestType<Api["orders"]["$post"]>["json"]
export type Order = Answered<OneOrder["$get"]>
export type Saga = Answered<OneOrder["saga"]["$get"]>
export type StockLevel = Answered<Api["inventory"][":sku"]["$get"]>
export type DeadLetter = Answered<Api["dead-letters"]["$get"]>["items"][number]
type OrderStatus = Order["status"]
type LetterQuery = InferRequestType<Api["dead-letters"]["$get"]>["query"]
type Decision = InferRequestType<OneOrder["resolve"]["$post"]>["json"]

export interface ConnectOptions {
  /** Not needed where `AUTH` is `development`. */
  readonly token?: string
  readonly patience?: Partial<Patience>
  readonly outside?: Partial<Outside>
}

export interface WaitOptions {
  readonly everyMs?: number
  readonly withinMs?: number
}

const POLL_MS = 150
const WITHIN_MS = 60_000
const PAGE = "200"

export type Shop = ReturnType<typeof connect>

export function connect(url: string, options: ConnectOptions = {}) {
  const around = { ...outside, ...options.outside }
  const headers: Record<string, string> =
    options.token === undefined ? {} : { Authorization: `Bearer ${options.token}` }
  const api: Api = hc<Granted>(url, {
    headers,
    fetch: retrying({ ...PATIENCE, ...options.patience }, around),
  })
  return { api, ...ordersOf(api, around), ...goodsOf(api), ...operationsOf(api) }
}

function ordersOf(api: Api, around: Outside) {
  const one = api.orders[":ref"]
  const order = async (ref: string): Promise<Order> => (await one.$get(by(ref))).json()
  return {
    order,
    place: async (wanted: NewOrder, idempotencyKey = around.newKey()): Promise<Order> =>
      (await api.orders.$post({ json: wanted, header: { "Idempotency-Key": idempotencyKey } })).json(),
    saga: async (ref: string): Promise<Saga> => (await one.saga.$get(by(ref))).json(),
    cancel: async (ref: string, reason?: string): Promise<Order> => {
      const answer = await one.$delete({ ...by(ref), json: reason === undefined ? {} : { reason } })
      if (answer.status === 202) return answer.json()
      throw new Error(`cancelling was only rehearsed: ${String(answer.status)}`)
    },
    deliver: async (ref: string): Promise<Order> => (await one.deliver.$post(by(ref))).json(),
    /** All orders of a customer, newest first, page by page as they are taken. */
    async *ordersOf(customerId: string, status?: OrderStatus): AsyncGenerator<Order> {
      let cursor: string | null | undefined
      do {
        const query = { limit: PAGE, ...(status && { status }), ...(cursor && { cursor }) }
        const answer = await api.customers[":customerId"].orders.$get({
          param: { customerId: escape(customerId) },
          query,
        })
        const page = await answer.json()
        yield* page.items
        cursor = page.nextCursor
      } while (cursor !== null)
    },
    /** Looks again until the order is as wanted; throws when it never is. */
    until: async (ref: string, isThere: (order: Order) => boolean, wait: WaitOptions = {}): Promise<Order> => {
      const { everyMs = POLL_MS, withinMs = WITHIN_MS } = wait
      const end = around.now() + withinMs
      for (;;) {
        const seen = await order(ref)
        if (isThere(seen)) return seen
        if (around.now() > end) throw new Error(`order ${seen.id} does not get there: it is ${seen.status}`)
        await around.sleep(everyMs)
      }
    },
  }
}

function goodsOf(api: Api) {
  return {
    level: async (sku: string) => (await api.inventory[":sku"].$get({ param: { sku: escape(sku) } })).json(),
    stock: async () => (await api.inventory.$get({ query: { limit: PAGE } })).json(),
    /** Adds twice when it is called twice, so it is not tried again once it may have been heard. */
    addStock: async (sku: string, quantity: number) =>
      (await api.inventory[":sku"].add.$post({ param: { sku: escape(sku) }, json: { quantity } })).json(),
    payment: async (orderId: string) => (await api.payments[":orderId"].$get({ param: { orderId } })).json(),
    shipment: async (orderId: string) => (await api.shipping[":orderId"].$get({ param: { orderId } })).json(),
    track: async (trackingNumber: string) =>
      (await api.shipping.track[":trackingNumber"].$get({ param: { trackingNumber: escape(trackingNumber) } })).json(),
  }
}

function operationsOf(api: Api) {
  const one = api.orders[":ref"]
  const letter = api["dead-letters"][":id"]
  return {
    why: async (ref: string) => (await one.why.$get(by(ref))).json(),
    books: async (ref: string) => (await one.books.$get(by(ref))).json(),
    resolve: async (ref: string, decision: Decision): Promise<Order> =>
      (await one.resolve.$post({ ...by(ref), json: decision })).json(),
    deadLetters: async (query: LetterQuery = {}) => (await api["dead-letters"].$get({ query })).json(),
    redrive: async (id: string) => (await letter.redrive.$post({ param: { id: escape(id) } })).json(),
    discard: async (id: string, reason: string) =>
      (await letter.discard.$post({ param: { id: escape(id) }, json: { reason } })).json(),
  }
}

function by(ref: string): { readonly param: { readonly ref: string } } {
  return { param: { ref: escape(ref) } }
}

/** Whatever it is, it stays one part of the path. */
function escape(part: string): string {
  return encodeURIComponent(part)
}
