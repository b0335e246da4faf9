/**
 * How a thread is written: its row is what each commit writes anew, so its length is what an order costs.
 *
 * 1. What can't change between two commits (events, lines of the journal, a state that was not saved) is not turned into
 *    text again.
 * 2. Names stand in the row once, and their numbers wherever they are used; what has a fixed place needs no name.
 * 3. Nearly every name holds the subject of its key, so one character stands for it. It is one that JSON never holds as
 *    such, so the text can be turned back whatever is in it.
 */
import { dataschema, type Envelope, versionOf } from "../events/envelope.ts"
import { type FormerThread, fromFormer } from "./formerRows.ts"
import { entryOf, type Line, lineTextOf, type Mark, marked, markOf } from "./lines.ts"
import { Names } from "./names.ts"
import { dataTextOf } from "./texts.ts"
import { timeOf, timeText } from "./times.ts"
import {
  type EffectRow,
  type InStream,
  type JournalEntry,
  type OutRow,
  type OutStream,
  table,
  type Thread,
  type TimerRow,
} from "./thread.ts"
import type { Delivery } from "./wire.ts"

const SUBJECT = "\u0001"
/** Of this form; what came before it held something else in the first place. */
const FORM = 2

/** How a part of it stands in the row of a key with this subject. */
export function asWritten(text: string, subject: string): string {
  return subject === "" ? text : text.replaceAll(subject, SUBJECT)
}

/**
 * What a thread in memory is written with: the names of its row, and the texts of what can't change once it is made. It
 * goes with its thread.
 */
class Hand {
  readonly names: Names
  readonly subject: string
  #namesText = "[]"
  #namesWritten = 0
  #state: unknown = null
  #stateText = "null"
  #events = new Map<Envelope, string>()
  /** The line that the text of the journal begins with, and how many are in it. */
  #first: JournalEntry | undefined
  #lines = 0
  #journal = ""

  constructor(names: Names, subject: string) {
    this.names = names
    this.subject = subject
  }

  state(state: unknown): string {
    if (state === this.#state) return this.#stateText
    this.#stateText = asWritten(JSON.stringify(state ?? null), this.subject)
    this.#state = state
    return this.#stateText
  }

  events(events: Readonly<Record<string, Envelope>>): string {
    const known = this.#events
    // What has left the outbox leaves memory.
    this.#events = new Map()
    for (const [number, event] of Object.entries(events)) {
      const write = (): string => asWritten(`[${number},${eventTextOf(this.names, event)}]`, this.subject)
      this.#events.set(event, known.get(event) ?? write())
    }
    return [...this.#events.values()].join(",")
  }

  /** Lines are added at its end; where some have gone to a page of their own it is begun anew. */
  journal(lines: readonly JournalEntry[]): string {
    if (lines[0] !== this.#first) [this.#first, this.#lines, this.#journal] = [lines[0], 0, ""]
    for (const line of lines.slice(this.#lines)) {
      const text = asWritten(lineTextOf(this.names, line), this.subject)
      this.#journal += this.#lines === 0 ? text : `,${text}`
      this.#lines += 1
    }
    return this.#journal
  }

  /** To be asked last: whatever is written before may still give some. */
  namesText(): string {
    const { all } = this.names
    if (this.#namesWritten < all.length) this.#namesText = asWritten(JSON.stringify(all), this.subject)
    this.#namesWritten = all.length
    return this.#namesText
  }
}

const hands = new WeakMap<Thread, Hand>()

function handFor(thread: Thread, subject: string): Hand {
  const known = hands.get(thread)
  // Where nothing is left that was written with names, they are begun anew: those of what was said once are many.
  const isEmpty = thread.journal.length === 0 && Object.keys(thread.events).length === 0
  if (known?.subject === subject && !isEmpty) return known
  const hand = new Hand(new Names(epochOf(thread), []), subject)
  hands.set(thread, hand)
  return hand
}

/** Any time would do: one that is near to most of them makes them short. */
function epochOf({ journal: [first], outs }: Thread): number {
  return first?.at ?? Object.values(outs)[0]?.rows[0]?.next ?? 0
}

export function writeThread(thread: Thread, subject: string): string {
  const hand = handFor(thread, subject)
  const { names } = hand
  const { state, events, outs, ins, journal, ...rest } = thread
  const { said, performed, trace, pages, closedAt, effects, timers, doubts, incarnation } = rest
  const head = [said, performed, trace, pages, closedAt, effects, timers, doubts ?? 0, incarnation ?? 0]
  const outgoing = Object.entries(outs).map(([peer, stream]) => outOf(names, peer, stream))
  const incoming = Object.entries(ins).map(([stream, held]) => inOf(names, stream, held))
  const marks = journal.flatMap((entry, index) => markOf(names, entry, index))
  return (
    `[${String(FORM)},${asWritten(JSON.stringify([head, outgoing, incoming]), subject)},${hand.state(state)},` +
    `[${hand.events(events)}],[${hand.journal(journal)}],${JSON.stringify(marks)},${String(names.epoch)},` +
    `${hand.namesText()}]`
  )
}

type Head = readonly [
  said: number,
  performed: number,
  trace: string,
  pages: number,
  closedAt: number | null,
  effects: EffectRow[],
  timers: Record<string, TimerRow>,
  doubts: string[] | 0,
  incarnation: number,
]

/** What is empty at its end is left out. */
type Out = readonly [peer: number, next: number, rows?: readonly (readonly [number, number, number, number])[]]
type In = readonly [
  stream: number,
  upTo: number,
  hashes: readonly (number | string)[],
  early?: readonly Delivery[],
  parked?: readonly number[],
  newerSince?: number,
]

type Written = readonly [
  form: number,
  rest: readonly [Head, readonly Out[], readonly In[]],
  state: unknown,
  events: readonly (readonly [number, EventTuple])[],
  lines: readonly Line[],
  marks: readonly Mark[],
  epoch: number,
  names: readonly string[],
]

function outOf(names: Names, peer: string, { next, rows }: OutStream): Out {
  const stream = [names.number(peer), next] as const
  if (rows.length === 0) return stream
  return [...stream, rows.map((row) => [row.position, row.event, row.next - names.epoch, row.tries] as const)]
}

function inOf(names: Names, name: string, { upTo, hashes, early, parked, newerSince }: InStream): In {
  const stream = [names.number(name), upTo, Object.entries(hashes).flatMap(([at, hash]) => [Number(at), hash])] as const
  if (newerSince !== undefined) return [...stream, early, parked, newerSince]
  return early.length + parked.length === 0 ? stream : [...stream, early, parked]
}

/** All but its data; `null` where the envelope has none. */
type EventHead = readonly [
  idName: number,
  idNumber: number | null,
  source: number,
  type: number,
  subject: number,
  time: number | string,
  /** Its version, where it is the type's own. */
  dataschema: number | string,
  sequence: string,
  partitionkey: number,
  correlationid: number,
  causeName: number,
  causeNumber: number | null,
  traceparent: string,
  expirytime: string | null,
]
type EventTuple = readonly [...head: EventHead, data: unknown]

function eventTextOf(names: Names, event: Envelope): string {
  const { time, sequence, traceparent, causationid = null, expirytime = null } = event
  const at = timeOf(time)
  const version = versionOf(event)
  const [idName, idNumber] = names.refer(event.id)
  const about = [names.number(event.source), names.number(event.type), names.number(event.subject)] as const
  const whose = [names.number(event.partitionkey), names.number(event.correlationid)] as const
  const [causeName, causeNumber] = names.refer(causationid)
  const when = at === null ? time : at - names.epoch
  const which = version > 0 ? version : event.dataschema
  // Its data comes last, and is there as text already.
  const head: EventHead = [
    idName,
    idNumber,
    ...about,
    when,
    which,
    sequence,
    ...whose,
    causeName,
    causeNumber,
    traceparent,
    expirytime,
  ]
  return `${JSON.stringify(head).slice(0, -1)},${dataTextOf(event)}]`
}

function eventOf(names: Names, tuple: EventTuple): Envelope {
  const [idName, idNumber, source, typeName, subject, time, schema, sequence, partitionkey, correlationid] = tuple
  const [, , , , , , , , , , causeName, causeNumber, traceparent, expirytime, data] = tuple
  const causationid = names.text(causeName, causeNumber)
  const type = names.name(typeName)
  return {
    specversion: "1.0",
    id: names.text(idName, idNumber) ?? "",
    source: names.name(source),
    type,
    subject: names.name(subject),
    time: typeof time === "string" ? time : timeText(time + names.epoch),
    dataschema: typeof schema === "string" ? schema : dataschema(type, schema),
    sequence,
    partitionkey: names.name(partitionkey),
    correlationid: names.name(correlationid),
    ...(causationid === null ? {} : { causationid }),
    traceparent,
    ...(expirytime === null ? {} : { expirytime }),
    data,
  }
}

export function readThread(text: string, subject: string): Thread {
  // Written by `writeThread`, or by an earlier form of it, and by nobody else.
  const written = JSON.parse(text.replaceAll(SUBJECT, subject)) as Written | FormerThread
  if (!isToday(written)) return fromFormer(written)
  const [, [head, outgoing, incoming], state, tuples, lines, marks, epoch, all] = written
  const [said, performed, trace, pages, closedAt, effects, timers, doubts, incarnation] = head
  const names = new Names(epoch, all)
  const thread: Thread = {
    state,
    ...{ said, performed },
    events: Object.fromEntries(tuples.map(([number, tuple]) => [number, eventOf(names, tuple)])),
    outs: table(outgoing.map((out) => [names.name(out[0]), readOut(names, out)] as const)),
    ins: table(incoming.map((stream) => [names.name(stream[0]), readIn(stream)] as const)),
    ...{ effects, timers },
    journal: marked(
      names,
      lines.map((line) => entryOf(names, line)),
      marks,
    ),
    ...{ pages, trace, closedAt },
    ...(doubts === 0 ? {} : { doubts }),
    ...(incarnation === 0 ? {} : { incarnation }),
  }
  hands.set(thread, new Hand(names, subject))
  return thread
}

function isToday(written: Written | FormerThread): written is Written {
  return Array.isArray(written) && written[0] === FORM
}

function readOut(names: Names, [, next, rows = []]: Out): OutStream {
  const read = ([position, event, at, tries]: readonly [number, number, number, number]): OutRow => {
    return { position, event, next: at + names.epoch, tries }
  }
  return { next, rows: rows.map(read) }
}

function readIn([, upTo, pairs, early = [], parked = [], newerSince]: In): InStream {
  const hashes: Record<number, string> = {}
  for (let index = 0; index < pairs.length; index += 2) hashes[Number(pairs[index])] = String(pairs[index + 1])
  return { upTo, hashes, early: [...early], parked: [...parked], ...(newerSince === undefined ? {} : { newerSince }) }
}
