/** An object that serves many keys. */
import {
  type Service,
  type Delivery,
  CALL_MS,
  SEND_MS,
  COMMIT_MS,
  EVENT_CPU_MS,
  CALL_EVENTS_MAX,
  BUNDLE_MAX,
} from "./limits.ts"
import type { Model } from "./model.ts"

interface Call {
  readonly deliveries: readonly Delivery[]
  /** Takes what is said to them; without it the cell sends that by itself. */
  readonly done: ((said: readonly Delivery[]) => void) | null
}

export class Cell {
  busyMs = 0
  calls = 0
  readonly #model: Model
  readonly #waiting: Call[] = []
  readonly #outbox = new Map<Service, Delivery[]>()
  readonly #sending = new Set<Service>()
  #busy = false
  /** What is said to a batch, while that is under way. */
  #said: Delivery[] | null = null

  constructor(model: Model) {
    this.#model = model
  }

  call(delivery: Delivery): void {
    this.#take({ deliveries: [delivery], done: null })
  }

  hand(deliveries: readonly Delivery[], done: (said: readonly Delivery[]) => void): void {
    this.#take({ deliveries, done })
  }

  #take(call: Call): void {
    this.calls += 1
    this.#waiting.push(call)
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
      const said: Delivery[] = []
      this.#said = next.done === null ? null : said
      for (const delivery of next.deliveries) this.#model.happen(this, delivery)
      this.#said = null
      next.done?.(said)
    })
  }

  say(delivery: Delivery): void {
    if (this.#said !== null) {
      this.#said.push(delivery)
      return
    }
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
