/**
 * A person's hand on one object: for the day on which it has to go back in time. Its peers don't go with it, so that its
 * streams have to go on under another name. Who did it and why stands in the log.
 */
import type { Answer } from "./api/routes.ts"
import { jsonBody } from "./body.ts"
import { call } from "./calls.ts"
import { param, type Context } from "./edge.ts"
import { invalid, Problem } from "./problem.ts"
import { cellBody, check, restoreBody } from "./validation.ts"

/** Null: there can't be such an object. */
export interface Restorer {
  /** The new name of its streams. */
  reincarnate(service: string, cell: string): Promise<number | null>
  restore(service: string, cell: string, at: number): Promise<Restored | null>
}

type Restored = { readonly isRestored: true; readonly incarnation: number } | { readonly isRestored: false }

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/

export async function reincarnateCell(c: Context): Promise<Answer<"POST /admin/cells/:service/:cell/reincarnate">> {
  const { reason } = check(cellBody, await jsonBody(c))
  const { service, cell } = cellOf(c)
  const { cells } = c.get("shop").services
  const incarnation = await call(c, () => cells.reincarnate(service, cell), { once: true })
  if (incarnation === null) throw unknownCell()
  logged(c, "an object was reincarnated", { service, cell, incarnation, reason })
  return c.json({ service, cell, incarnation }, 200)
}

export async function restoreCell(c: Context): Promise<Answer<"POST /admin/cells/:service/:cell/restore">> {
  const { reason, at } = check(restoreBody, await jsonBody(c))
  const { service, cell } = cellOf(c)
  const { services, outside } = c.get("shop")
  const time = Date.parse(at)
  if (!(time < outside.now())) throw invalid("at", "must be in the past")
  const answer = await call(c, () => services.cells.restore(service, cell, time), { once: true })
  if (answer === null) throw unknownCell()
  if (!answer.isRestored) throw new Problem("not_supported", "The platform has no way back to that time.")
  const { incarnation } = answer
  logged(c, "an object was restored", { service, cell, incarnation, at, reason })
  return c.json({ service, cell, incarnation, restoredTo: new Date(time).toISOString() }, 200)
}

function cellOf(c: Context): { readonly service: string; readonly cell: string } {
  const [service, cell] = [param(c, "service"), param(c, "cell")]
  if (!NAME.test(service) || !NAME.test(cell)) throw unknownCell()
  return { service, cell }
}

function logged(c: Context, message: string, what: Readonly<Record<string, string | number>>): void {
  const [who, requestId] = [c.get("caller").sub, c.get("requestId")]
  c.get("shop").outside.log({ level: "warn", message, ...what, who, requestId })
}

function unknownCell(): Problem {
  return new Problem("cell_not_found", "There is no such object.")
}
