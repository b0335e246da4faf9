/** The headers of answers: what each means, and which answer carries which. */
import type { ProblemCode, ProblemStatus } from "../problem.ts"
import type { RouteName } from "../rules.ts"
import type { HeaderName } from "./describe.ts"

const text = { type: "string" } as const

export const headerComponents = {
  "X-Request-Id": {
    required: true,
    description: "Of this request: yours if you sent one, else a new one.",
    schema: text,
  },
  traceparent: { required: true, description: "W3C trace context; goes on with yours if you sent one.", schema: text },
  "X-Correlation-Id": { required: true, description: "The order that this was about.", schema: text },
  ETag: { required: true, description: "The version, in quotes.", schema: text, example: '"7"' },
  Location: { required: true, description: "The order's path.", schema: { ...text, format: "uri-reference" } },
  "Idempotency-Replayed": {
    description: "`true`: the stored answer of an earlier request with this key.",
    schema: text,
  },
  "Retry-After": {
    required: true,
    description: "Come back after so many seconds.",
    schema: { ...text, pattern: "^[0-9]+$" },
  },
  "WWW-Authenticate": { required: true, description: "How to prove who you are.", schema: text },
} as const

type Name = keyof typeof headerComponents

type Text = typeof text
export type HeaderUse = Record<string, { $ref: string } | { description: string; schema: Text }>

/** On every answer there is. */
const ALWAYS: readonly Name[] = ["X-Request-Id", "traceparent"]

export function headersOfAnswer(route: RouteName, named: readonly HeaderName[]): HeaderUse {
  const isAboutOrder = route === "POST /orders" || /:(ref|orderId|trackingNumber)\b/.test(route)
  return using([...ALWAYS, ...(isAboutOrder ? (["X-Correlation-Id"] as const) : []), ...named])
}

export function headersOfProblem(status: ProblemStatus, codes: readonly ProblemCode[]): HeaderUse {
  const certain: Name[] = [...ALWAYS]
  const possible: Name[] = []
  if (status === 401) certain.push("WWW-Authenticate")
  if (status === 429 || status === 503) certain.push("Retry-After")
  if (codes.includes("idempotency_running")) possible.push("Retry-After")
  if (codes.some((code) => /^(version_moved|cancellation_refused|delivery_refused)$/.test(code))) {
    possible.push("ETag", "Location")
  }
  return using(certain, possible)
}

/** The components' headers are always there; those that may be missing are described anew. */
function using(certain: readonly Name[], possible: readonly Name[] = []): HeaderUse {
  const use: HeaderUse = {}
  for (const name of certain) use[name] = { $ref: `#/components/headers/${name}` }
  for (const name of possible) {
    const { description, schema } = headerComponents[name]
    use[name] = { description, schema }
  }
  return use
}
