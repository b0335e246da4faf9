/**
 * What must hold of the answer to `GET /orders/:ref/why`, whatever has gone wrong.
 *
 * N3a  It is a plain sentence, and of an order in attention it names a person.
 * N3b  An order that has not ended names what it waits for, and what happens next by itself and when, if anything does:
 *      that is the first of all that its rows say, and no later than its deadline.
 * N3c  What it says of rows is what the rows say: effects, clocks, what was not received, what was parked.
 * N3d  Whoever it waits for is busy, or is about to be; whoever has not received its request is waited for.
 */
import { address, split, streamName } from "../../../choreography/address.ts"
import { isDeadline } from "../../../domain/order/deadlines.ts"
import type { Standing } from "../../../domain/order/standing.ts"
import { allLines } from "../../../domain/order/state.ts"
import type { KeyRows, Told, WhyView } from "../../../domain/order/why.ts"
import type { StepName } from "../../../domain/order/views.ts"
import type { Host } from "../platform/host.ts"
import { Violation, type World } from "../platform/world.ts"
import { threadOf } from "../rows.ts"
import { type Circle, FINAL, threadIn } from "./circle.ts"
import { reservationKey } from "../../../domain/stock/reservation.ts"

const PERSON = "a person"
const FORWARD: ReadonlySet<string> = new Set(["pending", "confirmed", "paid"])

interface Request {
  readonly step: StepName
  readonly isUndo: boolean
}

/** What the order asks of its participants. */
const REQUESTS: Readonly<Record<string, Request>> = {
  "Payment.requested": { step: "payment", isUndo: false },
  "Inventory.reserveRequested": { step: "inventory", isUndo: false },
  "Shipment.create": { step: "shipping", isUndo: false },
  "Payment.refund": { step: "payment", isUndo: true },
  "Inventory.release": { step: "inventory", isUndo: true },
  "Shipment.cancel": { step: "shipping", isUndo: true },
}
/** Errors and reasons are quoted in it. */
const SUMMARY_MAX = 2_000
const NO_PROSE = /undefined|NaN|\[object|Invalid Date|\bnull\b|; ;|: \.|\.\.$/
/** Letters that one key names. */
const LETTERS_MAX = 20

function broken(claim: string, { orderId, status }: Standing, what: string): Violation {
  return new Violation(claim, `${orderId}, ${status}: ${what}`)
}

export function checkView(standing: Standing, view: WhyView): void {
  const { summary, waitingFor, blockedBy, nextAction } = view
  const isSentence = /^[A-Z].*\.$/s.test(summary) && summary.length <= SUMMARY_MAX && !NO_PROSE.test(summary)
  if (!isSentence) throw broken("N3a", standing, `no plain sentence: ${summary}`)
  const isUpToPerson = waitingFor.includes(PERSON)
  if (isUpToPerson !== /person must (decide|look)/.test(summary)) throw broken("N3a", standing, summary)
  if (FINAL.has(standing.status)) return
  if (waitingFor.length + blockedBy.length === 0 && nextAction === null) throw broken("N3b", standing, summary)
}

/** If nobody has moved while they were asked. */
export function checkNext(standing: Standing, view: WhyView, told: readonly Told[]): void {
  const { nextAction, deadlineAt } = view
  const at = nextAction?.at ?? Infinity
  const first = Math.min(...told.flatMap(momentsOf), ...standing.deadlines.map((deadline) => deadline.at))
  if (at !== first) throw broken("N3b", standing, `the next is said to be at ${at}, and is at ${first}`)
  if (deadlineAt !== null && at > deadlineAt) throw broken("N3b", standing, "the next is behind its deadline")
  if (nextAction?.what === "") throw broken("N3b", standing, "what is next has no name")
}

/** Of all that happens by itself. The order's clocks are its deadlines. */
function momentsOf({ service, rows }: Told): number[] {
  if (rows === null) return []
  const timers = service === "Order" ? [] : rows.timers
  const unreceived = rows.unreceived.filter(({ target }) => isParticipant(target))
  return [...timers.map(({ at }) => at), ...[...rows.effects, ...unreceived].map(({ nextAt }) => nextAt)]
}

function isParticipant(target: string): boolean {
  return ["Order", "Payment", "Inventory", "Shipping"].includes(split(target)?.service ?? "")
}

/** What the order itself says, against its own rows and those of whoever it has to do with. */
export function checkStanding(circle: Circle, standing: Standing): void {
  const { order, thread, self } = circle
  const { awaited, outstanding, deadlines } = standing
  if (thread === null || standing.status !== order.status) throw broken("N3c", standing, `it is ${order.status}`)
  const clocks = Object.entries(thread.timers).map(([name, { at }]) => `${name} at ${at}`)
  const said = deadlines.map(({ name, at }) => `${name} at ${at}`)
  if (text(clocks) !== text(said)) throw broken("N3c", standing, `its clocks are ${text(clocks)}, said ${text(said)}`)
  if (!clocks.every((clock) => isDeadline(clock.slice(0, clock.indexOf(" "))))) throw broken("N3c", standing, "a clock")
  for (const [target, { rows }] of Object.entries(thread.outs)) {
    for (const { event } of rows) {
      const request = REQUESTS[thread.events[event]?.type ?? ""]
      if (request === undefined || order.byHand.includes(request.step)) continue
      const counts = request.isUndo ? order.status === "cancelling" : FORWARD.has(order.status)
      const isNamed = awaited.some(({ service, key }) => address(service, key) === target)
      if (counts && !isNamed && !outstanding.includes(request.step) && !isOver(circle, request, target))
        throw broken("N3d", standing, `${target} has not received its request, and is not named`)
    }
  }
  for (const { service, key, what } of awaited) {
    if (!circle.isBusy(address(service, key)) && !circle.hasLetters())
      throw broken("N3d", standing, `it waits for ${what} from ${service}, which has nothing to do with ${self}`)
  }
}

/** The answer has come before the receipt of its request. */
function isOver({ order }: Circle, { step, isUndo }: Request, target: string): boolean {
  const line = allLines(order).find(({ sku }) => target === address("Inventory", reservationKey(sku, order.id)))
  const { status, undo } = line ?? order.steps[step]
  return isUndo ? undo !== "asked" : status !== "pending"
}

/** What a key says of its rows, against the rows. */
export function checkRows(world: World, host: Host, { service, key }: Omit<Told, "rows">, said: KeyRows): void {
  const thread = threadOf(host, key)
  const wrong = (what: string): Violation => new Violation("N3c", `${service}/${key}: ${what}`)
  const effects = (thread?.effects ?? []).map(({ name, tries, next }) => `${name} ${tries} ${next}`)
  const saidEffects = said.effects.map(({ name, tries, nextAt }) => `${name} ${tries} ${nextAt}`)
  if (text(effects) !== text(saidEffects)) throw wrong(`effects ${text(effects)}, said ${text(saidEffects)}`)
  const timers = Object.entries(thread?.timers ?? {}).map(([name, { at }]) => `${name} ${at}`)
  const saidTimers = said.timers.map(({ name, at }) => `${name} ${at}`)
  if (text(timers) !== text(saidTimers)) throw wrong(`clocks ${text(timers)}, said ${text(saidTimers)}`)
  const found = host.disk.all("SELECT id FROM letters WHERE key = ? AND settled IS NULL LIMIT ?", key, LETTERS_MAX)
  if (found.length !== said.letters.length) throw wrong(`${found.length} letters, said ${said.letters.length}`)
  const told = new Set(said.unreceived.map(({ type, target, nextAt }) => `${type} ${target} ${nextAt}`))
  let rows = 0
  for (const [target, stream] of Object.entries(thread?.outs ?? {})) {
    for (const { event, next, position } of stream.rows) {
      if (told.has(`${thread?.events[event]?.type ?? ""} ${target} ${next}`)) rows += 1
      else if (!isHeld(world, address(service, key), target, position))
        throw wrong(`${target} has not received position ${position}, and nobody says so`)
    }
  }
  if (rows < told.size) throw wrong(`it says that ${told.size} were not received, and has ${rows}`)
}

/** A receipt that its sender remembers, and will write with whatever it writes next. */
function isHeld(world: World, sender: string, target: string, position: number): boolean {
  const peer = split(target)
  if (peer === null) return false
  return (threadIn(world, peer.service, peer.key)?.ins[streamName(sender, 0)]?.upTo ?? 0) >= position
}

function text(parts: readonly string[]): string {
  return parts.toSorted().join(", ")
}
