/** The platform's clock, for whoever wants something later and may think better of it. */
import type { Cancel } from "./platform.ts"

export function later(ms: number, body: () => void): Cancel {
  const timer = setTimeout(body, ms)
  return () => {
    clearTimeout(timer)
  }
}
