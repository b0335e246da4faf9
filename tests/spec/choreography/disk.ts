// A cell's disk as a test sees it: SQLite in memory, and a crash before any statement it chooses.
import { DatabaseSync } from "node:sqlite"
import type { SqlRow, SqlValue, Storage } from "../../../choreography/platform.ts"

export interface Taken {
  readonly schema: readonly string[]
  readonly rows: Readonly<Record<string, readonly SqlRow[]>>
}

export class TestDisk implements Storage {
  /** Statements that still succeed. */
  lives = Infinity
  alarm: number | null = null
  readonly #db = new DatabaseSync(":memory:")
  #depth = 0

  /** A disk as an earlier release left it. */
  static of({ schema, rows }: Taken): TestDisk {
    const disk = new TestDisk()
    for (const statement of schema) disk.#db.exec(statement)
    for (const [table, all] of Object.entries(rows)) {
      for (const row of all) {
        const columns = Object.keys(row)
        const insert = disk.#db.prepare(
          `INSERT INTO ${table} (${columns.join()}) VALUES (${columns.map(() => "?").join()})`,
        )
        insert.run(...Object.values(row))
      }
    }
    return disk
  }

  all(sql: string, ...values: readonly SqlValue[]): readonly SqlRow[] {
    if (this.lives-- <= 0) throw new Error("crashed")
    // The tables are STRICT and hold text, numbers and nulls.
    return this.#db.prepare(sql).all(...values) as unknown as readonly SqlRow[]
  }

  transaction<T>(body: () => T extends PromiseLike<unknown> ? never : T): T {
    this.#depth += 1
    const name = `s${this.#depth}`
    this.#db.exec(`SAVEPOINT ${name}`)
    try {
      return body()
    } catch (error) {
      this.#db.exec(`ROLLBACK TO ${name}`)
      throw error
    } finally {
      this.#db.exec(`RELEASE ${name}`)
      this.#depth -= 1
    }
  }

  commit<T>(body: () => T extends PromiseLike<unknown> ? never : T): T {
    return this.transaction(body)
  }

  getAlarm(): Promise<number | null> {
    return Promise.resolve(this.alarm)
  }

  setAlarm(at: number): void {
    this.alarm = at
  }

  deleteAlarm(): void {
    this.alarm = null
  }

  /** What there is, in words that can be compared. */
  get schema(): readonly string[] {
    const rows = this.#db.prepare("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name").all()
    return rows.map(({ sql }) =>
      String(sql)
        .replace(/\s+/g, " ")
        .replace(/ IF NOT EXISTS/, ""),
    )
  }
}
