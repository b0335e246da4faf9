/**
 * The queue's consumer: groups a batch by the cell it is for, and makes one call per cell. The cell applies all of it in
 * one commit.
 *
 * 1. A message is acknowledged only after the cells have answered for all that was in it, or what they did not answer
 *    for has been queued again.
 * 2. When a call dies, its deliveries are tried one by one; one that goes on killing the call is parked unapplied.
 * 3. What is no bundle at all, or names no cell, goes to the dead letters. It stops nobody.
 */
import type { z } from "zod"
import { split } from "./address.ts"
import { messageOf } from "./errors.ts"
import { isPlainDelivery } from "./glance.ts"
import type { CellStub, LogLine } from "./platform.ts"
import { type Delivery, deliverySchema, pack } from "./wire.ts"

/** Calls to cells under way at once, the platform's cap on connections being 6. */
const CELLS_IN_FLIGHT_MAX = 6
/** Deliveries of one call. */
const CALL_MAX = 200
const RETRY_DELAY_S = 2
/** Doublings of the delay for each call that a delivery has killed: five kills take twenty minutes. */
const BACKOFF_PER_KILL = 2
const RETRY_DELAY_MAX_S = 15 * 60

export interface Message {
  readonly id: string
  readonly body: unknown
  readonly attempts: number
  ack(): void
  retry(options: { delaySeconds: number }): void
}

export interface ConsumerPorts {
  /** The service whose queue this is. */
  readonly service: string
  /** A delivery that has killed so many calls is parked without being applied. */
  readonly killsMax: number
  /** The cell of a key, or null when the key can't be one of this service's. */
  cellOf(key: string): string | null
  cell(cell: string): CellStub
  requeue(bundles: readonly string[], delaySeconds: number): Promise<void>
  /** Files what has no readable target. */
  unreadable(body: unknown, reason: string): Promise<void>
  random(): number
  log(line: LogLine): void
}

interface Read {
  readonly message: Message
  readonly deliveries: readonly Delivery[]
}

/** Whose fault it is that a call died: a delivery is blamed only where its cell lives. */
type Fault = "cell" | "delivery"

interface Group {
  readonly cell: string
  readonly deliveries: Delivery[]
}

export async function consume(messages: readonly Message[], ports: ConsumerPorts): Promise<void> {
  const read: Read[] = []
  for (const message of messages) {
    const deliveries = await open(message, ports)
    if (deliveries !== null) read.push({ message, deliveries })
  }
  const groups = group(
    read.flatMap((each) => each.deliveries),
    ports,
  )
  const failed = new Map<Delivery, Fault>()
  await inParallel(groups, CELLS_IN_FLIGHT_MAX, async (each) => {
    await deliverGroup(each, ports, failed)
  })
  for (const { message, deliveries } of read) await finish(message, deliveries, failed, ports)
}

/** The deliveries of a message, or null when the message itself has been dealt with. */
async function open(message: Message, ports: ConsumerPorts): Promise<readonly Delivery[] | null> {
  try {
    const { deliveries, rest } = parse(message.body, ports)
    for (const { body, reason } of rest) await ports.unreadable(body, reason)
    if (deliveries.length > 0) return deliveries
    message.ack()
  } catch (error) {
    ports.log({ level: "error", message: "message can't be filed", id: message.id, reason: messageOf(error) })
    message.retry({ delaySeconds: delay(message.attempts, ports) })
  }
  return null
}

interface Parsed {
  readonly deliveries: Delivery[]
  readonly rest: { readonly body: unknown; readonly reason: string }[]
}

function parse(body: unknown, ports: ConsumerPorts): Parsed {
  const parsed: Parsed = { deliveries: [], rest: [] }
  let items: unknown
  try {
    items = typeof body === "string" ? JSON.parse(body) : body
  } catch {
    items = undefined
  }
  if (!Array.isArray(items)) {
    parsed.rest.push({ body, reason: "not a bundle of deliveries" })
    return parsed
  }
  for (const item of items) {
    const delivery = readDelivery(item)
    const problem = typeof delivery === "string" ? delivery : misdirected(delivery, ports)
    if (typeof delivery !== "string" && problem === null) parsed.deliveries.push(delivery)
    else parsed.rest.push({ body: item, reason: problem ?? "unreadable" })
  }
  return parsed
}

/** The delivery, or what is wrong with it. */
function readDelivery(item: unknown): Delivery | string {
  if (isPlainDelivery(item)) return item
  const reading = deliverySchema.safeParse(item)
  return reading.success ? reading.data : firstProblem(reading.error)
}

function misdirected(delivery: Delivery, ports: ConsumerPorts): string | null {
  const target = split(delivery.target)
  if (target?.service !== ports.service) return `wrong target: ${delivery.target} is not one of ${ports.service}'s keys`
  return ports.cellOf(target.key) === null ? `wrong target: ${delivery.target} lives nowhere` : null
}

function firstProblem(error: z.ZodError): string {
  const issue = error.issues[0]
  return issue === undefined ? "unreadable" : `invalid at field ${issue.path.map(String).join(".")}: ${issue.message}`
}

function group(deliveries: readonly Delivery[], ports: ConsumerPorts): Group[] {
  const perCell = new Map<string, Delivery[]>()
  for (const delivery of deliveries) {
    const cell = ports.cellOf(split(delivery.target)?.key ?? "")
    if (cell === null) continue
    const known = perCell.get(cell)
    if (known === undefined) perCell.set(cell, [delivery])
    else known.push(delivery)
  }
  const groups: Group[] = []
  for (const [cell, all] of perCell) {
    for (let from = 0; from < all.length; from += CALL_MAX) {
      groups.push({ cell, deliveries: all.slice(from, from + CALL_MAX) })
    }
  }
  return groups
}

async function deliverGroup(each: Group, ports: ConsumerPorts, failed: Map<Delivery, Fault>): Promise<void> {
  try {
    await ports.cell(each.cell).deliver(each.deliveries)
  } catch (error) {
    const reason = messageOf(error)
    ports.log({ level: "warn", message: "call died", cell: each.cell, count: each.deliveries.length, reason })
    if (isOverloaded(error)) {
      for (const delivery of each.deliveries) failed.set(delivery, "cell")
    } else {
      for (const delivery of each.deliveries) await deliverAlone(each.cell, delivery, ports, failed)
    }
  }
}

async function deliverAlone(
  cell: string,
  delivery: Delivery,
  ports: ConsumerPorts,
  failed: Map<Delivery, Fault>,
): Promise<void> {
  const kills = delivery.kills ?? 0
  try {
    // A stub is broken after an exception: each try takes a new one.
    if (kills >= ports.killsMax) await ports.cell(cell).park(delivery, `killed ${String(kills)} calls`)
    else await ports.cell(cell).deliver([delivery])
  } catch {
    failed.set(delivery, (await lives(cell, ports)) ? "delivery" : "cell")
  }
}

async function lives(cell: string, ports: ConsumerPorts): Promise<boolean> {
  try {
    await ports.cell(cell).poke()
    return true
  } catch {
    return false
  }
}

async function finish(
  message: Message,
  deliveries: readonly Delivery[],
  failed: ReadonlyMap<Delivery, Fault>,
  ports: ConsumerPorts,
): Promise<void> {
  const again = deliveries.filter((delivery) => failed.has(delivery))
  try {
    if (again.length > 0) {
      const counted = again.map((delivery) => {
        const blamed = failed.get(delivery) === "delivery"
        return blamed ? { ...delivery, kills: (delivery.kills ?? 0) + 1 } : delivery
      })
      // Whoever is blamed waits ever longer: a cell that dies for reasons of its own must not cost a good event its turn.
      const kills = Math.max(...counted.map((delivery) => delivery.kills ?? 0))
      await ports.requeue(pack(counted), delay(message.attempts + BACKOFF_PER_KILL * kills, ports))
    }
    message.ack()
  } catch (error) {
    ports.log({ level: "warn", message: "requeue failed", id: message.id, reason: messageOf(error) })
    message.retry({ delaySeconds: delay(message.attempts, ports) })
  }
}

/** What is overloaded is not asked again at once. */
function isOverloaded(error: unknown): boolean {
  return typeof error === "object" && error !== null && "overloaded" in error && error.overloaded === true
}

function delay(attempts: number, ports: ConsumerPorts): number {
  const seconds = Math.min(RETRY_DELAY_MAX_S, RETRY_DELAY_S * 2 ** Math.min(attempts, 10))
  return Math.round(seconds * (0.75 + ports.random() / 2))
}

async function inParallel<T>(items: readonly T[], limit: number, body: (item: T) => Promise<void>): Promise<void> {
  let next = 0
  async function lane(): Promise<void> {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await body(item)
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane))
}
