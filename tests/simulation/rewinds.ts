/**
 * What holds for objects that were restored to an earlier time, and for those who have heard what they have forgotten (P8).
 *
 * P8a  Another event under a position that is spent is parked as a conflict, and never takes effect.
 * P8b  What a sender takes for received, its receiver has held: this very event under this very position.
 * P8c  Once an object is told that it was restored, it speaks on new streams only.
 * P8d  What it says from then on, and what it had not been receipted for, is heard by everyone who was not restored.
 */
import { address, senderOf, split, streamName } from "../../choreography/address.ts"
import { readLetter } from "../../choreography/letters.ts"
import type { Thread } from "../../choreography/thread.ts"
import { contentHash, type Delivery } from "../../choreography/wire.ts"
import type { Write } from "./platform/disk.ts"
import type { Host } from "./platform/host.ts"
import type { Applied } from "./platform/instance.ts"
import { Violation, type World } from "./platform/world.ts"
import { threadOf, threadsOf } from "./rows.ts"

/** What a key has said and not been receipted for: content by target and position. */
interface Said {
  readonly host: Host
  readonly incarnation: number
  readonly rows: ReadonlyMap<string, string>
}

export class Rewinds {
  readonly #world: World
  /** Content by reader, stream and position, as the reader has it now. */
  readonly #heard = new Map<string, string>()
  /** The same, with the content in the key: whatever was ever held. */
  readonly #everHeard = new Set<string>()
  readonly #said = new Map<string, Said>()

  constructor(world: World) {
    this.#world = world
  }

  committed(host: Host, writes: readonly Write[], applied: readonly Applied[]): void {
    for (const { outcome, event, target, position } of applied) {
      if (outcome === "conflict" && !isFiled(host, event, target, position))
        throw new Violation("P8a", `${event} is a conflict at ${target}, and nobody has filed it`)
    }
    for (const key of new Set(writes.filter(({ table }) => table === "threads").map((write) => write.key))) {
      const thread = threadOf(host, key)
      if (thread === null) continue
      this.#hear(address(host.service.name, key), thread)
      this.#settle(host, address(host.service.name, key), thread)
    }
  }

  #hear(self: string, { ins }: Thread): void {
    for (const [stream, { hashes }] of Object.entries(ins)) {
      for (const [position, hash] of Object.entries(hashes)) {
        const slot = `${self}|${stream}|${position}`
        const before = this.#heard.get(slot)
        if (before === hash) continue
        if (before !== undefined) throw new Violation("P8a", `${self} has heard ${stream} at ${position} in two ways`)
        this.#heard.set(slot, hash)
        this.#everHeard.add(`${slot}|${hash}`)
      }
    }
  }

  #settle(host: Host, self: string, thread: Thread): void {
    const before = this.#said.get(self)
    const incarnation = thread.incarnation ?? 0
    const rows = rowsOf(thread)
    this.#said.set(self, { host, incarnation, rows })
    if (before?.incarnation !== incarnation) return
    for (const [slot, hash] of before.rows) {
      if (rows.has(slot)) continue
      const [target = "", position = ""] = slot.split("|")
      const heard = `${target}|${streamName(self, incarnation)}|${position}|${hash}`
      if (!this.#everHeard.has(heard))
        throw new Violation("P8b", `${self} takes ${position} for received by ${target}, which has never held it`)
    }
  }

  rewound(host: Host): void {
    for (const [key] of threadsOf(host)) this.#forget(address(host.service.name, key))
    for (const [self, said] of this.#said) if (said.host === host) this.#forget(self)
  }

  #forget(self: string): void {
    this.#said.delete(self)
    for (const slot of this.#heard.keys()) if (slot.startsWith(`${self}|`)) this.#heard.delete(slot)
  }

  sent(host: Host, bundles: readonly string[]): void {
    if (host.incarnation === null) return
    for (const bundle of bundles) {
      // Packed by the object itself.
      for (const { stream, target } of JSON.parse(bundle) as Delivery[]) {
        if (stream !== streamName(senderOf(stream), host.incarnation))
          throw new Violation("P8c", `${host.label} speaks to ${target} on ${stream}, and was restored`)
      }
    }
  }

  check(): void {
    for (const host of this.#world.hosts) {
      if (host.incarnation === null) continue
      for (const [key, thread] of threadsOf(host)) this.#checkHeard(address(host.service.name, key), thread, host)
    }
  }

  #checkHeard(self: string, { outs, incarnation = 0 }: Thread, host: Host): void {
    for (const [target, { rows, next }] of Object.entries(outs)) {
      const peer = split(target)
      const reader = peer === null ? undefined : this.#world.hostOf(peer.service, peer.key)
      if (peer === null || reader === undefined || reader.rewound) continue
      if (rows.length > 0) throw new Violation("P8d", `${self} was restored, and ${target} has not heard the rest`)
      if (incarnation !== host.incarnation) continue
      const upTo = threadOf(reader, peer.key)?.ins[streamName(self, incarnation)]?.upTo ?? 0
      if (upTo !== next - 1) throw new Violation("P8d", `${self} said ${next - 1} anew, ${target} has heard ${upTo}`)
    }
  }
}

function rowsOf({ outs, events }: Thread): Map<string, string> {
  const all = new Map<string, string>()
  for (const [target, { rows }] of Object.entries(outs)) {
    for (const { position, event } of rows) {
      const said = events[event]
      if (said !== undefined) all.set(`${target}|${position}`, contentHash(said))
    }
  }
  return all
}

function isFiled(host: Host, event: string, target: string, position: number): boolean {
  const key = split(target)?.key ?? ""
  return host.disk.all("SELECT body FROM letters WHERE key = ?", key).some(({ body }) => {
    const { conflict, delivery } = readLetter(String(body))
    return conflict && delivery.event.id === event && delivery.position === position
  })
}
