/**
 * The dead-letter office: the letters of all cells, as one list. It keeps no index that could be lost; it visits cells
 * by name, a bounded number at a time.
 */
import type { DiscardAnswer, LetterPage, LetterView, RedriveAnswer } from "./hand.ts"
import { parseLetterId } from "./letters.ts"

export interface LetterStub {
  letters(after: string, limit: number): Promise<LetterPage>
  redrive(row: string, data: unknown, edited: boolean, who: string): Promise<RedriveAnswer>
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

/** Letters read from a cell at once, and pages read for one answer. */
const PAGE = 100
const PAGES_MAX = 200

export interface LetterList {
  readonly items: readonly LetterView[]
  readonly nextCursor: string | null
}

export class Office {
  readonly #locate: (name: CellName) => LetterStub | null

  constructor(locate: (name: CellName) => LetterStub | null) {
    this.#locate = locate
  }

  /** Null when the cursor is none of ours. */
  async list(
    cells: readonly CellName[],
    filter: LetterFilter,
    limit: number,
    cursor: string | null,
  ): Promise<LetterList | null> {
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

  async redrive(id: string, data: unknown, edited: boolean, who: string): Promise<RedriveAnswer> {
    const stub = this.#stubOf(id)
    return stub === null ? { outcome: "unknown" } : stub.letter.redrive(stub.row, data, edited, who)
  }

  async discard(id: string, reason: string, who: string): Promise<DiscardAnswer> {
    const stub = this.#stubOf(id)
    return stub === null ? { outcome: "unknown" } : stub.letter.discard(stub.row, reason, who)
  }

  #stubOf(id: string): { readonly letter: LetterStub; readonly row: string } | null {
    const name = parseLetterId(id)
    const letter = name === null ? null : this.#locate(name)
    return name === null || letter === null ? null : { letter, row: name.row }
  }
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
