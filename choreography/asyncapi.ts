/**
 * The AsyncAPI 3 description of a system, read from its services' own declarations: who says what, who hears it, and
 * what each version of each event looks like.
 *
 * 1. It is a function of the registry: there is no second list that could go stale.
 * 2. Each version of each event is a message. A service says the newest and hears them all, lifted to the newest.
 * 3. What lies in a queue is a bundle of deliveries; a delivery holds one event and its place in a stream.
 */
import { z } from "zod"
import { type Catalog, type EventDefinition, find, typesOf } from "../events/definition.ts"
import { dataschema, envelope } from "../events/envelope.ts"
import type { Registry, Service } from "./service.ts"
import { deliverySchema } from "./wire.ts"

/** A JSON Schema, or a piece of one. */
export type JsonSchema = Readonly<Record<string, unknown>>

interface Reference {
  readonly $ref: string
}

export interface Message {
  readonly name: string
  readonly title: string
  readonly summary: string
  readonly description: string
  readonly contentType: string
  readonly payload: JsonSchema
  readonly correlationId: Reference
  readonly "x-version": number
  readonly "x-newest": boolean
}

export interface Channel {
  /** The queue's name; null when there is none. */
  readonly address: string | null
  readonly title: string
  readonly description: string
  readonly messages: Readonly<Record<string, Reference>>
  /** What one message of the queue is. */
  readonly "x-carried-in"?: Reference
}

export interface Operation {
  readonly action: "send" | "receive"
  readonly title: string
  readonly channel: Reference
  readonly messages: readonly Reference[]
  /** Whose it is. */
  readonly "x-service": string
}

export interface AsyncApi {
  readonly asyncapi: "3.1.0"
  readonly info: { readonly title: string; readonly version: string; readonly description: string }
  readonly defaultContentType: string
  readonly channels: Readonly<Record<string, Channel>>
  readonly operations: Readonly<Record<string, Operation>>
  readonly components: {
    readonly messages: Readonly<Record<string, Message>>
    readonly schemas: Readonly<Record<string, JsonSchema>>
    readonly correlationIds: Readonly<Record<string, { readonly description: string; readonly location: string }>>
  }
}

export interface AsyncApiOptions {
  readonly title: string
  readonly version: string
  readonly description: string
  /** The name of the queue from which a service hears. */
  readonly queueOf: (service: string) => string
}

const CLOUD_EVENT = "application/cloudevents+json"
/** What nobody hears goes nowhere. */
const RECORD = "record"

export function asyncapi({ services }: Registry, { queueOf, ...info }: AsyncApiOptions): AsyncApi {
  const all = [...services.values()]
  const catalogs = new Set(all.map(({ catalog }) => catalog))
  const events = [...catalogs].flatMap((catalog) =>
    typesOf(catalog).map((type) => ({ type, of: known(catalog, type) })),
  )
  const versions = events.flatMap(({ type, of }) =>
    of.versions.map((_each, index) => ({ type, of, version: index + 1 })),
  )
  return {
    asyncapi: "3.1.0",
    info,
    defaultContentType: CLOUD_EVENT,
    channels: channelsOf(all, queueOf),
    operations: operationsOf(all, queueOf),
    components: {
      messages: Object.fromEntries(
        versions.map(({ type, of, version }) => [id(type, version), message(type, of, version)]),
      ),
      schemas: {
        ...wrappers(),
        ...Object.fromEntries(versions.map(({ type, of, version }) => [id(type, version), dataOf(of, version)])),
      },
      correlationIds: {
        subject: {
          description: "What all events of one story have in common: the key that they are about.",
          location: "$message.payload#/correlationid",
        },
      },
    },
  }
}

function known(catalog: Catalog, type: string): EventDefinition {
  const definition = find(catalog, type)
  if (definition === undefined) throw new Error(`${type} is not in the catalogue`)
  return definition
}

function id(type: string, version: number): string {
  return `${type}.${String(version)}`
}

function newest({ catalog }: Service, type: string): string {
  return id(type, known(catalog, type).versions.length)
}

function everyVersion({ catalog }: Service, type: string): string[] {
  return known(catalog, type).versions.map((_each, index) => id(type, index + 1))
}

function heardBy(service: Service): string[] {
  return [...service.listeners.keys()].flatMap((type) => everyVersion(service, type))
}

/** What a service says that nobody hears. */
function unheardOf(service: Service, all: readonly Service[]): string[] {
  return service.says.filter((type) => !all.some(({ listeners }) => listeners.has(type)))
}

function channelsOf(all: readonly Service[], queueOf: AsyncApiOptions["queueOf"]): Record<string, Channel> {
  const channels: Record<string, Channel> = {}
  for (const service of all) {
    if (service.listeners.size === 0) continue
    channels[queueOf(service.name)] = {
      address: queueOf(service.name),
      title: `What ${service.name} hears`,
      description: `A message of this queue is a bundle of deliveries to keys of ${service.name}, each with one event.`,
      messages: references(heardBy(service), "#/components/messages"),
      "x-carried-in": { $ref: "#/components/schemas/Bundle" },
    }
  }
  const unheard = all.flatMap((service) => unheardOf(service, all).flatMap((type) => everyVersion(service, type)))
  if (unheard.length > 0) {
    channels[RECORD] = {
      address: null,
      title: "What is said for the record",
      description: "Nobody in the system hears these, and that is meant: they go nowhere until somebody does.",
      messages: references(unheard, "#/components/messages"),
    }
  }
  return channels
}

function references(ids: readonly string[], where: string): Record<string, Reference> {
  return Object.fromEntries(ids.map((each) => [each, { $ref: `${where}/${each}` }]))
}

function operationsOf(all: readonly Service[], queueOf: AsyncApiOptions["queueOf"]): Record<string, Operation> {
  const operations: Record<string, Operation> = {}
  const add = (
    name: string,
    on: string,
    ids: readonly string[],
    rest: Pick<Operation, "action" | "title" | "x-service">,
  ): void => {
    if (ids.length === 0) return
    const messages = ids.map((each) => ({ $ref: `#/channels/${on}/messages/${each}` }))
    operations[name] = { ...rest, channel: { $ref: `#/channels/${on}` }, messages }
  }
  for (const service of all) {
    const { name, says } = service
    for (const hearer of all) {
      const told = says.filter((type) => hearer.listeners.has(type)).map((type) => newest(service, type))
      const title = `${name} tells ${hearer.name}`
      add(`${name}.tells.${hearer.name}`, queueOf(hearer.name), told, { action: "send", title, "x-service": name })
    }
    const recorded = unheardOf(service, all).map((type) => newest(service, type))
    add(`${name}.records`, RECORD, recorded, {
      action: "send",
      title: `${name} says for the record`,
      "x-service": name,
    })
    add(`${name}.hears`, queueOf(name), heardBy(service), {
      action: "receive",
      title: `${name} hears`,
      "x-service": name,
    })
  }
  return operations
}

function message(type: string, { versions, options }: EventDefinition, version: number): Message {
  const isNewest = version === versions.length
  const name = dataschema(type, version)
  return {
    name: type,
    title: `${type}, version ${String(version)}`,
    summary: options.about ?? type,
    description: isNewest
      ? "The newest version."
      : `An older version: it is lifted to version ${String(versions.length)} when it is read.`,
    contentType: CLOUD_EVENT,
    payload: {
      allOf: [
        { $ref: "#/components/schemas/Event" },
        {
          type: "object",
          properties: {
            type: { const: type },
            dataschema: { const: name },
            data: { $ref: `#/components/schemas/${id(type, version)}` },
          },
        },
      ],
    },
    correlationId: { $ref: "#/components/correlationIds/subject" },
    "x-version": version,
    "x-newest": isNewest,
  }
}

/** What a reader takes: unknown fields are ignored, and what has a default may be missing. */
function dataOf({ versions }: EventDefinition, version: number): JsonSchema {
  const schema = versions[version - 1]?.schema
  return schema === undefined ? {} : plain(z.toJSONSchema(schema, { target: "draft-7", io: "input" }))
}

function wrappers(): Record<string, JsonSchema> {
  const named = z.registry<{ readonly id: string }>()
  named.add(envelope, { id: "Event" })
  named.add(deliverySchema, { id: "Delivery" })
  const uri = (name: string): string => `#/components/schemas/${name}`
  const { schemas } = z.toJSONSchema(named, { target: "draft-7", io: "input", uri })
  const described: Record<string, JsonSchema> = {}
  for (const [name, schema] of Object.entries(schemas)) described[name] = { description: ABOUT[name], ...plain(schema) }
  const items = { $ref: uri("Delivery") }
  return { ...described, Bundle: { description: ABOUT["Bundle"], type: "array", items, minItems: 1 } }
}

const ABOUT: Readonly<Record<string, string>> = {
  Event:
    "CloudEvents 1.0 in JSON. `id` is the sender and its running number; nothing is ordered or de-duplicated by time.",
  Delivery: "An event on its way to one key, at its position in the stream between the two. A receipt may ride along.",
  Bundle: "One message of a queue: deliveries to keys of one service, as a JSON text.",
}

/** Without what only stands for itself: in the document the place is the name. */
function plain(schema: JsonSchema): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => key !== "$schema" && key !== "$id"))
}
