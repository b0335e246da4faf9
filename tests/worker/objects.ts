/** The objects themselves: their rows, their alarms, their keys. Reached from inside, behind the contract's back. */
import { listDurableObjectIds, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test"
import { env } from "cloudflare:workers"
import type { CellDurableObject, CellObject } from "../../choreography/durable.ts"
import { readThread } from "../../choreography/rows.ts"
import type { Thread } from "../../choreography/thread.ts"
import { readSettings } from "../../http/settings.ts"
import { services } from "../../objects/registry.ts"

const NAMESPACES: Readonly<Record<ServiceName, DurableObjectNamespace>> = {
  Order: env.ORDER,
  Payment: env.PAYMENT,
  Inventory: env.INVENTORY,
  Shipping: env.SHIPPING,
  Customer: env.CUSTOMER,
  Catalog: env.CATALOG,
  Monitor: env.MONITOR,
}

export type ServiceName = "Order" | "Payment" | "Inventory" | "Shipping" | "Customer" | "Catalog" | "Monitor"

/** A stub as the pool wants it: it does not look at the class behind it. */
type Stub = DurableObjectStub

/** Every object that there is, of one service or of all. */
export async function objects(service?: ServiceName): Promise<Stub[]> {
  const namespaces = service === undefined ? Object.values(NAMESPACES) : [NAMESPACES[service]]
  const ids = await Promise.all(namespaces.map(async (each) => ({ each, ids: await listDurableObjectIds(each) })))
  return ids.flatMap(({ each, ids: all }) => all.map((id) => each.get(id)))
}

/** The cell in which a key of a service lives. */
function cellOf(service: ServiceName, key: string): string {
  const reading = readSettings(env)
  const declared = services.services.get(service)
  if (!reading.ok || declared === undefined) throw new Error("misconfigured")
  // Every service of the registry takes the shop's settings.
  return declared.placement(reading.settings.shop as never).cellOf(key)
}

/** The object in which a key of a service lives. */
export function objectOf(service: ServiceName, key: string): Stub & CellObject {
  const namespace = NAMESPACES[service]
  const stub: unknown = namespace.get(namespace.idFromName(cellOf(service, key)))
  // Every class here is a cell object.
  return stub as Stub & CellObject
}

export function within<T>(
  stub: Stub,
  body: (state: DurableObjectState, cell: CellDurableObject<unknown>) => T | Promise<T>,
): Promise<T> {
  // Every class here is a cell object.
  const typed = stub as DurableObjectStub<CellDurableObject<unknown>>
  return runInDurableObject<CellDurableObject<unknown>, T>(typed, (cell, state) => body(state, cell))
}

/** All that a key has, as its row tells; null when there is none. */
export function threadOf(service: ServiceName, key: string): Promise<Thread | null> {
  return within(objectOf(service, key), (state) => {
    const [row] = state.storage.sql.exec("SELECT body FROM threads WHERE key = ?", key).toArray()
    return row === undefined ? null : parse(row["body"], services.services.get(service)?.subjectOf(key))
  })
}

/** The names of the rows that keys share, in the object in which a key lives. */
export function sharedNames(service: ServiceName, key: string): Promise<string[]> {
  return within(objectOf(service, key), (state) =>
    state.storage.sql
      .exec<{ name: string }>("SELECT name FROM shared")
      .toArray()
      .map(({ name }) => name),
  )
}

/** What was written last of a row that keys share, in the object in which a key lives. */
export function sharedRow(service: ServiceName, key: string, name: string): Promise<unknown> {
  return within(objectOf(service, key), (state) => {
    const [row] = state.storage.sql.exec<{ body: string }>("SELECT body FROM shared WHERE name = ?", name).toArray()
    return row === undefined ? null : (JSON.parse(row.body) as unknown)
  })
}

function threadsOf(stub: Stub): Promise<Thread[]> {
  return within(stub, (state) =>
    state.storage.sql
      .exec("SELECT body FROM threads")
      .toArray()
      // Whom they are about is not asked here.
      .map((row) => parse(row["body"], "")),
  )
}

/** Said, and not known to be received; effects under way count as well. */
export async function unreceived(): Promise<number> {
  let open = 0
  for (const stub of await objects()) {
    for (const thread of await threadsOf(stub)) {
      const rows = Object.values(thread.outs).reduce((sum, stream) => sum + stream.rows.length, 0)
      open += rows + thread.effects.filter(({ name }) => name !== "sweep").length
    }
  }
  return open
}

function parse(body: SqlStorageValue | undefined, subject = ""): Thread {
  if (typeof body !== "string") throw new TypeError("a thread is text")
  return readThread(body, subject)
}

export function alarmOf(stub: Stub): Promise<number | null> {
  return within(stub, (state) => state.storage.getAlarm())
}

/** Runs every alarm whose time has come; the platform's own clock knows nothing of a test's. */
export async function runDueAlarms(): Promise<void> {
  for (const stub of await objects()) {
    const at = await alarmOf(stub)
    if (at !== null && at <= Date.now()) await runDurableObjectAlarm(stub)
  }
}

/** The names of all objects of a service. */
export async function listAll(service: ServiceName): Promise<string[]> {
  return (await listDurableObjectIds(NAMESPACES[service])).map(String).sort()
}
