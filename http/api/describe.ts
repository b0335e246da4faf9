/**
 * What a route says of itself, beyond who may use it (`rules.ts`): what it is given, what it answers, what it may refuse.
 * Documents and types are made of the same description, so a handler that answers something else doesn't compile.
 *
 * 1. Descriptions cost a start nothing: only their types are taken by the handlers, and their values when somebody reads
 *    the document (`document.ts`).
 * 2. Bodies are described by the schemas that check them: `validation.ts`.
 */
import type { TypedResponse } from "hono"
import type { z } from "@hono/zod-openapi"
import type { ProblemCode } from "../problem.ts"

export const GROUPS = {
  orders: "Placing, reading and cancelling.",
  stock: "What is on the shelf.",
  "shipping and payments": "What the participants of an order did.",
  webhooks: "What the gateways report of their own accord.",
  operations: "For a person who looks after one order.",
  "dead letters": "Events that could not be applied.",
  monitor: "Across all orders; a moment behind them.",
  about: "The API itself.",
} as const
export type Group = keyof typeof GROUPS

export type HeaderName = "ETag" | "Location" | "Idempotency-Replayed"

interface Content {
  readonly description: string
  /** Always there, unless it says otherwise of itself. */
  readonly headers?: readonly HeaderName[]
}

export interface JsonAnswer extends Content {
  readonly json: z.ZodType
}

export interface TextAnswer extends Content {
  /** Its media type. */
  readonly text: string
}

/** Neither body nor type, such as 304. */
export interface BareAnswer extends Content {
  readonly bare: true
}

export type AnyAnswer = JsonAnswer | TextAnswer | BareAnswer

/** Something that has to be there before an example can be sent; its sample ids stand for the real ones. */
export type Given = "an order" | "a shipped order" | "an order in attention" | "a dead letter"

export interface Example {
  readonly name: string
  readonly given?: Given
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** Whose secret signs it. */
  readonly signedBy?: "payments" | "carrier"
  readonly status: number
  /** Of the problem that it is to meet. */
  readonly code?: ProblemCode
}

export interface Description {
  readonly group: Group
  readonly summary: string
  readonly description: string
  readonly params?: z.ZodObject
  readonly query?: z.ZodObject
  readonly headers?: z.ZodObject
  readonly body?: { readonly schema: z.ZodType; readonly isOptional?: boolean }
  readonly answers: Readonly<Record<number, AnyAnswer>>
  /** Beyond those that every route may answer with. */
  readonly problems: readonly ProblemCode[]
  readonly examples: readonly Example[]
}

/** As it is read: nobody who is given an answer changes it. */
type Seen<T> = T extends readonly (infer Item)[]
  ? readonly Seen<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Seen<T[Key]> }
    : T

type Typed<Given, Status> = Given extends { readonly json: infer Schema extends z.ZodType }
  ? Response & TypedResponse<Seen<z.output<Schema>>, Extract<Status, 200 | 201 | 202>, "json">
  : Given extends TextAnswer
    ? Response & TypedResponse<string, Extract<Status, 200>, "body">
    : Response & TypedResponse<null, Extract<Status, 304>, "body">

/** What a handler of this description may answer; everything else it throws as a `Problem`. */
export type AnswerTo<D extends Description> = {
  [Status in keyof D["answers"]]: Typed<D["answers"][Status], Status>
}[keyof D["answers"]]

type Part<D, Name extends "params" | "query" | "headers"> =
  D extends Readonly<Record<Name, infer Schema extends z.ZodType>> ? z.input<Schema> : never

type Put<Name extends string, Value> = [Value] extends [never]
  ? object
  : Partial<Value> extends Value
    ? Partial<Record<Name, Value>>
    : Record<Name, Value>

type Body<D> = D extends { readonly body: { readonly schema: infer Schema extends z.ZodType } }
  ? D extends { readonly body: { readonly isOptional: true } }
    ? { json?: z.input<Schema> }
    : { json: z.input<Schema> }
  : object

/** What a typed client has to give. */
export type Request<D extends Description> = Put<"param", Part<D, "params">> &
  Put<"query", Part<D, "query">> &
  Put<"header", Part<D, "headers">> &
  Body<D>
