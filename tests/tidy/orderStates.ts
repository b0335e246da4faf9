// The page on the order's states, written from the table that orders decide by.
import { format } from "prettier"
import { table } from "../../domain/order/table.ts"
import type { Trigger } from "../../domain/order/triggers.ts"
import { type OrderStatus, STATUSES } from "../../domain/order/views.ts"

// A row of the table names every trigger there is.
const TRIGGERS = Object.keys(table.shipped) as readonly Trigger[]

const INTRO = `# The states of an order

Written from \`domain/order/table.ts\`, where every state × everything that can happen has a declared outcome; a missing pair
doesn't compile. \`npm run test:tidy -- --update\` writes this page anew, and a test fails when it is stale.

What an answer says of money and goods enters the books in every state, also where it moves nothing.
`

/** Things that happen, in words; events go by their own names. */
const WORDS: Partial<Record<Trigger, string>> = {
  cancel: "a customer cancels",
  resolve: "a person resolves",
  deadline: "dispatch is not granted in time",
  overdue: "it is not delivered in time",
  stepTimeout: "a step does not answer in time",
  undoTimeout: "an undo is not answered in time",
  requestParked: "a request lies in dead letters",
  undoParked: "an undo lies in dead letters",
}

export function orderStates(): Promise<string> {
  const page = [INTRO, "## Diagram", diagram(), "## Table", ...STATUSES.map(section)].join("\n\n")
  return format(page, { parser: "markdown", printWidth: 120 })
}

function diagram(): string {
  const arrows = STATUSES.flatMap((from) =>
    STATUSES.filter((to) => to !== from).flatMap((to) => {
      const labels = TRIGGERS.filter((trigger) => leadsTo(from, trigger).includes(to)).map(named)
      return labels.length === 0 ? [] : [`    ${from} --> ${to}: ${labels.join("<br>")}`]
    }),
  )
  const ends = STATUSES.filter((status) => isEnd(status)).map((status) => `    ${status} --> [*]`)
  return ["```mermaid", "stateDiagram-v2", "    [*] --> pending: placed", ...arrows, ...ends, "```"].join("\n")
}

function section(status: OrderStatus): string {
  const rows = TRIGGERS.map((trigger) => `| ${named(trigger)} | ${outcomeOf(status, trigger)} |`)
  return [`### ${status}`, "", "| what happens | what comes of it |", "| --- | --- |", ...rows].join("\n")
}

function outcomeOf(status: OrderStatus, trigger: Trigger): string {
  const outcome = table[status][trigger]
  switch (outcome.does) {
    case "ignore":
      return `nothing: ${outcome.why}`
    case "refuse":
      return `refused: ${outcome.why}`
    case "compensate":
      return `undone, ends **${outcome.to.join("** or **")}**`
    case "apply": {
      const to = outcome.to.filter((each) => each !== status)
      const stays = outcome.to.includes(status) ? ["stays"] : []
      return ["applied:", [...stays, ...to.map((each) => `**${each}**`)].join(" or ")].join(" ")
    }
  }
}

function leadsTo(status: OrderStatus, trigger: Trigger): readonly OrderStatus[] {
  const outcome = table[status][trigger]
  return "to" in outcome ? outcome.to : []
}

/** Nothing leads out of it. */
function isEnd(status: OrderStatus): boolean {
  return TRIGGERS.every((trigger) => leadsTo(status, trigger).every((to) => to === status))
}

function named(trigger: Trigger): string {
  return WORDS[trigger] ?? trigger
}
