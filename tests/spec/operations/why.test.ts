/** Why an order stands still: one sentence for each state that is not final and each kind of standstill. */
import { describe, expect, test } from "vitest"
import { DEADLINES } from "../../../domain/order/deadlines.ts"
import { standingOf } from "../../../domain/order/standing.ts"
import { type KeyRows, type Told, why, type WhyView } from "../../../domain/order/why.ts"
import { Case, ID } from "./orders.ts"

const QUIET: KeyRows = { effects: [], timers: [], unreceived: [], letters: [] }
const deadline = { name: "deadline", at: 600_000, does: DEADLINES.deadline }

function ask(order: Case, rows: Readonly<Record<string, Partial<KeyRows> | null>> = {}): WhyView {
  const standing = standingOf(order.state, [deadline])
  const keys: readonly Omit<Told, "rows">[] = [{ service: "Order", key: ID }, ...standing.ask]
  const told = keys.map((each) => {
    const said = rows[each.service]
    return { ...each, rows: said === null ? null : { ...QUIET, ...said } }
  })
  return why(standing, told)
}

const effect = {
  name: "charge",
  tries: 2,
  triesMax: 6,
  nextAt: 30_000,
  deadlineAt: null,
  lastError: "503 from the gateway",
  braked: false,
  underWay: false,
}

const tooMany = { orderId: ID, sku: "A", quantity: 20, lost: false }
const paid = (): Case => new Case().reserved().paid().labelled()
const shipped = (): Case => paid().granted().dispatched()

describe("why an order stands where it stands (N3)", () => {
  const cases: readonly (readonly [string, () => Case, RegExp, readonly string[]])[] = [
    [
      "pending",
      () => new Case(),
      /waits for the payment, the reservation of A and the reservation of B from/,
      ["Payment", "Inventory"],
    ],
    [
      "pending, one line left",
      () => new Case().paid().reserved("A"),
      /the reservation of B from Inventory/,
      ["Inventory"],
    ],
    ["confirmed", () => new Case().reserved(), /confirmed: it waits for the payment from Payment/, ["Payment"]],
    [
      "paid, before the label",
      () => new Case().reserved().paid(),
      /may still be cancelled: it waits for the label/,
      ["Shipping"],
    ],
    ["paid, before dispatch", paid, /may still be cancelled: it waits for the dispatch/, ["Shipping"]],
    ["paid, granted", () => paid().granted(), /dispatch is granted: it waits for the dispatch/, ["Shipping"]],
    ["shipped", shipped, /on its way: it waits for the delivery from Shipping/, ["Shipping"]],
    [
      "shipped, with books that can't be",
      () => shipped().happen("Inventory.deducted", tooMany).deducted("B").arrived(),
      /don't allow the order to end: a person must look at GET/,
      ["a person"],
    ],
    ["overdue", () => shipped().happen("overdue", null), /on its way, and overdue/, ["Shipping"]],
    [
      "arrived, one line not deducted",
      () => shipped().deducted("A").arrived(),
      /the deduction of B from Inventory/,
      ["Inventory"],
    ],
    [
      "cancelling, the parcel first",
      () => paid().cancelled(),
      /undone \(changed my mind\): it waits for the recall of the parcel/,
      ["Shipping"],
    ],
    [
      "cancelling, then the rest",
      () => paid().cancelled().recalled(),
      /the refund, the release of A and the release of B/,
      ["Payment", "Inventory"],
    ],
    [
      "attention",
      () => paid().cancelled().recalled().refundFailed().released(),
      /A person must decide about payment \(payment: the card is gone\)/,
      ["a person"],
    ],
  ]

  test.each(cases)("is told in one sentence: %s", (_name, bring, sentence, from) => {
    const order = bring()
    const answer = ask(order)
    expect(answer.summary).toMatch(sentence)
    expect(answer.summary).toMatch(/^[A-Z][^\n]*\.$/)
    expect(answer.waitingFor).toEqual(from)
    expect(answer.since).not.toBeNull()
    expect(answer.since).toBeLessThanOrEqual(order.now)
    expect(answer).toMatchObject({ deadlineAt: 600_000, deadlineDoes: DEADLINES.deadline })
    expect(answer.nextAction).toEqual({ what: `the deadline deadline ${DEADLINES.deadline}`, at: 600_000 })
  })

  test("a gateway that fails is named with its error, its next try and the tries left", () => {
    const answer = ask(new Case().reserved(), { Payment: { effects: [effect] } })
    expect(answer.summary).toContain("the charge by Payment has failed 2 times (503 from the gateway)")
    expect(answer.summary).toContain("tried again at 1970-01-01T00:00:30.000Z, 4 times at most")
    expect(answer).toMatchObject({ attemptsLeft: 4, nextAttemptAt: 30_000, lastError: "503 from the gateway" })
    expect(answer.nextAction).toEqual({ what: "Payment tries the charge again", at: 30_000 })
  })

  test("a gateway that is down is probed, and blocks the order", () => {
    const answer = ask(new Case().reserved(), { Payment: { effects: [{ ...effect, tries: 0, braked: true }] } })
    expect(answer.summary).toContain("is down (503 from the gateway): it is probed until it answers")
    expect(answer.blockedBy).toEqual(["Payment: charge is down"])
  })

  test("a parked letter is named with its reason and its id", () => {
    const letter = { id: "dl_1", type: "Payment.requested", reason: "rehearsal", parkedAt: 1_000 }
    const answer = ask(new Case().reserved(), { Payment: { letters: [letter] } })
    expect(answer.summary).toContain("Payment.requested lies in the dead letters of Payment (rehearsal)")
    expect(answer).toMatchObject({ blockedBy: ["dl_1"], parked: [{ id: "dl_1", service: "Payment" }] })
  })

  test("an event that nobody has received is sent again, whoever has said it", () => {
    const row = { type: "Payment.completed", target: `Order/${ID}`, tries: 1, since: 1_000, nextAt: 9_000 }
    const answer = ask(new Case().reserved(), { Payment: { unreceived: [row] } })
    expect(answer.summary).toContain(`Order/${ID} has not received Payment.completed, which was sent 2 times`)
    expect(answer).toMatchObject({ nextAttemptAt: 9_000, unreceived: [{ service: "Payment", tries: 1 }] })
  })

  test("who can't be asked is named, and the others still answer", () => {
    const answer = ask(new Case(), { Payment: null, Inventory: { timers: [{ name: "reserve", at: 5_000 }] } })
    expect(answer.summary).toContain("Payment can't be asked right now")
    expect(answer.unreachable).toEqual(["Payment"])
    expect(answer.nextAction).toEqual({ what: "Inventory tries to reserve again", at: 5_000 })
  })

  test("a final order waits for nothing", () => {
    const done = paid().cancelled().recalled().refunded().released()
    expect(done.state.status).toBe("cancelled")
    const answer = why(standingOf(done.state, []), [{ service: "Order", key: ID, rows: QUIET }])
    expect(answer).toMatchObject({ waitingFor: [], blockedBy: [], nextAction: null, deadlineAt: null })
    expect(answer.summary).toContain("all of it is undone: nothing is awaited.")
  })

  test("an order of many lines asks a bounded number of participants", () => {
    const order = new Case()
    const line = order.state.lines["A"]
    if (line === undefined) throw new Error("no line")
    const lines = Array.from({ length: 100 }, (_unused, index) => [`S${index}`, { ...line, sku: `S${index}` }] as const)
    const state = { ...order.state, lines: Object.fromEntries(lines) }
    expect(standingOf(state, []).ask).toHaveLength(20)
  })
})
