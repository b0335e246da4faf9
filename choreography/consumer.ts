/**
 * The queue's consumer: groups a batch by the cell it is for, and makes one call per cell. The cell applies all of it in
 * one commit.
 *
 * 1. A message is acknowledged only after the cells have answered for all that was in it, or what they did not answer
 *    for has been queued again.
 * 2. When a call dies, its deliveries are tried one by one; one that goes on killing the call is parked unapplied.
 * 3. What is no bundle at all, or names no cell, goes to the dead letters. It stops nobody.
 */
import { split } from "./address.ts"
import { bundlesOf, contentOf, type Line, LINE_LENGTH_MAX, lineOf, linesIn, readLine } from "./bundles.ts"
import { type DeparturePorts, Departures } from "./departures.ts"
import { messageOf } from "./errors.ts"
import type { CellStub, Said } from "./platform.ts"

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

export interface ConsumerPorts extends DeparturePorts {
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
}

interface Read {
  readonly message: Message
  readonly lines: readonly Line[]
}

/** Whose fault it is that a call died: a delivery is blamed only where its cell lives. */
type Fault = "cell" | "delivery"

interface Group {
  readonly cell: string
  readonly lines: Line[]
}

/** Lines that have to come again, and whose fault that is. */
type Failed = Map<Line, Fault>

export async function consume(messages: readonly Message[], ports: ConsumerPorts): Promise<void> {
  const read: Read[] = []
  for (const message of messages) {
    const lines = await open(message, ports)
    if (lines !== null) read.push({ message, lines })
  }
  const groups = group(
    read.flatMap((each) => each.lines),
    ports,
  )
  const failed: Failed = new Map()
  const departures = new Departures(groups.length, ports)
  await inParallel(groups, CELLS_IN_FLIGHT_MAX, async (each) => {
    departures.answered(await deliverGroup(each, ports, failed))
  })
  for (const { message, lines } of read) await finish(message, lines, failed, ports)
}

/** The lines of a message, or null when the message itself has been dealt with. */
async function open(message: Message, ports: ConsumerPorts): Promise<readonly Line[] | null> {
  try {
    const lines = linesIn(message.body)
    if (lines === null) await ports.unreadable(message.body, "not a bundle of deliveries")
    const good: Line[] = []
    for (const line of lines ?? []) {
      const problem = problemOf(line, ports)
      if (problem === null) good.push(line)
      else await ports.unreadable(contentOf(line.text), problem)
    }
    if (good.length > 0) return good
    message.ack()
  } catch (error) {
    ports.log({ level: "error", message: "message can't be filed", id: message.id, reason: messageOf(error) })
    message.retry({ delaySeconds: delay(message.attempts, ports) })
  }
  return null
}

/** What can be seen of a line from here; all else is for its cell to see. */
function problemOf({ text, target }: Line, ports: ConsumerPorts): string | null {
  if (text.length > LINE_LENGTH_MAX) return "longer than any delivery"
  if (target === null) {
    const reading = readLine(text)
    return typeof reading === "string" ? reading : "unreadable"
  }
  const address = split(target)
  if (address?.service !== ports.service) return `wrong target: ${target} is not one of ${ports.service}'s keys`
  return ports.cellOf(address.key) === null ? `wrong target: ${target} lives nowhere` : null
}

function group(lines: readonly Line[], ports: ConsumerPorts): Group[] {
  const perCell = new Map<string, Line[]>()
  for (const line of lines) {
    const cell = ports.cellOf(split(line.target ?? "")?.key ?? "")
    if (cell === null) continue
    const known = perCell.get(cell)
    if (known === undefined) perCell.set(cell, [line])
    else known.push(line)
  }
  const groups: Group[] = []
  for (const [cell, all] of perCell) {
    for (let from = 0; from < all.length; from += CALL_MAX) {
      groups.push({ cell, lines: all.slice(from, from + CALL_MAX) })
    }
  }
  return groups
}

/** Answers what the cell has said to it, for it to leave with what others say. */
async function deliverGroup({ cell, lines }: Group, ports: ConsumerPorts, failed: Failed): Promise<Said> {
  try {
    const { said, unreadable } = await ports.cell(cell).take(lines.map(({ text }) => text))
    for (const { index, reason } of unreadable) await file(lines[index], reason, ports, failed)
    return said
  } catch (error) {
    const reason = messageOf(error)
    ports.log({ level: "warn", message: "call died", cell, count: lines.length, reason })
    if (isOverloaded(error)) {
      for (const line of lines) failed.set(line, "cell")
    } else {
      for (const line of lines) await deliverAlone(cell, line, ports, failed)
    }
    return []
  }
}

async function file(line: Line | undefined, reason: string, ports: ConsumerPorts, failed: Failed): Promise<void> {
  if (line === undefined) return
  try {
    await ports.unreadable(contentOf(line.text), reason)
  } catch (error) {
    ports.log({ level: "error", message: "a line can't be filed", reason: messageOf(error) })
    failed.set(line, "cell")
  }
}

/**
 * As a delivery and not as a line, and the cell sends by itself what it says to it: an object that is run by an older
 * build takes nothing else.
 */
async function deliverAlone(cell: string, line: Line, ports: ConsumerPorts, failed: Failed): Promise<void> {
  const delivery = readLine(line.text)
  if (typeof delivery === "string") {
    await file(line, delivery, ports, failed)
    return
  }
  const kills = delivery.kills ?? 0
  try {
    // A stub is broken after an exception: each try takes a new one.
    if (kills >= ports.killsMax) await ports.cell(cell).park(delivery, `killed ${String(kills)} calls`)
    else await ports.cell(cell).deliver([delivery])
  } catch {
    failed.set(line, (await lives(cell, ports)) ? "delivery" : "cell")
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
  lines: readonly Line[],
  failed: ReadonlyMap<Line, Fault>,
  ports: ConsumerPorts,
): Promise<void> {
  const again = lines.flatMap((line) => {
    const fault = failed.get(line)
    return fault === undefined ? [] : [counted(line, fault)]
  })
  try {
    if (again.length > 0) {
      // Whoever is blamed waits ever longer: a cell that dies for reasons of its own must not cost a good event its turn.
      const kills = Math.max(...again.map((each) => each.kills))
      const bundles = bundlesOf(again.map(({ text }) => text))
      await ports.requeue(bundles, delay(message.attempts + BACKOFF_PER_KILL * kills, ports))
    }
    message.ack()
  } catch (error) {
    ports.log({ level: "warn", message: "requeue failed", id: message.id, reason: messageOf(error) })
    message.retry({ delaySeconds: delay(message.attempts, ports) })
  }
}

/** The line as it comes again, and how many calls it has killed by then. */
function counted({ text }: Line, fault: Fault): { readonly text: string; readonly kills: number } {
  const delivery = readLine(text)
  if (typeof delivery === "string") return { text, kills: 0 }
  const kills = (delivery.kills ?? 0) + (fault === "delivery" ? 1 : 0)
  return { text: lineOf(kills === 0 ? delivery : { ...delivery, kills }), kills }
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
