/**
 * The same saga on Cloudflare Workflows, as its documentation would have it: an instance per order, a step per call,
 * each with retries, each with an effect that may be repeated.
 *
 * Steps that always follow each other are one (label, dispatch, transit and delivery), and customers are told within the
 * steps beside, so it has fewer of them than the project has events.
 */
import { DurableObject, WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from "cloudflare:workers"
import { NonRetryableError } from "cloudflare:workflows"

interface Env {
  readonly SAGA: Workflow<Order>
  readonly STOCK: DurableObjectNamespace<Stock>
  readonly LEDGER: DurableObjectNamespace<Ledger>
}

interface Order {
  readonly id: string
  readonly customerId: string
  readonly items: readonly { readonly sku: string; readonly quantity: number }[]
}

const LEDGERS = 4
const STOCKS = 8
const RETRY = { retries: { limit: 5, delay: "1 second", backoff: "exponential" } } as const

/** Levels and reservations of SKUs, several to an object. */
export class Stock extends DurableObject<Env> {
  constructor(state: DurableObjectState, env: Env) {
    super(state, env)
    const { sql } = state.storage
    sql.exec(
      "CREATE TABLE IF NOT EXISTS levels (sku TEXT PRIMARY KEY, available INTEGER, shipped INTEGER) WITHOUT ROWID",
    )
    sql.exec("CREATE TABLE IF NOT EXISTS holds (key TEXT PRIMARY KEY, status TEXT) WITHOUT ROWID")
  }

  #run(query: string, ...values: SqlStorageValue[]): Record<string, SqlStorageValue>[] {
    return this.ctx.storage.sql.exec(query, ...values).toArray()
  }

  add(sku: string, quantity: number): void {
    this.#run("INSERT OR IGNORE INTO levels VALUES (?, 0, 0)", sku)
    this.#run("UPDATE levels SET available = available + ? WHERE sku = ?", quantity, sku)
  }

  reserve(orderId: string, sku: string, quantity: number): boolean {
    const key = `${orderId}/${sku}`
    if (this.#run("SELECT 1 FROM holds WHERE key = ?", key).length > 0) return true
    const level = this.#run("SELECT available FROM levels WHERE sku = ?", sku)[0]
    if (Number(level?.["available"] ?? 0) < quantity) return false
    this.#run("UPDATE levels SET available = available - ? WHERE sku = ?", quantity, sku)
    this.#run("INSERT INTO holds VALUES (?, 'reserved')", key)
    return true
  }

  deduct(orderId: string, sku: string, quantity: number): void {
    const key = `${orderId}/${sku}`
    if (
      this.#run("UPDATE holds SET status = 'shipped' WHERE key = ? AND status = 'reserved' RETURNING key", key).length
    )
      this.#run("UPDATE levels SET shipped = shipped + ? WHERE sku = ?", quantity, sku)
  }
}

/** Orders, payments, shipments and notifications, several to an object: an object each would be slower. */
export class Ledger extends DurableObject<Env> {
  constructor(state: DurableObjectState, env: Env) {
    super(state, env)
    state.storage.sql.exec("CREATE TABLE IF NOT EXISTS entries (key TEXT PRIMARY KEY, body TEXT) WITHOUT ROWID")
  }

  enter(entries: Readonly<Record<string, unknown>>): void {
    for (const [key, body] of Object.entries(entries))
      this.ctx.storage.sql.exec("INSERT OR REPLACE INTO entries VALUES (?, ?)", key, JSON.stringify(body)).toArray()
  }

  read(key: string): string | null {
    const row = this.ctx.storage.sql.exec("SELECT body FROM entries WHERE key = ?", key).toArray()[0]
    const body = row?.["body"]
    return typeof body === "string" ? body : null
  }
}

export class OrderSaga extends WorkflowEntrypoint<Env, Order> {
  override async run(event: Readonly<WorkflowEvent<Order>>, step: WorkflowStep): Promise<void> {
    const { id, items } = event.payload
    const ledger = ledgerOf(this.env, id)
    await Promise.all([
      step.do("charge", RETRY, async () => {
        await ledger.enter({ [`pay/${id}`]: "captured", [`told/${id}/placed`]: 1 })
      }),
      ...items.map(({ sku, quantity }) =>
        step.do(`reserve ${sku}`, RETRY, async () => {
          if (!(await stockOf(this.env, sku).reserve(id, sku, quantity))) throw new NonRetryableError("out of stock")
        }),
      ),
    ])
    await step.do("ship", RETRY, async () => {
      await ledger.enter({ [`ship/${id}`]: "delivered", [`told/${id}/paid`]: 1, [`told/${id}/shipped`]: 1 })
    })
    await Promise.all(
      items.map(({ sku, quantity }) =>
        step.do(`deduct ${sku}`, RETRY, async () => {
          await stockOf(this.env, sku).deduct(id, sku, quantity)
        }),
      ),
    )
    await step.do("complete", RETRY, async () => {
      const updatedAt = new Date(Date.now()).toISOString()
      await ledger.enter({ [`order/${id}`]: { id, status: "delivered", updatedAt }, [`told/${id}/delivered`]: 1 })
    })
  }
}

function ledgerOf(env: Env, orderId: string): DurableObjectStub<Ledger> {
  return env.LEDGER.get(env.LEDGER.idFromName(String(hash(orderId) % LEDGERS)))
}

function stockOf(env: Env, sku: string): DurableObjectStub<Stock> {
  return env.STOCK.get(env.STOCK.idFromName(String(hash(sku) % STOCKS)))
}

function hash(text: string): number {
  let sum = 0x811c9dc5
  for (let index = 0; index < text.length; index++) sum = Math.imul(sum ^ text.charCodeAt(index), 0x01000193)
  return sum >>> 0
}

async function placed(request: Request, env: Env): Promise<Response> {
  const body = await request.json<Omit<Order, "id">>()
  const id = crypto.randomUUID()
  await env.SAGA.create({ id, params: { id, customerId: body.customerId, items: body.items } })
  return Response.json({ id, status: "pending" }, { status: 201 })
}

export default {
  async fetch(request, env) {
    const [noun, id = "", verb] = new URL(request.url).pathname.slice(1).split("/")
    if (noun === "health") return new Response("ok")
    if (noun === "orders" && request.method === "POST") return placed(request, env)
    if (noun === "orders") {
      const row = await ledgerOf(env, id).read(`order/${id}`)
      return new Response(
        row ?? JSON.stringify({ id, status: "pending", updatedAt: new Date(Date.now()).toISOString() }),
      )
    }
    if (noun === "inventory" && verb === "add") {
      const { quantity } = await request.json<{ quantity: number }>()
      await stockOf(env, id).add(id, quantity)
      return Response.json({ sku: id })
    }
    return new Response("unknown", { status: 404 })
  },
} satisfies ExportedHandler<Env>
