/**
 * What a service is once declared: who it hears, what it does about it, where its keys live. This is the erased form
 * that the machinery works with; `dollar.ts` is the typed door to it.
 */
import type { Catalog } from "../events/definition.ts"
import type { Envelope } from "../events/envelope.ts"
import type { EffectTry, Outcome } from "./thread.ts"

export interface HeardEvent {
  readonly event: Envelope
  readonly data: unknown
  /** The request's deadline has passed: it is to be refused, and the refusal is its answer. */
  readonly expired: boolean
  /** A person has sent it again from the dead letters. */
  readonly redriven: boolean
}

export interface SettledEffect {
  readonly input: unknown
  readonly key: string
  readonly outcome: Outcome<unknown>
  readonly tries: readonly EffectTry[]
}

export interface UndeliveredEvent {
  readonly event: Envelope
  readonly data: unknown
  /** The key of the receiver in whose dead letters it lies. */
  readonly receiver: string
}

export type KeysOf = (event: { readonly subject: string; readonly data: unknown }) => readonly string[]

export interface Listener {
  readonly handle: (heard: HeardEvent) => undefined
  readonly keys: KeysOf
}

/** Where keys live: the cell of a key, and every cell there is, for those who must visit all of them. */
export interface Placement {
  cellOf(key: string): string
  cells(): readonly string[]
}

export interface PerformContext {
  /** The idempotency key. */
  readonly key: string
  /** Counts from 1. */
  readonly attempt: number
  readonly signal: AbortSignal
  /** The W3C trace that the call belongs to. */
  readonly traceparent?: string
}

/** How an effect reaches the world outside. */
export interface Performer<Input = never, Result = unknown> {
  perform(input: Input, context: PerformContext): Promise<Result>
  /** What came of an earlier call with this key; undefined when there surely was none. Throws when that can't be told. */
  lookup(input: Input, context: PerformContext): Promise<Result | undefined>
}

export interface Service {
  readonly name: string
  readonly catalog: Catalog
  /** Every type it may say: it sends nothing else. */
  readonly says: readonly string[]
  readonly listeners: ReadonlyMap<string, Listener>
  readonly undelivered: ReadonlyMap<string, (undelivered: UndeliveredEvent) => undefined>
  readonly settled: ReadonlyMap<string, (settled: SettledEffect) => undefined>
  readonly expired: ReadonlyMap<string, (timer: { readonly data: unknown }) => undefined>
  readonly asks: Readonly<Record<string, (input: never) => unknown>>
  /** The subject that events of a key are about. */
  readonly subjectOf: (key: string) => string
  /** The key's status in one word, for its journal; a service without it keeps no journal. */
  readonly statusOf: ((state: unknown) => string) | null
  /** Whether a key that waits for nothing has reached its end; only then may what it remembers be thinned out. */
  readonly isFinal: (state: unknown) => boolean
  readonly placement: (settings: never) => Placement
  /** A shared row as it stands, from what was written of it last and the states of its cell's keys. */
  readonly recount: ((name: string, row: unknown, stateOf: (key: string) => unknown) => unknown) | null
}

export interface Route {
  readonly service: string
  readonly keys: KeysOf
}

export interface Registry {
  readonly services: ReadonlyMap<string, Service>
  /** Who hears a type: derived from the services' own declarations, never kept in a second list. */
  routes(type: string): readonly Route[]
}

const NOBODY: readonly Route[] = []

export function registry(services: readonly Service[]): Registry {
  const routes = new Map<string, Route[]>()
  for (const service of services) {
    for (const [type, listener] of service.listeners) {
      const route = { service: service.name, keys: listener.keys }
      routes.set(type, [...(routes.get(type) ?? []), route])
    }
  }
  return {
    services: new Map(services.map((service) => [service.name, service])),
    routes: (type) => routes.get(type) ?? NOBODY,
  }
}
