/** Rows that the keys of a cell share, as a turn or a unit of work leaves them. */
interface SharedRow {
  readonly value: unknown
  /** The rows of the keys tell it as well, so that it need not be written for its own sake. */
  readonly waits: boolean
}

export class SharedRows {
  readonly #rows = new Map<string, SharedRow>()

  get size(): number {
    return this.#rows.size
  }

  get(name: string): SharedRow | undefined {
    return this.#rows.get(name)
  }

  /** What is to be written is written with whatever came to it since. */
  put(name: string, value: unknown, waits: boolean): void {
    this.#rows.set(name, { value, waits: waits && this.#rows.get(name)?.waits !== false })
  }

  take(later: SharedRows): void {
    for (const [name, { value, waits }] of later.#rows) this.put(name, value, waits)
  }

  entries(): Iterable<[string, SharedRow]> {
    return this.#rows
  }
}
