/** The brake on effects: one that is on spends no budget, one that is answered lets everyone go on. */
import { describe, expect, test } from "vitest"
import { Brake } from "../../../choreography/brake.ts"

const BRAKE_AFTER = 10
const BRAKE_PROBE_MS = 5_000
const settings = { brakeAfter: BRAKE_AFTER, brakeProbeMs: BRAKE_PROBE_MS }

function down(brake: Brake, now = 0): void {
  for (let failures = 0; failures < BRAKE_AFTER; failures++) brake.failed(now, `key-${failures}`)
}

describe("the brake", () => {
  test("stays off while failures are fewer than it takes, or are interrupted by an answer", () => {
    const brake = new Brake(settings)
    for (let round = 0; round < 5; round++) {
      for (let failures = 1; failures < BRAKE_AFTER; failures++) expect(brake.failed(0, `key-${failures}`)).toBe(false)
      expect(brake.on).toBe(false)
      expect(brake.admits(0)).toBe(true)
      expect(brake.answered()).toBe(false)
    }
  })

  test("stays off while it is always the same key that fails", () => {
    const brake = new Brake(settings)
    for (let failures = 0; failures < 3 * BRAKE_AFTER; failures++) expect(brake.failed(0, "stuck")).toBe(false)
    expect(brake.on).toBe(false)
  })

  test("lets one probe out at a time while it is on", () => {
    const brake = new Brake(settings)
    down(brake)
    expect(brake.on).toBe(true)
    expect(brake.admits(BRAKE_PROBE_MS - 1)).toBe(false)
    expect(brake.admits(BRAKE_PROBE_MS)).toBe(true)
    expect(brake.admits(BRAKE_PROBE_MS)).toBe(false)
    expect(brake.admits(2 * BRAKE_PROBE_MS)).toBe(true)
  })

  test("says once that it went on, and is released by the first answer", () => {
    const brake = new Brake(settings)
    const said = Array.from({ length: BRAKE_AFTER + 3 }, (_unused, failures) => brake.failed(0, `key-${failures}`))
    expect(said.filter(Boolean)).toHaveLength(1)
    expect(brake.answered()).toBe(true)
    expect(brake.on).toBe(false)
    expect(brake.admits(1)).toBe(true)
  })
})
