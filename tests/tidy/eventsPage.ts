// The page on the events, written from the same AsyncAPI document that the worker serves.
import { format } from "prettier"
import type { AsyncApi, JsonSchema, Message } from "../../choreography/asyncapi.ts"
import type { Service } from "../../choreography/service.ts"

const INTRO = `# The events

Written from the AsyncAPI document (\`/asyncapi.json\`), which is read from the catalogue and the services' own declarations.
\`npm run test:tidy -- --update\` writes this page anew, and a test fails when it is stale.

Each event travels in an envelope, CloudEvents 1.0 with \`sequence\`, \`partitionkey\`, \`correlationid\` (the order),
\`causationid\`, \`traceparent\` and \`expirytime\`; the fields below are its \`data\`. Who hears an event of an older version
gets it lifted to the newest.`

/** Who tells whom, in a word per event. */
interface Edge {
  readonly from: string
  readonly to: string
  readonly types: readonly string[]
}

export function eventsPage(document: AsyncApi, services: readonly Service[]): Promise<string> {
  const messages = Object.values(document.components.messages).filter((message) => message["x-newest"])
  const nouns = [...new Set(messages.map(({ name }) => nounOf(name)))]
  const sections = nouns.map((noun) => {
    const events = messages.filter(({ name }) => nounOf(name) === noun)
    return [`## ${noun}`, ...events.map((message) => section(document, message, services))].join("\n\n")
  })
  return format([INTRO, "## The flow", flow(edgesOf(document)), ...sections].join("\n\n"), {
    parser: "markdown",
    printWidth: 120,
  })
}

/** What the document's operations say of who tells whom. */
function edgesOf({ operations }: AsyncApi): readonly Edge[] {
  return Object.entries(operations).flatMap(([name, { action, messages, "x-service": from }]) => {
    const to = /\.tells\.(\w+)$/.exec(name)?.[1]
    return action === "send" && to !== undefined ? [{ from, to, types: messages.map(({ $ref }) => typeOf($ref)) }] : []
  })
}

function flow(edges: readonly Edge[]): string {
  const arrows = edges.map(({ from, to, types }) => {
    const perNoun = Map.groupBy(types, nounOf)
    const label = [...perNoun]
      .map(([noun, all]) => noun + all.map((type) => `.${verbOf(type)}`).join(", "))
      .join("<br>")
    return `    ${from} -->|"${label}"| ${to}`
  })
  return ["```mermaid", "flowchart LR", ...arrows, "```"].join("\n")
}

function section(
  document: AsyncApi,
  { name, summary, "x-version": version }: Message,
  services: readonly Service[],
): string {
  const sayers = services.filter(({ says }) => says.includes(name)).map((service) => service.name)
  const hearers = edgesOf(document).flatMap(({ to, types }) => (types.includes(name) ? [to] : []))
  const who = [
    `Said by ${sayers.join(", ")}; heard by ${hearers.length === 0 ? "nobody, for the record" : hearers.join(", ")}.`,
    version === 1 ? "Version 1." : `Version ${version}; older ones are lifted.`,
  ]
  const schema = document.components.schemas[`${name}.${version}`] ?? {}
  const required = list(schema["required"])
  const rows = Object.entries(properties(schema)).map(
    ([field, each]) => `| \`${field}\`${required.includes(field) ? "" : " (optional)"} | ${words(each)} |`,
  )
  return [`### ${name}`, summary, who.join(" "), ["| field | what |", "| --- | --- |", ...rows].join("\n")].join("\n\n")
}

/** A schema in words; bounds that only say that a number is safe are left out. */
function words(schema: JsonSchema): string {
  const { type, anyOf, enum: values, items, default: preset } = schema
  const otherwise = preset === undefined ? "" : `, otherwise ${JSON.stringify(preset)}`
  if (Array.isArray(anyOf)) return anyOf.map((each) => words(record(each))).join(" or ") + otherwise
  if (Array.isArray(values)) return `one of ${values.map((each) => `\`${String(each)}\``).join(", ")}${otherwise}`
  if (type === "array") return `list of ${words(record(items))}`
  if (type === "object")
    return `{ ${Object.entries(properties(schema))
      .map(([name, each]) => `${name}: ${words(each)}`)
      .join("; ")} }`
  return `${type === "null" ? "null" : String(type)}${bounds(schema)}${otherwise}`
}

function bounds({ minimum, maximum, minLength, maxLength }: JsonSchema): string {
  const parts = [
    ...(isBound(minimum) ? [`from ${minimum}`] : []),
    ...(isBound(maximum) ? [`to ${maximum}`] : []),
    ...(minLength === maxLength && isBound(minLength) ? [`of ${minLength} characters`] : []),
    ...(minLength !== maxLength && isBound(maxLength) ? [`of at most ${maxLength} characters`] : []),
  ]
  return parts.length === 0 ? "" : ` ${parts.join(" ")}`
}

function isBound(value: unknown): value is number {
  return typeof value === "number" && Math.abs(value) !== Number.MAX_SAFE_INTEGER
}

function properties(schema: JsonSchema): Record<string, JsonSchema> {
  return Object.fromEntries(Object.entries(record(schema["properties"])).map(([name, each]) => [name, record(each)]))
}

function record(value: unknown): JsonSchema {
  return typeof value === "object" && value !== null ? { ...value } : {}
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function typeOf(reference: string): string {
  return /([A-Za-z]+\.[A-Za-z]+)\.\d+$/.exec(reference)?.[1] ?? reference
}

function nounOf(type: string): string {
  return type.slice(0, type.indexOf("."))
}

function verbOf(type: string): string {
  return type.slice(type.indexOf(".") + 1)
}
