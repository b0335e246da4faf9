/**
 * JSON as strictly as an edge should read it: no key twice, no depth without end, no number that would silently become
 * another one. The canonical form tells whether two bodies are the same JSON value.
 */
export type JsonReading = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly why: string }

/** The deepest body of the contract has four levels. */
const DEPTH_MAX = 32
/** As many decimal digits as every number holds exactly. */
const DIGITS_MAX = 15

export function readJson(text: string): JsonReading {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { ok: false, why: "is not JSON" }
  }
  const fault = isPlain(text, value) ? null : faultOf(text)
  return fault === null ? { ok: true, value } : { ok: false, why: fault }
}

/** Long numbers, and those that are written with an exponent because they are large. */
const LARGE = /[\d.]{16}|e\+/

/**
 * What reads as the language itself would have written it, as nearly all bodies do, has nothing to hide: a field that is
 * named twice would be gone, a number that can't be held would be another one.
 */
function isPlain(text: string, value: unknown): boolean {
  const opened = text.split(/[[{]/).length - 1
  return opened <= DEPTH_MAX && !LARGE.test(text) && JSON.stringify(value) === text
}

/** The same text for the same JSON value, however its members are ordered and spaced. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`
  if (typeof value !== "object" || value === null) return JSON.stringify(value)
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(",")}}`
}

const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|[^\s"{}[\],:]+/g

/** What valid JSON may still hide; the text has been parsed before, so its tokens are sound. */
function faultOf(text: string): string | null {
  /** Keys seen in each open object; null for an open array. */
  const open: (Set<string> | null)[] = []
  let keyNext = false
  for (const [token] of text.matchAll(TOKEN)) {
    const keys = open.at(-1)
    if (token === "{" || token === "[") {
      if (open.length === DEPTH_MAX) return `is nested deeper than ${DEPTH_MAX} levels`
      open.push(token === "{" ? new Set() : null)
      keyNext = token === "{"
    } else if (token === "}" || token === "]") {
      open.pop()
      keyNext = false
    } else if (token === ",") {
      keyNext = keys !== null
    } else if (token === ":") {
      keyNext = false
    } else if (keyNext && keys instanceof Set) {
      const key = String(JSON.parse(token))
      if (keys.has(key)) return "names a field twice"
      keys.add(key)
    } else if (/^[-\d]/.test(token) && !isExact(token)) {
      return "holds a number that can't be read exactly"
    }
  }
  return null
}

function isExact(literal: string): boolean {
  // Nearly all: too few digits for anything to be lost.
  if (literal.length <= DIGITS_MAX && !/[eE]/.test(literal)) return true
  const value = Number(literal)
  if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) return false
  const digits = literal.replace(/[eE].*$/, "").replace(/\D/g, "")
  const significant = digits.replace(/^0+/, "").replace(/0+$/, "")
  return significant.length <= DIGITS_MAX || (Number.isInteger(value) && literal === String(value))
}
