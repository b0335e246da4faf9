/** A queue, and its consumers. */
import { COMPANY_MS } from "../../choreography/departures.ts"
import type { Cell } from "./cell.ts"
import {
  type Delivery,
  MESSAGES_PER_QUEUE_MS,
  CONSUMERS_PER_QUEUE,
  BATCH_MAX,
  HOP_MS,
  RPC_MS,
  POLL_MS,
} from "./limits.ts"
import type { Model } from "./model.ts"

export class Queue {
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
    const said: Delivery[] = []
    const leave = (): void => {
      this.#model.carry(said.splice(0))
    }
    for (const [cell, deliveries] of cells) {
      this.#model.after(RPC_MS, () => {
        cell.hand(deliveries, (answers) => {
          if (said.length === 0 && answers.length > 0) this.#model.after(COMPANY_MS, leave)
          said.push(...answers)
          open -= 1
          if (open > 0) return
          leave()
          this.#consumers -= 1
          if (this.#waiting.length > 0) this.#poll()
        })
      })
    }
  }
}
