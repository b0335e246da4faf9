/**
 * What happened, as a hash and, when somebody wants to read it, as lines. The same seed gives the same hash, byte for
 * byte; a failure is run again from its seed with the lines switched on.
 */
export class History {
  events = 0
  readonly lines: string[] | null
  #sum = 0x811c9dc5

  constructor(readable: boolean) {
    this.lines = readable ? [] : null
  }

  add(at: number, what: string): void {
    this.events += 1
    let sum = Math.imul(this.#sum ^ at, 0x01000193)
    for (let index = 0; index < what.length; index++) sum = Math.imul(sum ^ what.charCodeAt(index), 0x01000193)
    this.#sum = sum
    this.lines?.push(`${clock(at)} ${what}`)
  }

  get hash(): string {
    return `${(this.#sum >>> 0).toString(16).padStart(8, "0")}-${this.events}`
  }
}

function clock(at: number): string {
  return new Date(at).toISOString().slice(5, 23)
}
