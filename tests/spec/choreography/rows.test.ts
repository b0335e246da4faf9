// What is written is read again as it was, whatever is in it, and in the forms that came before as well.
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import type { Envelope } from "../../../events/envelope.ts"
import { judge } from "../../../choreography/inbox.ts"
import { readJournal, writeJournal } from "../../../choreography/lines.ts"
import { readThread, writeThread } from "../../../choreography/rows.ts"
import { Store } from "../../../choreography/store.ts"
import { emptyThread, type InStream, type JournalEntry, type Thread } from "../../../choreography/thread.ts"
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

const envelope: fc.Arbitrary<Envelope> = fc.record(
  {
    specversion: fc.constant("1.0" as const),
    id: fc.oneof(text, fc.constantFrom("Order/x#7", "Order/x#07", "#0", "a#1#2")),
    ...{ source: text, type: fc.oneof(text, fc.constant("a")), subject: text },
    time: fc.oneof(text, fc.constant("2026-11-20T12:00:00.000Z"), fc.constant("2026-11-20T12:00:00Z")),
    dataschema: fc.oneof(text, fc.constantFrom("urn:event:a:1", "urn:event:a:01")),
    ...{ sequence: text, partitionkey: text, correlationid: text, causationid: text },
    ...{ traceparent: text, expirytime: text },
    data: fc.jsonValue(),
  },
  {
    requiredKeys: [
      ...(["specversion", "id", "source", "type", "subject", "time", "dataschema", "sequence"] as const),
      ...(["partitionkey", "correlationid", "traceparent", "data"] as const),
    ],
  },
)

const stream: fc.Arbitrary<InStream> = fc.record(
  {
    upTo: fc.nat(),
    hashes: fc.dictionary(fc.nat().map(String), text),
    early: fc.array(envelope.map((event) => ({ stream: "s", target: "t", position: 3, event }))),
    parked: fc.array(fc.nat()),
    newerSince: fc.nat(),
  },
  { requiredKeys: ["upTo", "hashes", "early", "parked"] },
)

const row = fc.record({ position: fc.nat(), event: fc.nat(), next: fc.nat(), tries: fc.nat() })

const thread: fc.Arbitrary<Thread> = fc
  .record({
    ...{ state: fc.jsonValue(), trace: text, journal: fc.array(entry), doubts: fc.array(text) },
    events: fc.dictionary(fc.nat().map(String), envelope),
    outs: fc.dictionary(text, fc.record({ next: fc.nat(), rows: fc.array(row) })),
    ins: fc.dictionary(text, stream),
    timers: fc.dictionary(text, fc.record({ at: fc.nat(), data: fc.jsonValue(), tries: fc.nat() })),
    ...{ said: fc.nat(), performed: fc.nat(), pages: fc.nat(), closedAt: fc.option(fc.nat()) },
  })
  .map((given) => ({ ...emptyThread(), ...given }))

describe("a row", () => {
  test("tells what was written, whatever it was and whatever it is about", () => {
    fc.assert(
      fc.property(thread, fc.oneof(text, fc.constant("")), (given, subject) => {
        // What JSON can't say (a negative zero) is no part of any thread.
        const said = JSON.parse(JSON.stringify(given)) as Thread
        const read = readThread(writeThread(said, subject), subject)
        expect(read).toEqual(said)
        expect(writeThread(read, subject)).toBe(writeThread(said, subject))
      }),
    )
  })

  test("tells what came later than what was written before", () => {
    fc.assert(
      fc.property(fc.array(entry), fc.array(entry), fc.nat(), (before, after, at) => {
        const given = { ...emptyThread(), journal: JSON.parse(JSON.stringify(before)) as JournalEntry[] }
        const kept = readThread(writeThread(given, SUBJECT), SUBJECT)
        for (const each of [given, kept]) {
          each.journal.push(...(JSON.parse(JSON.stringify(after)) as JournalEntry[]))
          for (const line of each.journal) line.receivedAt = at
        }
        for (const each of [given, kept]) expect(readThread(writeThread(each, SUBJECT), SUBJECT)).toEqual(given)
      }),
    )
  })

  test("mentions what was written into it, also where that names what it is about", () => {
    const store = new Store(new TestDisk(), (key) => key)
    store.open("any-0")
    const effect = { id: "sweep#1", name: "sweep", input: null, key: "sweep/1", deadline: null, cause: "" }
    const effects = [{ ...effect, next: 1, tries: 0, maybe: true, log: [] }]
    for (const key of ["sweep", "other"]) store.make(store.insert(key, { ...emptyThread(), effects }, null))
    expect(["sweep", "other", "nobody"].map((key) => store.mentions(key, '"sweep#1"'))).toEqual([true, true, false])
    expect(store.mentions("sweep", '"sweep#2"')).toBe(false)
  })

  test("is found by a text of its state, for as long as its key waits for something", () => {
    const store = new Store(new TestDisk(), (key) => key)
    store.open("any-0")
    const thread = (customerId: string) => ({ ...emptyThread(), state: { customerId, note: '"customerId":"eve"' } })
    const rows = [
      ["early", "ada", 10],
      ["late", "ada", 20],
      ["ended", "ada", null],
      ["other", "ada lovelace", 30],
    ] as const
    for (const [key, customerId, due] of rows) store.make(store.insert(key, thread(customerId), due))
    const ofCustomer = (id: string, limit = 10) => store.busyKeys(`"customerId":${JSON.stringify(id)}`, limit)
    expect(ofCustomer("ada")).toEqual(["late", "early"])
    expect(ofCustomer("ada", 2)).toEqual(["late"])
    // It is one text inside another: there it is written with its quotation marks escaped.
    expect(ofCustomer("eve")).toEqual([])
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

  test("is read as it was in the forms before", () => {
    const given: Thread = { ...emptyThread(), state: { id: SUBJECT }, said: 3 }
    expect(readThread(JSON.stringify(given), SUBJECT)).toEqual(given)
    const { state, events, journal: _none, ...rest } = given
    const tuple = [5, 1, "Order/\u0001#1", "Order.placed", "Customer/a", 1, null, "pending", null, "5bd", null, 7, 8]
    const parts = JSON.stringify([rest, state, events, [tuple]]).replaceAll("\\u0001", "\u0001")
    const line = { at: 5, direction: "out", id: `Order/${SUBJECT}#1`, type: "Order.placed", peer: "Customer/a" }
    const more = { position: 1, causationId: null, statusBefore: "pending", statusAfter: "pending", span: "5bd" }
    expect(readThread(parts, SUBJECT)).toEqual({ ...given, journal: [{ ...line, ...more, heldAt: 7, receivedAt: 8 }] })
  })
})

describe("a row of a form before", () => {
  test("holds no fingerprint of another kind: what comes again is a duplicate, and no conflict (G2, N5)", () => {
    const held = { upTo: 1, hashes: { 1: "21alisvqxsyi76y0l4cg" }, early: [], parked: [] }
    const given: Thread = { ...emptyThread(), ins: { [`Order/${SUBJECT}`]: held } }
    const { state, events, journal: _none, ...rest } = given
    for (const text of [JSON.stringify(given), JSON.stringify([rest, state, events, []])]) {
      const stream = readThread(text, SUBJECT).ins[`Order/${SUBJECT}`]
      expect(stream).toEqual({ ...held, hashes: {} })
      if (stream !== undefined) expect(judge(stream, 1, "ycxnme8hda")).toBe("duplicate")
    }
  })
})

describe("a page of a journal", () => {
  test("tells what was written, in the form before as well", () => {
    fc.assert(
      fc.property(fc.array(entry), (entries) => {
        const said = JSON.parse(JSON.stringify(entries)) as JournalEntry[]
        expect(readJournal(writeJournal(said))).toEqual(said)
        expect(readJournal(JSON.stringify(said))).toEqual(said)
      }),
    )
  })
})
