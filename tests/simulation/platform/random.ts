/** The one source of randomness of a history: everything that happens by chance is drawn from here, in order. */
export class Random {
  #a: number
  #b: number
  #c: number
  #d = 1

  constructor(seed: number) {
    this.#a = seed >>> 0
    this.#b = Math.floor(seed / 0x1_0000_0000) >>> 0
    this.#c = 0x9e3779b9
    // Neighbouring seeds begin alike; a few rounds drive them apart.
    for (let round = 0; round < 12; round++) this.word()
  }

  /** 32 bits, by the small fast counting generator (sfc32). */
  word(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#d) | 0
    this.#d = (this.#d + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum
    this.#c |= 0
    return sum >>> 0
  }

  /** In [0, 1). */
  unit(): number {
    return this.word() / 0x1_0000_0000
  }

  chance(rate: number): boolean {
    return rate > 0 && this.unit() < rate
  }

  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.unit() * (high - low + 1))
  }

  pick<T>(list: readonly T[]): T {
    const item = list[this.between(0, list.length - 1)]
    if (item === undefined) throw new RangeError("nothing to pick from")
    return item
  }

  shuffle<T>(list: T[]): T[] {
    for (let last = list.length - 1; last > 0; last--) {
      const other = this.between(0, last)
      const [a, b] = [list[last], list[other]]
      // Both indexes lie inside the list; its element type may include undefined, so no check could tell.
      list[last] = b as T
      list[other] = a as T
    }
    return list
  }
}
