/** What is said of the events is valid, whole, and true of what travels. */
import { Validator } from "@cfworker/json-schema"
import { Parser } from "@asyncapi/parser"
import { describe, expect, test } from "vitest"
import { z } from "zod"
import { asyncapi, type AsyncApi, type JsonSchema } from "../../../choreography/asyncapi.ts"
import { choreography } from "../../../choreography/dollar.ts"
import { registry } from "../../../choreography/service.ts"
import { bundlesOf, lineOf } from "../../../choreography/bundles.ts"
import { catalog } from "../../../events/catalog.ts"
import { event, newestVersion, typesOf } from "../../../events/definition.ts"
import { dataschema } from "../../../events/envelope.ts"
import { describeEvents } from "../../../objects/description.ts"
import { services } from "../../../objects/registry.ts"
import { delivery, envelopeOf } from "../choreography/deliveries.ts"
import { RELEASED } from "./released.ts"

const described = describeEvents()

/** Whatever the official parser has to say, hints included. */
async function complaints(document: AsyncApi): Promise<string[]> {
  const { diagnostics } = await new Parser().parse(JSON.stringify(document))
  return diagnostics.map(({ path, message }) => `${path.join(".")}: ${message}`)
}

function isValid(document: AsyncApi, schema: JsonSchema, value: unknown): boolean {
  // References are looked up from the document's own root.
  return new Validator({ ...schema, components: document.components }, "7").validate(value).valid
}

describe("the description of the shop's events", () => {
  test("is valid AsyncAPI, to the official parser's last hint", { timeout: 60_000 }, async () => {
    expect(await complaints(described)).toEqual([])
  })

  test("the official parser would complain", { timeout: 60_000 }, async () => {
    const { channels } = described
    const lost = {
      ...described,
      channels: { ...channels, "order-events": { ...channels["order-events"], messages: 1 } },
    }
    // What is wrong on purpose has no type.
    expect(await complaints(lost as unknown as AsyncApi)).not.toEqual([])
  })

  test("has every version of every event, and says which is the newest", () => {
    const { messages } = described.components
    const versions = typesOf(catalog).flatMap((type) =>
      Array.from({ length: newestVersion(catalog, type) }, (_unused, index) => `${type}.${index + 1}`),
    )
    expect(Object.keys(messages).sort()).toEqual(versions.sort())
    const newest = Object.values(messages).filter((message) => message["x-newest"])
    expect(newest.map(({ name }) => name).sort()).toEqual(typesOf(catalog).sort())
  })

  test("says of every service what it says and hears, as it is declared", () => {
    const types = (refs: readonly { readonly $ref: string }[]): Set<string> =>
      new Set(refs.map(({ $ref }) => /([A-Za-z]+\.[A-Za-z]+)\.\d+$/.exec($ref)?.[1] ?? $ref))
    for (const { name, says, listeners } of services.services.values()) {
      const own = Object.values(described.operations).filter((operation) => operation["x-service"] === name)
      const of = (action: string) =>
        types(own.filter((each) => each.action === action).flatMap(({ messages }) => messages))
      expect(of("send")).toEqual(new Set(says))
      expect(of("receive")).toEqual(new Set(listeners.keys()))
    }
  })

  test.each(
    Object.entries(RELEASED).flatMap(([type, all]) => all.map((data, index) => [type, index + 1, data] as const)),
  )("what was ever released as %s of version %i is as described", (type, version, data) => {
    const message = described.components.messages[`${type}.${version}`]
    const said = { ...envelopeOf(1, data), type, dataschema: dataschema(type, version) }
    const payload = message?.payload ?? {}
    expect(isValid(described, payload, said)).toBe(true)
    expect(isValid(described, payload, { ...said, type: "Order.unheard" })).toBe(false)
    expect(isValid(described, payload, { ...said, data: { nothing: "of it" } })).toBe(false)
  })

  test("a bundle as it is packed for a queue is as described", () => {
    const bundle = { $ref: "#/components/schemas/Bundle" }
    const [text = ""] = bundlesOf([delivery(1), delivery(2)].map(lineOf))
    expect(isValid(described, bundle, JSON.parse(text))).toBe(true)
    expect(isValid(described, bundle, [{ ...delivery(1), position: 0 }])).toBe(false)
    expect(isValid(described, bundle, [])).toBe(false)
  })
})

describe("the description of events with a history", () => {
  const first = event(z.object({ cents: z.int() }), { about: "Something was weighed." })
  const second = first.next(z.object({ cents: z.int(), unit: z.string() }), ({ cents }) => ({ cents, unit: "g" }))
  const { service } = choreography({ Scale: { weighed: second, broken: event(z.object({}), { final: true }) } })
  const placement = () => ({ cellOf: () => "only", cells: () => ["only"] })
  interface Shape {
    readonly state: object
    readonly shared: object
    readonly effects: object
    readonly timers: object
    readonly asks: object
    readonly settings: object
  }
  const says = ["Scale.weighed", "Scale.broken"] as const
  const scale = service<Shape & { readonly says: typeof says }>()("Scale", { says, placement }, () => ({}))
  const book = service<Shape & { readonly says: readonly [] }>()("Book", { says: [], placement }, ($) => {
    $.on.Scale.weighed(() => undefined)
    return {}
  })
  const info = { title: "Scales", version: "1", description: "Weights.", queueOf: (name: string) => `${name}-queue` }
  const document = asyncapi(registry([scale, book]), info)

  test("a service says the newest version and hears all of them", async () => {
    expect(document.operations["Scale.tells.Book"]?.messages).toEqual([
      { $ref: "#/channels/Book-queue/messages/Scale.weighed.2" },
    ])
    expect(document.operations["Book.hears"]?.messages).toHaveLength(2)
    expect(document.components.messages["Scale.weighed.1"]).toMatchObject({
      summary: "Something was weighed.",
      description: "An older version: it is lifted to version 2 when it is read.",
    })
    expect(await complaints(document)).toEqual([])
  })

  test("what is said for the record has a channel without an address", () => {
    expect(document.channels["record"]).toMatchObject({ address: null, messages: { "Scale.broken.1": {} } })
    expect(document.operations["Scale.records"]?.channel).toEqual({ $ref: "#/channels/record" })
    expect(Object.keys(document.channels)).toEqual(["Book-queue", "record"])
  })
})
