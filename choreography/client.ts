/** How those outside the choreography (HTTP, the sweep) ask something of a key: typed by the service's shape. */
import type { Shape } from "./dollar.ts"
import type { Placement } from "./service.ts"

/** The door of a cell for asks. Answers are plain data. */
export interface AskStub {
  ask(key: string, name: string, input: unknown, traceparent: string): Promise<unknown>
}

/** Whoever asks need not know what else a service is. */
type Asked = Pick<Shape, "asks">

type InputOf<S extends Asked, A extends keyof S["asks"]> = S["asks"][A] extends { readonly input: infer Input }
  ? Input
  : never
type AnswerOf<S extends Asked, A extends keyof S["asks"]> = S["asks"][A] extends { readonly answer: infer Answer }
  ? Answer
  : never

export interface Client<S extends Asked> {
  ask<A extends keyof S["asks"] & string>(
    key: string,
    name: A,
    input: InputOf<S, A>,
    traceparent?: string,
  ): Promise<AnswerOf<S, A>>
  /** The same, of a cell that is named: for keys that don't tell where they live. */
  askCell<A extends keyof S["asks"] & string>(
    cell: string,
    key: string,
    name: A,
    input: InputOf<S, A>,
    traceparent?: string,
  ): Promise<AnswerOf<S, A>>
  readonly placement: Placement
}

export function client<S extends Asked>(placement: Placement, locate: (cell: string) => AskStub): Client<S> {
  async function askCell<A extends keyof S["asks"] & string>(
    cell: string,
    key: string,
    name: A,
    input: InputOf<S, A>,
    traceparent = "",
  ): Promise<AnswerOf<S, A>> {
    // The service's own type says what it answers; the call in between carries plain data.
    return (await locate(cell).ask(key, name, input, traceparent)) as AnswerOf<S, A>
  }
  return {
    placement,
    askCell,
    ask: (key, name, input, traceparent) => askCell(placement.cellOf(key), key, name, input, traceparent),
  }
}
