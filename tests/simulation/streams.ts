/**
 * What holds for every saga, since the choreography promises it: each event takes effect once and in its turn, and
 * nothing is left lying when nothing is under way.
 *
 * F3  What has something to wait for has an alarm, after every commit; the dead man's at the latest.
 * F4  At the end outboxes, effects and early arrivals are empty, and letters are where a reason put them.
 * F5  Every position that was said was applied or parked once; nothing was applied that nobody said.
 */
import type { LogLine } from "../../choreography/platform.ts"
import { address, senderOf, streamName } from "../../choreography/address.ts"
import { DEADMAN_MS } from "../../choreography/settings.ts"
import type { Thread } from "../../choreography/thread.ts"
import type { Write } from "./platform/disk.ts"
import type { Host } from "./platform/host.ts"
import type { Applied } from "./platform/instance.ts"
import { Rewinds } from "./rewinds.ts"
import { threadsOf } from "./rows.ts"
import { Skew } from "./skew.ts"
import { type Observer, Violation, type World } from "./platform/world.ts"

/** A clock that is set back finds its alarm as much later. */
const SKEW_MS_MAX = 4 * 60_000
const STRANGER = "Stranger/"

export class Streams implements Observer {
  readonly #world: World
  readonly #inner: Observer
  /** By target and event. */
  readonly #applied = new Set<string>()
  /** The last position applied, by target and stream; a restore begins anew. */
  #rewound = false
  readonly #rewinds: Rewinds | null
  readonly #skew: Skew

  constructor(world: World, inner: Observer) {
    this.#world = world
    this.#rewinds = world.faults.isActive("rewind") ? new Rewinds(world) : null
    this.#inner = inner
    this.#skew = new Skew(world)
  }

  committed(host: Host, writes: readonly Write[], applied: readonly Applied[]): void {
    for (const { outcome, event, target } of applied) {
      if (outcome === "conflict") continue
      const once = `${target} ${event}`
      if (this.#applied.has(once) && !this.#rewound)
        throw new Violation("F5", `${event} took effect twice on ${target}`)
      this.#applied.add(once)
    }
    this.#checkAlarm(host)
    this.#skew.committed(host, writes)
    this.#rewinds?.committed(host, writes, applied)
    this.#inner.committed(host, writes, applied)
  }

  rewound(host: Host): void {
    this.#rewound = true
    this.#rewinds?.rewound(host)
    this.#inner.rewound(host)
  }

  /** How often something was seen that a run of many histories should have in it. */
  get seen(): ReadonlyMap<string, number> {
    return this.#skew.seen
  }

  logged(host: Host, line: LogLine): void {
    this.#skew.logged(host, line)
    this.#inner.logged?.(host, line)
  }

  sent(host: Host, bundles: readonly string[]): void {
    this.#rewinds?.sent(host, bundles)
    this.#inner.sent?.(host, bundles)
  }

  #checkAlarm(host: Host): void {
    if (host.robbed || host.alarmRuns) return
    const due = host.disk.all("SELECT min(due) AS due FROM threads WHERE due IS NOT NULL")[0]?.["due"]
    if (typeof due !== "number") return
    const { alarm } = host.disk
    if (alarm === null) throw new Violation("F3", `${host.label} waits until ${due} and has no alarm`)
    const grace = DEADMAN_MS + (this.#world.faults.isActive("clockSkew") ? SKEW_MS_MAX : 0)
    if (alarm > Math.max(due, host.now()) + grace)
      throw new Violation("F3", `${host.label} is due at ${due}, its alarm at ${alarm}`)
  }

  check(): void {
    this.#rewinds?.check()
    if (this.#rewound) return
    this.#skew.check()
    const threads = new Map<string, Thread>()
    for (const host of this.#world.hosts) {
      for (const [key, thread] of threadsOf(host)) threads.set(address(host.service.name, key), thread)
    }
    for (const [self, thread] of threads) this.#checkThread(self, thread, threads)
    for (const host of this.#world.hosts) checkLetters(host)
  }

  #checkThread(self: string, thread: Thread, threads: ReadonlyMap<string, Thread>): void {
    if (thread.effects.length > 0) throw new Violation("F4", `${self} still waits for ${thread.effects[0]?.name ?? ""}`)
    for (const [target, stream] of Object.entries(thread.outs)) {
      if (stream.rows.length > 0) throw new Violation("F4", `${self} has not heard that ${target} holds what it said`)
      const heard = threads.get(target)?.ins[streamName(self, 0)]
      if (heard?.upTo !== stream.next - 1) {
        throw new Violation("F5", `${self} said ${stream.next - 1} to ${target}, which has heard ${heard?.upTo ?? 0}`)
      }
    }
    for (const [name, stream] of Object.entries(thread.ins)) {
      if (isStranger(name)) continue
      if (stream.early.length > 0) throw new Violation("F4", `${self} holds something early from ${name}`)
      const said = threads.get(senderOf(name))?.outs[self]
      if (said === undefined || said.next <= stream.upTo)
        throw new Violation("F5", `${self} has heard what ${name} never said`)
    }
  }
}

/** What was parked can be found: its position is spent, and only the letter still has it. */
function checkLetters(host: Host): void {
  let parked = 0
  for (const [, { ins }] of threadsOf(host)) for (const stream of Object.values(ins)) parked += stream.parked.length
  const letters = Number(host.disk.all("SELECT count(*) AS letters FROM letters")[0]?.["letters"])
  if (letters < parked)
    throw new Violation("F5", `${host.label} has parked ${parked} events, and has ${letters} letters`)
}

/** What garbage on a queue pretends to be. */
export function isStranger(stream: string): boolean {
  return stream.startsWith(STRANGER)
}
