// The pictures of documents that people draw: each arrow between services is held against who says and hears what.
import type { Service } from "../../choreography/service.ts"
import type { Finding } from "./project.ts"

interface Arrow {
  readonly from: string
  readonly to: string
  readonly labels: readonly string[]
}

const MERMAID = /```mermaid\n(flowchart[\s\S]*?)```/g
/** `Order -->|Payment.requested, .refund| Payment`: a label that begins with a dot has the noun before it, or any at first. */
const ARROW = /^\s*(\w+)(?:\(\[.*?\]\))? <?-->\|([^|]+)\| (\w+)/

/** What a picture claims and isn't so, or shows of two services without showing all that they say to each other. */
export function untrueArrows(text: string, services: readonly Service[]): Finding[] {
  return arrowsOf(text).flatMap((arrow) => problemsOf(arrow, services))
}

export function arrowsOf(text: string): readonly Arrow[] {
  return [...text.matchAll(MERMAID)].flatMap(([, picture = ""]) =>
    picture.split("\n").flatMap((line) => {
      const [, from, label, to] = ARROW.exec(line) ?? []
      if (from === undefined || label === undefined || to === undefined) return []
      return [{ from, to, labels: label.replaceAll('"', "").split(/, |<br>/) }]
    }),
  )
}

function problemsOf({ from, to, labels }: Arrow, services: readonly Service[]): Finding[] {
  const sender = services.find(({ name }) => name === from)
  const hearer = services.find(({ name }) => name === to)
  if (sender === undefined) return []
  if (hearer === undefined) return unknownEffects(sender, to, labels)
  const told = sender.says.filter((type) => hearer.listeners.has(type))
  return namesOf(labels).flatMap((name) => {
    const isTrue = told.some((type) => matches(type, name))
    return isTrue ? [] : [`${from} never says ${name} to ${to}`]
  })
}

function matches(type: string, name: string): boolean {
  if (name.startsWith(".")) return type.endsWith(name)
  return name.endsWith(".*") ? type.startsWith(name.slice(0, -1)) : type === name
}

/** An arrow to what is no service stands for calls to the world outside. */
function unknownEffects(sender: Service, to: string, labels: readonly string[]): Finding[] {
  const known = [...sender.settled.keys()]
  return labels.flatMap((label) =>
    known.some((name) => name.startsWith(label)) ? [] : [`${sender.name} asks ${to} for no ${label}`],
  )
}

function namesOf(labels: readonly string[]): string[] {
  let noun = ""
  return labels.map((label) => {
    if (label.startsWith(".")) return `${noun}${label}`
    noun = label.slice(0, label.indexOf("."))
    return label
  })
}
