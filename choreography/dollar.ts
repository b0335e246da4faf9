/**
 * `$`: the words in which a service is written.
 *
 *     $.send      $.on        to and from other objects
 *     $.perform   $.settled   the world outside, with an idempotency key
 *     $.after     $.expired   deadlines
 *
 * Everything is typed from the catalogue: a wrong name, a wrong payload or an async handler doesn't compile.
 */
import { typesOf, type Catalog, type DataOf, type TypeOf } from "../events/definition.ts"
import type { Envelope } from "../events/envelope.ts"
import { currentTurn } from "./running.ts"
import type { HeardEvent, KeysOf, Listener, Placement, Service, SettledEffect, UndeliveredEvent } from "./service.ts"
import type { EffectTry, JournalEntry, Outcome, Thread } from "./thread.ts"
import type { PerformOptions, SendOptions } from "./turn.ts"

/** What a service declares about itself; each part is a plain type. */
export interface Shape {
  /** The types it may say, as the tuple that its options list: what isn't in it can't be sent. */
  readonly says: readonly string[]
  readonly state: object
  /** Rows that the keys of a cell share. */
  readonly shared: object
  readonly effects: object
  readonly timers: object
  readonly asks: object
  readonly settings: object
}

/** Handlers are synchronous by type: a promise is not `undefined`. */
type Handler<Of> = (heard: Of) => undefined

export interface Heard<Data> {
  readonly data: Data
  readonly event: Envelope
  readonly expired: boolean
  readonly redriven: boolean
}

export interface Undelivered<Data> {
  readonly data: Data
  readonly event: Envelope
  readonly receiver: string
}

interface EffectShape {
  readonly input: object
  readonly result: object
}

export interface Settled<E> {
  readonly input: E extends EffectShape ? E["input"] : never
  readonly outcome: Outcome<E extends EffectShape ? E["result"] : never>
  readonly key: string
  readonly tries: readonly EffectTry[]
}

type Keys<Data> = (event: { readonly subject: string; readonly data: Data }) => readonly string[]

type On<C extends Catalog> = {
  readonly [N in keyof C & string]: {
    readonly [V in keyof C[N] & string]: (
      handler: Handler<Heard<DataOf<C, `${N}.${V}`>>>,
      keys?: Keys<DataOf<C, `${N}.${V}`>>,
    ) => void
  }
}

type OnUndelivered<C extends Catalog> = {
  readonly [N in keyof C & string]: {
    readonly [V in keyof C[N] & string]: (handler: Handler<Undelivered<DataOf<C, `${N}.${V}`>>>) => void
  }
}

export interface Dollar<C extends Catalog, S extends Shape> {
  readonly on: On<C>
  /** An event of ours lies in its receiver's dead letters. */
  readonly undelivered: OnUndelivered<C>
  readonly settled: {
    readonly [E in keyof S["effects"] & string]: (handler: Handler<Settled<S["effects"][E]>>) => void
  }
  readonly expired: {
    readonly [T in keyof S["timers"] & string]: (handler: Handler<{ readonly data: S["timers"][T] }>) => void
  }

  send<T extends TypeOf<C> & S["says"][number]>(type: T, data: DataOf<C, T>, options?: SendOptions): undefined
  perform<E extends keyof S["effects"] & string>(
    name: E,
    input: S["effects"][E] extends EffectShape ? S["effects"][E]["input"] : never,
    options?: PerformOptions,
  ): undefined
  /**
   * Somebody says that what was asked for with this key has an answer: it is looked up now, ahead of its clock. Only what
   * the look-up finds is believed; nothing is written, and no try is counted.
   */
  lookUp(key: string): undefined
  after<T extends keyof S["timers"] & string>(name: T, ms: number, data: S["timers"][T]): undefined
  cancelTimer(name: keyof S["timers"] & string): undefined
  timerAt(name: keyof S["timers"] & string): number | null

  readonly key: string
  readonly now: number
  readonly settings: S["settings"]
  state(): S["state"] | null
  save(state: S["state"]): undefined
  shared(name: string): S["shared"] | null
  share(name: string, value: S["shared"]): undefined
  /**
   * The same, for what the state that is saved in this very turn tells as well: the row is written with the next `share` of
   * it, and whoever reads it from disk before that counts it anew (`recount`). The row has to be there, and to say whose
   * states are to be looked at.
   */
  shareLater(name: string, value: S["shared"]): undefined
  /** The event changes nothing, and this is why; the reason stands in the journal. */
  ignore(reason: string): undefined
  /** Says in the journal what a person did and why. */
  note(text: string): undefined
  /** Tells those who watch that a person should look; the thing itself goes on. */
  alert(text: string): undefined
  /** An unguessable id. */
  id(prefix: string): string
  /** The key's own row, to explain it: unreceived events, effects and timers under way. */
  thread(): Readonly<Thread>
  /** Everything the key heard or said, oldest first. */
  journal(): readonly JournalEntry[]
  /** Keys of this cell that begin so, in their order. */
  keysWithPrefix(prefix: string, after: string | null, limit: number): readonly string[]
  /** Keys of this cell that wait for something and whose rows, states included, hold a text; no more are looked at than the limit. */
  busyKeys(text: string, limit: number): readonly string[]
  /** The state of another key of this cell: to be shown, and never to be decided by. */
  peek(key: string): S["state"] | null
  /** How many keys of this cell have something to do within a time, up to a limit; counted now and then. */
  dueWithin(ms: number, limit: number): number
}

interface AskShape {
  readonly input: unknown
  readonly answer: unknown
}

/** The asks of a service: what HTTP may want of a key. One that saves nothing writes nothing. */
export type Asks<S extends Shape> = {
  readonly [A in keyof S["asks"]]: S["asks"][A] extends AskShape
    ? (input: S["asks"][A]["input"]) => S["asks"][A]["answer"]
    : never
}

export interface ServiceOptions<S extends Shape> {
  readonly says: S["says"]
  readonly placement: (settings: S["settings"]) => Placement
  readonly subjectOf?: (key: string) => string
  readonly statusOf?: (state: S["state"] | null) => string
  /** Without it, a key that waits for nothing is at its end. */
  readonly isFinal?: (state: S["state"] | null) => boolean
  /** Needed by who says `$.shareLater`: a shared row as it stands, from what was written of it last. */
  readonly recount?: (name: string, row: S["shared"], stateOf: (key: string) => S["state"] | null) => S["shared"]
}

/** A declared service that remembers its shape for those who ask things of it. */
export interface ServiceOf<S extends Shape> extends Service {
  readonly shape?: S
}

export function choreography<C extends Catalog>(catalog: C) {
  return {
    /** Called as `service<Shape>()(name, options, ($) => asks)`: the shape is stated, the asks are checked against it. */
    service: <S extends Shape & { readonly says: readonly TypeOf<C>[] }>() => {
      return (name: string, options: ServiceOptions<S>, setup: ($: Dollar<C, S>) => Asks<S>): ServiceOf<S> => {
        const declared = new Declared()
        const asks = setup(words<C, S>(catalog, declared))
        const { listeners, undelivered, settled, expired } = declared
        // States come back from rows that only this service's own handlers have written.
        const statusOf = options.statusOf as ((state: unknown) => string) | undefined
        // The same holds here.
        const isFinal = options.isFinal as ((state: unknown) => boolean) | undefined
        // And here, of the rows that they share.
        const recount = options.recount as Service["recount"] | undefined
        return {
          name,
          catalog,
          says: options.says,
          listeners,
          undelivered,
          settled,
          expired,
          asks: asks,
          subjectOf: options.subjectOf ?? ((key) => key),
          statusOf: statusOf ?? null,
          isFinal: isFinal ?? (() => true),
          placement: options.placement,
          recount: recount ?? null,
        }
      }
    },
  }
}

class Declared {
  readonly listeners = new Map<string, Listener>()
  readonly undelivered = new Map<string, (undelivered: UndeliveredEvent) => undefined>()
  readonly settled = new Map<string, (settled: SettledEffect) => undefined>()
  readonly expired = new Map<string, (timer: { readonly data: unknown }) => undefined>()
}

const bySubject: KeysOf = (event) => [event.subject]

/**
 * The one place where the typed words meet the erased machinery: data has been parsed by the catalogue's schema before
 * it reaches a handler, which is what makes the casts here true.
 */
function words<C extends Catalog, S extends Shape>(catalog: C, declared: Declared): Dollar<C, S> {
  const on = perType(catalog, (type) => (handle: (heard: HeardEvent) => undefined, keys?: KeysOf) => {
    once(declared.listeners, type, { handle, keys: keys ?? bySubject })
  })
  const undelivered = perType(catalog, (type) => (handle: (undelivered: UndeliveredEvent) => undefined) => {
    once(declared.undelivered, type, handle)
  })
  const settled = perName((name) => (handle: (settled: SettledEffect) => undefined) => {
    once(declared.settled, name, handle)
  })
  const expired = perName((name) => (handle: (timer: { readonly data: unknown }) => undefined) => {
    once(declared.expired, name, handle)
  })
  return {
    on: on as On<C>,
    undelivered: undelivered as OnUndelivered<C>,
    settled: settled as Dollar<C, S>["settled"],
    expired: expired as Dollar<C, S>["expired"],
    send: (type, data, options = {}) => currentTurn().send(type, data, options),
    perform: (name, input, options = {}) => currentTurn().perform(name, input, options),
    lookUp: (key) => void currentTurn().hints.push(key),
    after: (name, ms, data) => currentTurn().after(name, ms, data),
    cancelTimer: (name) => currentTurn().cancelTimer(name),
    timerAt: (name) => currentTurn().timerAt(name),
    get key() {
      return currentTurn().key
    },
    get now() {
      return currentTurn().around.now
    },
    get settings() {
      return currentTurn().around.serviceSettings as S["settings"]
    },
    state: () => currentTurn().state() as S["state"] | null,
    save: (state) => currentTurn().save(state),
    shared: (name) => currentTurn().shared(name) as S["shared"] | null,
    share: (name, value) => currentTurn().share(name, value),
    shareLater: (name, value) => currentTurn().shareLater(name, value),
    ignore: (reason) => currentTurn().ignore(reason),
    note: (text) => currentTurn().note(text),
    alert: (text) => currentTurn().alert(text),
    id: (prefix) => `${prefix}_${unguessable(currentTurn().around.random)}`,
    thread: () => currentTurn().thread,
    journal: () => currentTurn().journal(),
    keysWithPrefix: (prefix, after, limit) => currentTurn().around.keysWithPrefix(prefix, after, limit),
    busyKeys: (text, limit) => currentTurn().around.busyKeys(text, limit),
    peek: (key) => currentTurn().around.peek(key) as S["state"] | null,
    dueWithin: (ms, limit) => currentTurn().around.dueWithin(ms, limit),
  }
}

function once<T>(map: Map<string, T>, name: string, value: T): void {
  if (map.has(name)) throw new Error(`${name} is handled twice in one service`)
  map.set(name, value)
}

function perType(catalog: Catalog, make: (type: string) => unknown): Record<string, Record<string, unknown>> {
  const nouns: Record<string, Record<string, unknown>> = {}
  for (const type of typesOf(catalog)) {
    const [noun = "", verb = ""] = type.split(".")
    ;(nouns[noun] ??= {})[verb] = make(type)
  }
  return nouns
}

/** Effect and timer names are types only, so what is declared for them is made when it is named. */
function perName(make: (name: string) => unknown): object {
  return new Proxy({}, { get: (_target, name) => make(String(name)) })
}

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"

function unguessable(random: () => number): string {
  let text = ""
  for (let index = 0; index < 26; index++) text += ALPHABET.charAt(Math.floor(random() * 32))
  return text
}
