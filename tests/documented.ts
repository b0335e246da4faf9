/**
 * Holds every answer that a test is given to the document of the API: a status that is not declared, a header that is missing, a body that
 * differs fails the test that met it. The document lets fields be added; here a field that it doesn't know is a fault.
 */
import { Validator, type Schema } from "@cfworker/json-schema"
import { openApiText } from "../http/api/document.ts"

interface Answered {
  readonly description: string
  readonly headers?: Readonly<Record<string, { readonly $ref?: string; readonly required?: boolean }>>
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>
  readonly "x-problems"?: readonly string[]
}

interface Operation {
  readonly responses: Readonly<Record<string, Answered>>
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>
    readonly headers: Readonly<Record<string, { readonly required?: boolean }>>
  }
}

// As `document.ts` makes it.
const document = strict(JSON.parse(openApiText())) as Document
const paths = Object.entries(document.paths).map(([path, methods]) => ({
  shape: new RegExp(`^${path.replaceAll(".", "\\.").replaceAll(/\{\w+\}/g, "[^/]+")}$`),
  methods,
}))
/** Making one takes longer than using it. */
const validators = new WeakMap<Schema, Validator>()
const REFUSAL = "application/problem+json"
const refusal: Schema = { $ref: "#/components/schemas/Problem" }

interface Seen {
  readonly method: string
  /** As it was asked for. */
  readonly path: string
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** The answer itself, if it is as documented; its body can still be read. */
export async function documented(method: string, path: string, answer: Response): Promise<Response> {
  const { status, headers } = answer
  const text = await answer.clone().text()
  const faults = faultsOf({ method, path, status, headers, text })
  if (faults.length > 0) throw new Error(`${method} ${path} is not as documented: ${faults.join("; ")}\n${text}`)
  return answer
}

/** What is wrong with an answer, by the document; nothing as a rule. */
export function faultsOf(seen: Seen): string[] {
  const { method, path, status, headers, text } = seen
  const { pathname } = new URL(`http://shop.example${path}`)
  const known = paths.find(({ shape }) => shape.test(pathname))?.methods
  const operation = known?.[method === "HEAD" ? "get" : method.toLowerCase()]
  // What has no operation is refused the way everything is, unless it only asks what there is.
  if (operation === undefined && status === 204 && method === "OPTIONS") return []
  if (operation === undefined) return status < 400 ? ["no such operation"] : bodyFaults(refusal, text)
  const answer = operation.responses[String(status)]
  if (answer === undefined) return [`the status ${String(status)} is not declared`]
  const faults = Object.entries(answer.headers ?? {})
    .filter(([name, header]) => isRequired(header) && !headers.has(name))
    .map(([name]) => `the header ${name} is missing`)
  if (method === "HEAD" || answer.content === undefined) return faults
  const [type, content] = Object.entries(answer.content)[0] ?? ["", undefined]
  if (headers.get("content-type")?.startsWith(type) !== true) faults.push(`it is no ${type}`)
  if (!type.endsWith("json") || content === undefined) return faults
  return [...faults, ...bodyFaults(content.schema, text), ...codeFaults(type, answer, text)]
}

function codeFaults(type: string, { "x-problems": codes = [] }: Answered, text: string): string[] {
  if (type !== REFUSAL) return []
  const { code } = JSON.parse(text) as { readonly code?: unknown }
  return codes.some((each) => each === code) ? [] : [`the problem ${String(code)} is not declared`]
}

function bodyFaults(schema: Schema, text: string): string[] {
  const validator = validators.get(schema) ?? new Validator({ ...schema, components: document.components }, "2020-12")
  validators.set(schema, validator)
  const { valid, errors } = validator.validate(JSON.parse(text))
  return valid ? [] : errors.slice(-3).map(({ instanceLocation, error }) => `${instanceLocation}: ${error}`)
}

function isRequired({ $ref, required }: { readonly $ref?: string; readonly required?: boolean }): boolean {
  const name = $ref?.split("/").at(-1)
  return name === undefined ? required === true : document.components.headers[name]?.required === true
}

/** No object has more than its declared fields. */
function strict(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(strict)
  if (typeof value !== "object" || value === null) return value
  const entries = Object.entries(value).map(([key, each]) => [key, strict(each)] as const)
  const closes = "properties" in value && !("additionalProperties" in value)
  return { ...Object.fromEntries(entries), ...(closes ? { additionalProperties: false } : {}) }
}
