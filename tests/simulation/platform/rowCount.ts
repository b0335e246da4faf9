/**
 * How many rows the platform counts as written: the table's own, and one for each index that the change reaches. A text
 * primary key of a table with row ids is such an index; a table WITHOUT ROWID is its own.
 */
import type { SqlRow } from "../../../choreography/platform.ts"

export interface Counted {
  readonly table: string
  readonly rowsPerChange: number
  /** Which parameter names the row: the first of what is inserted, the last of what is changed. */
  readonly keyAt: number
  readonly changesSchema: boolean
  /** Answers rows although it writes. */
  readonly returns: boolean
}

type Query = (sql: string, table: string) => readonly SqlRow[]

const WRITE = /^\s*(INSERT|REPLACE|UPDATE|DELETE)(?:\s+OR\s+\w+)?(?:\s+INTO|\s+FROM)?\s+(\w+)/i
const SCHEMA = /^\s*(CREATE|DROP|ALTER)\b/i

export function countedAs(sql: string, query: Query): Counted | null {
  if (SCHEMA.test(sql)) return { table: "", rowsPerChange: 0, keyAt: 0, changesSchema: true, returns: false }
  const write = WRITE.exec(sql)
  if (write === null) return null
  const [, verb = "", table = ""] = write
  const set = verb.toUpperCase() === "UPDATE" ? columnsSet(sql) : null
  const reached = indexes(table, query).filter((columns) => set === null || columns.some((column) => set.has(column)))
  const inserts = verb.toUpperCase() === "INSERT" || verb.toUpperCase() === "REPLACE"
  return {
    table,
    rowsPerChange: 1 + reached.length,
    keyAt: inserts ? 0 : -1,
    changesSchema: false,
    returns: /\bRETURNING\b/i.test(sql),
  }
}

function columnsSet(sql: string): Set<string> {
  const [, list = ""] = /\bSET\b(.*?)(?:\bWHERE\b|$)/is.exec(sql) ?? []
  return new Set(list.split(",").map((part) => (part.split("=")[0] ?? "").trim()))
}

/** The columns of each index that is kept beside the table. */
function indexes(table: string, query: Query): string[][] {
  const created = query("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", table)[0]
  const isItsOwnIndex = /WITHOUT\s+ROWID/i.test(String(created?.["sql"] ?? ""))
  return query("SELECT name, origin FROM pragma_index_list(?)", table)
    .filter(({ origin }) => !(isItsOwnIndex && origin === "pk"))
    .map(({ name }) =>
      query("SELECT name FROM pragma_index_info(?)", String(name)).map((column) => String(column["name"])),
    )
}
