// What is taken at a glance is what its schema would have taken, as it is.
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { isPlainDelivery } from "../../../choreography/glance.ts"
import { type Delivery, deliverySchema } from "../../../choreography/wire.ts"

const envelope = {
  specversion: "1.0",
  ...{ id: "Order/a#1", source: "/order/a", type: "Shipment.grant", subject: "a", time: "2026-11-20T12:00:00.000Z" },
  ...{ dataschema: "urn:event:Shipment.grant:1", sequence: "1", partitionkey: "a", correlationid: "a" },
  traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
  data: { number: 1 },
} as const
const receipt = { stream: "Shipping/a", reader: "Order/a", upTo: 2, early: [4], parked: [1], hashes: [[2, "x", 5]] }
const plain = { stream: "Order/a", target: "Shipping/a", position: 1, event: envelope }
const full = {
  ...plain,
  event: { ...envelope, causationid: "x", expirytime: "2026-11-20T12:00:00.000Z" },
  ...{ receipt: { ...receipt, hashes: [[2, "x"], ...receipt.hashes] }, kills: 0 },
}

/** Every place in a value, by the way to it. */
function places(value: unknown, way: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [way]
  return [way, ...Object.entries(value).flatMap(([name, field]) => places(field, [...way, name]))]
}

function changed(value: unknown, [name, ...way]: readonly string[], to: unknown): unknown {
  if (name === undefined) return to
  const isList = Array.isArray(value)
  const before: readonly [string, unknown][] = Object.entries(value as object) // ways lead through objects and lists
  const fields = before.flatMap(([field, held]): [string, unknown][] => {
    const after = field === name ? changed(held, way, to) : held
    return after === undefined ? [] : [[field, after]]
  })
  const isNew = !isList && to !== undefined && way.length === 0 && !fields.some(([field]) => field === name)
  if (isNew) fields.push([name, to])
  return isList ? fields.map(([, field]) => field) : Object.fromEntries(fields)
}

function seen(parsed: unknown): boolean {
  const isTaken = isPlainDelivery(parsed)
  if (!isTaken) return false
  expect(deliverySchema.parse(parsed)).toEqual(parsed)
  return true
}

describe("a glance", () => {
  test("knows what our own senders write", () => {
    for (const delivery of [plain, full]) expect(seen(JSON.parse(JSON.stringify(delivery)) as Delivery)).toBe(true)
  })

  test("takes nothing that the schema would not take, wherever it is broken", () => {
    const odd = [undefined, null, "", "ab", "x".repeat(513), 0, -1, 1.5, 2 ** 53, "1e3", [], [[]], {}, { a: 1 }, true]
    const ways = places(full)
    expect(ways.length).toBeGreaterThan(35)
    const refused = ways.flatMap((way) => odd.map((to) => seen(changed(full, way, to)))).filter((isSeen) => !isSeen)
    expect(refused.length).toBeGreaterThan(ways.length * 8)
  })

  test("takes no field that the schema does not know, wherever it stands", () => {
    for (const way of [["extra"], ["event", "extra"], ["receipt", "extra"], ["__proto__x"]]) {
      expect(seen(changed(full, way, 1))).toBe(false)
    }
    expect(seen(JSON.parse(`{"__proto__":{},${JSON.stringify(plain).slice(1)}`))).toBe(false)
  })

  test("takes nothing that the schema would not take, whatever it is made of", () => {
    const way = fc.constantFrom(...places(full))
    fc.assert(
      fc.property(fc.array(fc.tuple(way, fc.jsonValue()), { maxLength: 3 }), (changes) => {
        seen(changes.reduce<unknown>((value, [to, by]) => (isThere(value, to) ? changed(value, to, by) : value), full))
      }),
    )
  })
})

function isThere(value: unknown, way: readonly string[]): boolean {
  return places(value).some((place) => place.join("/") === way.join("/"))
}
