/** Every route with its description. A route of `rules.ts` that has none doesn't compile, and neither does the reverse. */
import type { Hono } from "hono"
import type { Edge } from "../edge.ts"
import type { ProblemStatus } from "../problem.ts"
import type { RouteName } from "../rules.ts"
import { aboutRoutes } from "./about.ts"
import type { AnswerTo, Description, Request } from "./describe.ts"
import { goodsRoutes } from "./goods.ts"
import { letterRoutes } from "./letters.ts"
import { monitorRoutes } from "./monitor.ts"
import { operationRoutes } from "./operations.ts"
import { orderRoutes } from "./orders.ts"
import type { ProblemBody } from "./problemSchema.ts"
import { webhookRoutes } from "./webhooks.ts"

export const descriptions = {
  ...orderRoutes,
  ...goodsRoutes,
  ...webhookRoutes,
  ...operationRoutes,
  ...letterRoutes,
  ...monitorRoutes,
  ...aboutRoutes,
} as const satisfies Readonly<Record<RouteName, Description>>

type Descriptions = typeof descriptions

/** What the handler of a route may answer. */
export type Answer<Name extends RouteName> = AnswerTo<Descriptions[Name]>

type Answered<Typed> = Typed extends { _data: infer Output; _status: infer Status; _format: infer Format }
  ? { output: Output; status: Status; outputFormat: Format extends "json" ? "json" : "text" }
  : never

interface Refused {
  output: ProblemBody
  status: ProblemStatus
  outputFormat: "json"
}

type Endpoint<Name extends RouteName> = { input: Request<Descriptions[Name]> } & (Answered<Answer<Name>> | Refused)

type PathOf<Name> = Name extends `${string} ${infer Path}` ? Path : never

/** The routes as Hono's own clients know them: by path, then by method. */
export type ApiSchema = {
  [Path in PathOf<RouteName>]: {
    [Name in RouteName as Name extends `${infer Method} ${Path}` ? `$${Lowercase<Method>}` : never]: Endpoint<Name>
  }
}

export type App = Hono<Edge, ApiSchema>
