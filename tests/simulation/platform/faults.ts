/**
 * Everything that can go wrong, by name. Each has a switch, a rate (how often it strikes where it could) and the row of
 * the fault matrix it stands for. A fault that is decided is also counted, so that a run can say what it has proven.
 */
import type { Random } from "./random.ts"

export interface FaultKind {
  /** Row of the fault matrix. */
  readonly row: number
  readonly rate: number
  readonly says: string
  /** How often it strikes one history at most: two of these prove what twenty would, and cost less. */
  readonly max?: number
  /** It can only strike where those outside speak up. */
  readonly isWebhook?: boolean
}

export const faultKinds = {
  duplicate: { row: 1, rate: 0.1, says: "a message that was acknowledged is delivered again, up to days later" },
  storm: { row: 2, rate: 0.004, says: "one message is delivered a hundred times", max: 2 },
  reorder: { row: 3, rate: 0.2, says: "a message is overtaken by what was sent minutes after it" },
  delayed: { row: 4, rate: 0.01, says: "a message takes hours or days", max: 10 },
  lostSend: { row: 5, rate: 0.05, says: "the queue says it has the messages, and has not" },
  sendFails: { row: 6, rate: 0.05, says: "a send fails, nothing is stored" },
  sendHangs: { row: 6, rate: 0.01, says: "a send never answers", max: 5 },
  partlyStored: { row: 7, rate: 0.05, says: "a send fails after some of its messages were stored" },
  crashBeforeCommit: { row: 8, rate: 0.015, says: "the object dies before its commit is durable" },
  crashAfterCommit: { row: 9, rate: 0.015, says: "the object dies after its commit and before its answer" },
  crashAroundSend: { row: 10, rate: 0.02, says: "the object dies before or after a send" },
  crashAroundEffect: { row: 11, rate: 0.05, says: "the object dies before or after a call to the world outside" },
  evict: { row: 13, rate: 0.02, says: "an object that was idle loses its memory" },
  kill: { row: 14, rate: 0.01, says: "an object dies while it waits for something" },
  alarmLost: { row: 15, rate: 0.01, says: "an alarm vanishes" },
  alarmTwice: { row: 16, rate: 0.1, says: "an alarm fires twice" },
  alarmMoved: { row: 16, rate: 0.1, says: "an alarm fires up to a minute early or late" },
  alarmExhausted: { row: 17, rate: 0.01, says: "an alarm is given up by the platform after its retries" },
  gatewayHangs: { row: 18, rate: 0.05, says: "the world outside never answers" },
  gatewayAnswerLost: { row: 19, rate: 0.1, says: "the call had its effect, and its answer was lost" },
  gatewayCallLost: { row: 20, rate: 0.1, says: "the call had no effect, and that could not be told" },
  gatewayStuck: { row: 21, rate: 0.05, says: "the world outside keeps answering 500 under one key", max: 2 },
  keysForgotten: { row: 24, rate: 0.3, says: "the provider has forgotten its idempotency keys" },
  overloaded: { row: 25, rate: 0.02, says: "an object refuses a call because it is overloaded" },
  resetBefore: { row: 26, rate: 0.03, says: "a call is lost on its way" },
  resetAfter: { row: 26, rate: 0.03, says: "the answer to a call is lost on its way" },
  twin: { row: 27, rate: 0.01, says: "a stale instance goes on without its storage beside the new one" },
  poison: { row: 28, rate: 0.02, says: "garbage lies on a queue" },
  newerVersion: { row: 29, rate: 0.5, says: "a newer build, with newer events, spreads over the objects one by one" },
  mixedBuilds: { row: 29, rate: 0.03, says: "an object is run by the other build, the older or the newer", max: 40 },
  rollback: { row: 29, rate: 0.03, says: "the newer build is taken back everywhere, and comes again", max: 2 },
  crashInOpen: { row: 30, rate: 0.05, says: "an object dies while it creates its tables", max: 20 },
  clockSkew: { row: 31, rate: 0.3, says: "an object's clock is minutes off, and jumps" },
  redriven: { row: 36, rate: 0.01, says: "a message is dead-lettered, and put back twice" },
  paused: { row: 37, rate: 0.005, says: "a queue stops for hours, and then everything comes at once", max: 3 },
  rewind: { row: 38, rate: 0.003, says: "an object is restored to an earlier point in time", max: 2 },
  storageFails: { row: 39, rate: 0.01, says: "a commit is refused by the storage of an object that lives on" },
  commitTorn: { row: 39, rate: 0.005, says: "a commit is refused half-way, and the object dies with it" },
  restartLoop: { row: 40, rate: 0.003, says: "an object dies again and again", max: 2 },
  blackout: { row: 14, rate: 0.006, says: "everything dies at once, and the queues' messages with it", max: 2 },
  carrierDies: { row: 10, rate: 0.02, says: "the queue's consumer dies before it has sent what its cells have said" },
  consumerDies: { row: 9, rate: 0.02, says: "the queue's consumer dies with its batch" },
  webhookEarly: { row: 23, rate: 0.2, says: "the world outside reports before its call has returned", isWebhook: true },
  webhookTwice: { row: 23, rate: 0.1, says: "one report comes up to ten times within a minute", isWebhook: true },
  webhookLate: { row: 23, rate: 0.1, says: "a report comes up to two days late", isWebhook: true },
  webhookContradicts: { row: 22, rate: 0.1, says: "a report says the opposite of what was done", isWebhook: true },
  webhookOverrules: { row: 22, rate: 0.1, says: "the carrier takes a parcel that nobody has let go", isWebhook: true },
} as const satisfies Record<string, FaultKind>

export type Fault = keyof typeof faultKinds

export const faultNames = Object.keys(faultKinds) as Fault[]

/** In one history not every kind is active: with all of them at once some would always hide others. */
const ACTIVE_RATE = 0.4
const INTENSITIES = [0.3, 1, 3] as const

export interface FaultPlan {
  readonly switches: ReadonlySet<Fault>
  /** Faults that strike after so many are suppressed: how a failure is cut down. */
  readonly budget: number
  /** Faults, by number, that are suppressed. */
  readonly skipped: ReadonlySet<number>
  /** The object dies at the n-th named point; 0 for never. */
  readonly crashAt: number
}

export const noFaults: FaultPlan = { switches: new Set(), budget: 0, skipped: new Set(), crashAt: 0 }

export class Faults {
  readonly struck = new Map<Fault, number>()
  total = 0
  stopped = false
  readonly plan: FaultPlan
  readonly #rates = new Map<Fault, number>()
  readonly #random: Random
  readonly #note: (fault: Fault, where: string) => void

  constructor(plan: FaultPlan, random: Random, note: (fault: Fault, where: string) => void) {
    this.plan = plan
    this.#random = random
    this.#note = note
    for (const name of faultNames) {
      if (!plan.switches.has(name) || !random.chance(ACTIVE_RATE)) continue
      this.#rates.set(name, Math.min(0.8, faultKinds[name].rate * random.pick(INTENSITIES)))
    }
  }

  isActive(fault: Fault): boolean {
    return this.#rates.has(fault)
  }

  /** Whether this fault strikes here and now. */
  strike(fault: Fault, where: string): boolean {
    const rate = this.#rates.get(fault)
    if (rate === undefined || this.stopped || !this.#random.chance(rate)) return false
    const times = this.struck.get(fault) ?? 0
    const kind: FaultKind = faultKinds[fault]
    if (kind.max !== undefined && times >= kind.max) return false
    this.total += 1
    if (this.total > this.plan.budget || this.plan.skipped.has(this.total)) return false
    this.struck.set(fault, times + 1)
    this.#note(fault, where)
    return true
  }
}
