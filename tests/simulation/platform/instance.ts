/**
 * One life of an object: the real `Cell` and the platform it sees. When it ends, its storage throws; if it was killed,
 * nothing that it waited for ever answers, and if it was merely replaced, it goes on without its storage.
 *
 * What it says to anybody leaves it when its event is durable, and is never said if it isn't (the platform's output gate).
 */
import { Cell } from "../../../choreography/cell.ts"
import type { Cancel, LogLine, Platform, Point, SqlRow, SqlValue, Storage } from "../../../choreography/platform.ts"
import type { Performer, Service } from "../../../choreography/service.ts"
import type { Receipt } from "../../../choreography/wire.ts"
import type { Host } from "./host.ts"

/** Thrown where an object dies. */
export class Crash extends Error {
  override readonly name = "Crash"
}

export function reset(): Error {
  return Object.assign(new Error("the object was reset"), { durableObjectReset: true })
}

export type End = "killed" | "evicted" | "replaced"

/** An event that took effect, or that was other than what had taken effect under its position. */
export interface Applied {
  readonly outcome: "applied" | "conflict"
  readonly event: string
  readonly target: string
  readonly position: number
}

export class Instance implements Platform {
  readonly cell: Cell
  readonly storage: Storage
  ready: Promise<void> = Promise.resolve()
  awake = false
  openFails = false
  /** Work in the background that is not done. */
  underWay = 0
  readonly host: Host
  readonly build: Service
  #end: End | null = null
  #applied: Applied[] = []
  #held: (() => void)[] = []

  constructor(host: Host) {
    this.host = host
    this.build = host.build
    this.storage = new InstanceStorage(this)
    this.cell = new Cell({
      name: host.name,
      service: this.build,
      registry: host.world.registry,
      platform: this,
      settings: host.world.options.settings,
      serviceSettings: host.world.options.serviceSettings,
      performers: this.#gated(host.performers),
    })
  }

  get isAlive(): boolean {
    return this.#end === null
  }

  /** A killed instance does nothing any more; a replaced one doesn't know yet. */
  get isGone(): boolean {
    return this.#end === "killed" || this.#end === "evicted"
  }

  wake(): void {
    this.ready = this.cell.wake().then(
      () => {
        this.awake = true
        this.host.commit(this)
      },
      () => {
        this.host.end(this, "killed", false)
        throw reset()
      },
    )
    this.ready.catch(() => undefined)
  }

  end(how: End): void {
    this.#end = how
  }

  takeApplied(): readonly Applied[] {
    const applied = this.#applied
    if (applied.length > 0) this.#applied = []
    return applied
  }

  /** Its event is durable. */
  letOut(): void {
    const held = this.#held
    if (held.length === 0) return
    this.#held = []
    for (const go of held) go()
  }

  now(): number {
    return this.host.now()
  }

  random(): number {
    return this.host.world.random.unit()
  }

  send(service: string, bundles: readonly string[]): Promise<void> {
    return this.#gate(() => this.host.world.send(this.host, service, bundles))
  }

  sendReceipts(service: string, cell: string, receipts: readonly Receipt[]): Promise<void> {
    return this.#gate(() => this.host.world.sendReceipts(service, cell, receipts))
  }

  background(work: Promise<void>): void {
    this.underWay += 1
    work.then(
      () => {
        this.underWay -= 1
      },
      (error: unknown) => {
        this.underWay -= 1
        if (this.isAlive) this.host.world.failed(`background work of ${this.host.label} threw`, error)
      },
    )
  }

  soon(body: () => void): void {
    this.#event(1, "soon", body)
  }

  later(ms: number, body: () => void): Cancel {
    let isWanted = true
    this.#event(ms, "later", () => {
      if (isWanted) body()
    })
    return () => {
      isWanted = false
    }
  }

  log(line: LogLine): void {
    const { message } = line
    if ((message === "applied" || message === "conflict") && this.isAlive) {
      this.#applied.push({
        outcome: message,
        event: String(line["event"]),
        target: String(line["target"]),
        position: Number(line["position"]),
      })
    }
    this.host.world.logged(this.host, line)
  }

  point(name: Point): void {
    if (this.isGone) throw new Crash(name)
    if (this.isAlive) this.host.reach(this, name)
  }

  #event(ms: number, what: string, body: () => void): void {
    const { agenda } = this.host.world
    agenda.after(ms, `${this.host.label} ${what}`, () => {
      if (this.isGone) return
      try {
        body()
      } catch (error) {
        if (this.isAlive) this.host.world.failed(`a clock of ${this.host.label} threw`, error)
      }
      this.host.commit(this)
    })
  }

  /** What a dead instance asks for is not done, and what it has asked for is not answered. */
  #gate<T>(ask: () => Promise<T>): Promise<T> {
    if (this.isGone) return never()
    return new Promise((resolve, reject) => {
      const go = (): void => {
        ask().then(
          (value) => {
            if (!this.isGone) resolve(value)
          },
          (error: unknown) => {
            // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- What was thrown is passed on as it is.
            if (!this.isGone) reject(error)
          },
        )
      }
      if (this.isAlive && this.host.disk.isDirty) this.#held.push(go)
      else go()
    })
  }

  #gated(performers: Readonly<Record<string, Performer>>): Readonly<Record<string, Performer>> {
    const entries = Object.entries(performers).map(([name, performer]): [string, Performer] => [
      name,
      {
        perform: (input, context) => this.#gate(() => performer.perform(input, context)),
        lookup: (input, context) => this.#gate(() => performer.lookup(input, context)),
      },
    ])
    return Object.fromEntries(entries)
  }
}

function never<T>(): Promise<T> {
  return new Promise<T>(() => undefined)
}

class InstanceStorage implements Storage {
  readonly #instance: Instance

  constructor(instance: Instance) {
    this.#instance = instance
  }

  all(sql: string, ...values: readonly SqlValue[]): readonly SqlRow[] {
    this.#check()
    return this.#instance.host.disk.all(sql, ...values)
  }

  transaction<T>(body: () => T extends PromiseLike<unknown> ? never : T): T {
    this.#check()
    const instance = this.#instance
    return instance.host.disk.transaction(() => {
      const result = body()
      if (instance.openFails) throw new Crash("open")
      if (instance.awake && instance.host.world.faults.strike("storageFails", instance.host.label)) {
        throw new Error("the storage refuses the commit")
      }
      return result
    })
  }

  /** Refused at once, it is merely refused; half-way, the object dies, and with it all that its event has written. */
  commit<T>(body: () => T extends PromiseLike<unknown> ? never : T): T {
    this.#check()
    const instance = this.#instance
    const { host } = instance
    const { faults } = host.world
    if (faults.strike("storageFails", host.label)) throw new Error("the storage refuses the commit")
    try {
      const result = body()
      if (faults.strike("commitTorn", host.label)) throw new Crash("commit")
      return result
    } catch (error) {
      host.end(instance, "killed", false)
      throw error
    }
  }

  getAlarm(): Promise<number | null> {
    this.#check()
    return Promise.resolve(this.#instance.host.disk.alarm)
  }

  setAlarm(at: number): void {
    this.#check()
    this.#instance.host.disk.setAlarm(at)
  }

  #check(): void {
    if (!this.#instance.isAlive) throw reset()
  }
}
