/**
 * What serves orders in virtual time, and how.
 *
 * 1. A cell serves one call at a time; what arrives meanwhile gathers, and is one call and one commit.
 * 2. What a cell says leaves after its commit; while a send is under way more gathers, and goes in one message.
 * 3. A queue takes and hands out so many messages a second, in batches, to so many consumers at once.
 */
import { Agenda } from "../../tests/simulation/platform/agenda.ts"
import { Random } from "../../tests/simulation/platform/random.ts"

export interface Size {
  readonly rate: number
  readonly cells: number
  readonly participantCells: number
  readonly stockCells: number
  readonly shards: number
}

// Published limits.
const MESSAGES_PER_QUEUE_MS = 5
const CONSUMERS_PER_QUEUE = 250
const BATCH_MAX = 100
/** An object answers about a thousand calls a second. */
const CALL_MS = 1

// Assumptions.
const SEND_MS = 10
const HOP_MS = 50
const RPC_MS = 5
/** A commit is confirmed by several places before anything leaves. */
const COMMIT_MS = 8
const EVENT_CPU_MS = 0.2
const GATEWAY_MS = 100
const CALL_EVENTS_MAX = 200
const BUNDLE_MAX = 40
const POLL_MS = 5
/** Of arrivals; then everything runs to its end. */
export const SECONDS = 3
const WARM_UP_MS = 1_000
/** The clock counts whole microseconds. */
const US = 1_000
const SEED = 42

type Service = "order" | "payment" | "stock" | "shipping"
interface Delivery {
  readonly to: Service
  readonly cell: number
  readonly order: Sold
  readonly what: "place" | "request" | "effect" | "answer" | "dispatched"
}

interface Sold {
  readonly at: number
  readonly home: number
  readonly skus: readonly [number, number]
  answers: number
}

class Queue {
  messages = 0
  readonly #model: Model
  readonly #waiting: (readonly Delivery[])[] = []
  #consumers = 0
  #free = 0
  #polls = false

  constructor(model: Model) {
    this.#model = model
  }

  take(bundle: readonly Delivery[]): void {
    this.messages += 1
    const model = this.#model
    this.#free = Math.max(this.#free, model.now) + 1 / MESSAGES_PER_QUEUE_MS
    model.after(this.#free - model.now + HOP_MS, () => {
      this.#waiting.push(bundle)
      this.#poll()
    })
  }

  #poll(): void {
    if (this.#polls) return
    this.#polls = true
    this.#model.after(POLL_MS, () => {
      this.#polls = false
      while (this.#waiting.length > 0 && this.#consumers < CONSUMERS_PER_QUEUE) this.#consume()
    })
  }

  #consume(): void {
    const cells = new Map<Cell, Delivery[]>()
    for (const delivery of this.#waiting.splice(0, BATCH_MAX).flat()) {
      const cell = this.#model.cell(delivery.to, delivery.cell)
      const known = cells.get(cell)
      if (known === undefined) cells.set(cell, [delivery])
      else known.push(delivery)
    }
    this.#consumers += 1
    let open = cells.size
    for (const [cell, deliveries] of cells) {
      this.#model.after(RPC_MS, () => {
        cell.call(deliveries, () => {
          open -= 1
          if (open > 0) return
          this.#consumers -= 1
          if (this.#waiting.length > 0) this.#poll()
        })
      })
    }
  }
}

class Cell {
  busyMs = 0
  calls = 0
  readonly #model: Model
  readonly #waiting: { readonly deliveries: readonly Delivery[]; readonly done: () => void }[] = []
  readonly #outbox = new Map<Service, Delivery[]>()
  readonly #sending = new Set<Service>()
  #busy = false

  constructor(model: Model) {
    this.#model = model
  }

  call(deliveries: readonly Delivery[], done: () => void): void {
    this.calls += 1
    this.#waiting.push({ deliveries, done })
    this.#serve()
  }

  #serve(): void {
    const next = this.#busy ? undefined : this.#waiting.shift()
    if (next === undefined) return
    this.#busy = true
    const events = Math.min(CALL_EVENTS_MAX, next.deliveries.length)
    const ms = Math.max(CALL_MS, events * EVENT_CPU_MS)
    this.busyMs += ms
    this.#model.after(ms, () => {
      this.#busy = false
      this.#serve()
    })
    this.#model.after(ms + COMMIT_MS, () => {
      for (const delivery of next.deliveries) this.#model.happen(this, delivery)
      next.done()
    })
  }

  say(delivery: Delivery): void {
    const waiting = this.#outbox.get(delivery.to)
    if (waiting === undefined) this.#outbox.set(delivery.to, [delivery])
    else waiting.push(delivery)
    // What is said in the same moment goes together.
    this.#model.after(0, () => {
      this.#flush(delivery.to)
    })
  }

  #flush(to: Service): void {
    const waiting = this.#outbox.get(to) ?? []
    if (this.#sending.has(to) || waiting.length === 0) return
    this.#sending.add(to)
    const bundle = waiting.splice(0, BUNDLE_MAX)
    this.#model.after(SEND_MS, () => {
      this.#sending.delete(to)
      this.#model.queue(to).take(bundle)
      this.#flush(to)
    })
  }
}

export class Model {
  readonly #random = new Random(SEED)
  readonly #agenda = new Agenda(0, this.#random)
  readonly taken: number[] = []
  readonly #size: Size
  readonly #cells: Readonly<Record<Service, readonly Cell[]>>
  readonly #queues: Readonly<Record<Service, readonly Queue[]>>
  #turn = 0

  constructor(size: Size) {
    this.#size = size
    const cells = (count: number): Cell[] => Array.from({ length: count }, () => new Cell(this))
    const [order, participant, stock] = [size.cells, size.participantCells, size.stockCells]
    this.#cells = {
      ...{ order: cells(order), payment: cells(participant) },
      ...{ stock: cells(stock), shipping: cells(participant) },
    }
    const queues = (): Queue[] => Array.from({ length: size.shards }, () => new Queue(this))
    this.#queues = { order: queues(), payment: queues(), stock: queues(), shipping: queues() }
  }

  cell(service: Service, number: number): Cell {
    const all = this.#cells[service]
    return all[number % all.length] ?? new Cell(this)
  }

  queue(service: Service): Queue {
    const all = this.#queues[service]
    this.#turn += 1
    return all[this.#turn % all.length] ?? new Queue(this)
  }

  run(): void {
    let at = 0
    while (at < SECONDS * 1_000) {
      at += (-Math.log(1 - this.#random.unit()) * 1_000) / this.#size.rate
      this.after(at, () => {
        this.#place()
      })
    }
    for (let next = this.#agenda.take(); next !== undefined; next = this.#agenda.take()) next.run()
  }

  get now(): number {
    return this.#agenda.now / US
  }

  after(ms: number, body: () => void): void {
    this.#agenda.after(ms * US, "", body)
  }

  #place(): void {
    const pick = (): number => Math.floor(this.#random.unit() * 1e6)
    const order: Sold = { at: this.now, home: pick(), skus: [pick(), pick()], answers: 0 }
    const placing: Delivery = { to: "order", cell: order.home, order, what: "place" }
    this.cell("order", order.home).call([placing], () => undefined)
  }

  /** The parallel flow of two lines, all delays at nothing: who says what next, once it is committed. */
  happen(cell: Cell, { to, order, what }: Delivery): void {
    const ask = (service: Service, number: number, next: Delivery["what"]): void => {
      cell.say({ to: service, cell: number, order, what: next })
    }
    const answer = (): void => {
      ask("order", order.home, "answer")
    }
    if (what === "place") {
      ask("payment", order.home, "request")
      for (const sku of order.skus) ask("stock", sku, "request")
    } else if (to === "order") this.#answered(order, ask)
    else if (to === "stock") answer()
    else if (what === "request") {
      this.after(GATEWAY_MS, () => {
        cell.call([{ to, cell: order.home, order, what: "effect" }], () => undefined)
      })
    } else {
      answer()
      if (to === "shipping") for (const sku of order.skus) ask("stock", sku, "dispatched")
    }
  }

  #answered(order: Sold, ask: (service: Service, number: number, next: Delivery["what"]) => void): void {
    order.answers += 1
    // Payment and both lines; then the shipment and both lines once more.
    if (order.answers === 3) ask("shipping", order.home, "request")
    if (order.answers === 6 && order.at >= WARM_UP_MS) this.taken.push(this.now - order.at)
  }

  /** The busiest cell of a service, as a share of the time in which orders came. */
  load(service: Service): number {
    return Math.max(...this.#cells[service].map(({ busyMs }) => busyMs)) / (SECONDS * 1_000)
  }

  messages(): number {
    return Object.values(this.#queues)
      .flat()
      .reduce((sum, queue) => sum + queue.messages, 0)
  }

  /** Of the service that is sent most, as a share of what its queues take. */
  queueLoad(): number {
    const most = Math.max(
      ...Object.values(this.#queues).map((all) => all.reduce((sum, { messages }) => sum + messages, 0)),
    )
    return most / (this.#size.shards * MESSAGES_PER_QUEUE_MS * SECONDS * 1_000)
  }

  calls(): number {
    return Object.values(this.#cells)
      .flat()
      .reduce((sum, cell) => sum + cell.calls, 0)
  }
}
