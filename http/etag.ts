/** An order's version as an entity tag, and the conditions that callers set with it. */
import { invalid } from "./problem.ts"

const TAG = /^(W\/)?"([\x21\x23-\x7e]*)"$/

export function etagOf(version: number): string {
  return `"${version}"`
}

/** `If-None-Match`: compared weakly, as for every read. */
export function isUnchanged(header: string | undefined, version: number): boolean {
  if (header === undefined) return false
  return header.trim() === "*" || tagsOf(header).some((tag) => tag?.value === String(version))
}

/** `If-Match`: the versions that the caller is content with; null when any will do. */
export function versionsWanted(header: string | undefined): readonly number[] | null {
  if (header === undefined || header.trim() === "*") return null
  const tags = tagsOf(header)
  if (tags.includes(null)) throw invalid("If-Match", 'must be entity tags such as "7", or *')
  // A weak tag never matches here: it doesn't say that it is the very same version.
  return tags.flatMap((tag) => (tag !== null && !tag.weak && /^\d{1,15}$/.test(tag.value) ? [Number(tag.value)] : []))
}

function tagsOf(header: string): ({ readonly weak: boolean; readonly value: string } | null)[] {
  return header.split(",").map((part) => {
    const match = TAG.exec(part.trim())
    return match === null ? null : { weak: match[1] !== undefined, value: match[2] ?? "" }
  })
}
