/**
 * The names that one row uses again and again: each stands in the row once, and everything else says its number.
 *
 * A name's number never changes while its thread is in memory, nor in its row: so a text that was made with it can be
 * kept. `epoch` is what times in the row are counted from, since most of them differ in a few digits.
 */
/** A text by the number of its name and, where it ends in one, its own: `Order/ord_1#7` is the name `Order/ord_1` and 7. */
export type Reference = readonly [name: number, number: number | null]

/** What stands for no text at all. */
const NONE: Reference = [-1, null]

export class Names {
  readonly epoch: number
  readonly all: string[]
  readonly #numbers: Map<string, number>

  constructor(epoch: number, all: readonly string[]) {
    this.epoch = epoch
    this.all = [...all]
    this.#numbers = new Map(all.map((name, index) => [name, index]))
  }

  number(name: string): number {
    const known = this.#numbers.get(name)
    if (known !== undefined) return known
    this.#numbers.set(name, this.all.length)
    return this.all.push(name) - 1
  }

  name(number: number): string {
    const name = this.all[number]
    if (name === undefined) throw new RangeError(`a row names ${String(number)}, and has no such name`)
    return name
  }

  refer(text: string | null): Reference {
    if (text === null) return NONE
    const cut = text.lastIndexOf("#")
    if (cut < 0) return [this.number(text), null]
    const number = Number(text.slice(cut + 1))
    // Only what is written back as it was: no `#07`, no `#1e3`.
    const isNumbered = Number.isSafeInteger(number) && text.endsWith(`#${String(number)}`)
    return isNumbered ? [this.number(text.slice(0, cut)), number] : [this.number(text), null]
  }

  text(name: number, number: number | null): string | null {
    if (name < 0) return null
    return number === null ? this.name(name) : `${this.name(name)}#${String(number)}`
  }
}
