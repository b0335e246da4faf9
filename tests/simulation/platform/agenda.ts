/**
 * Virtual time: what is to happen, in the order of its time. What falls on the same instant happens in an order drawn
 * at random, and time jumps from one thing to the next.
 */
import type { Random } from "./random.ts"

export interface Entry {
  readonly at: number
  readonly tie: number
  readonly label: string
  readonly run: () => void
  /** Does not keep a history going: a sweep, a fault that may strike. */
  readonly idle: boolean
}

export class Agenda {
  now: number
  /** Entries that keep the history going. */
  pending = 0
  readonly #heap: Entry[] = []
  readonly #random: Random

  constructor(start: number, random: Random) {
    this.now = start
    this.#random = random
  }

  after(ms: number, label: string, run: () => void, idle = false): void {
    const entry = { at: this.now + Math.max(0, Math.round(ms)), tie: this.#random.word(), label, run, idle }
    if (!idle) this.pending += 1
    const heap = this.#heap
    let index = heap.length
    heap.push(entry)
    while (index > 0) {
      const parent = (index - 1) >> 1
      const above = heap[parent]
      if (above === undefined || !before(entry, above)) break
      heap[index] = above
      index = parent
    }
    heap[index] = entry
  }

  /** Takes the next entry and moves the clock to it. */
  take(): Entry | undefined {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (first === undefined || last === undefined) return undefined
    if (heap.length > 0) this.#sink(last)
    if (!first.idle) this.pending -= 1
    this.now = first.at
    return first
  }

  #sink(entry: Entry): void {
    const heap = this.#heap
    let index = 0
    for (;;) {
      const left = 2 * index + 1
      const [one, other] = [heap[left], heap[left + 1]]
      if (one === undefined) break
      const smaller = other !== undefined && before(other, one) ? left + 1 : left
      const child = smaller === left ? one : other
      if (child === undefined || !before(child, entry)) break
      heap[index] = child
      index = smaller
    }
    heap[index] = entry
  }
}

function before(one: Entry, other: Entry): boolean {
  return one.at < other.at || (one.at === other.at && one.tie < other.tie)
}
