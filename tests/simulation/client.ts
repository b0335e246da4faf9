/** A client outside: it gives up on nothing, asks again after every lost answer, and pauses in between. */
import type { Cell } from "../../choreography/cell.ts"
import { parseLetterId } from "../../choreography/letters.ts"
import type { World } from "./platform/world.ts"

const PAUSE_MS_MAX = 5_000
const TRIES_MAX = 200
const LETTERS_MAX = 50

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

/** Repeats a call until it is answered, whatever it fails with. */
export async function insistOn<T>(world: World, call: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await call()
    } catch (error) {
      if (tries >= TRIES_MAX) throw error
      await sleep(world, 1_000)
    }
  }
}

/** An operator sends again whatever lies in the dead letters and could be applied, twice. */
export async function redriveAll(world: World): Promise<void> {
  for (const host of [...world.hosts]) {
    const reach = <T>(what: string, body: (cell: Cell) => T): Promise<T> =>
      insistOn(world, () => world.call(host.service.name, host.name, what, body))
    const page = await reach("letters", (cell) => cell.letters("", LETTERS_MAX))
    for (const { id, verdict } of page.items) {
      const row = parseLetterId(id)?.row
      if (row === undefined || !verdict.startsWith("would apply")) continue
      for (const _time of [1, 2]) await reach("redrive", (cell) => cell.redrive(row, null, false, "op"))
    }
  }
}
