/**
 * What a closed key remembers is thinned out after a while: content hashes, payloads, its journal. Never its cursors,
 * its next positions or its state, so no copy of anything is ever let in again, however late it comes.
 *
 * It needs no index and no clock of its own: now and then an alarm looks at a few more closed keys.
 */
import type { Core } from "./core.ts"
import { RETENTION_EVERY_MS, RETENTION_KEYS_MAX } from "./settings.ts"
import type { Thread } from "./thread.ts"
import type { Work } from "./work.ts"

/** One row: when the next run is, and behind which key it goes on. */
const RETENTION = "retention"

export class Retention {
  readonly #core: Core

  constructor(core: Core) {
    this.#core = core
  }

  /** A cell that sets no clocks of its own begins once it has a closed key; null while there is none. */
  dueAt(): number | null {
    const { store } = this.#core
    const plan = store.meta(RETENTION)
    if (plan !== null) return Number.parseInt(plan, 10)
    return store.closedKeys("", Number.MAX_SAFE_INTEGER, 1).length === 0 ? null : 0
  }

  isDue(now: number): boolean {
    const due = this.dueAt()
    return due !== null && due <= now
  }

  run(work: Work): void {
    const { store, settings } = this.#core
    if (!this.isDue(work.now)) return
    const plan = store.meta(RETENTION) ?? "0|"
    const cursor = plan.slice(plan.indexOf("|") + 1)
    const keys = store.closedKeys(cursor, work.now - settings.conflictMs, RETENTION_KEYS_MAX)
    for (const key of keys) {
      const { thread } = work.thread(key)
      if (!isThick(thread)) continue
      thin(thread)
      work.touch(key)
      work.also(store.dropPages(key))
    }
    const behind = keys.length < RETENTION_KEYS_MAX ? "" : (keys.at(-1) ?? "")
    work.also(store.setMeta(RETENTION, `${String(work.now + RETENTION_EVERY_MS)}|${behind}`))
  }
}

function isThick(thread: Thread): boolean {
  return (
    thread.journal.length > 0 ||
    thread.pages > 0 ||
    Object.values(thread.ins).some((stream) => Object.keys(stream.hashes).length > 0)
  )
}

function thin(thread: Thread): void {
  thread.journal = []
  thread.pages = 0
  thread.events = {}
  for (const stream of Object.values(thread.ins)) stream.hashes = {}
}
