// what a person is called for, and that each call is made once.
import { describe, expect, test } from "vitest"
import { LATENCY_BOUNDS_MS as counted } from "../../../choreography/vitals.ts"
import { conditionsOf, type Finding, judge } from "../../../domain/monitor/alerts.ts"
import { NOTHING } from "../../../domain/monitor/figures.ts"
import { addRounds, NO_READING, NO_ROUND, roundOf } from "../../../domain/monitor/rounds.ts"
import { LATENCY_BOUNDS_MS as shown } from "../../../http/watch.ts"
import { readSettings } from "../../../http/settings.ts"

const reading = readSettings({})
if (!reading.ok) throw new Error("the defaults make no sense")
const limits = reading.settings.shop.alerts

const WELL: Finding = {
  figures: { ...NOTHING, completed: 90, cancelled: 10 },
  standing: { attention: 0, unbalanced: 0, overdue: 0 },
  reading: { ...NO_READING, lagMs: 300_000, parked: 5, unreceived: 1_000 },
  down: [],
}

const names = (finding: Finding): string[] => conditionsOf(finding, limits).map(({ name }) => name)

describe("thresholds", () => {
  test("at each threshold nobody is called", () => {
    expect(names(WELL)).toEqual([])
  })

  test.each<[string, Partial<Finding>]>([
    ["compensation_rate", { figures: { ...NOTHING, completed: 89, cancelled: 11 } }],
    ["outbox_lag", { reading: { ...NO_READING, lagMs: 300_001 } }],
    ["failed_events", { reading: { ...NO_READING, parked: 6 } }],
    ["backlog", { reading: { ...NO_READING, unreceived: 1_001 } }],
    ["unbalanced_books", { standing: { attention: 0, unbalanced: 1, overdue: 0 } }],
    ["orders_overdue", { standing: { attention: 0, unbalanced: 0, overdue: 1 } }],
    ["gateway_down:Payment.charge", { down: ["Payment.charge"] }],
  ])("beyond it: %s", (name, worse) => {
    expect(names({ ...WELL, ...worse })).toEqual([name])
  })

  test("a few cancelled orders are no trend", () => {
    expect(names({ ...WELL, figures: { ...NOTHING, cancelled: limits.ordersMin - 1 } })).toEqual([])
    expect(names({ ...WELL, figures: { ...NOTHING, cancelled: limits.ordersMin } })).toEqual(["compensation_rate"])
  })
})

describe("an alert", () => {
  const conditions = conditionsOf({ ...WELL, down: ["Payment.charge"] }, limits)

  test("is raised once, stands, is resolved once, and is raised anew when it comes back", () => {
    const first = judge([], conditions, 1)
    expect([first.raised.length, first.resolved.length]).toEqual([1, 0])
    const second = judge(first.alerts, conditions, 2)
    expect([second.raised.length, second.resolved.length, second.alerts]).toEqual([0, 0, first.alerts])
    const third = judge(second.alerts, [], 3)
    expect([third.raised.length, third.resolved.map(({ resolvedAt }) => resolvedAt)]).toEqual([0, [3]])
    const fourth = judge(third.alerts, conditions, 4)
    expect(fourth.raised.map(({ id }) => id)).toEqual(["gateway_down:Payment.charge@4"])
    expect(fourth.alerts.map(({ resolvedAt }) => resolvedAt)).toEqual([null, 3])
  })
})

describe("a round", () => {
  test("adds up what cells say, and counts those that say nothing", () => {
    const calls = { charge: { count: 2, failed: 1, ms: 30, classes: { 2: 2 } } }
    const what = { unreceived: 1, parked: 2, resent: 3, retried: 4, down: ["charge"], calls, alerts: [] }
    const one = roundOf("Payment", { ...what, oldestUnreceivedAt: 9 }, (key) => key)
    const other = roundOf("Payment", { ...what, oldestUnreceivedAt: 5 }, (key) => key)
    const silent = roundOf("Order", null, (key) => key)
    expect([one, other, silent].reduce(addRounds, NO_ROUND)).toEqual({
      ...{ cells: 3, silent: 1, unreceived: 2, oldestUnreceivedAt: 5, parked: 4, resent: 6, retried: 8, notices: [] },
      down: ["Payment.charge"],
      calls: { "Payment.charge": { count: 4, failed: 2, ms: 60, classes: { 2: 4 } } },
    })
  })

  test("latencies are shown by the classes that cells count them in", () => {
    expect(shown).toEqual(counted)
  })
})
