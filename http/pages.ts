/** Lists come in pages: `limit`, and a cursor that means something to us alone. */
import { decodeBase64Url, decodeText, encodeBase64Url } from "./base64.ts"
import type { Context } from "./edge.ts"
import { invalid } from "./problem.ts"

export const LIMIT_DEFAULT = 50
export const LIMIT_MAX = 200
const CURSOR_LENGTH_MAX = 1_024

export interface Page {
  readonly limit: number
  /** Where to go on: what an earlier page was given as `next`. */
  readonly after: string | null
}

/** Each list has a `kind` of its own, so that a cursor of another list is refused and not misread. */
export function pageOf(c: Context, kind: string, isPlace: (after: string) => boolean): Page {
  const limit = queryOf(c, "limit")
  const cursor = queryOf(c, "cursor")
  if (limit !== null && !(/^[1-9]\d{0,2}$/.test(limit) && Number(limit) <= LIMIT_MAX)) {
    throw invalid("limit", `must be a whole number from 1 to ${LIMIT_MAX}`)
  }
  const after = cursor === null ? null : placeOf(cursor, kind)
  if (after !== null && !isPlace(after)) throw brokenCursor()
  return { limit: limit === null ? LIMIT_DEFAULT : Number(limit), after }
}

export function placeOf(cursor: string, kind: string): string {
  const after = readCursor(cursor, kind)
  if (after === null) throw brokenCursor()
  return after
}

export function brokenCursor(): Error {
  return invalid("cursor", "is none that this list has given")
}

export function cursorOf(kind: string, next: string | null): string | null {
  if (next === null) return null
  return encodeBase64Url(`${kind}:${next}`)
}

function readCursor(cursor: string, kind: string): string | null {
  if (cursor.length > CURSOR_LENGTH_MAX) return null
  const bytes = decodeBase64Url(cursor)
  const text = bytes === null ? null : decodeText(bytes)
  return text?.startsWith(`${kind}:`) === true ? text.slice(kind.length + 1) : null
}

/** A parameter of the query; saying it twice is a mistake that nobody should have to guess about. */
export function queryOf(c: Context, name: string): string | null {
  const values = c.req.queries(name) ?? []
  if (values.length > 1) throw invalid(name, "is stated more than once")
  return values[0] ?? null
}
