/**
 * A durable object: its disk, and at most one living instance of the real `Cell` in front of it.
 *
 * 1. A crash kills the instance: what the event under way had written is gone, and so is memory with its clocks and its
 *    calls. The next call makes a new instance. `commit:*` dies before the event is durable, what comes after it dies
 *    afterwards.
 * 2. One alarm. It is consumed when it fires; a handler that dies is run again, with pauses, a few times; an alarm that
 *    was set meanwhile replaces that chain.
 * 3. A stale twin goes on until it touches its storage, which throws.
 */
import type { Cell } from "../../../choreography/cell.ts"
import type { Point } from "../../../choreography/platform.ts"
import type { Performer, Service } from "../../../choreography/service.ts"
import { newDisk, type Snapshot } from "./disk.ts"
import type { Fault } from "./faults.ts"
import { newer } from "./builds.ts"
import { Crash, type End, Instance, reset } from "./instance.ts"
import type { World } from "./world.ts"

const ALARM_RETRIES = 6
const ALARM_RETRY_MS = 2_000
const SNAPSHOTS_MAX = 3
const SNAPSHOT_RATE = 0.1
const MINUTE = 60_000
const TOLD_WITHIN_MS = 5 * MINUTE
/** Shorter than a reader waits for a newer build, and so much shorter than a step's deadline that no order runs out of time. */
const DEPLOYMENT_MS_MAX = 2 * MINUTE

export class Host {
  readonly service: Service
  readonly name: string
  readonly label: string
  readonly disk = newDisk()
  readonly performers: Readonly<Record<string, Performer>>
  skewMs = 0
  /** Restored to an earlier time at least once: what it forgot, nobody tells it again. */
  rewound = false
  /** As whom it has to speak, if it was ever restored; null for as long as nobody has told it. */
  incarnation: number | null = null
  /** Its alarm was taken away behind its back. */
  robbed = false
  /** Its alarms don't keep the history going. */
  isIdle = false
  /** Its alarm has fired and is not done. */
  alarmRuns = false
  readonly world: World
  readonly #snapshots: Snapshot[] = []
  #instance: Instance | null = null
  #armed: number | null = null
  #alarmTries = 0
  #dyingUntil = 0
  readonly #deployedLaterMs: number
  /** Run by the build that it should not be run by, while two of them are about. */
  #isMisplaced = false

  constructor(world: World, service: Service, name: string, performers: Readonly<Record<string, Performer>>) {
    this.world = world
    this.service = service
    this.name = name
    this.label = `${service.name}[${name}]`
    this.performers = performers
    this.#deployedLaterMs = world.deployedAt === Infinity ? 0 : world.random.between(0, DEPLOYMENT_MS_MAX)
    if (world.faults.isActive("clockSkew")) this.skewMs = world.random.between(-2 * MINUTE, 2 * MINUTE)
  }

  now(): number {
    return this.world.agenda.now + this.skewMs
  }

  /** The build that a new instance would run. */
  get build(): Service {
    const { deployedAt, takenBackUntil, agenda } = this.world
    const isNew = agenda.now >= deployedAt + this.#deployedLaterMs && agenda.now >= takenBackUntil
    return isNew === this.#isMisplaced ? this.service : newer(this.service)
  }

  /** An event of the object: it runs to its end without interruption, and then it is durable. */
  async enter<T>(what: string, body: (cell: Cell) => T | Promise<T>): Promise<T> {
    if (this.#instance !== null && this.#instance.build !== this.build) this.kill()
    const instance = this.#instance ?? this.#start()
    if (!instance.awake) await instance.ready
    this.world.history.add(this.world.agenda.now, `${this.label} ${what}`)
    let result: T | Promise<T>
    try {
      result = body(instance.cell)
      if (result instanceof Promise) result = await result
    } catch (error) {
      // What it logged as applied was not committed.
      instance.takeApplied()
      this.commit(instance)
      throw instance.isAlive ? error : reset()
    }
    this.commit(instance)
    if (!instance.isAlive) throw reset()
    this.#afterwards()
    return result
  }

  /** The end of an event. An exception alone rolls nothing back. */
  commit(instance: Instance): void {
    if (instance !== this.#instance) return
    const writes = this.disk.commit()
    instance.letOut()
    this.#arm()
    if (writes.length === 0) return
    this.world.committed(this, writes, instance.takeApplied())
    if (this.world.faults.isActive("rewind") && this.world.random.chance(SNAPSHOT_RATE)) {
      this.#snapshots.push(this.disk.snapshot())
      if (this.#snapshots.length > SNAPSHOTS_MAX) this.#snapshots.shift()
    }
  }

  /** Whether the object dies here. */
  reach(instance: Instance, point: Point): void {
    const { world } = this
    world.points.set(point, (world.points.get(point) ?? 0) + 1)
    world.pointsReached += 1
    const dies = world.pointsReached === world.faults.plan.crashAt || world.agenda.now < this.#dyingUntil
    const fault = crashFault(point)
    if (!dies && !world.faults.strike(fault, `${this.label} ${point}`)) return
    world.crashes.set(point, (world.crashes.get(point) ?? 0) + 1)
    this.end(instance, "killed", fault !== "crashBeforeCommit")
    throw new Crash(point)
  }

  end(instance: Instance, how: End, durable: boolean): void {
    if (instance !== this.#instance) return
    this.world.history.add(this.world.agenda.now, `${this.label} is ${how}`)
    if (durable) this.commit(instance)
    else this.disk.lose()
    instance.end(how)
    this.#instance = null
    this.#arm()
  }

  kill(): void {
    if (this.#instance !== null) this.end(this.#instance, "killed", false)
  }

  /** The platform's own view of time: what is in the past fires now. */
  #arm(): void {
    const at = this.disk.alarm
    if (at === null || at === this.#armed) return
    this.#armed = at
    this.#alarmTries = 0
    this.robbed = false
    this.#schedule(at, at - this.now())
  }

  #schedule(at: number, ms: number): void {
    const { agenda, faults, random } = this.world
    const moved = faults.strike("alarmMoved", this.label) ? random.between(-MINUTE, MINUTE) : 0
    const fire = (): void => {
      if (this.#armed === at && this.disk.alarm === at) this.#fire(at)
    }
    agenda.after(ms + moved + random.between(0, 5), `${this.label} alarm`, fire, this.isIdle)
  }

  #fire(at: number): void {
    const { faults } = this.world
    if (faults.strike("alarmExhausted", this.label)) {
      this.rob()
      return
    }
    const twice = faults.strike("alarmTwice", this.label)
    this.alarmRuns = true
    void this.enter("alarm", (cell) => {
      // It is consumed when its handler begins: an object that it has woken still sees it, and may yet move it.
      if (this.disk.alarm !== at) return
      this.#armed = null
      this.disk.placeAlarm(null)
      cell.alarm()
    })
      .then(() => (twice ? this.enter("alarm again", (cell) => cell.alarm()) : undefined))
      .catch(() => {
        this.#retryAlarm(at)
      })
      .finally(() => {
        this.alarmRuns = false
      })
  }

  #retryAlarm(at: number): void {
    if (this.disk.alarm !== null) return
    if (this.#alarmTries >= ALARM_RETRIES) {
      this.rob()
      return
    }
    const tries = this.#alarmTries + 1
    this.disk.placeAlarm(at)
    this.#armed = at
    this.#alarmTries = tries
    this.#schedule(at, ALARM_RETRY_MS * 2 ** (tries - 1) * (1 + this.world.random.unit() / 4))
  }

  /** What may happen to an object between two events. */
  #afterwards(): void {
    const { faults, random } = this.world
    const instance = this.#instance
    if (faults.strike("alarmLost", this.label) && this.disk.alarm !== null) this.rob()
    if (faults.strike("clockSkew", this.label)) this.skewMs = random.between(-2 * MINUTE, 2 * MINUTE)
    if (faults.strike("restartLoop", this.label))
      this.#dyingUntil = this.world.agenda.now + random.between(1, 2 * MINUTE)
    if (this.world.areMixed && faults.strike("mixedBuilds", this.label)) this.#isMisplaced = !this.#isMisplaced
    if (instance === null) return
    if (instance.underWay === 0 && faults.strike("evict", this.label)) this.end(instance, "evicted", true)
    else if (faults.strike("kill", this.label)) this.#killSoon(instance)
    else if (faults.strike("twin", this.label)) this.end(instance, "replaced", true)
    else if (this.#snapshots.length > 0 && faults.strike("rewind", this.label)) this.rewind()
  }

  #killSoon(instance: Instance): void {
    const { agenda, random } = this.world
    agenda.after(random.between(0, 200), `${this.label} is killed`, () => {
      this.end(instance, "killed", true)
    })
  }

  /** Whatever it believes: nothing wakes it now but a call or the sweep. */
  rob(): void {
    this.disk.placeAlarm(null)
    this.#armed = null
    this.robbed = true
    this.world.sweep.soon()
  }

  rewind(): void {
    const snapshot = this.world.random.pick(this.#snapshots)
    this.kill()
    this.disk.restore(snapshot)
    this.rewound = true
    this.#armed = null
    this.#arm()
    this.incarnation = null
    this.world.rewound(this)
    this.#reincarnateAfter(this.world.random.chance(0.5) ? 0 : this.world.random.between(0, TOLD_WITHIN_MS))
  }

  /** Whoever restores an object tells it so: mostly at once, and sometimes when it has been at work for a while. */
  #reincarnateAfter(ms: number): void {
    this.world.agenda.after(ms, `${this.label} is told`, () => {
      this.enter("reincarnate", (cell) => {
        this.incarnation = cell.reincarnate()
      }).catch(() => {
        this.#reincarnateAfter(1_000)
      })
    })
  }

  #start(): Instance {
    const instance = new Instance(this)
    this.#instance = instance
    if (this.world.faults.strike("crashInOpen", this.label)) instance.openFails = true
    instance.wake()
    return instance
  }

  calm(): void {
    this.skewMs = 0
    this.#dyingUntil = 0
    this.#isMisplaced = false
    // An alarm that was set by a clock which has been put right would be late by as much.
    this.#armed = null
    this.#arm()
  }

  close(): void {
    this.kill()
    this.disk.close()
  }
}

function crashFault(point: Point): Fault {
  if (point.startsWith("committed:")) return "crashAfterCommit"
  if (point.startsWith("send:") || point.startsWith("receipt:")) return "crashAroundSend"
  return point.startsWith("effect:") ? "crashAroundEffect" : "crashBeforeCommit"
}
