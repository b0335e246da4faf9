/** Chance that nobody can guess, since ids are made of it; drawn in bulk, since each draw costs a call. */
const POOL = 256
const RANGE = 2 ** 32

/** Numbers in [0, 1). */
export function unguessable(): () => number {
  const pool = new Uint32Array(POOL)
  let used = POOL
  return () => {
    if (used >= POOL) {
      crypto.getRandomValues(pool)
      used = 0
    }
    const value = pool[used] ?? 0
    used += 1
    return value / RANGE
  }
}
