/**
 * The API in OpenAPI 3.1, made of the routes' descriptions, of `rules.ts` and of the table of problems.
 *
 * Made once, when somebody first asks for it; requests never wait for it, nor does a start.
 */
import { createRoute, OpenAPIHono } from "@hono/zod-openapi"
import { API } from "../operations.ts"
import { problemStatus, problemTitle, PROBLEM_PAGES, type ProblemCode } from "../problem.ts"
import { isPublic, isSigned, ROLES, rules, type Role, type RouteName } from "../rules.ts"
import { type AnyAnswer, type Description, type Example, GROUPS } from "./describe.ts"
import { type HeaderUse, headerComponents, headersOfAnswer, headersOfProblem } from "./headers.ts"
import { problem } from "./problemSchema.ts"
import { descriptions } from "./routes.ts"

type RouteConfig = Parameters<typeof createRoute>[0]
type Responses = RouteConfig["responses"]

export interface Operation {
  readonly name: RouteName
  readonly method: string
  readonly path: string
  readonly description: Description
  /** Null: no token is asked for. */
  readonly roles: readonly Role[] | null
  readonly isSigned: boolean
  /** Everything that it may refuse. */
  readonly problems: readonly ProblemCode[]
}

const INTRODUCTION = `Orders that are finished, or undone to the last cent.

JSON in and out, UTF-8. Money is a decimal number with at most two places. Times are ISO 8601, UTC, with milliseconds.
Every refusal is \`application/problem+json\` (RFC 9457); its \`type\` leads to a page that says what to do.
Fields may be added to answers at any time; nothing is renamed or removed.`

/** In the order of the routes' table. */
export const operations: readonly Operation[] = Object.entries(rules).map(([key, rule]) => {
  const [method = "", path = ""] = key.split(" ")
  // The keys of an object whose type names them all.
  const name = key as RouteName
  const description: Description = descriptions[name]
  const roles = typeof rule === "string" ? null : rule
  const problems = problemsOf(name, description)
  return { name, method, path, description, roles, isSigned: isSigned(name), problems }
})

function problemsOf(name: RouteName, { body, query, headers, problems }: Description): readonly ProblemCode[] {
  const isChecked = body !== undefined || query !== undefined || headers !== undefined
  const takesToken = !isPublic(name) && !isSigned(name)
  const isForAll = !takesToken || (rules[name].length === ROLES.length && name !== "POST /orders")
  const all: readonly (readonly [boolean, ...ProblemCode[]])[] = [
    [body !== undefined, "malformed_body"],
    [isChecked, "invalid_request"],
    [takesToken, "unauthenticated"],
    [isSigned(name), "unsigned"],
    [!isForAll, "forbidden"],
    [true, ...problems],
    [body !== undefined, "body_too_large", "unsupported_media_type"],
    [true, "too_many_requests", "overloaded", "unavailable", "misconfigured"],
  ]
  const codes = all.flatMap(([isSo, ...some]) => (isSo ? some : []))
  return codes.toSorted((a, b) => problemStatus(a) - problemStatus(b))
}

let text: string | null = null

export function openApiText(): string {
  text ??= JSON.stringify(openApi())
  return text
}

export function openApi(): object {
  const { openAPIRegistry: registry, getOpenAPI31Document } = new OpenAPIHono()
  registry.registerComponent("securitySchemes", "bearer", { type: "http", scheme: "bearer", bearerFormat: "JWT" })
  const signature = { type: "apiKey", in: "header", name: "webhook-signature" } as const
  registry.registerComponent("securitySchemes", "signature", signature)
  for (const [name, header] of Object.entries(headerComponents)) registry.registerComponent("headers", name, header)
  for (const operation of operations) registry.registerPath(routeOf(operation))
  return getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: API.name,
      version: API.version,
      description: INTRODUCTION,
      license: { name: "MIT" },
    },
    servers: [{ url: "/" }],
    tags: Object.entries(GROUPS).map(([name, description]) => ({ name, description })),
  })
}

function routeOf({
  name,
  method,
  path,
  description,
  roles,
  isSigned: needsSignature,
  problems,
}: Operation): RouteConfig {
  const { group, summary, params, query, headers, body, examples } = description
  const bodies = examples.filter(({ body: value, code }) => value !== undefined && code === undefined)
  const byName = Object.fromEntries(bodies.map(({ name: title, body: value }) => [title, { value }]))
  return createRoute({
    // The methods of the table are among those that a path may have.
    method: method.toLowerCase() as "get" | "post" | "delete",
    path: path.replaceAll(/:(\w+)/g, "{$1}"),
    operationId: operationIdOf(method, path),
    tags: [group],
    summary,
    description: `${description.description}\n\n${rolesInWords(roles, needsSignature)}`,
    security: needsSignature ? [{ signature: [] }] : roles === null ? [] : [{ bearer: [] }],
    ...(roles === null ? {} : { "x-roles": [...roles] }),
    "x-examples": examples.map((example) => exampleOf(method, path, example)),
    request: {
      ...(params === undefined ? {} : { params }),
      ...(query === undefined ? {} : { query }),
      ...(headers === undefined ? {} : { headers }),
      ...(body === undefined
        ? {}
        : {
            body: {
              required: body.isOptional !== true,
              content: { "application/json": { schema: body.schema, examples: byName } },
            },
          }),
    },
    responses: { ...answersOf(name, description.answers), ...refusalsOf(problems) },
  })
}

function operationIdOf(method: string, path: string): string {
  const words = path.split(/[^A-Za-z]+/).filter((word) => word !== "")
  return [method.toLowerCase(), ...words.map((word) => word.charAt(0).toUpperCase() + word.slice(1))].join("")
}

export function rolesInWords(roles: readonly Role[] | null, needsSignature: boolean): string {
  if (needsSignature) return "Needs no token: the signature is the way in."
  if (roles === null) return "Public: needs no token."
  return roles.length === ROLES.length ? "Any role." : `Roles: ${roles.join(", ")}.`
}

/** Stands for a real one, which would be too old by the time somebody reads it. */
const sampleSeal = { "webhook-id": "msg_1", "webhook-timestamp": "1769860800", "webhook-signature": "v1,…" } as const

/** A request as it goes over the wire. */
export function exampleOf(method: string, path: string, example: Example) {
  const { params = {}, query, body, name, given, signedBy, status, code } = example
  const headers = signedBy === undefined ? example.headers : { ...sampleSeal, ...example.headers }
  const place = path.replaceAll(/:(\w+)/g, (_all, each: string) => encodeURIComponent(params[each] ?? ""))
  const search = query === undefined ? "" : `?${new URLSearchParams(query).toString()}`
  return {
    name,
    ...(given === undefined ? {} : { given }),
    ...(signedBy === undefined ? {} : { signedBy }),
    request: {
      method,
      path: place + search,
      ...(headers === undefined ? {} : { headers }),
      ...(body === undefined ? {} : { body }),
    },
    answer: { status, ...(code === undefined ? {} : { code }) },
  }
}

function answersOf(name: RouteName, answers: Description["answers"]): Responses {
  const entries = Object.entries(answers).map(([status, answer]) => {
    const content = contentOf(answer)
    const headers = headersOfAnswer(name, answer.headers ?? [])
    return [status, { description: answer.description, headers, ...(content === null ? {} : { content }) }] as const
  })
  return Object.fromEntries(entries)
}

function contentOf(answer: AnyAnswer) {
  if ("json" in answer) return { "application/json": { schema: answer.json } }
  if ("bare" in answer) return null
  return { [answer.text]: { schema: { type: answer.text.endsWith("json") ? "object" : "string" } as const } }
}

/** One answer for each status, naming all that it may be. */
function refusalsOf(codes: readonly ProblemCode[]): Responses {
  const byStatus = Map.groupBy(codes, problemStatus)
  const entries = [...byStatus].map(([status, some]) => {
    const lines = some.map((code) => `- [\`${code}\`](${PROBLEM_PAGES}/${code}): ${problemTitle(code)}`)
    const headers: HeaderUse = headersOfProblem(status, some)
    const content = { "application/problem+json": { schema: problem } }
    return [String(status), { description: lines.join("\n"), headers, content, "x-problems": some }] as const
  })
  return Object.fromEntries(entries)
}
