/** The door to Cloudflare: what is bound is found by name, and what can't be delivered is never lost in silence. */
import { describe, expect, test, vi } from "vitest"
import { type HostOptions, host } from "../../../choreography/cloudflare.ts"
import { bundlesOf, lineOf } from "../../../choreography/bundles.ts"
import type { LogLine } from "../../../choreography/index.ts"
import type { Said } from "../../../choreography/platform.ts"
import type { Delivery } from "../../../choreography/wire.ts"
import { account, bank, type Bank } from "../../../examples/transfer/services.ts"
import { delivery } from "./deliveries.ts"

// The platform's own module: a class to declare objects by, and a runtime that draws no spans.
vi.mock("cloudflare:workers", () => ({ DurableObject: Object, tracing: undefined }))

type Call = readonly [cell: string, method: string, ...parameters: unknown[]]

/** Objects that answer everything, and remember what they were asked. */
class Objects {
  readonly calls: Call[] = []
  readonly dead = new Set<string>()
  /** What each says to whatever it takes. */
  said: Said = []

  idFromName(name: string): string {
    return name
  }

  get(cell: string): object {
    const answer = (_target: object, method: string | symbol) => {
      if (typeof method !== "string") return undefined
      return (...parameters: unknown[]) => {
        this.calls.push([cell, method, ...parameters])
        if (this.dead.has(cell)) return Promise.reject(new Error("it is dead"))
        return Promise.resolve(method === "take" ? { said: this.said, unreadable: [] } : "an answer")
      }
    }
    return new Proxy({}, { get: answer })
  }
}

const background: Promise<unknown>[] = []
const context = { waitUntil: (work: Promise<unknown>) => void background.push(work) }

interface Fate {
  acked: boolean
}

/** A batch as the platform hands it over, as far as it is looked at. */
function batchOf(queue: string, bodies: readonly unknown[]): { batch: MessageBatch; fates: Fate[] } {
  const fates = bodies.map(() => ({ acked: false }))
  const messages = bodies.map((body, index) => ({
    ...{ id: `m${index}`, body, attempts: 1, timestamp: new Date(0) },
    ack: () => {
      const fate = fates[index]
      if (fate !== undefined) fate.acked = true
    },
    retry: () => undefined,
  }))
  // The rest of a batch is for other ways of acknowledging.
  return { batch: { queue, messages } as unknown as MessageBatch, fates }
}

function world(options: Partial<HostOptions<object, Bank>> = {}) {
  const objects = new Objects()
  const sent: unknown[] = []
  const log: LogLine[] = []
  const queue = { send: (body: unknown) => Promise.resolve(sent.push(body)) }
  const env = { ACCOUNT: objects, NOTIFICATION: objects, ANALYTICS: objects, ACCOUNT_EVENTS: queue }
  const cells = host({ registry: bank, settings: { cells: 3 }, log: (line) => log.push(line), ...options })
  return { objects, sent, log, env, cells }
}

function to(target: string): Delivery {
  return { ...delivery(1), target }
}

describe("the door to Cloudflare", () => {
  test("asks go to the cell of their key", async () => {
    const { cells, env, objects } = world()
    const cell = account.placement({ cells: 3 } as never).cellOf("ann")
    expect(await cells.client(account, env).ask("ann", "view", null)).toBe("an answer")
    expect(objects.calls).toEqual([[cell, "ask", "ann", "view", null, ""]])
  })

  test("a queue and the one behind it lead to their service's cells", async () => {
    for (const name of ["account-events", "account-events-dlq"]) {
      const { cells, env, objects } = world()
      const { batch, fates } = batchOf(name, [JSON.stringify([to("Account/ann")])])
      await cells.queue(batch, env, context)
      expect(objects.calls.map(([, method]) => method)).toEqual(["take"])
      expect(fates).toEqual([{ acked: true }])
    }
  })

  test("what nobody can read, and what is for nobody here, is filed in the service's first cell", async () => {
    const isKey = (_service: string, key: string): boolean => key !== "forged"
    const { cells, env, objects } = world({ isKey })
    const bodies = ["no bundle", JSON.stringify([to("Account/forged")]), JSON.stringify([to("Analytics/ann")])]
    const { batch, fates } = batchOf("account-events", bodies)
    await cells.queue(batch, env, context)
    expect(objects.calls.map(([cell, method]) => [cell, method])).toEqual(
      bodies.map(() => ["bank-0", "fileUnreadable"]),
    )
    expect(fates.every(({ acked }) => acked)).toBe(true)
  })

  test("what a dying cell did not take is queued again", async () => {
    const { cells, env, objects, sent } = world()
    for (const cell of ["bank-0", "bank-1", "bank-2"]) objects.dead.add(cell)
    const { batch, fates } = batchOf("account-events", [JSON.stringify([to("Account/ann")])])
    await cells.queue(batch, env, context)
    expect(sent).toEqual(bundlesOf([lineOf(to("Account/ann"))]))
    expect(fates).toEqual([{ acked: true }])
  })

  test("what cells say to a batch goes to the queues by their names, behind its answer", async () => {
    const { cells, env, objects, sent } = world()
    objects.said = [["Account", [lineOf(to("Account/bob"))]]]
    const { batch } = batchOf("account-events", [JSON.stringify([to("Account/ann")])])
    await cells.queue(batch, env, context)
    await Promise.all(background)
    expect(sent).toEqual(bundlesOf([lineOf(to("Account/bob"))]))
  })

  test("a schedule wakes every cell, also when one of them can't be woken", async () => {
    const { cells, env, objects, log } = world()
    objects.dead.add("bank-1")
    await cells.scheduled(env)
    const woken = objects.calls.map(([cell, method]) => `${cell} ${method}`)
    expect(woken).toHaveLength(9)
    expect(new Set(woken)).toEqual(new Set(["bank-0 poke", "bank-1 poke", "bank-2 poke"]))
    expect(log.filter(({ message }) => message === "a cell can't be woken")).toHaveLength(3)
  })

  test("many cells are woken in turns, a bounded number at a time", async () => {
    const { cells, env, objects } = world({ settings: { cells: 1_000 } })
    await cells.scheduled(env)
    expect(objects.calls).toHaveLength(100)
  })

  test("what isn't there is named", async () => {
    const { cells, env } = world()
    expect(() => cells.objects("Vault")).toThrow("Vault is not declared")
    await expect(cells.queue(batchOf("vault-events", []).batch, env, context)).rejects.toThrow(
      "no service hears vault-events",
    )
    await expect(cells.client(account, {}).ask("ann", "view", null)).rejects.toThrow("nothing is bound as ACCOUNT")
  })
})
