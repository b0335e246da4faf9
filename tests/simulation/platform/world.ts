/**
 * The stand-in of the platform: objects, queues and calls in virtual time, under the real choreography. One seed decides
 * everything that happens by chance.
 */
import { bundlesOf } from "../../../choreography/bundles.ts"
import type { Cell } from "../../../choreography/cell.ts"
import type { LogLine, Said } from "../../../choreography/platform.ts"
import { type Performer, type Placement, registry, type Registry, type Service } from "../../../choreography/service.ts"
import type { ChoreographySettings } from "../../../choreography/settings.ts"
import type { Receipt } from "../../../choreography/wire.ts"
import { Agenda } from "./agenda.ts"
import { type FaultPlan, Faults } from "./faults.ts"
import type { Write } from "./disk.ts"
import { History } from "./history.ts"
import { Host } from "./host.ts"
import type { Applied } from "./instance.ts"
import type { Queue } from "./queue.ts"
import { posted } from "./post.ts"
import { queueOf } from "./wiring.ts"
import { Random } from "./random.ts"
import { Sweep } from "./sweep.ts"

/** A claim that did not hold. */
export class Violation extends Error {
  override readonly name = "Violation"
  readonly invariant: string

  constructor(invariant: string, message: string) {
    super(`${invariant}: ${message}`)
    this.invariant = invariant
  }
}

export interface WorldOptions {
  readonly services: readonly Service[]
  readonly settings: ChoreographySettings
  readonly serviceSettings: unknown
  /** Where unreadable messages are filed. */
  readonly unreadable: { readonly service: string; readonly cell: string }
}

export interface Observer {
  /** After every commit: what was written, and which events took effect with it. */
  committed(host: Host, writes: readonly Write[], applied: readonly Applied[]): void
  rewound(host: Host): void
  logged?(host: Host, line: LogLine): void
  /** Before it is on its way. */
  sent?(host: Host, bundles: readonly string[]): void
}

type Performers = (service: string) => Readonly<Record<string, Performer>>

/** A fixed morning: histories don't depend on the day they are run. */
const START = Date.UTC(2026, 0, 5, 8)
const MINUTE = 60_000
const LINE_MAX = 200
export const CALL_MS_MAX = 15
/** Longer than a reader waits for what it can't read, and shorter. */
const TAKEN_BACK_MS_MAX = 25 * MINUTE
const SPURIOUS_SWEEP_RATE = 0.05

export class World {
  readonly random: Random
  readonly agenda: Agenda
  readonly faults: Faults
  readonly history: History
  readonly registry: Registry
  readonly options: WorldOptions
  readonly sweep: Sweep
  readonly points = new Map<string, number>()
  readonly crashes = new Map<string, number>()
  pointsReached = 0
  steps = 0
  /** An object was restored to an earlier time: what it forgot, nobody tells it again. */
  isRestored = false
  violation: Error | null = null
  /** When a newer build, whose events have a version more, begins to spread over the objects. */
  deployedAt = Infinity
  /** Until then it is taken back. */
  takenBackUntil = 0
  performers: Performers = () => ({})
  observer: Observer = { committed: () => undefined, rewound: () => undefined }
  readonly #hosts = new Map<string, Host>()
  readonly #queues = new Map<string, Queue>()
  readonly #placements = new Map<string, Placement>()

  constructor(options: WorldOptions, seed: number, plan: FaultPlan, readable: boolean) {
    this.options = options
    this.random = new Random(seed)
    this.agenda = new Agenda(START, this.random)
    this.history = new History(readable)
    this.faults = new Faults(plan, this.random, (fault, where) => {
      this.history.add(this.agenda.now, `FAULT ${fault} at ${where}`)
    })
    this.registry = registry(options.services)
    this.sweep = new Sweep(this)
    for (const service of options.services) {
      // Each service declares what settings it takes; one object serves them all, as in the worker.
      this.#placements.set(service.name, service.placement(options.serviceSettings as never))
      if (service.listeners.size > 0) this.#queues.set(service.name, queueOf(this, service.name))
    }
    this.#tick()
    const isMixed = this.faults.isActive("mixedBuilds") || this.faults.isActive("rollback")
    if (this.faults.strike("newerVersion", "deployment") || isMixed)
      this.deployedAt = START + this.random.between(0, MINUTE / 2)
  }

  get hosts(): Iterable<Host> {
    return this.#hosts.values()
  }

  /** Two builds are about. */
  get areMixed(): boolean {
    return this.agenda.now >= this.deployedAt
  }

  queue(service: string): Queue | undefined {
    return this.#queues.get(service)
  }

  /** Lets everything happen that is due until nothing is under way, or until `done` says so. */
  async run(done: () => boolean = () => false): Promise<void> {
    while (this.violation === null && !done() && this.agenda.pending > 0) {
      const entry = this.agenda.take()
      if (entry === undefined) break
      this.steps += 1
      entry.run()
      await drained()
    }
    if (this.violation !== null) throw this.violation
  }

  /** Something happened that no fault explains. */
  failed(what: string, error: unknown): void {
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error)
    this.violation ??= error instanceof Violation ? error : new Error(`${what}: ${detail}`, { cause: error })
  }

  placementOf(service: string): Placement {
    const placement = this.#placements.get(service)
    if (placement === undefined) throw new Error(`there is no service ${service}`)
    return placement
  }

  /** The object that a key lives in, if anybody has ever called it. */
  hostOf(service: string, key: string): Host | undefined {
    return this.#hosts.get(labelOf(service, this.placementOf(service).cellOf(key)))
  }

  host(service: string, cell: string): Host {
    const label = labelOf(service, cell)
    const known = this.#hosts.get(label)
    if (known !== undefined) return known
    const declared = this.registry.services.get(service)
    if (declared === undefined) throw new Error(`there is no service ${service}`)
    const host = new Host(this, declared, cell, this.performers(service))
    this.#hosts.set(label, host)
    return host
  }

  /** A call from outside the object: both ways take time, and either can be lost. */
  call<T>(service: string, cell: string, what: string, body: (cell: Cell) => T | Promise<T>): Promise<T> {
    const { agenda, faults, random } = this
    const label = labelOf(service, cell)
    return new Promise<T>((resolve, reject) => {
      const answer = (settle: () => void): void => {
        agenda.after(random.between(0, CALL_MS_MAX), `answer of ${label}`, settle)
      }
      const lost = (): void => {
        reject(Object.assign(new Error("Network connection lost."), { retryable: true }))
      }
      if (faults.strike("overloaded", label)) {
        answer(() => {
          reject(Object.assign(new Error("object is overloaded"), { overloaded: true }))
        })
        return
      }
      if (faults.strike("resetBefore", label)) {
        answer(lost)
        return
      }
      agenda.after(random.between(0, CALL_MS_MAX), `${label} is called`, () => {
        this.host(service, cell)
          .enter(what, body)
          .then(
            (value) => {
              const isLost = faults.strike("resetAfter", label)
              answer(() => {
                if (isLost) lost()
                else resolve(value)
              })
            },
            (error: unknown) => {
              answer(() => {
                // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- What was thrown is passed on as it is.
                reject(error)
              })
            },
          )
      })
    })
  }

  /** What a client outside wants of a key; arguments and answers are copied, as between isolates. */
  async ask(service: string, key: string, name: string, input: unknown): Promise<unknown> {
    const cell = this.placementOf(service).cellOf(key)
    const sent = structuredClone(input)
    return structuredClone(await this.call(service, cell, `ask ${name}`, (target) => target.ask(key, name, sent, "")))
  }

  send(from: Host, service: string, bundles: readonly string[]): Promise<void> {
    this.observer.sent?.(from, bundles)
    return posted(this, `${from.label} to ${service}`, service, bundles)
  }

  /** What a cell has said to the consumer that called it. */
  handedOver(service: string, cell: string, said: Said): void {
    for (const [, lines] of said) this.observer.sent?.(this.host(service, cell), bundlesOf(lines))
  }

  /** The consumer of a queue sends what the cells of its batch have said, unless it dies first. */
  carry(from: string, service: string, bundles: readonly string[]): Promise<void> {
    const where = `the consumer of ${from} to ${service}`
    return this.faults.strike("carrierDies", where)
      ? new Promise(() => undefined)
      : posted(this, where, service, bundles)
  }

  async sendReceipts(service: string, cell: string, receipts: readonly Receipt[]): Promise<void> {
    // A copy of this moment, as a call between objects makes one.
    const sent = JSON.stringify(receipts)
    await this.call(service, cell, "receipts", (target) => {
      target.receipts(JSON.parse(sent) as Receipt[])
    })
  }

  committed(host: Host, writes: readonly Write[], applied: readonly Applied[]): void {
    for (const { table, key } of writes) this.history.add(this.agenda.now, `${host.label} writes ${table} ${key}`)
    try {
      this.observer.committed(host, writes, applied)
    } catch (error) {
      this.failed(`after a commit of ${host.label}`, error)
    }
  }

  rewound(host: Host): void {
    this.isRestored = true
    this.observer.rewound(host)
  }

  logged(host: Host, line: LogLine): void {
    if (this.history.lines !== null && line.level !== "debug") {
      const fields = Object.entries(line).map(([name, value]) => `${name}=${String(value)}`)
      this.history.lines.push(`    ${host.label} ${fields.join(" ")}`.slice(0, LINE_MAX))
    }
    this.observer.logged?.(host, line)
  }

  /** The power of the whole machine: every object dies, and the local runtime's queues are memory. */
  blackout(): void {
    for (const host of this.#hosts.values()) host.kill()
    for (const queue of this.#queues.values()) queue.wipe()
  }

  /** From here on nothing goes wrong any more. */
  calm(): void {
    this.history.add(this.agenda.now, "CALM")
    this.faults.stopped = true
    this.takenBackUntil = 0
    for (const host of this.#hosts.values()) host.calm()
    for (const queue of this.#queues.values()) queue.calm()
  }

  close(): void {
    for (const host of this.#hosts.values()) host.close()
  }

  /** While faults are about, every minute: whatever may strike everything, and now and then a sweep for nothing. */
  #tick(): void {
    if (this.faults.stopped) return
    this.agenda.after(MINUTE, "a minute", () => this.#tick(), true)
    if (this.faults.strike("blackout", "everything")) this.blackout()
    if (this.areMixed && this.faults.strike("rollback", "deployment"))
      this.takenBackUntil = this.agenda.now + this.random.between(MINUTE, TAKEN_BACK_MS_MAX)
    if (this.random.chance(SPURIOUS_SWEEP_RATE)) this.sweep.all()
  }
}

function labelOf(service: string, cell: string): string {
  return `${service}[${cell}]`
}

/** Everything that is ready to go on, goes on until it waits for virtual time. */
function drained(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
