/** The headers of answers: what each means, and which answer carries which. */
import type { ProblemCode, ProblemStatus } from "../problem.ts"
import type { RouteName } from "../rules.ts"
import type { HeaderName } from "./describe.ts"

const text = { type: "string" } as const

export const headerComponents = {
  "X-Request-Id": { description: "Of this request: yours if you sent one, else a new one.", schema: text },
  traceparent: { description: "W3C trace context; goes on with yours if you sent one.", schema: text },
  "X-Correlation-Id": { description: "The order that this was about.", schema: text },
  ETag: { description: "The version, in quotes.", schema: text, example: '"7"' },
  Location: { description: "The order's path.", schema: { ...text, format: "uri-reference" } },
  "Idempotency-Replayed": {
    description: "`true`: the stored answer of an earlier request with this key.",
    schema: text,
  },
  "Retry-After": { description: "Come back after so many seconds.", schema: { ...text, pattern: "^[0-9]+$" } },
  "WWW-Authenticate": { description: "How to prove who you are.", schema: text },
} as const

type Name = keyof typeof headerComponents

export type HeaderUse = Record<string, { $ref: string } | { description: string; schema: typeof text; required: true }>

/** On every answer there is. */
const ALWAYS: readonly Name[] = ["X-Request-Id", "traceparent"]
/** Only on some of the answers that may carry them. */
const SOMETIMES: readonly Name[] = ["Idempotency-Replayed"]

export function headersOfAnswer(route: RouteName, named: readonly HeaderName[]): HeaderUse {
  const isAboutOrder = route === "POST /orders" || /:(ref|orderId|trackingNumber)\b/.test(route)
  return using([...ALWAYS, ...(isAboutOrder ? (["X-Correlation-Id"] as const) : []), ...named], SOMETIMES)
}

export function headersOfProblem(status: ProblemStatus, codes: readonly ProblemCode[]): HeaderUse {
  const namesOrder = codes.some((code) => /^(version_moved|cancellation_refused|delivery_refused)$/.test(code))
  const certain: Name[] = [...ALWAYS]
  const possible: Name[] = []
  if (status === 401) certain.push("WWW-Authenticate")
  if (status === 429 || status === 503) certain.push("Retry-After")
  if (codes.includes("idempotency_running")) possible.push("Retry-After")
  if (namesOrder) possible.push("ETag", "Location")
  return using([...certain, ...possible], possible)
}

function using(names: readonly Name[], optional: readonly Name[]): HeaderUse {
  const entries = names.map((name) => {
    const { description, schema } = headerComponents[name]
    const isCertain = !optional.includes(name)
    const use = isCertain ? { description, schema, required: true as const } : { $ref: `#/components/headers/${name}` }
    return [name, use] as const
  })
  return Object.fromEntries(entries)
}
