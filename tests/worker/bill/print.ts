/** The bill and its rows as tables, for a person to read. */
import { type Counts, dollars, UNITS } from "./prices.ts"
import { type Lane, PARTIES, type Party, type RowEntry } from "./meter.ts"
import { reasonFor } from "./reasons.ts"

const HEADINGS = ["rows written", "rows read", "messages", "queue operations", "calls", "alarms", "worker requests"]

export function billOf(flow: string, loads: Readonly<Record<string, Readonly<Record<Party, Counts>>>>): string {
  const lines = Object.entries(loads).flatMap(([load, bill]) =>
    PARTIES.map((party) => {
      const cells = UNITS.map((unit) => String(Math.round(bill[party][unit] * 100) / 100))
      return `| ${[load, party, ...cells, dollars(bill[party]).toFixed(2)].join(" | ")} |`
    }),
  )
  const head = ["load", "for", ...HEADINGS, "$ per million orders"]
  return [`${flow}, per order`, `| ${head.join(" | ")} |`, `|${head.map(() => "---|").join("")}`, ...lines].join("\n")
}

/** What each queue carries and each service is called, per order. */
export function lanesOf(load: string, lanes: ReadonlyMap<string, Lane>, orders: number): string {
  const rounded = (count: number): string => String(Math.round((count * 100) / orders) / 100)
  const cells = [...lanes].sort().map(([service, { messages, calls }]) => {
    return `${service} ${rounded(messages)} messages, ${rounded(calls)} calls`
  })
  return `${load}: ${cells.join("; ")}`
}

/** Of one order: each row, dearest first. */
export function rowsOf(rows: readonly RowEntry[]): string {
  const lines = rows
    .filter(({ written }) => written > 0)
    .sort((a, b) => a.party.localeCompare(b.party) * -1 || b.written - a.written)
    .map(({ party, service, doing, statement, written }) => {
      const reason = reasonFor(statement, doing)
      return `| ${[party, service, doing, statement, written, reason?.why, reason?.couldGo].join(" | ")} |`
    })
  const head = ["for", "object", "doing", "statement", "rows", "why", "could it go?"]
  return [`| ${head.join(" | ")} |`, `|${head.map(() => "---|").join("")}`, ...lines].join("\n")
}
