/**
 * What every cell of the floor has: rows, an outbox row for each commit, and one alarm when none is pending.
 *
 * There is nothing else: no inbox, no receipts, no order, no look-ups, no dead letters. Whatever these cost is the
 * distance from here.
 */
import { DurableObject } from "cloudflare:workers"

export type Service = "ORDER" | "PAYMENT" | "STOCK" | "SHIPPING" | "CUSTOMER"

export interface Line {
  readonly sku: string
  readonly quantity: number
}

export interface Fact {
  readonly type: string
  readonly to: Service
  readonly cell: string
  readonly orderId: string
  readonly customerId: string
  readonly lines: readonly Line[]
  readonly text?: string
}

export interface Env {
  readonly ORDER: DurableObjectNamespace<Cell>
  readonly PAYMENT: DurableObjectNamespace<Cell>
  readonly STOCK: DurableObjectNamespace<Cell>
  readonly SHIPPING: DurableObjectNamespace<Cell>
  readonly CUSTOMER: DurableObjectNamespace<Cell>
  readonly ORDER_QUEUE: Queue<Fact>
  readonly PAYMENT_QUEUE: Queue<Fact>
  readonly STOCK_QUEUE: Queue<Fact>
  readonly SHIPPING_QUEUE: Queue<Fact>
  readonly CUSTOMER_QUEUE: Queue<Fact>
  readonly CELLS: string
}

export interface Order {
  readonly id: string
  readonly customerId: string
  readonly lines: readonly Line[]
  readonly total: number
}

/** What has not been sent by then is sent by the alarm. */
const SAFETY_MS = 5_000
const SEND_MAX = 100
const PARTICIPANT_CELLS = 4
const STOCK_CELLS = 8
const CUSTOMER_CELLS = 8

export abstract class Cell extends DurableObject<Env> {
  #isArmed = false
  #slots = 0
  readonly #free: number[] = []
  readonly #busy = new Set<number>()

  constructor(state: DurableObjectState, env: Env) {
    super(state, env)
    this.run("CREATE TABLE IF NOT EXISTS outbox (slot INTEGER PRIMARY KEY, body TEXT NOT NULL)")
    this.run("CREATE TABLE IF NOT EXISTS things (key TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID")
  }

  abstract apply(facts: readonly Fact[]): Fact[]

  /** All facts of a batch in one commit. */
  deliver(facts: readonly Fact[]): void {
    this.emit(this.apply(facts))
  }

  /** Answers are JSON already: nobody between here and the caller reads them. */
  place(_order: Order): string {
    throw new Error("only orders are placed")
  }

  add(_sku: string, _quantity: number): string {
    throw new Error("only stock is added to")
  }

  view(key: string): string {
    return JSON.stringify(this.read(key))
  }

  /** One commit and nothing else, to compare with. */
  commit(key: string): string {
    this.write(key, { key })
    return key
  }

  protected run(sql: string, ...values: SqlStorageValue[]): Record<string, SqlStorageValue>[] {
    return this.ctx.storage.sql.exec(sql, ...values).toArray()
  }

  protected read(key: string): unknown {
    const row = this.run("SELECT body FROM things WHERE key = ?", key)[0]
    return row === undefined ? null : JSON.parse(bodyOf(row))
  }

  protected write(key: string, body: unknown): void {
    this.run("INSERT OR REPLACE INTO things VALUES (?, ?)", key, JSON.stringify(body))
  }

  protected emit(facts: readonly Fact[]): void {
    if (facts.length === 0) return
    // Slots are used again, so that what was sent needs no write to be forgotten.
    const slot = this.#free.pop() ?? ++this.#slots
    this.#busy.add(slot)
    this.run("INSERT OR REPLACE INTO outbox VALUES (?, ?)", slot, JSON.stringify(facts))
    this.#arm()
    this.ctx.waitUntil(this.#send(slot, facts))
  }

  #arm(): void {
    if (this.#isArmed) return
    this.#isArmed = true
    void this.ctx.storage.setAlarm(Date.now() + SAFETY_MS)
  }

  async #send(slot: number, facts: readonly Fact[]): Promise<void> {
    await send(this.env, facts)
    this.#busy.delete(slot)
    this.#free.push(slot)
  }

  override async alarm(): Promise<void> {
    this.#isArmed = false
    if (this.#busy.size > 0) {
      this.#arm()
      return
    }
    const isFresh = this.#slots === 0
    const rows = isFresh ? this.run("SELECT body FROM outbox") : []
    this.#slots = 0
    this.#free.length = 0
    this.run("DELETE FROM outbox")
    // Only an object that has lost its memory does not know that all of these were sent.
    for (const row of rows) await send(this.env, JSON.parse(bodyOf(row)) as Fact[])
  }
}

function bodyOf(row: Readonly<Record<string, SqlStorageValue>>): string {
  const { body } = row
  if (typeof body !== "string") throw new TypeError("a body is text")
  return body
}

async function send(env: Env, facts: readonly Fact[]): Promise<void> {
  const perService = Map.groupBy(facts, ({ to }) => to)
  await Promise.all(
    [...perService].map(async ([service, all]) => {
      for (let from = 0; from < all.length; from += SEND_MAX) {
        await env[`${service}_QUEUE`].sendBatch(all.slice(from, from + SEND_MAX).map((body) => ({ body })))
      }
    }),
  )
}

export function hash(text: string): number {
  let sum = 0x811c9dc5
  for (let index = 0; index < text.length; index++) sum = Math.imul(sum ^ text.charCodeAt(index), 0x01000193)
  return sum >>> 0
}

/** An order's id begins with the number of its cell. */
export function orderCell(orderId: string): string {
  return `order-${orderId.split("-")[0] ?? ""}`
}

export function participantCell(orderId: string): string {
  return `cell-${String(Number(orderId.split("-")[0]) % PARTICIPANT_CELLS)}`
}

export function stockCell(sku: string): string {
  return `stock-${String(hash(sku) % STOCK_CELLS)}`
}

export function customerCell(customerId: string): string {
  return `customer-${String(hash(customerId) % CUSTOMER_CELLS)}`
}
