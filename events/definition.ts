/**
 * How an event is declared: a schema per version, and for each newer version the function that lifts the older one.
 * Handlers see the newest version only; whatever an older deployment stored or sent is read through the chain.
 */
import type { z } from "zod"

export interface EventOptions {
  /** What it says, in a sentence: the pages and descriptions of the events are made of these. */
  readonly about?: string
  /** Nobody in the system listens, and that is meant: the event is said for the record. */
  readonly final?: boolean
}

interface Version {
  readonly schema: z.ZodType
  readonly upcast: ((older: unknown) => unknown) | null
}

export interface EventDefinition<Schema extends z.ZodType = z.ZodType> {
  readonly schema: Schema
  readonly versions: readonly Version[]
  readonly options: EventOptions
  /** Appends a version; `upcast` turns what the version before it holds into what this one takes. */
  next<Newer extends z.ZodType>(
    schema: Newer,
    upcast: (older: z.output<Schema>) => z.input<Newer>,
  ): EventDefinition<Newer>
}

export type Catalog = Readonly<Record<string, Readonly<Record<string, EventDefinition>>>>

/** Every `Noun.verb` of a catalogue. */
export type TypeOf<C extends Catalog> = {
  [Noun in keyof C & string]: `${Noun}.${keyof C[Noun] & string}`
}[keyof C & string]

export type DataOf<C extends Catalog, Type extends string> = Type extends `${infer Noun}.${infer Verb}`
  ? C[Noun] extends Readonly<Record<Verb, EventDefinition<infer Schema>>>
    ? z.output<Schema>
    : never
  : never

export function event<Schema extends z.ZodType>(schema: Schema, options: EventOptions = {}): EventDefinition<Schema> {
  return define(schema, [{ schema, upcast: null }], options)
}

function define<Schema extends z.ZodType>(
  schema: Schema,
  versions: readonly Version[],
  options: EventOptions,
): EventDefinition<Schema> {
  return {
    schema,
    versions,
    options,
    next(newer, upcast) {
      // The chain is only ever called with what the schema before it has parsed; the list itself can't say so.
      const lift = upcast as (older: unknown) => unknown
      return define(newer, [...versions, { schema: newer, upcast: lift }], options)
    },
  }
}

export function find(catalog: Catalog, type: string): EventDefinition | undefined {
  const dot = type.indexOf(".")
  if (dot < 0) return undefined
  const [noun, verb] = [type.slice(0, dot), type.slice(dot + 1)]
  const verbs = Object.hasOwn(catalog, noun) ? catalog[noun] : undefined
  return verbs !== undefined && Object.hasOwn(verbs, verb) ? verbs[verb] : undefined
}

export type Reading =
  | { readonly outcome: "read"; readonly data: unknown }
  | { readonly outcome: "unknown" }
  | { readonly outcome: "newer"; readonly known: number }
  | { readonly outcome: "invalid"; readonly problems: readonly Problem[] }

export interface Problem {
  readonly path: string
  readonly message: string
}

/** Reads data of any released version as the newest one. */
export function read(catalog: Catalog, type: string, version: number, data: unknown): Reading {
  const definition = find(catalog, type)
  if (definition === undefined) return { outcome: "unknown" }
  const newest = definition.versions.length
  if (!Number.isInteger(version) || version < 1) {
    return { outcome: "invalid", problems: [{ path: "dataschema", message: "names no version" }] }
  }
  if (version > newest) return { outcome: "newer", known: newest }
  let value = data
  for (const [index, step] of definition.versions.entries()) {
    if (index + 1 < version) continue
    if (index + 1 > version && step.upcast !== null) value = step.upcast(value)
    const parsed = step.schema.safeParse(value)
    if (!parsed.success) return { outcome: "invalid", problems: parsed.error.issues.map(problemOf) }
    value = parsed.data
  }
  return { outcome: "read", data: value }
}

function problemOf(issue: { readonly path: readonly PropertyKey[]; readonly message: string }): Problem {
  return { path: ["data", ...issue.path].map(String).join("."), message: issue.message }
}

export function newestVersion(catalog: Catalog, type: string): number {
  return find(catalog, type)?.versions.length ?? 0
}

export function typesOf(catalog: Catalog): string[] {
  return Object.entries(catalog).flatMap(([noun, verbs]) => Object.keys(verbs).map((verb) => `${noun}.${verb}`))
}
