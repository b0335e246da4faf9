/** What a simulated gateway remembers of the calls made to it: the world's own books, for whoever compares them. */

export interface Ledger<Entry> {
  /** Whether everything that ever happened is in it: then what is missing never happened. */
  readonly complete: boolean
  get(key: string): Entry | undefined
  set(key: string, entry: Entry): void
  entries(): Iterable<readonly [string, Entry]>
}

/** Keys that a worker's memory holds of its simulated world: an hour of a busy shop. */
const ENTRIES_MAX = 10_000

/**
 * A ledger in memory. A worker loses its memory at any time, and so must not take what is missing for what never
 * happened; a test whose world ends with its memory passes `complete`.
 */
export function memoryLedger<Entry>(
  options: { readonly complete?: boolean; readonly max?: number } = {},
): Ledger<Entry> {
  const { complete = false, max = ENTRIES_MAX } = options
  const entries = new Map<string, Entry>()
  let forgotten = false
  return {
    get complete() {
      return complete && !forgotten
    },
    get: (key) => entries.get(key),
    set: (key, entry) => {
      entries.set(key, entry)
      if (entries.size <= max) return
      const oldest = entries.keys().next()
      if (oldest.done !== true) entries.delete(oldest.value)
      forgotten = true
    },
    entries: () => entries,
  }
}
