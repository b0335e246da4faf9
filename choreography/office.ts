/**
 * The dead-letter office: the letters of all cells, as one list. It keeps no index that could be lost; it visits cells
 * by name, a bounded number at a time.
 *
 * 1. What is done to many letters is done to each as if it were the only one: verdict and redrive are one transaction.
 * 2. Many means a bounded number: the answer says where the next call goes on.
 */
import type { Problem } from "../events/definition.ts"
import type { DiscardAnswer, LetterPage, LetterView, RedriveAnswer, RedriveOptions } from "./hand.ts"
import { parseLetterId } from "./letters.ts"

export interface LetterStub {
  letters(after: string, limit: number): Promise<LetterPage>
  redrive(row: string, data: unknown, edited: boolean, who: string, options: RedriveOptions): Promise<RedriveAnswer>
  discard(row: string, reason: string, who: string): Promise<DiscardAnswer>
}

export interface CellName {
  readonly service: string
  readonly cell: string
}

export interface LetterFilter {
  readonly orderId: string | null
  readonly service: string | null
  readonly type: string | null
}

export interface LetterQuery extends LetterFilter {
  readonly limit: number
  readonly cursor: string | null
}

export interface LetterList {
  readonly items: readonly LetterView[]
  readonly nextCursor: string | null
}

export interface Tally {
  /** Letters that the filter has let through. */
  readonly matched: number
  readonly done: number
  /** How many were left alone, by verdict. */
  readonly skipped: Readonly<Record<string, number>>
  /** Where the next call goes on; null when every letter has been seen. */
  readonly nextCursor: string | null
}

/** Letters read from a cell at once, and pages read for one answer. */
const PAGE = 100
const PAGES_MAX = 200

export class Office {
  readonly #cells: readonly CellName[]
  readonly #locate: (name: CellName) => LetterStub | null

  constructor(cells: readonly CellName[], locate: (name: CellName) => LetterStub | null) {
    this.#cells = cells
    this.#locate = locate
  }

  /** Null when the cursor is none of ours. */
  async list({ limit, cursor, ...filter }: LetterQuery): Promise<LetterList | null> {
    const cells = this.#cells
    const start = readCursor(cursor, cells.length)
    if (start === null) return null
    const items: LetterView[] = []
    let { index, after } = start
    for (let page = 0; page < PAGES_MAX && index < cells.length; page++) {
      const name = cells[index]
      const stub = name === undefined ? null : this.#locate(name)
      const found = stub === null ? { items: [], next: null } : await stub.letters(after, PAGE)
      for (const letter of found.items) {
        if (!matches(letter, filter)) continue
        if (items.length === limit) return { items, nextCursor: writeCursor(index, after) }
        items.push(letter)
        after = parseLetterId(letter.id)?.row ?? after
      }
      if (found.next === null) [index, after] = [index + 1, ""]
      else after = found.next
    }
    return { items, nextCursor: index < cells.length ? writeCursor(index, after) : null }
  }

  async redrive(
    id: string,
    data: unknown,
    who: string,
  ): Promise<"accepted" | "settled" | "unknown" | { readonly invalid: readonly Problem[] }> {
    const stub = this.#stubOf(id)
    if (stub === null) return "unknown"
    const answer = await stub.letter.redrive(stub.row, data, data !== null, who, {})
    if (answer.outcome === "invalid") return { invalid: answer.problems }
    // Only a careful redrive leaves a letter alone.
    return answer.outcome === "skipped" ? "settled" : answer.outcome
  }

  async discard(id: string, reason: string, who: string): Promise<DiscardAnswer["outcome"]> {
    const stub = this.#stubOf(id)
    return stub === null ? "unknown" : (await stub.letter.discard(stub.row, reason, who)).outcome
  }

  /** Redrives what would apply, and leaves the rest alone. */
  redriveAll(query: LetterQuery, reason: string, who: string): Promise<Tally | null> {
    return this.#each(query, async ({ letter, row }) => {
      const answer = await letter.redrive(row, null, false, who, { reason, careful: true })
      switch (answer.outcome) {
        case "accepted":
          return null
        case "skipped":
          return answer.verdict
        case "invalid":
          return answer.problems[0]?.message ?? "invalid"
        case "settled":
        case "unknown":
          return "settled meanwhile"
      }
    })
  }

  discardAll(query: LetterQuery, reason: string, who: string): Promise<Tally | null> {
    return this.#each(query, async ({ letter, row }) => {
      const { outcome } = await letter.discard(row, reason, who)
      return outcome === "discarded" ? null : "settled meanwhile"
    })
  }

  /** One after the other: what one does may change what would become of the next. */
  async #each(query: LetterQuery, handle: (found: Found) => Promise<string | null>): Promise<Tally | null> {
    const page = await this.list(query)
    if (page === null) return null
    const skipped: Record<string, number> = {}
    let done = 0
    for (const { id } of page.items) {
      const stub = this.#stubOf(id)
      const verdict = stub === null ? "unknown" : await handle(stub)
      if (verdict === null) done += 1
      else skipped[verdict] = (skipped[verdict] ?? 0) + 1
    }
    return { matched: page.items.length, done, skipped, nextCursor: page.nextCursor }
  }

  #stubOf(id: string): Found | null {
    const name = parseLetterId(id)
    const letter = name === null ? null : this.#locate(name)
    return name === null || letter === null ? null : { letter, row: name.row }
  }
}

interface Found {
  readonly letter: LetterStub
  readonly row: string
}

function matches(letter: LetterView, filter: LetterFilter): boolean {
  if (filter.orderId !== null && letter.orderId !== filter.orderId) return false
  if (filter.service !== null && letter.service !== filter.service) return false
  return filter.type === null || letter.type === filter.type
}

function writeCursor(index: number, after: string): string {
  return `${String(index)}.${after}`
}

function readCursor(cursor: string | null, cells: number): { index: number; after: string } | null {
  if (cursor === null) return { index: 0, after: "" }
  const match = /^(\d{1,6})\.([\w-]{0,64})$/.exec(cursor)
  const index = Number(match?.[1] ?? NaN)
  return match === null || index > cells ? null : { index, after: match[2] ?? "" }
}
