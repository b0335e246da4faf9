/**
 * What the choreography relies on, said once and asked of both: of the real platform, and of the simulator's stand-in for
 * it. If one of these answers differs, the simulator proves nothing.
 */
import { describe, expect, test } from "vitest"
import type { SqlValue, Storage } from "../../choreography/platform.ts"

export interface ProbedStorage extends Omit<Storage, "commit"> {
  deleteAlarm(): void
  /** What the platform counts, and bills, as written. */
  rowsWritten(sql: string, ...values: readonly SqlValue[]): number
}

export interface Probe {
  /** One event of a new object, or of the same one again. */
  event<T>(body: (storage: ProbedStorage) => T | Promise<T>): Promise<T>
  /** Memory is lost, storage is not. */
  evict(): Promise<void>
  /** Memory is lost before what the event has written was durable. */
  crash(body: (storage: ProbedStorage) => void): Promise<void>
}

export interface ProbedMessage {
  readonly id: string
  ack(): void
  retry(): void
}

export interface QueueProbe {
  /** Hands a batch of three to a consumer; answers which of them will come again. */
  deliver(consumer: (messages: readonly ProbedMessage[]) => void): Promise<readonly string[]>
}

const TABLE = "CREATE TABLE probe (key TEXT NOT NULL PRIMARY KEY, value INTEGER, due INTEGER) STRICT, WITHOUT ROWID"
/** No test waits for it. */
const LATER = Date.UTC(2100, 0, 1)
const ADD = "INSERT INTO probe (key, value, due) VALUES (?, ?, ?)"

function keys(storage: ProbedStorage): unknown[] {
  return storage.all("SELECT key FROM probe ORDER BY key").map(({ key }) => key)
}

export function storageConforms(open: () => Promise<Probe>): void {
  const prepared = async (): Promise<Probe> => {
    const probe = await open()
    await probe.event((storage) => {
      storage.all(TABLE)
    })
    return probe
  }

  describe("storage", () => {
    durability(prepared)
    statements(prepared)
  })
  describe("rows written", () => {
    rowCounts(prepared)
  })
  describe("the alarm", () => {
    oneAlarm(prepared)
  })
}

type Prepared = () => Promise<Probe>

function durability(prepared: Prepared): void {
  test("an exception alone rolls nothing back", async () => {
    const probe = await prepared()
    const failed = probe.event((storage) => {
      storage.all(ADD, "a", 1, null)
      throw new Error("after the write")
    })
    await expect(failed).rejects.toThrow("after the write")
    expect(await probe.event(keys)).toEqual(["a"])
  })

  test("a transaction that throws leaves nothing behind, its alarm included", async () => {
    const probe = await prepared()
    const alarm = await probe.event(async (storage) => {
      expect(() =>
        storage.transaction(() => {
          storage.all(ADD, "a", 1, null)
          storage.setAlarm(LATER)
          throw new Error("in the transaction")
        }),
      ).toThrow("in the transaction")
      return storage.getAlarm()
    })
    expect(alarm).toBeNull()
    expect(await probe.event(keys)).toEqual([])
  })

  test("a nested transaction rolls back alone", async () => {
    const probe = await prepared()
    await probe.event((storage) => {
      storage.transaction(() => {
        storage.all(ADD, "outer", 1, null)
        expect(() =>
          storage.transaction(() => {
            storage.all(ADD, "inner", 1, null)
            throw new Error("inner")
          }),
        ).toThrow("inner")
        storage.all(ADD, "after", 1, null)
      })
    })
    expect(await probe.event(keys)).toEqual(["after", "outer"])
  })

  test("what is written is there after an eviction, what was not durable is not there after a crash", async () => {
    const probe = await prepared()
    await probe.event((storage) => storage.all(ADD, "kept", 1, null))
    await probe.evict()
    expect(await probe.event(keys)).toEqual(["kept"])
    await probe.crash((storage) => storage.all(ADD, "lost", 1, null))
    expect(await probe.event(keys)).toEqual(["kept"])
  })
}

function statements(prepared: Prepared): void {
  test("a statement that is refused changes nothing and says so", async () => {
    const probe = await prepared()
    await probe.event((storage) => {
      storage.all(ADD, "a", 1, null)
      expect(() => storage.all(ADD, "a", 2, null)).toThrow(/UNIQUE/)
      expect(() => storage.all(ADD, "b", 1.5, null)).toThrow()
      expect(storage.all("SELECT value FROM probe")).toEqual([{ value: 1 }])
    })
  })

  test("rows are answered by a statement that writes and returns", async () => {
    const probe = await prepared()
    await probe.event((storage) => {
      expect(storage.all(`${ADD} RETURNING key, value`, "a", 7, null)).toEqual([{ key: "a", value: 7 }])
    })
  })
}

function rowCounts(prepared: Prepared): void {
  test("count the row and every index that a change reaches", async () => {
    const probe = await prepared()
    await probe.event((storage) => {
      expect(storage.rowsWritten(ADD, "a", 1, null)).toBe(1)
      storage.all("CREATE INDEX probe_value ON probe (value)")
      expect(storage.rowsWritten(ADD, "b", 1, null)).toBe(2)
      expect(storage.rowsWritten("UPDATE probe SET due = ? WHERE key = ?", 5, "a")).toBe(1)
      expect(storage.rowsWritten("SELECT * FROM probe")).toBe(0)
      expect(storage.rowsWritten("UPDATE probe SET due = ? WHERE key = ?", 5, "nobody")).toBe(0)
    })
  })

  test("count a text key of a table with row ids as an index of its own", async () => {
    const probe = await prepared()
    await probe.event((storage) => {
      storage.all("CREATE TABLE wide (key TEXT NOT NULL PRIMARY KEY, value INTEGER) STRICT")
      expect(storage.rowsWritten("INSERT INTO wide VALUES (?, ?)", "a", 1)).toBe(2)
      expect(storage.rowsWritten("UPDATE wide SET value = ? WHERE key = ?", 2, "a")).toBe(1)
    })
  })
}

function oneAlarm(prepared: Prepared): void {
  test("is one: setting it again moves it, deleting it takes it away", async () => {
    const probe = await prepared()
    expect(await probe.event((storage) => storage.getAlarm())).toBeNull()
    await probe.event((storage) => {
      storage.setAlarm(LATER)
      storage.setAlarm(LATER + 1)
    })
    expect(await probe.event((storage) => storage.getAlarm())).toBe(LATER + 1)
    await probe.evict()
    expect(await probe.event((storage) => storage.getAlarm())).toBe(LATER + 1)
    await probe.event((storage) => {
      storage.deleteAlarm()
    })
    expect(await probe.event((storage) => storage.getAlarm())).toBeNull()
  })
}

export function queueConforms(open: () => QueueProbe): void {
  describe("the queue", () => {
    test("what has no verdict when the consumer returns is done", async () => {
      expect(await open().deliver(() => undefined)).toEqual([])
    })

    test("the first verdict on a message wins", async () => {
      const again = await open().deliver(([first, second]) => {
        first?.ack()
        first?.retry()
        second?.retry()
        second?.ack()
      })
      expect(again).toEqual(["2"])
    })

    test("when the consumer throws, all come again but what was acknowledged", async () => {
      const again = await open().deliver(([first]) => {
        first?.ack()
        throw new Error("the consumer dies")
      })
      expect(again).toEqual(["2", "3"])
    })
  })
}
