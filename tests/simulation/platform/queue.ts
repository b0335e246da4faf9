/**
 * A queue: at least once, in any order, in batches.
 *
 * 1. The first verdict on a message wins. What has none when the consumer returns is acknowledged; when it throws, it
 *    comes again. What was acknowledged stays so (the local runtime forgets that: see `forgetsVerdicts`).
 * 2. A message that has come too often goes to the dead-letter queue as a new message, or is gone where there is none.
 * 3. Nothing is remembered of a message that was acknowledged, but for the copies that faults have made.
 */
import type { Message } from "../../../choreography/consumer.ts"
import type { Agenda } from "./agenda.ts"
import type { Faults } from "./faults.ts"
import type { Random } from "./random.ts"

export interface QueueOptions {
  readonly name: string
  readonly batchMax: number
  readonly retriesMax: number
  readonly retryDelayMs: number
  readonly concurrencyMax: number
  readonly deadLetters: Queue | null
  /** As the local runtime does: when the consumer throws, the whole batch comes again. */
  readonly forgetsVerdicts: boolean
}

export interface QueuePorts {
  readonly agenda: Agenda
  readonly random: Random
  readonly faults: Faults
  readonly consume: (messages: readonly Message[]) => Promise<void>
}

interface Stored {
  readonly id: string
  readonly body: unknown
  /** A copy is not copied again, or one storm would feed the next. */
  readonly isCopy: boolean
  attempts: number
}

type Verdict = "ack" | number

const HOP_MS_MAX = 40
const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** How long a batch stays away whose consumer has died. */
const LEASE_MS = 30_000
const STORM = 100

export class Queue {
  readonly options: QueueOptions
  readonly #ports: QueuePorts
  readonly #visible: Stored[] = []
  #count = 0
  #running = 0
  #woken = false
  #generation = 0
  #pausedUntil = 0

  constructor(options: QueueOptions, ports: QueuePorts) {
    this.options = options
    this.#ports = ports
  }

  /** Messages that wait for a consumer right now. */
  get backlog(): number {
    return this.#visible.length
  }

  put(body: unknown, delayMs = 0): void {
    this.#count += 1
    this.#later({ id: `${this.options.name}:${this.#count}`, body, isCopy: false, attempts: 1 }, delayMs + this.#hop())
  }

  /** The local runtime is killed: its queues live in memory. */
  wipe(): void {
    this.#generation += 1
    this.#visible.length = 0
  }

  pause(ms: number): void {
    const { agenda } = this.#ports
    this.#pausedUntil = Math.max(this.#pausedUntil, agenda.now + ms)
    agenda.after(ms, `${this.options.name} resumes`, () => {
      this.#wake()
    })
  }

  calm(): void {
    this.#pausedUntil = 0
    this.#wake()
  }

  #hop(): number {
    const { random, faults } = this.#ports
    const { name } = this.options
    if (faults.strike("reorder", name)) return random.between(1, 5 * MINUTE)
    if (faults.strike("delayed", name)) return random.between(HOUR, 72 * HOUR)
    return random.between(1, HOP_MS_MAX)
  }

  #later(message: Stored, delayMs: number): void {
    const generation = this.#generation
    this.#ports.agenda.after(delayMs, `${message.id} is due`, () => {
      if (generation !== this.#generation) return
      this.#visible.push(message)
      this.#wake()
    })
  }

  #wake(): void {
    if (this.#woken || this.#visible.length === 0 || this.#running >= this.options.concurrencyMax) return
    if (this.#ports.agenda.now < this.#pausedUntil) return
    this.#woken = true
    this.#ports.agenda.after(0, `${this.options.name} delivers`, () => {
      this.#woken = false
      this.#deliver()
      this.#wake()
    })
  }

  #deliver(): void {
    const { random, faults, agenda } = this.#ports
    if (faults.strike("paused", this.options.name)) this.pause(random.between(MINUTE, 6 * HOUR))
    if (this.#visible.length === 0 || agenda.now < this.#pausedUntil) return
    random.shuffle(this.#visible)
    const size = Math.min(this.#visible.length, random.between(1, this.options.batchMax))
    const batch = this.#visible.splice(0, size).filter((message) => !this.#isGivenUp(message))
    if (batch.length === 0) return
    this.#running += 1
    void this.#run(batch, this.#generation).finally(() => {
      this.#running -= 1
      this.#wake()
    })
  }

  /** As if its retries were spent. */
  #isGivenUp(message: Stored): boolean {
    const { deadLetters, name } = this.options
    if (deadLetters === null || !this.#ports.faults.strike("redriven", name)) return false
    deadLetters.put(message.body)
    return true
  }

  async #run(batch: readonly Stored[], generation: number): Promise<void> {
    const { faults, random } = this.#ports
    const verdicts = new Map<Stored, Verdict>()
    const dies = faults.strike("consumerDies", this.options.name)
    let threw = false
    try {
      await this.#ports.consume(batch.map((message) => this.#handed(message, verdicts)))
    } catch {
      threw = true
    }
    if (generation !== this.#generation) return
    for (const message of batch) {
      const verdict = threw && this.options.forgetsVerdicts ? undefined : verdicts.get(message)
      if (dies) this.#again(message, LEASE_MS)
      else if (typeof verdict === "number") this.#again(message, verdict)
      else if (verdict === undefined && threw) this.#again(message, this.options.retryDelayMs)
      else this.#copy(message, faults, random)
    }
  }

  #handed(message: Stored, verdicts: Map<Stored, Verdict>): Message {
    const decide = (verdict: Verdict): void => {
      if (!verdicts.has(message)) verdicts.set(message, verdict)
    }
    return {
      id: message.id,
      body: message.body,
      attempts: message.attempts,
      ack: () => {
        decide("ack")
      },
      retry: ({ delaySeconds }) => {
        decide(delaySeconds * 1000)
      },
    }
  }

  /** At least once: what was acknowledged may come again all the same. */
  #copy(message: Stored, faults: Faults, random: Random): void {
    if (message.isCopy) return
    const copied = { ...message, isCopy: true }
    if (faults.strike("duplicate", message.id)) {
      this.#later({ ...copied }, random.pick([1, MINUTE, HOUR, 48 * HOUR, 30 * 24 * HOUR]))
    }
    if (!faults.strike("storm", message.id)) return
    for (let copy = 0; copy < STORM; copy++) this.#later({ ...copied }, random.between(0, 5_000))
  }

  #again(message: Stored, delayMs: number): void {
    const { deadLetters, retriesMax } = this.options
    message.attempts += 1
    if (message.attempts <= retriesMax + 1) this.#later(message, delayMs)
    else deadLetters?.put(message.body)
  }
}
