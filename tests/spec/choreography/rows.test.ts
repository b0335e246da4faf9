// What is written is read again as it was, whatever is in it, and in the form that came before as well.
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { readJournal, readThread, writeJournal, writeThread } from "../../../choreography/rows.ts"
import { Store } from "../../../choreography/store.ts"
import { emptyThread, type JournalEntry, type Thread } from "../../../choreography/thread.ts"
import { TestDisk } from "./disk.ts"

const SUBJECT = "ord_0001m7wx59akx49qcwe0tnth4mf3nz763aqwhxnfnd"

const text = fc.oneof(fc.string(), fc.string({ unit: "binary" }), fc.constant(SUBJECT), fc.constant("\u0001"))

const entry: fc.Arbitrary<JournalEntry> = fc.record(
  {
    at: fc.nat(),
    direction: fc.constantFrom("in" as const, "out" as const),
    id: text,
    type: text,
    peer: text,
    position: fc.nat(),
    causationId: fc.option(text),
    statusBefore: text,
    statusAfter: text,
    receivedAt: fc.nat(),
    saidAt: fc.nat(),
    heldAt: fc.nat(),
    span: text,
    note: text,
  },
  { requiredKeys: ["at", "direction", "id", "type", "peer", "position", "causationId", "statusBefore", "statusAfter"] },
)

const thread: fc.Arbitrary<Thread> = fc
  .record({ state: fc.jsonValue(), trace: text, journal: fc.array(entry), doubts: fc.array(text) })
  .map((given) => ({ ...emptyThread(), ...given, outs: { [`Payment/${SUBJECT}`]: { next: 2, rows: [] } } }))

describe("a row", () => {
  test("tells what was written, whatever it was and whatever it is about", () => {
    fc.assert(
      fc.property(thread, fc.oneof(text, fc.constant("")), (given, subject) => {
        // What JSON can't say (a negative zero) is no part of any thread.
        const said = JSON.parse(JSON.stringify(given)) as Thread
        expect(readThread(writeThread(said, subject), subject)).toEqual(said)
      }),
    )
  })

  test("mentions what was written into it, also where that names what it is about", () => {
    const store = new Store(new TestDisk(), (key) => key)
    store.open("any-0")
    const effect = { id: "sweep#1", name: "sweep", input: null, key: "sweep/1", deadline: null, cause: "" }
    const effects = [{ ...effect, next: 1, tries: 0, maybe: true, log: [] }]
    for (const key of ["sweep", "other"]) store.insert(key, { ...emptyThread(), effects }, null)
    expect(["sweep", "other", "nobody"].map((key) => store.mentions(key, '"sweep#1"'))).toEqual([true, true, false])
    expect(store.mentions("sweep", '"sweep#2"')).toBe(false)
  })

  test("names what it is about once and not in every line", () => {
    const lines = Array.from({ length: 20 }, (_unused, number) => ({
      ...({ at: 1, direction: "out", type: "Payment.requested", position: number, span: "00f067aa0ba902b7" } as const),
      ...{
        id: `Order/${SUBJECT}#${String(number)}`,
        peer: `Payment/${SUBJECT}`,
        causationId: `Order/${SUBJECT}!place`,
      },
      ...{ statusBefore: "pending", statusAfter: "pending" },
    }))
    const given = { ...emptyThread(), journal: lines }
    const written = writeThread(given, SUBJECT)
    expect(written).not.toContain(SUBJECT)
    expect(written.length).toBeLessThan(JSON.stringify(given).length / 3)
  })

  test("is read as it was before rows were compact", () => {
    const given: Thread = { ...emptyThread(), state: { id: SUBJECT }, said: 3 }
    expect(readThread(JSON.stringify(given), SUBJECT)).toEqual(given)
  })
})

describe("a page of a journal", () => {
  test("tells what was written, in either form", () => {
    fc.assert(
      fc.property(fc.array(entry), (entries) => {
        const said = JSON.parse(JSON.stringify(entries)) as JournalEntry[]
        expect(readJournal(writeJournal(said))).toEqual(said)
        expect(readJournal(JSON.stringify(said))).toEqual(said)
      }),
    )
  })
})
