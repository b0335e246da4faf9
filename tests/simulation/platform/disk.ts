/**
 * What is left of an object when its memory is gone: its rows and its alarm. SQLite in memory, with the platform's rules.
 *
 * 1. All writes of an event commit together when the event ends; a crash before that loses them all.
 * 2. A transaction rolls back its rows and its alarm when it throws, and may be nested. A throw outside of one rolls
 *    back nothing.
 * 3. Values are bound as the platform binds them: numbers as REAL, at most a hundred parameters.
 */
import { DatabaseSync, type StatementSync } from "node:sqlite"
import type { SqlRow, SqlValue } from "../../../choreography/platform.ts"
import { type Counted, countedAs } from "./rowCount.ts"

const PARAMETERS_MAX = 100

/** A row that the event under way has written. */
export interface Write {
  readonly table: string
  readonly key: string
}

interface Prepared {
  readonly statement: StatementSync
  readonly counted: Counted | null
}

export interface Snapshot {
  readonly tables: readonly { readonly name: string; readonly rows: readonly SqlRow[] }[]
  readonly alarm: number | null
}

export class Disk {
  /** When the platform will wake the object. */
  alarm: number | null = null
  rowsWritten = 0
  commits = 0
  writes: Write[] = []
  readonly #db = new DatabaseSync(":memory:")
  readonly #prepared = new Map<string, Prepared>()
  #open = false
  #depth = 0
  #alarmCommitted: number | null = null
  #alarmMoved = false

  all(sql: string, ...values: readonly SqlValue[]): readonly SqlRow[] {
    if (values.length > PARAMETERS_MAX) throw new RangeError(`${values.length} parameters, too many for a statement`)
    for (const value of values) {
      if (typeof value === "number" && !Number.isSafeInteger(value))
        throw new RangeError("only whole numbers are stored")
    }
    const prepared = this.#prepared.get(sql) ?? this.#prepare(sql)
    const { counted } = prepared
    // The platform's rows hold text, numbers and nulls; the tables are STRICT and have no other columns.
    if (counted === null) return prepared.statement.all(...values) as unknown as readonly SqlRow[]
    this.#begin()
    if (counted.changesSchema) {
      const before = this.#schemaVersion()
      prepared.statement.run(...values)
      if (this.#schemaVersion() !== before) this.#countAnew()
      return NO_ROWS
    }
    if (counted.returns) {
      // As below: STRICT tables hold nothing else.
      const rows = prepared.statement.all(...values) as unknown as readonly SqlRow[]
      this.#wrote(counted, rows.length, values)
      return rows
    }
    this.#wrote(counted, Number(prepared.statement.run(...values).changes), values)
    return NO_ROWS
  }

  #schemaVersion(): unknown {
    return this.#db.prepare("PRAGMA schema_version").get()?.["schema_version"]
  }

  /** What a statement costs depends on the indexes there are. */
  #countAnew(): void {
    for (const [sql, { counted }] of this.#prepared) if (counted !== null) this.#prepared.delete(sql)
  }

  #wrote(counted: Counted, changes: number, values: readonly SqlValue[]): void {
    this.rowsWritten += changes * counted.rowsPerChange
    if (changes > 0) this.writes.push({ table: counted.table, key: String(values.at(counted.keyAt) ?? "") })
  }

  transaction<T>(body: () => T): T {
    const outermost = !this.#open
    if (outermost) this.#begin()
    else this.#run(`SAVEPOINT s${this.#depth}`)
    this.#depth += 1
    const [alarm, moved, written] = [this.alarm, this.#alarmMoved, this.writes.length]
    try {
      const result = body()
      this.#depth -= 1
      if (!outermost) this.#run(`RELEASE s${this.#depth}`)
      return result
    } catch (error) {
      this.#depth -= 1
      if (outermost) this.#end("ROLLBACK")
      else {
        this.#run(`ROLLBACK TO s${this.#depth}`)
        this.#run(`RELEASE s${this.#depth}`)
      }
      this.alarm = alarm
      this.#alarmMoved = moved
      this.writes.length = written
      throw error
    }
  }

  /** Whether the event under way has written anything. */
  get isDirty(): boolean {
    return this.#open || this.#alarmMoved
  }

  setAlarm(at: number | null): void {
    this.alarm = at
    this.#alarmMoved = true
  }

  /** The event is over: what it wrote is durable. Answers what it wrote. */
  commit(): readonly Write[] {
    if (this.#open) {
      this.#end("COMMIT")
      this.commits += 1
    }
    if (this.#alarmMoved) this.#alarmCommitted = this.alarm
    this.#alarmMoved = false
    if (this.writes.length === 0) return NO_WRITES
    const { writes } = this
    this.writes = []
    return writes
  }

  /** Power was cut: the event's writes are gone. */
  lose(): void {
    if (this.#open) this.#end("ROLLBACK")
    this.#depth = 0
    this.alarm = this.#alarmCommitted
    this.#alarmMoved = false
    this.writes = []
  }

  /** The platform's own hand on the alarm, outside of any event. */
  placeAlarm(at: number | null): void {
    this.alarm = at
    this.#alarmCommitted = at
  }

  /** What a point-in-time restore goes back to. */
  snapshot(): Snapshot {
    const names = this.all("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    const tables = names.map(({ name }) => ({ name: String(name), rows: this.all(`SELECT * FROM ${String(name)}`) }))
    return { tables, alarm: this.alarm }
  }

  restore(snapshot: Snapshot): void {
    for (const { name, rows } of snapshot.tables) {
      this.#db.exec(`DELETE FROM ${name}`)
      for (const row of rows) {
        const values = Object.values(row)
        this.#db.prepare(`INSERT INTO ${name} VALUES (${values.map(() => "?").join(", ")})`).run(...values)
      }
    }
    this.placeAlarm(snapshot.alarm)
  }

  /** Gives the disk back, empty: the tables and their statements stay, since making them costs more than a history. */
  close(): void {
    this.lose()
    for (const { name } of this.all("SELECT name FROM sqlite_master WHERE type = 'table'")) {
      this.#db.exec(`DELETE FROM ${String(name)}`)
    }
    this.alarm = null
    this.#alarmCommitted = null
    this.rowsWritten = 0
    this.commits = 0
    if (spare.length < SPARE_MAX) spare.push(this)
    else this.#db.close()
  }

  #prepare(sql: string): Prepared {
    const counted = countedAs(sql, (query, table) => this.all(query, table))
    if (counted?.changesSchema === true) this.#begin()
    const prepared = { statement: this.#db.prepare(sql), counted }
    this.#prepared.set(sql, prepared)
    return prepared
  }

  #begin(): void {
    if (this.#open) return
    this.#run("BEGIN")
    this.#open = true
  }

  #end(how: "COMMIT" | "ROLLBACK"): void {
    this.#open = false
    this.#run(how)
  }

  #run(sql: string): void {
    let prepared = this.#prepared.get(sql)
    if (prepared === undefined) {
      prepared = { statement: this.#db.prepare(sql), counted: null }
      this.#prepared.set(sql, prepared)
    }
    prepared.statement.run()
  }
}

const SPARE_MAX = 64
const spare: Disk[] = []

/** An empty disk. */
export function newDisk(): Disk {
  return spare.pop() ?? new Disk()
}

const NO_ROWS: readonly SqlRow[] = []
const NO_WRITES: readonly Write[] = []
