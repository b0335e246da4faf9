/**
 * An order's id: `ord_` + cell (3) + time (9) + random (26) + check (4).
 *
 * The cell is part of the id, so that the number of cells can be raised any day for new orders while every old one is
 * still found. The check characters let a guess be refused before any object is addressed. The time makes ids of one
 * cell sort by age. What makes an id unguessable is its 130 random bits.
 */
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
const CELL_LENGTH = 3
const TIME_LENGTH = 9
const RANDOM_LENGTH = 26
const CHECK_LENGTH = 4
const BODY_LENGTH = CELL_LENGTH + TIME_LENGTH + RANDOM_LENGTH
const SHAPE = new RegExp(
  `^ord_[${ALPHABET}o]{${String(CELL_LENGTH)}}[${ALPHABET}]{${String(BODY_LENGTH - CELL_LENGTH + CHECK_LENGTH)}}$`,
)

/** Regions that a cell may be near to; the first one is for callers from anywhere else. */
export const REGIONS = ["any", "wnam", "enam", "sam", "weur", "eeur", "apac", "oc", "afr", "me"] as const
export type Region = (typeof REGIONS)[number]
/** Cells of one region; two characters of the id name one of them. */
export const CELLS_MAX = 1_024

export interface OrderHome {
  readonly region: Region
  /** Null: the order has an object of its own. */
  readonly cell: number | null
}

export function newOrderId(home: OrderHome, now: number, random: () => number): string {
  let body = homeCode(home) + encode(now, TIME_LENGTH)
  for (let index = 0; index < RANDOM_LENGTH; index++) body += ALPHABET.charAt(Math.floor(random() * 32))
  return `ord_${body}${check(body)}`
}

export function isOrderId(text: string): boolean {
  if (!SHAPE.test(text)) return false
  const body = text.slice(4, 4 + BODY_LENGTH)
  return text.slice(4 + BODY_LENGTH) === check(body) && readHome(body) !== null
}

export function homeOf(orderId: string): OrderHome {
  return readHome(orderId.slice(4)) ?? { region: "any", cell: null }
}

/** When the order was placed, as its id tells. */
export function placedAtOf(orderId: string): number {
  return decode(orderId.slice(4 + CELL_LENGTH, 4 + CELL_LENGTH + TIME_LENGTH))
}

/** Sorts the newest order first. */
export function newestFirst(orderId: string): string {
  const latest = 32 ** TIME_LENGTH - 1
  return `${encode(latest - placedAtOf(orderId), TIME_LENGTH)}.${orderId}`
}

function homeCode(home: OrderHome): string {
  const region = ALPHABET.charAt(REGIONS.indexOf(home.region))
  return home.cell === null ? `${region}oo` : region + encode(home.cell, 2)
}

function readHome(body: string): OrderHome | null {
  const region = REGIONS[ALPHABET.indexOf(body.charAt(0))]
  if (region === undefined) return null
  const code = body.slice(1, CELL_LENGTH)
  if (code === "oo") return { region, cell: null }
  return code.includes("o") ? null : { region, cell: decode(code) }
}

function encode(value: number, length: number): string {
  let text = ""
  let rest = value
  for (let index = 0; index < length; index++) {
    // A remainder by `%` is slow beyond 32 bits, and a time is longer.
    const above = Math.floor(rest / 32)
    text = ALPHABET.charAt(rest - above * 32) + text
    rest = above
  }
  return text
}

function decode(text: string): number {
  let value = 0
  for (const character of text) value = value * 32 + ALPHABET.indexOf(character)
  return value
}

function check(body: string): string {
  let sum = 0x811c9dc5
  for (let index = 0; index < body.length; index++) sum = Math.imul(sum ^ body.charCodeAt(index), 0x01000193)
  return encode((sum ^ (sum >>> 20)) & 0xfffff, CHECK_LENGTH)
}
