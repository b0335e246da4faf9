/**
 * The floor: the saga of an order inlined by hand, in the layout that did best, with no guarantees at all.
 *
 * The business steps are the project's own: payment and a reservation per SKU are asked for, the answers joined, a label
 * made, the parcel granted, dispatched, on its way and delivered, each SKU deducted, the customer told of each.
 */
import { Cell, customerCell, type Env, type Fact, hash, type Line, type Order as Placed } from "./cell.ts"
import { orderCell, participantCell, stockCell } from "./cell.ts"

interface OrderRow extends Placed {
  status: "pending" | "paid" | "shipped" | "delivered"
  isPaid: boolean
  reserved: number
  deducted: number
  isDelivered: boolean
  updatedAt: string
}

interface Level {
  available: number
  reserved: number
  shipped: number
}

type Said = Omit<Fact, "to" | "cell">

const toPayment = (said: Said): Fact => ({ ...said, to: "PAYMENT", cell: participantCell(said.orderId) })
const toShipping = (said: Said): Fact => ({ ...said, to: "SHIPPING", cell: participantCell(said.orderId) })
const toOrder = (said: Said): Fact => ({ ...said, to: "ORDER", cell: orderCell(said.orderId) })
const toCustomer = (said: Said): Fact => ({ ...said, to: "CUSTOMER", cell: customerCell(said.customerId) })
const toStock = (said: Said): Fact[] =>
  said.lines.map((line) => ({ ...said, lines: [line], to: "STOCK", cell: stockCell(line.sku) }))

const KEPT_MAX = 5_000

export class Order extends Cell {
  /** Orders under way; what has been delivered is read from its row. */
  readonly #open = new Map<string, OrderRow>()

  override place(order: Placed): string {
    const row: OrderRow = {
      ...order,
      status: "pending",
      isPaid: false,
      reserved: 0,
      deducted: 0,
      isDelivered: false,
      updatedAt: new Date(Date.now()).toISOString(),
    }
    this.#open.set(order.id, row)
    this.write(order.id, row)
    const said = { orderId: order.id, customerId: order.customerId, lines: order.lines }
    this.emit([
      toPayment({ ...said, type: "Payment.requested" }),
      ...toStock({ ...said, type: "Inventory.reserveRequested" }),
      toCustomer({ ...said, type: "Order.placed", text: "placed" }),
    ])
    return JSON.stringify(row)
  }

  override view(id: string): string {
    return JSON.stringify(this.#open.get(id) ?? this.read(id))
  }

  apply(facts: readonly Fact[]): Fact[] {
    const touched = new Set<OrderRow>()
    const out = facts.flatMap((fact) => {
      // Written by `place` of this very class.
      const row = this.#open.get(fact.orderId) ?? (this.read(fact.orderId) as OrderRow)
      this.#open.set(row.id, row)
      touched.add(row)
      return decide(row, fact)
    })
    for (const row of touched) {
      row.updatedAt = new Date(Date.now()).toISOString()
      this.write(row.id, row)
      if (row.status === "delivered") this.#open.delete(row.id)
    }
    return out
  }
}

function decide(row: OrderRow, { type }: Fact): Fact[] {
  const said = { orderId: row.id, customerId: row.customerId, lines: row.lines }
  const told = (text: string): Fact => toCustomer({ ...said, type: "Customer.notified", text })
  if (type === "Payment.completed") row.isPaid = true
  if (type === "Inventory.reserved") row.reserved += 1
  if (type === "Inventory.deducted") row.deducted += 1
  if (type === "Shipment.delivered") row.isDelivered = true
  if (row.status === "pending" && row.isPaid && row.reserved === row.lines.length) {
    row.status = "paid"
    return [toShipping({ ...said, type: "Shipment.create" }), told("paid")]
  }
  if (row.status === "paid" && type === "Shipment.dispatched") {
    row.status = "shipped"
    return [told("shipped")]
  }
  if (row.status === "shipped" && row.isDelivered && row.deducted === row.lines.length) {
    row.status = "delivered"
    return [told("delivered"), toCustomer({ ...said, type: "Order.completed" })]
  }
  return []
}

export class Payment extends Cell {
  apply(facts: readonly Fact[]): Fact[] {
    return facts.map((fact) => {
      this.write(fact.orderId, { orderId: fact.orderId, status: "captured" })
      return toOrder({ ...fact, type: "Payment.completed" })
    })
  }
}

export class Stock extends Cell {
  readonly #levels = new Map<string, Level>()

  override add(sku: string, quantity: number): string {
    const level = this.#level(sku)
    level.available += quantity
    this.write(sku, level)
    return JSON.stringify(level)
  }

  #level(sku: string): Level {
    // Written by this very class.
    const level = this.#levels.get(sku) ?? (this.read(sku) as Level | null) ?? { available: 0, reserved: 0, shipped: 0 }
    this.#levels.set(sku, level)
    return level
  }

  apply(facts: readonly Fact[]): Fact[] {
    const touched = new Set<string>()
    const out = facts.flatMap((fact) => fact.lines.map((line) => this.#move(fact, line, touched)))
    for (const sku of touched) this.write(sku, this.#level(sku))
    return out
  }

  #move(fact: Fact, { sku, quantity }: Line, touched: Set<string>): Fact {
    const level = this.#level(sku)
    const isReserving = fact.type === "Inventory.reserveRequested"
    if (isReserving) level.available -= quantity
    else level.shipped += quantity
    level.reserved += isReserving ? quantity : -quantity
    touched.add(sku)
    this.write(`${sku}/${fact.orderId}`, { quantity, status: isReserving ? "reserved" : "shipped" })
    return toOrder({ ...fact, type: isReserving ? "Inventory.reserved" : "Inventory.deducted" })
  }
}

export class Shipping extends Cell {
  /** Label, dispatch, transit and delivery without delays: one commit. */
  apply(facts: readonly Fact[]): Fact[] {
    return facts.flatMap((fact) => {
      // It names its order, so no row has to say whose it is.
      const trackingNumber = `TRK${fact.orderId}`
      this.write(fact.orderId, { orderId: fact.orderId, status: "delivered", trackingNumber })
      const steps = ["created", "dispatched", "inTransit", "delivered"]
      return [
        ...steps.map((step) => toOrder({ ...fact, type: `Shipment.${step}` })),
        ...toStock({ ...fact, type: "Shipment.dispatched" }),
      ]
    })
  }
}

export class Customer extends Cell {
  readonly #told = new Map<string, string[]>()

  apply(facts: readonly Fact[]): Fact[] {
    const touched = new Set<string>()
    for (const { customerId, orderId, type, text = "" } of facts) {
      const key = `${customerId}/${orderId}`
      const told = this.#told.get(key) ?? (this.read(key) as string[] | null) ?? []
      told.push(`${type} ${text}`)
      this.#told.set(key, told)
      touched.add(key)
    }
    for (const key of touched) this.write(key, this.#told.get(key))
    if (this.#told.size > KEPT_MAX) this.#told.clear()
    return []
  }
}

const cellOf = (env: Env, to: Fact["to"], cell: string) => env[to].get(env[to].idFromName(cell))

interface Body {
  readonly customerId: string
  readonly items: readonly { readonly sku: string; readonly quantity: number; readonly price: number }[]
}

function json(text: string, status: number): Response {
  return new Response(text, { status, headers: { "content-type": "application/json" } })
}

async function placed(request: Request, env: Env): Promise<Response> {
  const { customerId, items } = await request.json<Body>()
  const id = `${String(Math.floor(Math.random() * Number(env.CELLS)))}-${crypto.randomUUID()}`
  const total = items.reduce((sum, { price, quantity }) => sum + Math.round(price * 100) * quantity, 0)
  const lines = items.map(({ sku, quantity }) => ({ sku, quantity }))
  return json(await cellOf(env, "ORDER", orderCell(id)).place({ id, customerId, lines, total }), 201)
}

async function answer(request: Request, env: Env): Promise<Response> {
  const { pathname } = new URL(request.url)
  const [noun, id = "", verb] = pathname.slice(1).split("/")
  if (noun === "health") return new Response("ok")
  if (noun === "commit") {
    const key = crypto.randomUUID()
    const cell = `order-${String(hash(key) % Number(env.CELLS))}`
    return Response.json({ key: await cellOf(env, "ORDER", cell).commit(key) }, { status: 201 })
  }
  if (noun === "orders" && request.method === "POST") return placed(request, env)
  if (noun === "orders") return json(await cellOf(env, "ORDER", orderCell(id)).view(id), 200)
  if (noun === "inventory" && verb === "add") {
    const { quantity } = await request.json<{ quantity: number }>()
    return json(await cellOf(env, "STOCK", stockCell(id)).add(id, quantity), 200)
  }
  return new Response("unknown", { status: 404 })
}

export default {
  fetch: answer,
  /** One call per cell and batch. */
  async queue(batch, env) {
    const perCell = Map.groupBy(batch.messages, ({ body }) => body.cell)
    await Promise.all(
      [...perCell].map(async ([cell, messages]) => {
        const facts = messages.map(({ body }) => body)
        const [first] = facts
        if (first !== undefined) await cellOf(env, first.to, cell).deliver(facts)
      }),
    )
  },
} satisfies ExportedHandler<Env, Fact>
