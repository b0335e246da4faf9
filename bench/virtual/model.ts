/**
 * What serves orders in virtual time, and how.
 *
 * 1. A cell serves one call at a time; what arrives meanwhile gathers, and is one call and one commit.
 * 2. What a cell says leaves after its commit; while a send is under way more gathers, and goes in one message.
 * 3. What the cells of a batch say to it leaves in one send for each service, with the last of them or soon after the first.
 * 4. A queue takes and hands out so many messages a second, in batches, to so many consumers at once.
 */
import { Agenda } from "../../tests/simulation/platform/agenda.ts"
import { Random } from "../../tests/simulation/platform/random.ts"
import { Cell } from "./cell.ts"
import {
  type Service,
  type Delivery,
  type Sold,
  MESSAGES_PER_QUEUE_MS,
  SEND_MS,
  GATEWAY_MS,
  BUNDLE_MAX,
  SECONDS,
  WARM_UP_MS,
  US,
  SEED,
} from "./limits.ts"
import { Queue } from "./queue.ts"

export interface Size {
  readonly rate: number
  readonly cells: number
  readonly participantCells: number
  readonly stockCells: number
  readonly shards: number
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
    this.cell("order", order.home).call(placing)
  }

  /** Sent by the consumer that has called those who said it. */
  carry(said: readonly Delivery[]): void {
    for (const [to, all] of Map.groupBy(said, (each) => each.to)) {
      this.after(SEND_MS, () => {
        for (let from = 0; from < all.length; from += BUNDLE_MAX)
          this.queue(to).take(all.slice(from, from + BUNDLE_MAX))
      })
    }
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
        cell.call({ to, cell: order.home, order, what: "effect" })
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
