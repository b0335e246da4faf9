/** The brake on effects: one that is on spends no budget, one that is answered lets everyone go on. */
import { describe, expect, test } from "vitest"
import { Brake, BRAKE_AFTER, BRAKE_PROBE_MS } from "../../../choreography/brake.ts"

function down(brake: Brake, now = 0): void {
  for (let failures = 0; failures < BRAKE_AFTER; failures++) brake.failed(now)
}

describe("the brake", () => {
  test("stays off while failures are fewer than it takes, or are interrupted by an answer", () => {
    const brake = new Brake()
    for (let round = 0; round < 5; round++) {
      for (let failures = 1; failures < BRAKE_AFTER; failures++) expect(brake.failed(0)).toBe(false)
      expect(brake.on).toBe(false)
      expect(brake.admits(0)).toBe(true)
      expect(brake.answered()).toBe(false)
    }
  })

  test("lets one probe out at a time while it is on", () => {
    const brake = new Brake()
    down(brake)
    expect(brake.on).toBe(true)
    expect(brake.admits(BRAKE_PROBE_MS - 1)).toBe(false)
    expect(brake.admits(BRAKE_PROBE_MS)).toBe(true)
    expect(brake.admits(BRAKE_PROBE_MS)).toBe(false)
    expect(brake.admits(2 * BRAKE_PROBE_MS)).toBe(true)
  })

  test("says once that it went on, and is released by the first answer", () => {
    const brake = new Brake()
    const said = Array.from({ length: BRAKE_AFTER + 3 }, () => brake.failed(0))
    expect(said.filter(Boolean)).toHaveLength(1)
    expect(brake.answered()).toBe(true)
    expect(brake.on).toBe(false)
    expect(brake.admits(1)).toBe(true)
  })
})
