/** Money is whole cents inside and a decimal number with at most two places at the edge. */

export function toDecimal(cents: number): number {
  return cents / 100
}

/** Cents of a decimal, or null when it has more than two places, is negative, or is no amount at all. */
export function toCents(decimal: number): number | null {
  if (!Number.isFinite(decimal) || decimal < 0) return null
  const cents = Math.round(decimal * 100)
  // Dividing the whole number gives the very double that the decimal literal stands for, or it had more places.
  return Number.isSafeInteger(cents) && cents / 100 === decimal ? cents : null
}
