/**
 * Times as events tell them. Nearly all that is said and written together has one time, so the last one is kept: turning
 * one into text, or back, is dear.
 */
let last = { at: 0, text: new Date(0).toISOString() }

export function timeText(at: number): string {
  if (at !== last.at) last = { at, text: new Date(at).toISOString() }
  return last.text
}

/** Null where `timeText` would have written it in another way. */
export function timeOf(text: string): number | null {
  if (text === last.text) return last.at
  const at = Date.parse(text)
  if (Number.isNaN(at) || new Date(at).toISOString() !== text) return null
  last = { at, text }
  return at
}
