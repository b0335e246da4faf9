/**
 * Why an order stands where it stands: what it knows itself, put together with what its participants' rows say, and what
 * will happen next by itself. A participant that can't be asked is named as such.
 */
import type { Participant, Standing } from "./standing.ts"
import type { StepName } from "./views.ts"

/** What a key waits for, as its rows say. */
export interface KeyRows {
  readonly effects: readonly {
    readonly name: string
    readonly tries: number
    readonly triesMax: number
    readonly nextAt: number
    readonly deadlineAt: number | null
    readonly lastError: string | null
    readonly braked: boolean
    readonly underWay: boolean
  }[]
  readonly timers: readonly { readonly name: string; readonly at: number }[]
  readonly unreceived: readonly {
    readonly type: string
    readonly target: string
    readonly tries: number
    readonly since: number
    readonly nextAt: number
  }[]
  readonly letters: readonly {
    readonly id: string
    readonly type: string
    readonly reason: string
    readonly parkedAt: number
  }[]
}

export interface Told {
  readonly service: Participant | "Order"
  readonly key: string
  /** Null: it can't be asked right now. */
  readonly rows: KeyRows | null
}

type Of<Row> = Row & { readonly service: string }

export interface WhyView {
  readonly summary: string
  readonly waitingFor: readonly string[]
  readonly since: number | null
  readonly nextAttemptAt: number | null
  readonly deadlineAt: number | null
  readonly deadlineDoes: string | null
  readonly blockedBy: readonly string[]
  readonly lastError: string | null
  readonly attemptsLeft: number | null
  readonly nextAction: { readonly what: string; readonly at: number } | null
  readonly outstanding: readonly StepName[]
  readonly effects: readonly Of<KeyRows["effects"][number]>[]
  readonly unreceived: readonly Of<KeyRows["unreceived"][number]>[]
  readonly parked: readonly Of<KeyRows["letters"][number]>[]
  /** Who could not be asked. */
  readonly unreachable: readonly string[]
}

/** Clocks of participants, in words. What an order's own clocks do, they say themselves. */
const CLOCKS: Readonly<Record<string, string>> = {
  "Inventory/reserve": "Inventory tries to reserve again",
  "Inventory/release": "Inventory tries to release again",
  "Inventory/expiry": "the hold of the goods expires",
  "Shipping/dispatch": "the parcel is ready to go",
  "Shipping/transit": "the parcel is reported to be in transit",
  "Shipping/delivery": "the parcel is reported to be delivered",
}
/** Hindrances that one sentence names. */
const NAMED_MAX = 3

export function why(standing: Standing, told: readonly Told[]): WhyView {
  const effects = rowsOf(told, (rows) => rows.effects)
  const unreceived = rowsOf(told, (rows) => rows.unreceived)
  const parked = rowsOf(told, (rows) => rows.letters)
  const unreachable = [...new Set(told.flatMap(({ service, rows }) => (rows === null ? [service] : [])))]
  const attempts = [...effects, ...unreceived.filter(concerns)].map(({ nextAt }) => nextAt)
  const deadline = [...standing.deadlines].sort((a, b) => a.at - b.at)[0]
  const hindrances = [
    ...unreachable.map((service) => `${service} can't be asked right now`),
    ...parked.map(({ service, type, reason }) => `${type} lies in the dead letters of ${service} (${reason})`),
    ...effects.flatMap(hindranceOf),
    ...unreceived.filter((row) => row.tries > 0 && concerns(row)).map(unreceivedInWords),
  ].slice(0, NAMED_MAX)
  return {
    summary: `${[standing.summary, ...hindrances].join("; ")}.`,
    waitingFor: waitingFor(standing),
    since: standing.since,
    nextAttemptAt: earliest(attempts),
    deadlineAt: deadline?.at ?? null,
    deadlineDoes: deadline?.does ?? null,
    blockedBy: [
      ...standing.outstanding,
      ...parked.map(({ id }) => id),
      ...effects.flatMap(({ service, name, braked }) => (braked ? [`${service}: ${name} is down`] : [])),
    ],
    lastError: effects.findLast(({ lastError }) => lastError !== null)?.lastError ?? standing.lastError,
    attemptsLeft: earliest(effects.map(({ tries, triesMax }) => triesMax - tries)),
    nextAction: nextAction(standing, told),
    outstanding: standing.outstanding,
    effects,
    unreceived,
    parked,
    unreachable,
  }
}

/** Those who only listen never hold an order up. */
function concerns({ target }: { readonly target: string }): boolean {
  return /^(Order|Payment|Inventory|Shipping)\//.test(target)
}

function waitingFor({ needsPerson, awaited }: Standing): string[] {
  const services = [...new Set(awaited.map(({ service }) => service))]
  return needsPerson ? ["a person", ...services] : services
}

function rowsOf<Row extends object>(told: readonly Told[], pick: (rows: KeyRows) => readonly Row[]): Of<Row>[] {
  return told.flatMap(({ service, rows }) => (rows === null ? [] : pick(rows).map((row) => ({ ...row, service }))))
}

function hindranceOf({
  service,
  name,
  tries,
  triesMax,
  nextAt,
  lastError,
  braked,
}: WhyView["effects"][number]): string[] {
  const error = lastError ?? "no answer"
  const next = inWords(nextAt)
  if (braked)
    return [`what ${service} calls to ${name} is down (${error}): it is probed until it answers, at ${next} again`]
  if (tries === 0) return []
  const left = triesMax - tries
  return [
    `the ${name} by ${service} has failed ${times(tries)} (${error}) and is tried again at ${next}, ${times(left)} at most`,
  ]
}

function unreceivedInWords({ type, target, tries, nextAt }: WhyView["unreceived"][number]): string {
  return `${target} has not received ${type}, which was sent ${times(tries + 1)} and is sent again at ${inWords(nextAt)}`
}

/** Whatever comes first of all that happens by itself. */
function nextAction(standing: Standing, told: readonly Told[]): WhyView["nextAction"] {
  const actions = told.flatMap(({ service, rows }) => [
    ...(rows?.effects ?? []).map(({ name, nextAt: at }) => ({ what: `${service} tries the ${name} again`, at })),
    ...(rows?.unreceived ?? [])
      .filter(concerns)
      .map(({ type, nextAt: at }) => ({ what: `${service} sends ${type} again`, at })),
    ...(rows?.timers ?? []).flatMap(({ name, at }) => {
      const what = CLOCKS[`${service}/${name}`]
      return what === undefined ? [] : [{ what, at }]
    }),
  ])
  const deadlines = standing.deadlines.map(({ name, does, at }) => ({ what: `the deadline ${name} ${does}`, at }))
  return [...actions, ...deadlines].sort((a, b) => a.at - b.at)[0] ?? null
}

function earliest(times: readonly number[]): number | null {
  return times.length === 0 ? null : Math.min(...times)
}

function times(count: number): string {
  return count === 1 ? "once" : `${String(count)} times`
}

function inWords(at: number): string {
  return new Date(at).toISOString()
}
