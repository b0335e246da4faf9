/** Seeded randomness, so that a run's choices can be made again: `SEED=… npm run test:e2e`. */
export interface Chance {
  /** In [0, 1). */
  next(): number
  between(least: number, most: number): number
  oneOf<T>(choices: readonly [T, ...T[]]): T
}

export function seedOfThisRun(): number {
  const given = process.env["SEED"]
  return given === undefined ? Date.now() % 1_000_000 : Number(given)
}

export function chance(seed: number): Chance {
  let counter = 0
  const next = (): number => fraction(`${seed}/${counter++}`)
  return {
    next,
    between: (least, most) => least + Math.floor(next() * (most - least + 1)),
    oneOf: (choices) => choices[Math.floor(next() * choices.length)] ?? choices[0],
  }
}

/** The same text gives the same number in [0, 1), whenever it is asked. */
export function fraction(text: string): number {
  let mixed = 0x811c9dc5
  for (const character of text) mixed = Math.imul(mixed ^ (character.codePointAt(0) ?? 0), 0x01000193)
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 0x1_0000_0000
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
