/**
 * The tables of a cell, version by version.
 *
 * 1. A version that was released is never edited: a change is a new entry at the end of the list.
 * 2. An entry only adds. While a deployment is under way an older worker may wake an object that a newer one has
 *    migrated, and must find all that it knows.
 * 3. All entries that are missing run in one transaction with the version they lead to; each may run again.
 */
import type { Storage } from "./platform.ts"

export type Migration = (storage: Storage) => void

export const META =
  "CREATE TABLE IF NOT EXISTS meta (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID"

export const MIGRATIONS: readonly Migration[] = [
  statements(
    `CREATE TABLE IF NOT EXISTS threads (
     key TEXT NOT NULL PRIMARY KEY, body TEXT NOT NULL, due INTEGER, closed INTEGER
   ) STRICT, WITHOUT ROWID`,
    "CREATE INDEX IF NOT EXISTS threads_due ON threads (due) WHERE due IS NOT NULL",
    "CREATE TABLE IF NOT EXISTS shared (name TEXT NOT NULL PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID",
    `CREATE TABLE IF NOT EXISTS journal (
     key TEXT NOT NULL, page INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (key, page)
   ) STRICT, WITHOUT ROWID`,
    `CREATE TABLE IF NOT EXISTS letters (
     id TEXT NOT NULL PRIMARY KEY, key TEXT NOT NULL, subject TEXT NOT NULL, type TEXT NOT NULL,
     settled INTEGER, body TEXT NOT NULL
   ) STRICT, WITHOUT ROWID`,
  ),
]

/** Runs what is missing, and answers the version reached; an object that is ahead of this worker stays as it is. */
export function migrate(storage: Storage, version: number, migrations: readonly Migration[]): number {
  for (const migration of migrations.slice(version)) migration(storage)
  return Math.max(version, migrations.length)
}

export function statements(...texts: readonly string[]): Migration {
  return (storage) => {
    for (const text of texts) storage.all(text)
  }
}
