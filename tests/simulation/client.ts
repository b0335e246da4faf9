/** A client outside: it gives up on nothing, asks again after every lost answer, and pauses in between. */
import type { World } from "./platform/world.ts"

const PAUSE_MS_MAX = 5_000
const TRIES_MAX = 200

/** Repeats an ask until it is answered. Only asks that may be repeated are asked this way. */
export async function insist(
  world: World,
  service: string,
  key: string,
  name: string,
  input: unknown,
): Promise<unknown> {
  for (let tries = 1; ; tries++) {
    try {
      return await world.ask(service, key, name, input)
    } catch (error) {
      if (!isTransport(error) || tries >= TRIES_MAX) throw error
      await sleep(world, world.random.between(10, PAUSE_MS_MAX))
    }
  }
}

/** Lost on the way, reset, overloaded or refused by the storage: whoever asks again may be lucky. */
function isTransport(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return (
    "retryable" in error ||
    "durableObjectReset" in error ||
    "overloaded" in error ||
    error.message.startsWith("the storage")
  )
}

export function sleep(world: World, ms: number): Promise<void> {
  return new Promise((resolve) => {
    world.agenda.after(ms, "a client waits", resolve)
  })
}
