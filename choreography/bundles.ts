/**
 * Bundles: deliveries on their way, many in one message of a queue.
 *
 * 1. A delivery is a line of text, and a bundle is lines between brackets; so a bundle is a JSON array as well, and whoever
 *    writes one any other way is understood.
 * 2. Where a line goes stands at its beginning. What lies between sender and receiver reads no further: the receiver
 *    parses the line, once, and checks it.
 */
import type { z } from "zod"
import type { Address } from "./address.ts"
import { isPlainDelivery } from "./glance.ts"
import type { Unreadable } from "./platform.ts"
import { byteLength, textOf } from "./texts.ts"
import { type Delivery, deliverySchema } from "./wire.ts"

/** 64 KB is the unit that a queue bills; a bundle keeps below it, envelope of the queue included. */
export const BUNDLE_BYTES_MAX = 63_000

/** No message of a queue is longer, and a delivery alone may fill one: its receipt tells all that its stream has parked. */
export const LINE_LENGTH_MAX = 128 * 1_024

const [OPEN, BETWEEN, CLOSE] = ["[\n", ",\n", "\n]"] as const
const FRAME_BYTES = OPEN.length + CLOSE.length

export function lineOf({ stream, target, position, event, ...rest }: Delivery): string {
  const head = `${JSON.stringify({ stream, target, position }).slice(0, -1)},"event":`
  // The event's own text is there already: it was weighed when it was said.
  return head + textOf(event) + tailOf(JSON.stringify(rest))
}

/** What stands behind the event: the rest of the object, if there is any, and its end. */
function tailOf(rest: string): string {
  return rest === "{}" ? "}" : `,${rest.slice(1)}`
}

/** As few bundles as will hold them. */
export function bundlesOf(lines: readonly string[]): string[] {
  const bundles: string[] = []
  let held: string[] = []
  let size = FRAME_BYTES
  for (const line of lines) {
    const bytes = byteLength(line) + BETWEEN.length
    if (held.length > 0 && size + bytes > BUNDLE_BYTES_MAX) {
      bundles.push(framed(held))
      held = []
      size = FRAME_BYTES
    }
    held.push(line)
    size += bytes
  }
  if (held.length > 0) bundles.push(framed(held))
  return bundles
}

function framed(lines: readonly string[]): string {
  return OPEN + lines.join(BETWEEN) + CLOSE
}

export interface Line {
  readonly text: string
  /** Null where it tells none: then it is no delivery. */
  readonly target: Address | null
}

/** The lines of a message, or null when it is no bundle. */
export function linesIn(body: unknown): readonly Line[] | null {
  return ourLines(body) ?? linesOfAny(body)
}

/** What every line of ours begins with; names of ours hold nothing that JSON would escape. */
const HEAD = /^\{"stream":"[^"\\]*","target":"([^"\\]*)","position":/

function ourLines(body: unknown): readonly Line[] | null {
  if (typeof body !== "string" || !body.startsWith(OPEN) || !body.endsWith(CLOSE)) return null
  // No line breaks in JSON but those that its writer has put between values.
  const texts = body.slice(OPEN.length, -CLOSE.length).split(BETWEEN)
  const lines = texts.flatMap((text) => {
    const target = HEAD.exec(text)?.[1]
    return target === undefined ? [] : [{ text, target }]
  })
  return lines.length === texts.length ? lines : null
}

function linesOfAny(body: unknown): readonly Line[] | null {
  const items = typeof body === "string" ? parsed(body) : body
  if (!Array.isArray(items)) return null
  return items.map((item: unknown) => ({ text: JSON.stringify(item ?? null), target: targetOf(item) }))
}

function targetOf(item: unknown): Address | null {
  const target: unknown = typeof item === "object" && item !== null ? Reflect.get(item, "target") : null
  return typeof target === "string" ? target : null
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The delivery, or what is wrong with it. */
export function readLine(text: string): Delivery | string {
  const item = parsed(text)
  if (isPlainDelivery(item)) return item
  const reading = deliverySchema.safeParse(item)
  return reading.success ? reading.data : firstProblem(reading.error)
}

export interface Readings {
  readonly deliveries: readonly Delivery[]
  readonly unreadable: readonly Unreadable[]
}

export function readLines(lines: readonly string[]): Readings {
  const deliveries: Delivery[] = []
  const unreadable: Unreadable[] = []
  for (const [index, line] of lines.entries()) {
    const reading = readLine(line)
    if (typeof reading === "string") unreadable.push({ index, reason: reading })
    else deliveries.push(reading)
  }
  return { deliveries, unreadable }
}

function firstProblem(error: z.ZodError): string {
  const issue = error.issues[0]
  return issue === undefined ? "unreadable" : `invalid at field ${issue.path.map(String).join(".")}: ${issue.message}`
}

/** For whoever files what can't be read: as it was said, or at least its text. */
export function contentOf(line: string): unknown {
  return parsed(line) ?? line
}
