/** Edits that parse and contradict: what a person may send again in a letter's stead, by mistake or in spite. */
import type { Random } from "../platform/random.ts"

type Data = Readonly<Record<string, unknown>>
type Edit = (data: Data, random: Random, orders: readonly string[]) => Data

interface Line {
  readonly sku: string
  readonly quantity: number
}

const SKUS = ["WIDGET", "HOT", "LAST", "NONE"] as const

const edits: readonly Edit[] = [
  number("attempt", (attempt, random) => random.pick([1, attempt + 1, attempt + 7, Math.max(1, attempt - 1)])),
  number("amount", (amount, random) => random.pick([1, amount - 1, amount * 2])),
  number("captured", (captured, random) => random.pick([0, captured * 2])),
  number("quantity", (quantity, random) => random.pick([1, quantity + 1, quantity * 10])),
  lines((all, random) => all.map(({ sku, quantity }) => ({ sku, quantity: random.pick([1, quantity + 1, 600]) }))),
  lines((all, random) => [...all, { sku: random.pick(SKUS), quantity: 1 }]),
  lines((all) => [...all, ...all]),
  lines((all, random) => all.map(({ quantity }) => ({ sku: random.pick(SKUS), quantity }))),
  (data, random, orders) => ("orderId" in data ? { ...data, orderId: random.pick(orders) } : data),
  (data) => ("reason" in data ? { ...data, reason: "as told by telephone" } : data),
  (data, random) => ("plan" in data ? { ...data, plan: random.pick([null, "decline", "poison"]) } : data),
]

function number(name: string, change: (value: number, random: Random) => number): Edit {
  return (data, random) => {
    const value = data[name]
    return typeof value === "number" ? { ...data, [name]: change(value, random) } : data
  }
}

function lines(change: (all: readonly Line[], random: Random) => readonly Line[]): Edit {
  return (data, random) => {
    const all = data["lines"]
    // The catalogue's own form: what is edited has been read by it.
    return Array.isArray(all) ? { ...data, lines: change(all as readonly Line[], random) } : data
  }
}

const EDITS_MAX = 3

export function forged(data: object, random: Random, orders: readonly string[]): object {
  let edited: Data = { ...data }
  for (let count = random.between(1, EDITS_MAX); count > 0; count--) {
    edited = random.pick(edits)(edited, random, orders)
  }
  return edited
}
