/**
 * The death of an object at a named point, as a machine dies: what it has committed is on disk, what it was about to do
 * never happens, and whoever waits for it hears that it is gone.
 *
 * 1. From that point on every point it comes to is as far as it comes: nothing more is committed, sent or called.
 * 2. It is aborted as soon as its writes are on disk. Aborted with a write under way, the local runtime leaves the old
 *    instance's transaction open for as long as anything remembers it, and the new instance can't write ("database is
 *    locked"); and a commit of that very instant is lost, so that dying after it would be dying before it.
 */
import { CellDurableObject } from "../../choreography/durable.ts"
import type { Point } from "../../choreography/platform.ts"
import { network } from "./network.ts"

const DYING = new Error("crash")
const dying = new WeakSet<DurableObjectState>()

/** To be called where a point is reached. */
function die(state: DurableObjectState): never {
  dying.add(state)
  void state.storage.sync().then(() => {
    state.abort("crash")
  })
  throw DYING
}

type Strike = (at: { readonly point: Point; readonly service: string }) => boolean

/** Has the first object die that comes to where it strikes; answers where that was, or null as long as it didn't. */
export function crashWhere(strikes: Strike): () => string | null {
  let where: string | null = null
  network.hook = ({ point, service, state }) => {
    if (where !== null || !strikes({ point, service })) return
    where = `${service} ${point}`
    die(state)
  }
  return () => where
}

export function crashAt(service: string, point: Point): () => string | null {
  return crashWhere((at) => at.service === service && at.point === point)
}

/** The platform's part of an object, which its own class does not show. */
interface Inside {
  readonly ctx: DurableObjectState
}

type Cell = CellDurableObject<unknown>
const inside = CellDurableObject.prototype as Cell
// eslint-disable-next-line @typescript-eslint/unbound-method -- each is called with the object it belongs to
const { reached, deliver, receipts, ask, alarm } = inside

inside.reached = function (this: Cell, point: Point) {
  // Reached from within the object itself, where its state is at hand.
  if (dying.has((this as unknown as Inside).ctx)) throw DYING
  reached.call(this, point)
}
inside.deliver = function (this: Cell, ...all: Parameters<typeof deliver>) {
  return untilItIsGone(() => deliver.apply(this, all))
}
inside.receipts = function (this: Cell, ...all: Parameters<typeof receipts>) {
  return untilItIsGone(() => receipts.apply(this, all))
}
inside.ask = function (this: Cell, ...all: Parameters<typeof ask>) {
  return untilItIsGone(() => ask.apply(this, all))
}

Object.assign(inside, {
  async alarm(this: Cell) {
    alarm.call(this)
    // A clock that dies at its work is not done with it: the platform comes again.
    if (dying.has((this as unknown as Inside).ctx)) await new Promise(() => undefined)
  },
})

/** One that dies answers nobody: its callers are told by the platform, in the platform's words. */
async function untilItIsGone<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    if (error === DYING) return new Promise(() => undefined)
    throw error
  }
}
