/**
 * Texts of values that never change once they are made (what was said, what stands in a journal, a state): written once,
 * however often they are weighed, sent and stored.
 */
const texts = new WeakMap<object, string>()

export function textOf(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value ?? null)
  const known = texts.get(value)
  if (known !== undefined) return known
  const text = JSON.stringify(value)
  texts.set(value, text)
  return text
}
