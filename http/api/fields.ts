/** A JSON schema as a table of fields: what a body or an answer is made of, one line a field. */
import { type Markup, markup, prose } from "./markup.ts"

export interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly format?: string
  readonly description?: string
  readonly enum?: readonly unknown[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly additionalProperties?: boolean | Schema
  readonly anyOf?: readonly Schema[]
  readonly default?: unknown
  readonly minimum?: number
  readonly maximum?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
}

interface Field {
  readonly path: string
  readonly schema: Schema
  readonly isRequired: boolean
}

/** Bodies are no deeper; what refers to itself is named and not unfolded. */
const DEPTH_MAX = 6

export function fieldsTable(schema: Schema): Markup {
  const fields = fieldsOf(schema, "", 0)
  if (fields.length === 0) return markup`<p>${typeOf(schema)}</p>`
  const rows = fields.map(
    ({ path, schema: field, isRequired }) =>
      markup`<tr><td><code>${path}</code></td><td>${typeOf(field)}${isRequired ? "" : ", optional"}</td><td>${meaning(field)}</td></tr>`,
  )
  return markup`<table><tr><th>Field</th><th>Type</th><th>Meaning</th></tr>${rows}</table>`
}

function fieldsOf(schema: Schema, path: string, depth: number): readonly Field[] {
  if (depth > DEPTH_MAX) return []
  if (schema.items !== undefined) return fieldsOf(schema.items, `${path}[]`, depth + 1)
  if (typeof schema.additionalProperties === "object") {
    return fieldsOf(schema.additionalProperties, path === "" ? "<name>" : `${path}.<name>`, depth + 1)
  }
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const inner = path === "" ? name : `${path}.${name}`
    const isRequired = schema.required?.includes(name) === true
    return [{ path: inner, schema: field, isRequired }, ...fieldsOf(field, inner, depth + 1)]
  })
}

/** In a word, a link where it has a name. */
export function typeOf(schema: Schema): Markup {
  const name = nameOf(schema)
  if (name !== null) return markup`<a href="#schema-${name}">${name}</a>`
  if (schema.items !== undefined) return markup`list of ${typeOf(schema.items)}`
  if (schema.anyOf !== undefined) {
    return markup`${schema.anyOf.map((each, index) => markup`${index === 0 ? "" : " or "}${typeOf(each)}`)}`
  }
  const types = typeof schema.type === "string" ? [schema.type] : (schema.type ?? ["any"])
  return markup`${types.map((type) => (type === "null" ? "null" : (schema.format ?? type))).join(" or ")}`
}

function nameOf({ $ref }: Schema): string | null {
  return $ref?.split("/").at(-1) ?? null
}

function meaning(schema: Schema): Markup {
  const { description = "", minimum, maximum, maxLength, minItems, maxItems } = schema
  const bounds = [
    ...(schema.enum === undefined ? [] : [`One of ${schema.enum.map((each) => `\`${String(each)}\``).join(", ")}.`]),
    ...(schema.default === undefined ? [] : [`\`${JSON.stringify(schema.default)}\` if not stated.`]),
    ...(minimum !== undefined && minimum > 0 ? [`At least ${String(minimum)}.`] : []),
    ...(maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? [`At most ${String(maximum)}.`] : []),
    ...(maxLength === undefined ? [] : [`At most ${String(maxLength)} characters.`]),
    ...(minItems === undefined ? [] : [`At least ${String(minItems)}.`]),
    ...(maxItems === undefined ? [] : [`At most ${String(maxItems)}.`]),
  ]
  return prose([description, ...bounds].filter((part) => part !== "").join(" "))
}
