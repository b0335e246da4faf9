/**
 * What a person is to be called for.
 *
 * 1. An alert is raised once, when its condition begins to hold, and resolved once, when it has ceased to.
 * 2. A condition is a figure beyond its threshold; which one, is a setting.
 */
import { type Bucket, ratesOf } from "./figures.ts"
import type { Reading } from "./rounds.ts"
import type { Standings } from "./views.ts"

export interface Thresholds {
  /** Share of cancelled orders among those that ended within the last hour. */
  readonly compensationRate: number
  /** Of so many ended orders at least: one cancelled order of one is no trend. */
  readonly ordersMin: number
  readonly outboxLagMs: number
  readonly parked: number
  readonly backlog: number
}

export interface Alert {
  readonly id: string
  readonly name: string
  readonly message: string
  readonly value: number
  readonly threshold: number
  readonly raisedAt: number
  readonly resolvedAt: number | null
}

export interface Finding {
  /** Of the last hour. */
  readonly figures: Bucket
  readonly standing: Standings
  readonly reading: Reading
  readonly down: readonly string[]
}

type Condition = Pick<Alert, "name" | "message" | "value" | "threshold">

/** Resolved ones that are remembered. */
const RESOLVED_KEPT = 50

export function conditionsOf({ figures, standing, reading, down }: Finding, limits: Thresholds): Condition[] {
  const conditions: Condition[] = []
  const check = (name: string, value: number, threshold: number, message: string): void => {
    if (value > threshold) conditions.push({ name, message, value, threshold })
  }
  const { compensationRate } = ratesOf(figures)
  if (compensationRate !== null && figures.completed + figures.cancelled >= limits.ordersMin) {
    const percent = String(Math.round(compensationRate * 100))
    const message = `${percent} % of the orders that ended within an hour were cancelled`
    check("compensation_rate", compensationRate, limits.compensationRate, message)
  }
  const seconds = String(Math.round(reading.lagMs / 1_000))
  check("outbox_lag", reading.lagMs, limits.outboxLagMs, `an event has not been received for ${seconds} s`)
  check("failed_events", reading.parked, limits.parked, `events in the dead letters: ${String(reading.parked)}`)
  check("backlog", reading.unreceived, limits.backlog, `events that wait to be received: ${String(reading.unreceived)}`)
  const { unbalanced, overdue } = standing
  check("unbalanced_books", unbalanced, 0, `orders whose books don't balance: ${String(unbalanced)}`)
  check("orders_overdue", overdue, 0, `orders not delivered in time: ${String(overdue)}`)
  for (const name of down) check(`gateway_down:${name}`, 1, 0, `what ${name} calls is down`)
  return conditions
}

export interface Judgement {
  /** Those that stand, oldest first, then the resolved ones, newest first. */
  readonly alerts: readonly Alert[]
  readonly raised: readonly Alert[]
  readonly resolved: readonly Alert[]
}

export function judge(known: readonly Alert[], conditions: readonly Condition[], now: number): Judgement {
  const open = known.filter(({ resolvedAt }) => resolvedAt === null)
  const raised = conditions
    .filter(({ name }) => !open.some((alert) => alert.name === name))
    .map((each): Alert => ({ id: `${each.name}@${String(now)}`, ...each, raisedAt: now, resolvedAt: null }))
  const resolved = open
    .filter(({ name }) => !conditions.some((each) => each.name === name))
    .map((alert): Alert => ({ ...alert, resolvedAt: now }))
  const standing = open.flatMap((alert): Alert[] => {
    const condition = conditions.find(({ name }) => name === alert.name)
    return condition === undefined ? [] : [{ ...alert, ...condition }]
  })
  const over = [...resolved, ...known.filter(({ resolvedAt }) => resolvedAt !== null)].slice(0, RESOLVED_KEPT)
  return { alerts: [...standing, ...raised, ...over], raised, resolved }
}
