/** Taking an object back to an earlier point in time, and having it go on under another name. */
import type { CellObject } from "./durable.ts"

export type Restored = { readonly isRestored: true; readonly incarnation: number } | { readonly isRestored: false }

/** Null where there is no such object. Each call needs a stub of its own, since the object dies in between. */
export async function restore(find: () => CellObject | null, at: number): Promise<Restored | null> {
  const isPrepared = await find()?.prepareRestore(at)
  if (isPrepared === undefined) return null
  if (!isPrepared) return { isRestored: false }
  // It dies of it, so the call fails; what comes next starts it anew.
  await find()
    ?.restart()
    .catch(() => undefined)
  const incarnation = await find()?.reincarnate()
  return { isRestored: true, incarnation: incarnation ?? 0 }
}
