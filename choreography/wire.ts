/**
 * What travels: deliveries and receipts.
 *
 * A delivery is an event on its way to one receiver, at its position in the stream between the two. A receipt is
 * cumulative: it says what the receiver holds, never that the work is done. Receipts may be lost.
 */
import { z } from "zod"
import { envelope, type Envelope } from "../events/envelope.ts"
import type { Address, StreamName } from "./address.ts"

const position = z.int().min(1)
export const NAME_LENGTH_MIN = 3
export const NAME_LENGTH_MAX = 512
const name = z.string().min(NAME_LENGTH_MIN).max(NAME_LENGTH_MAX)

/** What one receipt may list. Far more than a stream ever holds at once: beyond it, it is none of ours. */
export const RECEIPT_EARLY_MAX = 256
export const RECEIPT_PARKED_MAX = 10_000
export const RECEIPT_HASHES_MAX = 1_000
export const HASH_LENGTH_MAX = 32

export interface Receipt {
  /** The stream that is receipted, and its reader. */
  readonly stream: StreamName
  readonly reader: Address
  /** Everything up to here is held. */
  readonly upTo: number
  /** Held beyond `upTo`, waiting for a gap to close. */
  readonly early: readonly number[]
  /** Held, but in the dead letters: all of the stream's, each time, since an earlier receipt may have been lost. */
  readonly parked: readonly number[]
  /** Position and content hash of what provoked this receipt, and when it came. */
  readonly hashes: readonly (readonly [number, string, (number | undefined)?])[]
}

export interface Delivery {
  readonly stream: StreamName
  readonly target: Address
  readonly position: number
  readonly event: Envelope
  /** Rides along: what the sender has received from the target. */
  readonly receipt?: Receipt | undefined
  /** How many calls this delivery has killed. */
  readonly kills?: number | undefined
}

const receiptSchema: z.ZodType<Receipt> = z.strictObject({
  stream: name,
  reader: name,
  upTo: z.int().min(0),
  early: z.array(position).max(RECEIPT_EARLY_MAX),
  parked: z.array(position).max(RECEIPT_PARKED_MAX),
  hashes: z.array(z.tuple([position, z.string().max(HASH_LENGTH_MAX), z.int().optional()])).max(RECEIPT_HASHES_MAX),
})

export const deliverySchema: z.ZodType<Delivery> = z.strictObject({
  stream: name,
  target: name,
  position,
  event: envelope,
  receipt: receiptSchema.optional(),
  kills: z.int().min(0).optional(),
})

/** A position given up by its sender: it moves the reader's cursor and nothing else. */
export const VOID = "void"

/** No single event may outgrow a bundle, since it could then never be sent. */
export const EVENT_BYTES_MAX = 32_000

/**
 * A fingerprint of what an event says, to tell a repeat from another event under the same position. It guards against
 * accidents (a sender rewound by a restore), not against an attacker, so 53 bits of a fast hash are plenty. Who has the text
 * of its data at hand need not have it written again.
 */
export function contentHash(event: Envelope, dataText = JSON.stringify(event.data ?? null)): string {
  return inBase36(scatterAll([event.id, event.type, event.dataschema, dataText], FINGERPRINT_SEED))
}

const FINGERPRINT_SEED = 0x9e3779b9
const BASE = 36
const HALF_LENGTH = 5
const HALF = BASE ** HALF_LENGTH

/** As the language would write it, in two small halves: a large number it writes ten times as slowly. */
function inBase36(value: number): string {
  const upper = Math.floor(value / HALF)
  const lower = (value - upper * HALF).toString(BASE)
  return upper === 0 ? lower : upper.toString(BASE) + lower.padStart(HALF_LENGTH, "0")
}

/** Greater than any code of a text. */
const END = 0x10000

const [HIGH, LOW] = [0xdeadbeef, 0x41c6ce57]
const [HIGH_FACTOR, LOW_FACTOR] = [2654435761, 1597334677]

/** A whole number of 53 bits. */
export function scatter(text: string, seed: number): number {
  return scatterAll([text], seed)
}

/** Text after text, each with its end: they are never put together, since this is the longest loop on an order's path. */
function scatterAll(texts: readonly string[], seed: number): number {
  let high = HIGH ^ seed
  let low = LOW ^ seed
  for (const text of texts) {
    const { length } = text
    for (let index = 0; index < length; index++) {
      const code = text.charCodeAt(index)
      high = Math.imul(high ^ code, HIGH_FACTOR)
      low = Math.imul(low ^ code, LOW_FACTOR)
    }
    if (texts.length > 1) high = Math.imul(high ^ END, HIGH_FACTOR)
  }
  return fold(high, low)
}

function fold(upper: number, lower: number): number {
  let [high, low] = [upper, lower]
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909)
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909)
  return (low & 0x1fffff) * 0x1_0000_0000 + (high >>> 0)
}
