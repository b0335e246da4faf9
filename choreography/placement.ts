/** The plainest placement: keys are spread over a fixed number of cells by their hash. */
import type { Placement } from "./service.ts"
import { scatter } from "./wire.ts"

/** The number of cells is for ever: with another one, every key would be looked for elsewhere. */
export function spread(name: string, cells: number): Placement {
  return {
    cellOf: (key) => `${name}-${String(scatter(key, 0) % cells)}`,
    cells: () => Array.from({ length: cells }, (_unused, number) => `${name}-${String(number)}`),
  }
}
