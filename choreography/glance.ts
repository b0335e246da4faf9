/**
 * A glance at what a queue has brought: whether the schema of a delivery would take it as it is.
 *
 * Nearly everything is as our own senders write it, and a schema makes a copy of whatever it reads: that was a seventh of
 * all that an order leaves to the garbage collector. A glance makes nothing. What it does not know is left to the schema,
 * which has the last word and says what is wrong; so it may refuse too much, and never too little.
 */
import { ATTRIBUTE_LENGTH_MAX, SEQUENCE } from "../events/envelope.ts"
import {
  type Delivery,
  HASH_LENGTH_MAX,
  NAME_LENGTH_MAX,
  NAME_LENGTH_MIN,
  RECEIPT_EARLY_MAX,
  RECEIPT_HASHES_MAX,
  RECEIPT_PARKED_MAX,
} from "./wire.ts"

type Look = (value: unknown) => boolean

function textOf(least: number, most: number): Look {
  return (value) => typeof value === "string" && value.length >= least && value.length <= most
}

const isText = textOf(1, ATTRIBUTE_LENGTH_MAX)
const isName = textOf(NAME_LENGTH_MIN, NAME_LENGTH_MAX)
const isHash = textOf(0, HASH_LENGTH_MAX)
const isCount: Look = (value) => Number.isSafeInteger(value) && Number(value) >= 0
const isPosition: Look = (value) => Number.isSafeInteger(value) && Number(value) >= 1

function listOf(look: Look, most: number): Look {
  return (value) => Array.isArray(value) && value.length <= most && value.every(look)
}

const isSeen: Look = (value) => {
  if (!Array.isArray(value) || value.length < 2 || value.length > 3) return false
  return isPosition(value[0]) && isHash(value[1]) && (value.length === 2 || Number.isSafeInteger(value[2]))
}

/** All of the first, any of the second, and nothing else. */
function record(required: Readonly<Record<string, Look>>, optional: Readonly<Record<string, Look>>): Look {
  const looks = new Map(Object.entries({ ...required, ...optional }))
  const names = Object.keys(required)
  return (value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return false
    const fields = value as Readonly<Record<string, unknown>> // of an object that JSON has made
    for (const name in fields) if (looks.get(name)?.(fields[name]) !== true) return false
    return names.every((name) => fields[name] !== undefined)
  }
}

const isEvent = record(
  {
    specversion: (value) => value === "1.0",
    ...{ id: isText, source: isText, type: isText, subject: isText, time: isText, dataschema: isText },
    sequence: (value) => typeof value === "string" && SEQUENCE.test(value),
    ...{ partitionkey: isText, correlationid: isText, traceparent: isText },
    data: () => true,
  },
  { causationid: isText, expirytime: isText },
)

const isReceipt = record(
  {
    ...{ stream: isName, reader: isName, upTo: isCount },
    early: listOf(isPosition, RECEIPT_EARLY_MAX),
    parked: listOf(isPosition, RECEIPT_PARKED_MAX),
    hashes: listOf(isSeen, RECEIPT_HASHES_MAX),
  },
  {},
)

const looksRight = record(
  { stream: isName, target: isName, position: isPosition, event: isEvent },
  { receipt: isReceipt, kills: isCount },
)

/** Of what `JSON.parse` has made, and of nothing else. */
export function isPlainDelivery(parsed: unknown): parsed is Delivery {
  return looksRight(parsed)
}
