/** A second saga on the same choreography, unchanged: money is moved, receipts are sent, totals are kept (B-10, B-17). */
import { describe, expect, test } from "vitest"
import type { Delivery } from "../../choreography/wire.ts"
import type { Envelope } from "../../events/envelope.ts"
import { analytics, services } from "../../examples/transfer/services.ts"
import { transfers } from "../transfer/scenario.ts"
import { runBatch } from "./batch.ts"
import { insist } from "./client.ts"
import { type Fault, faultNames, noFaults } from "./platform/faults.ts"
import { World } from "./platform/world.ts"
import { shortfalls } from "./tally.ts"
import { threadOf } from "./rows.ts"

const TASK_MS = 50

interface Bank {
  readonly world: World
  readonly mailed: { readonly id: string; readonly user: string; readonly at: number }[]
}

/** A bank by hand: who opens an account and what is transferred is the test's affair. */
async function bank(faults: readonly Fault[] = [], effectsInFlightMax = 64): Promise<Bank> {
  const options = transfers.options()
  const settings = { ...options.settings, effectsInFlightMax }
  const plan = { ...noFaults, budget: Infinity, switches: new Set(faults) }
  const world = new World({ ...options, settings, serviceSettings: { cells: 1 } }, 7, plan, true)
  const mailed: Bank["mailed"] = []
  world.performers = () => ({
    mail: {
      perform: ({ transferId, user }: { readonly transferId: string; readonly user: string }) =>
        new Promise((resolve) => {
          world.agenda.after(TASK_MS, "mail", () => {
            mailed.push({ id: transferId, user, at: world.agenda.now })
            resolve({ id: transferId })
          })
        }),
      lookup: () => Promise.resolve(undefined),
    },
  })
  for (const user of ["ann", "bob"]) void insist(world, "Account", user, "open", { balance: 1_000 })
  await world.run()
  return { world, mailed }
}

function transfer({ world }: Bank, from: string, id: string, to = from === "ann" ? "bob" : "ann"): void {
  void insist(world, "Account", from, "transfer", { id, to, amount: 10 })
}

function heard({ world }: Bank, user: string): unknown {
  return threadOf(world.host(analytics.name, "bank-0"), user)?.state
}

describe("order per key", () => {
  test("five transfers of one user take effect in the order in which they were said (B-05)", async () => {
    const one = await bank(["reorder", "duplicate", "lostSend"])
    for (const id of ["1", "2", "3", "4", "5"]) {
      transfer(one, "ann", id)
      // The queue may do what it likes with what was said: only the saying is in order.
      await one.world.run(() => threadOf(one.world.host("Account", "bank-0"), "ann")?.said === Number(id))
    }
    await one.world.run()
    expect(heard(one, "ann")).toEqual({ totals: 50, count: 5, order: ["1", "2", "3", "4", "5"] })
  })
})

describe("parallelism across keys", () => {
  test("two users' mails go side by side, and never more at once than the cap says (B-06)", async () => {
    for (const [cap, rounds] of [
      [6, 1],
      [2, 3],
    ] as const) {
      const one = await bank([], cap)
      for (const id of ["1", "2", "3"]) for (const user of ["ann", "bob"]) transfer(one, user, `${user}${id}`)
      await one.world.run()
      const times = one.mailed.map(({ at }) => at)
      const busiest = Math.max(...times.map((at) => times.filter((other) => Math.abs(other - at) < TASK_MS).length))
      expect(one.mailed).toHaveLength(6)
      if (rounds > 1) expect(Math.max(...times) - Math.min(...times)).toBeGreaterThanOrEqual((rounds - 1) * TASK_MS)
      expect(busiest).toBeLessThanOrEqual(2 * cap)
    }
  })
})

describe("isolation and dead letters", () => {
  test("an event that can't be applied is parked alone; what comes before and after it takes effect (B-07)", async () => {
    const one = await bank()
    const host = one.world.host(analytics.name, "bank-0")
    const listener = host.service.listeners.get("Transfer.moneyTransferred")
    if (listener === undefined) throw new Error("analytics is deaf")
    const { handle } = listener
    const picky = (event: Parameters<typeof handle>[0]): undefined => {
      if (JSON.stringify(event.data).includes('"2"')) throw new Error("event 2 fails")
      handle(event)
    }
    Reflect.set(listener, "handle", picky)
    try {
      for (const id of ["1", "2", "3"]) {
        transfer(one, "ann", id)
        await one.world.run()
      }
    } finally {
      Reflect.set(listener, "handle", handle)
    }
    expect(heard(one, "ann")).toMatchObject({ count: 2, order: ["1", "3"] })
    const asked = one.world.call(analytics.name, "bank-0", "letters", (cell) => cell.letters("", 10))
    await one.world.run()
    const letters = await asked
    expect(letters.items).toHaveLength(1)
    expect(letters.items[0]).toMatchObject({ type: "Transfer.moneyTransferred", reason: "our bug: event 2 fails" })
  })
})

describe("an event that kills every call", () => {
  test("is parked unapplied, and what came early behind it takes effect (P14, G10)", async () => {
    const one = await bank()
    const say = (position: number): Delivery => {
      const data = { transferId: `t${position}`, from: "ann", to: "bob", amount: position }
      const about = { subject: "ann", partitionkey: "ann", correlationid: "ann", sequence: String(position) }
      const event: Envelope = {
        specversion: "1.0",
        id: `Account/ann#${position}`,
        source: "/account/ann",
        type: "Transfer.moneyTransferred",
        time: new Date(one.world.agenda.now).toISOString(),
        dataschema: "urn:event:Transfer.moneyTransferred:1",
        traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        ...about,
        data,
      }
      return { stream: "Account/ann", target: `${analytics.name}/ann`, position, event }
    }
    void one.world.call(analytics.name, "bank-0", "deliver", (cell) => cell.deliver([say(2)]))
    await one.world.run()
    expect(heard(one, "ann")).toBeNull()
    void one.world.call(analytics.name, "bank-0", "park", (cell) => {
      cell.park(say(1), "killed 3 calls")
    })
    await one.world.run()
    expect(heard(one, "ann")).toMatchObject({ count: 1, order: ["t2"] })
  })
})

describe("the outbox after a restart", () => {
  test("what was committed and never left is said after the restart, and the receipt is sent (B-09)", async () => {
    const one = await bank()
    transfer(one, "ann", "1")
    const host = one.world.host("Account", "bank-0")
    await one.world.run(() => threadOf(host, "ann")?.said === 1)
    one.world.blackout()
    await one.world.run()
    expect(heard(one, "ann")).toMatchObject({ totals: 10, count: 1 })
    expect(one.mailed.map(({ id }) => id)).toEqual(["1"])
  })
})

describe("the whole bank", () => {
  test("no cent is lost or made, every transfer ends, every total is right, whatever fails (B-10, B-17)", async () => {
    const batch = { scenario: transfers.name, seed: 1, histories: 300, sagas: 5, faults: faultNames }
    const tally = await runBatch(transfers, batch)
    expect(tally.failures).toEqual([])
    expect(shortfalls(tally, new Set(), transfers)).toEqual([])
  })

  test("it stands on the choreography as it is: three services and nothing else", () => {
    expect(services.map(({ name }) => name)).toEqual(["Account", "Notification", "Analytics"])
  })
})
