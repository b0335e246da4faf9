/**
 * What the contender uses of Restate's SDK, and no more. The package itself is no dependency of the project: it is
 * installed into the copy that runs.
 */
declare module "@restatedev/restate-sdk" {
  import type { Http2ServerRequest, Http2ServerResponse } from "node:http2"

  /** An answer that the journal will hold: it may be awaited, and joined with others of its kind. */
  export interface RestatePromise<T> extends Promise<T> {
    orTimeout(ms: number): RestatePromise<T>
  }

  export const RestatePromise: {
    all<const T extends readonly RestatePromise<unknown>[]>(
      values: T,
    ): RestatePromise<{ -readonly [P in keyof T]: Awaited<T[P]> }>
  }

  type Handler = (ctx: never, input: never) => Promise<unknown>
  type Handlers = Readonly<Record<string, Handler>>

  /** The handlers are there for the compiler: what is called elsewhere is known by its name alone. */
  interface Definition<H> {
    readonly name: string
    readonly handlers?: H
  }

  interface ObjectDefinition<H> extends Definition<H> {
    readonly kind?: "object"
  }

  type Calls<H> = {
    readonly [N in keyof H]: H[N] extends (ctx: never, ...input: infer I) => Promise<infer O>
      ? (...input: I) => RestatePromise<O>
      : never
  }

  type Sends<H> = {
    readonly [N in keyof H]: H[N] extends (ctx: never, ...input: infer I) => Promise<unknown>
      ? (...input: I) => void
      : never
  }

  interface SharedContext<S> {
    readonly key: string
    get<K extends keyof S>(key: K): Promise<S[K] | null>
  }

  interface ExclusiveContext<S> extends SharedContext<S> {
    set<K extends keyof S>(key: K, value: S[K]): void
    objectClient<H>(definition: ObjectDefinition<H>, key: string): Calls<H>
    objectSendClient<H>(definition: ObjectDefinition<H>, key: string): Sends<H>
  }

  export type ObjectContext<S> = ExclusiveContext<S>
  export type WorkflowContext<S> = ExclusiveContext<S>
  export type WorkflowSharedContext<S> = SharedContext<S>

  interface Options {
    /** State is fetched when it is asked for, and not sent along with each call. */
    readonly enableLazyState?: boolean
  }

  interface Described<H extends Handlers> {
    readonly name: string
    readonly handlers: H
    readonly options?: Options
  }

  export function object<H extends Handlers>(described: Described<H>): ObjectDefinition<H>
  export function workflow<H extends Handlers & { readonly run: Handler }>(described: Described<H>): Definition<H>

  export const handlers: {
    readonly workflow: {
      shared<F extends (ctx: never) => Promise<unknown>>(handler: F): F
    }
  }

  export function createEndpointHandler(options: {
    readonly services: readonly Definition<unknown>[]
  }): (request: Http2ServerRequest, response: Http2ServerResponse) => void
}
