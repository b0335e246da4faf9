/**
 * The rows of a cell. One row a thread: state, inbox, outbox, effects and timers change together, so they are stored
 * together, and a commit costs one row per key however much happened in it.
 *
 * What is to be written is answered as a `Write`, and made by whoever has all that is written with it.
 *
 * `due` is a lower bound of when a thread must be looked at: it is only moved when something earlier comes up, or when
 * it has passed, so that most commits leave the index alone. A thread with nothing to wait for is not in the index.
 */
import type { SqlRow, SqlValue, Storage } from "./platform.ts"
import { invariant } from "./errors.ts"
import { readJournal, writeJournal } from "./lines.ts"
import { asWritten, readThread, writeThread } from "./rows.ts"
import { META, migrate, type Migration, MIGRATIONS } from "./schema.ts"
import type { JournalEntry, Thread } from "./thread.ts"

export interface StoredThread {
  readonly thread: Thread
  readonly due: number | null
}

export interface StoredLetter {
  readonly id: string
  readonly settled: number | null
  readonly body: string
}

/** A write as it will be made: once it is composed, nothing but the storage itself can refuse it. */
export type Write = readonly [sql: string, ...values: readonly SqlValue[]]

/** The platform takes 2 MB; rows are nearly all ASCII. */
const ROW_LENGTH_MAX = 1_900_000

/** From here on the order of texts is not that of their bytes, which is the database's. */
const UNORDERED = /[\ud800-\uffff]/

/** The end of a range of keys that begin with a prefix: no key holds this character. */
const AFTER_ALL = "\u{10FFFF}"

export class Store {
  readonly #storage: Storage
  readonly #subjectOf: (key: string) => string
  readonly #migrations: readonly Migration[]
  /** No row's key comes after this one; of keys that are in order by their texts. */
  #last = ""

  /** The subject of a key is what nearly everything in its row is about. */
  constructor(storage: Storage, subjectOf: (key: string) => string, migrations: readonly Migration[] = MIGRATIONS) {
    this.#storage = storage
    this.#subjectOf = subjectOf
    this.#migrations = migrations
  }

  /**
   * Creates or migrates what is missing; running it again, or after a crash half-way, changes nothing. Answers the
   * object's name: it is kept beside the version, since the platform doesn't tell it when an object is woken by its bare
   * id.
   */
  open(name: string | null): string {
    return this.#storage.transaction(() => {
      this.#storage.all(META)
      const [version = "", kept = ""] = (this.meta("schema") ?? "").split("/")
      const reached = migrate(this.#storage, Number(version), this.#migrations)
      if (reached !== Number(version)) this.make(this.setMeta("schema", `${String(reached)}/${name ?? kept}`))
      this.#last = this.#lastKey()
      return name ?? kept
    })
  }

  make([sql, ...values]: Write): void {
    this.#storage.all(sql, ...values)
  }

  meta(name: string): string | null {
    const row = this.#storage.all("SELECT value FROM meta WHERE name = ?", name)[0]
    return row === undefined ? null : textOf(row, "value")
  }

  setMeta(name: string, value: string): Write {
    return ["INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", name, value]
  }

  #lastKey(): string {
    const row = this.#storage.all("SELECT key FROM threads ORDER BY key DESC LIMIT 1")[0]
    return row === undefined ? "" : textOf(row, "key")
  }

  /** Ids grow with time, so a new order's key mostly comes after all that are there, and need not be looked for. */
  #isNew(key: string): boolean {
    return key > this.#last && !UNORDERED.test(key)
  }

  load(key: string): StoredThread | null {
    if (this.#isNew(key)) return null
    const row = this.#storage.all("SELECT body, due FROM threads WHERE key = ?", key)[0]
    if (row === undefined) return null
    return { thread: readThread(textOf(row, "body"), this.#subjectOf(key)), due: numberOf(row, "due") }
  }

  /** Whether a text stands in the row of a key: a look at the disk itself, past everything that memory has. */
  mentions(key: string, text: string): boolean {
    const written = asWritten(text, this.#subjectOf(key))
    return this.#storage.all("SELECT 1 FROM threads WHERE key = ? AND instr(body, ?) > 0", key, written).length > 0
  }

  insert(key: string, thread: Thread, due: number | null): Write {
    if (key > this.#last) this.#last = key
    const sql = "INSERT INTO threads (key, body, due, closed) VALUES (?, ?, ?, ?)"
    return [sql, key, this.#bodyOf(key, thread), due, thread.closedAt]
  }

  update(key: string, thread: Thread): Write {
    const sql = "UPDATE threads SET body = ?, closed = ? WHERE key = ?"
    return [sql, this.#bodyOf(key, thread), thread.closedAt, key]
  }

  updateWithDue(key: string, thread: Thread, due: number | null): Write {
    const sql = "UPDATE threads SET body = ?, closed = ?, due = ? WHERE key = ?"
    return [sql, this.#bodyOf(key, thread), thread.closedAt, due, key]
  }

  /** A row that the platform would refuse is refused before anything is written, so that it fails alone. */
  #bodyOf(key: string, thread: Thread): string {
    const body = writeThread(thread, this.#subjectOf(key))
    invariant(body.length <= ROW_LENGTH_MAX, `the row of ${key} has outgrown what a row may be`)
    return body
  }

  /** For a thread that can't be served: it comes again later, and the others come now. */
  postpone(key: string, due: number): Write {
    return ["UPDATE threads SET due = ? WHERE key = ?", due, key]
  }

  dueKeys(now: number, limit: number): readonly string[] {
    const rows = this.#storage.all("SELECT key FROM threads WHERE due <= ? ORDER BY due LIMIT ?", now, limit)
    return rows.map((row) => textOf(row, "key"))
  }

  /** Counts no further than the limit, so that it costs no more than that however much is due. */
  countDue(before: number, limit: number): number {
    const due = "SELECT 1 FROM threads WHERE due <= ? LIMIT ?"
    const row = this.#storage.all(`SELECT count(*) AS keys FROM (${due})`, before, limit)[0]
    return row === undefined ? 0 : (numberOf(row, "keys") ?? 0)
  }

  /** Keys that wait for something and whose rows hold a text; those with the latest clocks are looked at, up to a limit. */
  busyKeys(text: string, limit: number): readonly string[] {
    const busy = "SELECT key, body FROM threads WHERE due IS NOT NULL ORDER BY due DESC LIMIT ?"
    const rows = this.#storage.all(`SELECT key FROM (${busy}) WHERE instr(body, ?) > 0`, limit, text)
    return rows.map((row) => textOf(row, "key"))
  }

  nextDue(): number | null {
    const row = this.#storage.all("SELECT min(due) AS due FROM threads WHERE due IS NOT NULL")[0]
    return row === undefined ? null : numberOf(row, "due")
  }

  keys(prefix: string, after: string | null, limit: number): readonly string[] {
    const rows = this.#storage.all(
      "SELECT key FROM threads WHERE key > ? AND key < ? ORDER BY key LIMIT ?",
      after ?? prefix,
      prefix + AFTER_ALL,
      limit,
    )
    return rows.map((row) => textOf(row, "key"))
  }

  /** Threads that closed before a time, in the order of their keys. */
  closedKeys(after: string, before: number, limit: number): readonly string[] {
    const rows = this.#storage.all(
      "SELECT key FROM threads WHERE key > ? AND due IS NULL AND closed < ? ORDER BY key LIMIT ?",
      after,
      before,
      limit,
    )
    return rows.map((row) => textOf(row, "key"))
  }

  shared(name: string): unknown {
    const row = this.#storage.all("SELECT body FROM shared WHERE name = ?", name)[0]
    return row === undefined ? null : JSON.parse(textOf(row, "body"))
  }

  share(name: string, value: unknown): Write {
    const sql = "INSERT INTO shared VALUES (?, ?) ON CONFLICT DO UPDATE SET body = excluded.body"
    return [sql, name, JSON.stringify(value)]
  }

  addPage(key: string, page: number, entries: readonly JournalEntry[]): Write {
    return ["INSERT OR REPLACE INTO journal VALUES (?, ?, ?)", key, page, writeJournal(entries)]
  }

  pages(key: string): readonly JournalEntry[] {
    const rows = this.#storage.all("SELECT body FROM journal WHERE key = ? ORDER BY page", key)
    return rows.flatMap((row) => readJournal(textOf(row, "body")))
  }

  dropPages(key: string): Write {
    return ["DELETE FROM journal WHERE key = ?", key]
  }

  /** Filing the same letter again changes nothing. */
  file(id: string, key: string, subject: string, type: string, body: string): Write {
    return ["INSERT INTO letters VALUES (?, ?, ?, ?, NULL, ?) ON CONFLICT DO NOTHING", id, key, subject, type, body]
  }

  letter(id: string): StoredLetter | null {
    const row = this.#storage.all("SELECT id, settled, body FROM letters WHERE id = ?", id)[0]
    return row === undefined ? null : letterOf(row)
  }

  openLetters(after: string, limit: number): readonly StoredLetter[] {
    const rows = this.#storage.all(
      "SELECT id, settled, body FROM letters WHERE id > ? AND settled IS NULL ORDER BY id LIMIT ?",
      after,
      limit,
    )
    return rows.map(letterOf)
  }

  openLettersOf(key: string, limit: number): readonly StoredLetter[] {
    const rows = this.#storage.all(
      "SELECT id, settled, body FROM letters WHERE key = ? AND settled IS NULL ORDER BY id LIMIT ?",
      key,
      limit,
    )
    return rows.map(letterOf)
  }

  openLetterCount(): number {
    const row = this.#storage.all("SELECT count(*) AS count FROM letters WHERE settled IS NULL")[0]
    return row === undefined ? 0 : (numberOf(row, "count") ?? 0)
  }

  settleLetter(id: string, at: number, body: string): Write {
    return ["UPDATE letters SET settled = ?, body = ? WHERE id = ?", at, body, id]
  }
}

function letterOf(row: SqlRow): StoredLetter {
  return { id: textOf(row, "id"), settled: numberOf(row, "settled"), body: textOf(row, "body") }
}

function textOf(row: SqlRow, column: string): string {
  const value = row[column]
  if (typeof value !== "string") throw new TypeError(`column ${column} holds no text`)
  return value
}

function numberOf(row: SqlRow, column: string): number | null {
  const value = row[column]
  return typeof value === "number" ? value : null
}
