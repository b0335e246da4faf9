// Objects outlive releases: each takes up what every release before it has left, and dies half-way without harm.
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { Cell } from "../../../choreography/cell.ts"
import { META, MIGRATIONS, statements, type Migration } from "../../../choreography/schema.ts"
import { defaults } from "../../../choreography/settings.ts"
import { Store } from "../../../choreography/store.ts"
import { readSettings } from "../../../http/settings.ts"
import { services } from "../../../objects/registry.ts"
import { TestDisk, type Taken } from "./disk.ts"
import { quietPlatform } from "./quiet.ts"

interface Fixture {
  readonly objects: readonly (Taken & { readonly service: string })[]
}

const folder = join(import.meta.dirname, "fixtures")
const releases = readdirSync(folder).map((file) => {
  const version = Number(/^storage-(\d+)\.json$/.exec(file)?.[1])
  return { version, ...(JSON.parse(readFileSync(join(folder, file), "utf8")) as Fixture) }
})

/** What a release after this one might do: a table more, and a row moved into it. */
const later: readonly Migration[] = [
  ...MIGRATIONS,
  statements("CREATE TABLE IF NOT EXISTS notes (key TEXT NOT NULL PRIMARY KEY, body TEXT NOT NULL) STRICT"),
  statements(
    "INSERT OR REPLACE INTO notes SELECT name, body FROM shared",
    "CREATE INDEX IF NOT EXISTS notes_body ON notes (body)",
  ),
]

/** What a key is about plays no part here. */
const subjectOf = (key: string): string => key

function fresh(migrations = MIGRATIONS): TestDisk {
  const disk = new TestDisk()
  new Store(disk, subjectOf, migrations).open("any-0")
  return disk
}

function versionOf(disk: TestDisk): string | null {
  return new Store(disk, subjectOf).meta("schema")
}

async function awake(service: string, disk: TestDisk): Promise<Cell> {
  const reading = readSettings({})
  const declared = services.services.get(service)
  if (!reading.ok || declared === undefined) throw new Error(`no service ${service}`)
  const platform = quietPlatform(disk, {
    now: () => Date.UTC(2027, 0, 1),
  })
  const settings = { settings: defaults, serviceSettings: reading.settings.shop }
  const cell = new Cell({ name: null, service: declared, registry: services, platform, performers: {}, ...settings })
  await cell.wake()
  return cell
}

describe("what a release has left on disk", () => {
  test("is kept for every version that was released", () => {
    expect(releases.map(({ version }) => version)).toEqual(MIGRATIONS.map((_migration, index) => index + 1))
  })

  const objects = releases.flatMap(({ version, objects: all }) => all.map((object) => ({ version, ...object })))

  test.each(objects)("has the tables of today once an object of version $version wakes: $service", (object) => {
    const disk = TestDisk.of(object)
    expect(disk.schema).not.toEqual([])
    new Store(disk, subjectOf).open(null)
    expect(disk.schema).toEqual(fresh().schema)
    expect(versionOf(disk)).toMatch(new RegExp(`^${MIGRATIONS.length}/.`))
  })

  test.each(objects)("is read by the services of today: $service of version $version", async (object) => {
    const cell = await awake(object.service, TestDisk.of(object))
    const asked = { Order: "saga", Payment: "view", Shipping: "view", Customer: "notices", Inventory: "level" }
    for (const { key } of object.rows["threads"] ?? []) {
      const name = asked[object.service as keyof typeof asked]
      expect(cell.ask(String(key), name, null, "")).not.toBeNull()
    }
  })

  test("an order on its way is still the same order, and its object will be woken for it", async () => {
    const orders = releases[0]?.objects.filter(({ service }) => service === "Order") ?? []
    const statuses: unknown[] = []
    for (const object of orders) {
      const disk = TestDisk.of(object)
      const cell = await awake("Order", disk)
      for (const { key, due } of object.rows["threads"] ?? []) {
        const view = cell.ask(String(key), "view", null, "") as Record<string, unknown>
        const { status, total, customerId } = view
        statuses.push([status, total])
        if (due !== null) expect(disk.alarm).not.toBeNull()
        // What waits for nothing was heard of by its customer.
        const open = cell.ask("orders", "openOrders", { customerId }, "")
        if (due === null) expect(open).not.toContain(key)
        else expect(open).toContain(key)
      }
    }
    expect(statuses.sort()).toEqual(
      [
        ["delivered", 10_997],
        ["confirmed", 2_999],
      ].sort(),
    )
  })
})

describe("a migration", () => {
  const before = (): TestDisk => {
    const disk = fresh()
    const store = new Store(disk, subjectOf)
    store.make(store.share("WIDGET-001", { available: 7 }))
    return disk
  }

  test("runs once, in its order, and from any version before it", () => {
    const disk = before()
    new Store(disk, subjectOf, later).open(null)
    expect(disk.schema).toEqual(fresh(later).schema)
    expect(disk.all("SELECT key FROM notes")).toEqual([{ key: "WIDGET-001" }])
    expect(versionOf(disk)).toBe("3/any-0")
    disk.all("DELETE FROM notes")
    new Store(disk, subjectOf, later).open(null)
    expect(disk.all("SELECT key FROM notes")).toEqual([])
  })

  test("that dies at any statement leaves what was there, and runs again", () => {
    const schema = before().schema
    let crashes = 0
    for (let lives = 0; ; lives++) {
      const disk = before()
      disk.lives = lives
      try {
        new Store(disk, subjectOf, later).open(null)
        break
      } catch {
        crashes += 1
        disk.lives = Infinity
      }
      expect(disk.schema).toEqual(schema)
      expect(versionOf(disk)).toBe("1/any-0")
      new Store(disk, subjectOf, later).open(null)
      expect(disk.schema).toEqual(fresh(later).schema)
    }
    expect(crashes).toBeGreaterThanOrEqual(5)
  })

  test("may run a second time where its version was not written", () => {
    const disk = before()
    for (const _again of [1, 2]) for (const migration of later) migration(disk)
    expect(disk.all("SELECT key FROM notes")).toEqual([{ key: "WIDGET-001" }])
  })

  test("is left alone by an older worker, which finds all that it knows", () => {
    const disk = before()
    new Store(disk, subjectOf, later).open(null)
    const older = new Store(disk, subjectOf)
    older.open(null)
    expect(versionOf(disk)).toBe("3/any-0")
    expect(older.shared("WIDGET-001")).toEqual({ available: 7 })
    expect(disk.schema).toEqual(fresh(later).schema)
  })

  test("takes nothing away: each table and column of version one is in the newest", () => {
    const [first] = MIGRATIONS
    const disk = new TestDisk()
    disk.all(META)
    first?.(disk)
    const newest = fresh().schema
    for (const statement of disk.schema) {
      const name = /^CREATE (?:TABLE|INDEX) (\w+)/.exec(statement)?.[1] ?? ""
      expect(newest.join("\n")).toContain(` ${name} `)
    }
  })
})
