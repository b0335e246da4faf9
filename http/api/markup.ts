/** HTML that can't be injected into: whatever is put between the words of a template is text, unless it is markup itself. */
export class Markup {
  readonly html: string

  constructor(html: string) {
    this.html = html
  }
}

type Part = string | number | Markup | readonly Markup[]

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
}

export function markup(words: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  const all = words.map((word, index) => word + (index < parts.length ? htmlOf(parts[index] ?? "") : ""))
  return new Markup(all.join(""))
}

/** Words with code between backticks. */
export function prose(text: string): Markup {
  const parts = text.split("`").map((part, index) => (index % 2 === 1 ? markup`<code>${part}</code>` : markup`${part}`))
  return markup`${parts}`
}

/** Paragraphs, one for each line. */
export function paragraphs(text: string): Markup {
  return markup`${text.split("\n").flatMap((line) => (line === "" ? [] : [markup`<p>${prose(line)}</p>`]))}`
}

function htmlOf(part: Part): string {
  if (part instanceof Markup) return part.html
  if (typeof part === "object") return part.map(({ html }) => html).join("")
  return String(part).replace(/[&<>"']/g, (character) => entities[character] ?? character)
}
