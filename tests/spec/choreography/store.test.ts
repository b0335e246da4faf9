// Whether a key has a row, asked of the disk as seldom as it can be.
import fc from "fast-check"
import { expect, test } from "vitest"
import type { SqlRow, SqlValue } from "../../../choreography/platform.ts"
import { Store } from "../../../choreography/store.ts"
import { emptyThread } from "../../../choreography/thread.ts"
import { TestDisk } from "./disk.ts"

class CountingDisk extends TestDisk {
  looks = 0

  override all(sql: string, ...values: readonly SqlValue[]): readonly SqlRow[] {
    if (sql.startsWith("SELECT body, due FROM threads")) this.looks += 1
    return super.all(sql, ...values)
  }
}

function opened(disk: TestDisk): Store {
  const store = new Store(disk, (key) => key)
  store.open("any-0")
  return store
}

function place(store: Store, key: string): void {
  store.make(store.insert(key, emptyThread(), null))
}

test("a key that comes after all that have rows is not looked for, before and after the object has slept", () => {
  const disk = new CountingDisk()
  const before = opened(disk)
  for (const key of ["ord_1", "ord_2", "ord_4"]) {
    expect(before.load(key)).toBeNull()
    place(before, key)
  }
  expect(disk.looks).toBe(0)
  const after = opened(disk)
  expect([after.load("ord_5"), disk.looks]).toEqual([null, 0])
  expect([after.load("ord_3"), disk.looks]).toEqual([null, 1])
  expect([after.load("ord_4")?.thread, disk.looks]).toEqual([emptyThread(), 2])
})

// Texts are in order by their halves of characters, the database's keys by their bytes.
const character = fc.constantFrom("a", "b", "é", "\ud7ff", "\ue000", "\uffff", "\u{10000}", "\u{10ffff}")
const key = fc.string({ unit: character, minLength: 1, maxLength: 3 })

test("a key is found once it has a row, and not before, whatever it is made of", () => {
  const steps = fc.array(fc.record({ key, sleeps: fc.boolean(), writes: fc.boolean() }), { maxLength: 30 })
  fc.assert(
    fc.property(steps, (all) => {
      const disk = new TestDisk()
      const rows = new Set<string>()
      let store = opened(disk)
      for (const { key: each, sleeps, writes } of all) {
        if (sleeps) store = opened(disk)
        expect(store.load(each) !== null).toBe(rows.has(each))
        if (writes && !rows.has(each)) place(store, each)
        if (writes) rows.add(each)
      }
      for (const each of rows) expect(store.load(each)).not.toBeNull()
    }),
  )
})
