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

  constructor(world: World, inner: Observer) {
    this.#world = world
    this.#inner = inner
  }

  committed(host: Host, writes: readonly Write[], applied: readonly Applied[]): void {
    for (const { event, target } of applied) {
      const once = `${target} ${event}`
      if (this.#applied.has(once) && !this.#rewound)
        throw new Violation("F5", `${event} took effect twice on ${target}`)
      this.#applied.add(once)
    }
    this.#checkAlarm(host)
    this.#inner.committed(host, writes, applied)
  }

  rewound(host: Host): void {
    this.#rewound = true
    this.#inner.rewound(host)
  }

  logged(host: Host, line: LogLine): void {
    this.#inner.logged?.(host, line)
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
    if (this.#rewound) return
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

export function* threadsOf(host: Host): Generator<[string, Thread]> {
  for (const { key, body } of host.disk.all("SELECT key, body FROM threads ORDER BY key")) {
    // Written by the store, and by nobody else.
    yield [String(key), JSON.parse(String(body)) as Thread]
  }
}

export function threadOf(host: Host, key: string): Thread | null {
  const body = host.disk.all("SELECT body FROM threads WHERE key = ?", key)[0]?.["body"]
  return typeof body === "string" ? (JSON.parse(body) as Thread) : null
}
