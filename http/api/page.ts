/** The API as a page: the OpenAPI document for people, with a command for each example. */
import { problemStatus, PROBLEM_PAGES } from "../problem.ts"
import { GROUPS } from "./describe.ts"
import { exampleOf, openApi, operations, rolesInWords, type Operation } from "./document.ts"
import { fieldsTable, type Schema, typeOf } from "./fields.ts"
import { type Markup, markup, paragraphs, prose } from "./markup.ts"
import { type Page, pageOf } from "./shell.ts"

interface Content {
  readonly schema?: Schema
}

interface DocumentedOperation {
  readonly parameters?: readonly {
    readonly name: string
    readonly in: string
    readonly required?: boolean
    readonly schema?: Schema
  }[]
  readonly requestBody?: { readonly required?: boolean; readonly content: Readonly<Record<string, Content>> }
  readonly responses: Readonly<
    Record<
      string,
      {
        readonly description: string
        readonly headers?: Readonly<Record<string, unknown>>
        readonly content?: Readonly<Record<string, Content>>
      }
    >
  >
}

interface Document {
  readonly info: { readonly description: string }
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

let made: Page | null = null

export async function apiPage(): Promise<Page> {
  made ??= await pageOf("API", body())
  return made
}

function body(): Markup {
  // As `document.ts` makes it.
  const document = openApi() as Document
  const groups = Object.entries(GROUPS).map(
    ([group, what]) =>
      markup`<h2 id="${slug(group)}">${capitalised(group)}</h2><p class="dim">${what}</p>${operations
        .filter(({ description }) => description.group === group)
        .map((operation) => section(operation, document))}`,
  )
  const schemas = Object.entries(document.components.schemas).map(
    ([name, schema]) =>
      markup`<details><summary><b>${name}</b></summary><div class="target" id="schema-${name}"></div>${paragraphs(schema.description ?? "")}${fieldsTable(schema)}</details>`,
  )
  return markup`<div class="layout">${contents()}<main><h1>Orders</h1>${paragraphs(document.info.description)}
<p><a href="/openapi.json">openapi.json</a> · <a href="${PROBLEM_PAGES}">all problems</a> · <a href="/asyncapi.json">asyncapi.json</a> (with a token)</p>
<h3>Trying the examples</h3><p>Ids in them are samples: put your own in their place.</p><pre>SHOP=http://localhost:8787
TOKEN=…   # not needed where AUTH is development</pre>${groups}<h2 id="schemas">Schemas</h2>${schemas}</main></div>`
}

function contents(): Markup {
  const lists = Object.keys(GROUPS).map((group) => {
    const items = operations
      .filter(({ description }) => description.group === group)
      .map(
        ({ name, method, path }) =>
          markup`<li><a href="#${slug(name)}"><span class="method ${method.toLowerCase()}">${method}</span>${path}</a></li>`,
      )
    return markup`<b>${group}</b><ul>${items}</ul>`
  })
  return markup`<nav aria-label="Routes">${lists}<a href="#schemas">Schemas</a></nav>`
}

function section(operation: Operation, document: Document): Markup {
  const { name, method, path, description, roles, isSigned } = operation
  const documented = document.paths[path.replaceAll(/:(\w+)/g, "{$1}")]?.[method.toLowerCase()]
  if (documented === undefined) throw new Error(`${name} is not in the document`)
  const examples = description.examples.map((example) => {
    const { request, answer } = exampleOf(method, path, example)
    const given = example.given === undefined ? "" : `, given ${example.given}`
    return markup`<p>${example.name}${given}: ${answer.status}${answer.code === undefined ? "" : ` ${answer.code}`}</p><pre>${commandOf(request, roles !== null)}</pre>`
  })
  return markup`<details><summary><span class="method ${method.toLowerCase()}">${method}</span> <code>${path}</code> ${description.summary}</summary><div class="target" id="${slug(name)}"></div>
${paragraphs(description.description)}<p class="dim">${rolesInWords(roles, isSigned)}</p>${parameters(documented)}${requestBody(documented)}
<h3>Answers</h3>${answers(operation, documented)}<h3>Examples</h3>${examples}</details>`
}

function parameters({ parameters: all = [] }: DocumentedOperation): Markup {
  if (all.length === 0) return markup``
  const rows = all.map(
    ({ name, in: where, required, schema = {} }) =>
      markup`<tr><td><code>${name}</code></td><td>${where}${required === true ? "" : ", optional"}</td><td>${typeOf(schema)}</td><td>${prose(schema.description ?? "")}</td></tr>`,
  )
  return markup`<h3>Parameters</h3><table><tr><th>Name</th><th>In</th><th>Type</th><th>Meaning</th></tr>${rows}</table>`
}

function requestBody({ requestBody: given }: DocumentedOperation): Markup {
  const schema = given?.content["application/json"]?.schema
  if (schema === undefined) return markup``
  return markup`<h3>Body${given?.required === true ? "" : ", optional"}</h3>${fieldsTable(schema)}`
}

function answers({ problems }: Operation, { responses }: DocumentedOperation): Markup {
  const rows = Object.entries(responses).map(([status, { description, headers = {}, content = {} }]) => {
    const codes = problems.filter((code) => String(problemStatus(code)) === status)
    const links = codes.map((code) => markup`<p><a href="${PROBLEM_PAGES}/${code}">${code}</a></p>`)
    const types = Object.entries(content).map(([type, { schema = {} }]) => markup`<p>${typeOf(schema)} (${type})</p>`)
    const what = codes.length > 0 ? markup`${links}` : markup`${paragraphs(description)}${types}`
    return markup`<tr><td>${status}</td><td>${what}</td><td>${Object.keys(headers).join(", ")}</td></tr>`
  })
  return markup`<table><tr><th>Status</th><th>What</th><th>Headers</th></tr>${rows}</table>`
}

type Request = ReturnType<typeof exampleOf>["request"]

/** As one types it. */
export function commandOf({ method, path, headers = {}, body: sent }: Request, needsToken: boolean): string {
  const all = [
    ...(needsToken ? ['"Authorization: Bearer $TOKEN"'] : []),
    ...(sent === undefined ? [] : [quoted("Content-Type: application/json")]),
    ...Object.entries(headers).map(([name, value]) => quoted(`${name}: ${value}`)),
  ]
  const words = [
    `curl -i${method === "GET" ? "" : ` -X ${method}`} "$SHOP"${quoted(path)}`,
    ...all.map((header) => `-H ${header}`),
    ...(sent === undefined ? [] : [`-d ${quoted(JSON.stringify(sent))}`]),
  ]
  return words.join(" \\\n  ")
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

function slug(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "")
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
