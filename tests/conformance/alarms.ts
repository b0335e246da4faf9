/** When an alarm fires, and what becomes of it when its handler throws: asked of the platform and of its stand-in. */
import { describe, expect, test } from "vitest"
import { type Clock, until } from "./probed.ts"
import type { ProbedStorage } from "./suite.ts"

export interface AlarmProbe extends Clock {
  event<T>(body: (storage: ProbedStorage) => T | Promise<T>): Promise<T>
  evict(): Promise<void>
}

type Handler = (storage: ProbedStorage) => void

/** The platform's first pause is two seconds and up to a quarter more. */
const FIRST_PAUSE_MS = 2_000
const LATER = Date.UTC(2100, 0, 1)

/** A new object whose alarm has this handler, whatever becomes of its memory. */
export function alarmsConform(open: (handler: Handler) => Promise<AlarmProbe>): void {
  describe("an alarm", () => {
    firing(open)
    retrying(open)
  })
}

type Open = (handler: Handler) => Promise<AlarmProbe>

function firing(open: Open): void {
  test("fires at its time, once, and is gone for its handler", async () => {
    const [fired, seen]: [number[], unknown[]] = [[], []]
    const probe = await open((storage) => {
      fired.push(probe.now())
      void storage.getAlarm().then((at) => seen.push(at))
    })
    const at = probe.now() + 400
    await probe.event((storage) => {
      storage.setAlarm(at)
    })
    await until(probe, "it fires", () => fired.length > 0)
    await probe.pass(500)
    expect(fired).toHaveLength(1)
    expect(fired[0]).toBeGreaterThanOrEqual(at)
    expect(seen).toEqual([null])
    expect(await probe.event((storage) => storage.getAlarm())).toBeNull()
  })

  test("of a time that is past fires at once", async () => {
    let fired = 0
    const probe = await open(() => (fired += 1))
    await probe.event((storage) => {
      storage.setAlarm(probe.now() - 60_000)
    })
    await until(probe, "it fires", () => fired > 0)
  })

  test("wakes an object that has lost its memory", async () => {
    let fired = 0
    const probe = await open(() => (fired += 1))
    await probe.event((storage) => {
      storage.setAlarm(probe.now() + 300)
    })
    await probe.evict()
    await until(probe, "it fires", () => fired > 0)
  })

  test("that was set in a transaction which is rolled back never fires, and the one before it stays", async () => {
    let fired = 0
    const probe = await open(() => (fired += 1))
    await probe.event((storage) => {
      storage.setAlarm(LATER)
      const failing = (): void => {
        storage.transaction(() => {
          storage.setAlarm(probe.now() + 50)
          throw new Error("rolled back")
        })
      }
      expect(failing).toThrow("rolled back")
    })
    await probe.pass(500)
    expect(fired).toBe(0)
    expect(await probe.event((storage) => storage.getAlarm())).toBe(LATER)
  })
}

function retrying(open: Open): void {
  test("whose handler throws fires again after a pause, until then its time is one in the past", async () => {
    const fired: number[] = []
    const probe = await open(() => {
      fired.push(probe.now())
      if (fired.length === 1) throw new Error("the first try")
    })
    await probe.event((storage) => {
      storage.setAlarm(probe.now() + 50)
    })
    await until(probe, "it fires", () => fired.length > 0)
    await probe.pass(100)
    const waiting = await probe.event((storage) => storage.getAlarm())
    expect(waiting).not.toBeNull()
    expect(waiting).toBeLessThan(probe.now())
    await until(probe, "it fires again", () => fired.length > 1)
    const [first = 0, second = 0] = fired
    expect(second - first).toBeGreaterThanOrEqual(FIRST_PAUSE_MS)
    expect(await probe.event((storage) => storage.getAlarm())).toBeNull()
  })

  test("that its handler sets before it throws takes the place of the retry", async () => {
    const fired: number[] = []
    const probe = await open((storage) => {
      fired.push(probe.now())
      if (fired.length > 1) return
      storage.setAlarm(probe.now() + 200)
      throw new Error("after it was set")
    })
    await probe.event((storage) => {
      storage.setAlarm(probe.now())
    })
    await until(probe, "the new one fires", () => fired.length > 1)
    const [first = 0, second = 0] = fired
    expect(second - first).toBeLessThan(FIRST_PAUSE_MS)
    await probe.pass(FIRST_PAUSE_MS * 1.5)
    expect(fired).toHaveLength(2)
  })
}
