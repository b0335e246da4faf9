/**
 * The hazard: a second project on the choreography loses money, where the first one loses none. The example is started as
 * its page says, and killed with SIGKILL while money is on its way.
 */
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { z } from "zod"
import { type Chance, chance, pause, seedOfThisRun } from "./chance.ts"
import { DevServer, root } from "./devServer.ts"
import { readDocument, ReadersShell, speaksToShop } from "./documents.ts"
import { signal } from "./processes.ts"

const OPENING = 10_000
const USERS = ["dora", "emil", "fay", "gus", "hal", "ida"] as const
const CLOSED = "hal"
const NOBODY = "zoe"
const TRANSFERS = 120
const KILLS = 6
const LANES = 4
const SETTLE_MAX_MS = 90_000
const TEST_TIMEOUT_MS = 240_000

const account = z.object({
  balance: z.int(),
  closed: z.boolean(),
  transfers: z.record(z.string(), z.enum(["sent", "arrived", "returned", "refused"])),
  receipts: z.array(z.string()),
  transferred: z.int(),
})
type Account = z.output<typeof account>

interface Transfer {
  readonly id: string
  readonly from: string
  readonly to: string
  readonly amount: number
}

class Teller {
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  /** Asks until there is an answer: while the worker is down there is none, and asking twice does no harm. */
  async #insist(path: string, init: RequestInit = {}): Promise<unknown> {
    const end = Date.now() + SETTLE_MAX_MS
    for (;;) {
      try {
        const answer = await fetch(this.#url + path, { ...init, signal: AbortSignal.timeout(10_000) })
        if (answer.status < 500) return await answer.json()
      } catch {
        // It has been killed, or is being started.
      }
      if (Date.now() > end) throw new Error(`${path} is never answered`)
      await pause(100)
    }
  }

  #post(path: string, body: unknown): Promise<unknown> {
    return this.#insist(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    })
  }

  open(user: string): Promise<unknown> {
    return this.#post("/accounts", { user, balance: OPENING })
  }

  close(user: string): Promise<unknown> {
    return this.#insist(`/accounts/${user}`, { method: "DELETE" })
  }

  transfer(wanted: Transfer): Promise<unknown> {
    return this.#post("/transfers", wanted)
  }

  async account(user: string): Promise<Account> {
    return account.parse(await this.#insist(`/accounts/${user}`))
  }

  async letters(): Promise<unknown> {
    return this.#insist("/dead-letters")
  }

  /** The accounts once nothing is on its way any more, and every receipt is out. */
  async settled(users: readonly string[]): Promise<ReadonlyMap<string, Account>> {
    const end = Date.now() + SETTLE_MAX_MS
    for (;;) {
      const accounts = new Map<string, Account>()
      for (const user of users) accounts.set(user, await this.account(user))
      if ([...accounts.values()].every(isSettled)) return accounts
      if (Date.now() > end) throw new Error(`these never settle: ${JSON.stringify([...accounts])}`)
      await pause(500)
    }
  }
}

function isSettled({ transfers, receipts }: Account): boolean {
  const all = Object.values(transfers)
  return !all.includes("sent") && receipts.length >= all.filter((how) => how !== "refused").length
}

function totalOf(accounts: ReadonlyMap<string, Account>): number {
  return [...accounts.values()].reduce((sum, { balance }) => sum + balance, 0)
}

describe("the example", () => {
  const seed = seedOfThisRun()
  let server: DevServer
  let teller: Teller

  beforeAll(async () => {
    server = await DevServer.start({}, join(root, "examples/transfer"))
    teller = new Teller(server.url)
  })

  afterAll(async () => {
    await server.stop()
  })

  test("its commands work verbatim: one transfer arrives, the other is undone", async () => {
    const { blocks } = readDocument("examples/transfer/README.md")
    const shell = new ReadersShell(server.port)
    for (const block of blocks.filter(speaksToShop)) await shell.run(block)
    shell.close()
    const accounts = await teller.settled(["ann", "bob", "cem"])
    expect(accounts.get("ann")).toMatchObject({ balance: 7_500, transfers: { t1: "arrived", t2: "returned" } })
    expect(accounts.get("bob")).toMatchObject({ balance: 12_500 })
    expect(accounts.get("cem")).toMatchObject({ balance: 10_000, closed: true })
    expect(totalOf(accounts)).toBe(3 * OPENING)
  })

  test(
    `no cent is lost or made through ${KILLS} kills, and what can't arrive comes back (G1, G2, G4, G8, B-10)`,
    { timeout: TEST_TIMEOUT_MS },
    async () => {
      console.log(`seed ${seed}`)
      const dice = chance(seed)
      for (const user of USERS) await teller.open(user)
      await teller.close(CLOSED)
      const wanted = wishes(dice)
      const killed = new Set<number>()
      await Promise.all([kill(server, dice, killed), ...lanesOf(wanted, teller, killed)])
      const accounts = await teller.settled(USERS)

      expect(killed.size).toBe(KILLS)
      expect(totalOf(accounts)).toBe(USERS.length * OPENING)
      expect(balancesOf(accounts)).toEqual(balancesByHand(accounts, wanted))
      for (const { id, from, to } of wanted) {
        const how = accounts.get(from)?.transfers[id]
        expect([id, how]).toEqual([id, to === CLOSED || to === NOBODY ? backOrRefused(how) : onOrRefused(how)])
      }
      for (const [user, { transfers, receipts, transferred }] of accounts) {
        const sent = wanted.filter(({ id, from }) => from === user && transfers[id] !== "refused")
        expect(receipts.toSorted()).toEqual(sent.map(({ id }) => id).toSorted())
        expect(transferred).toBe(sent.reduce((sum, { amount }) => sum + amount, 0))
      }
      expect(await teller.letters()).toEqual({ items: [], nextCursor: null })
      // A run in which hardly anything arrived, or came back, would have shown nothing.
      const ends = [...accounts.values()].flatMap(({ transfers }) => Object.values(transfers))
      expect(ends.filter((how) => how === "arrived").length).toBeGreaterThan(TRANSFERS / 4)
      expect(ends.filter((how) => how === "returned").length).toBeGreaterThan(TRANSFERS / 20)
    },
  )
})

function wishes(dice: Chance): readonly Transfer[] {
  return Array.from({ length: TRANSFERS }, (_unused, number) => {
    const from = dice.oneOf(["dora", "emil", "fay", "gus", "ida"])
    const to = dice.oneOf(["dora", "emil", "fay", "gus", "ida", CLOSED, NOBODY])
    return { id: `k${number}`, from, to, amount: dice.between(1, 800) }
  })
}

/** Transfers are spread over the kills, so that each finds some on their way. */
function lanesOf(wanted: readonly Transfer[], teller: Teller, killed: ReadonlySet<number>): readonly Promise<void>[] {
  let next = 0
  async function lane(): Promise<void> {
    for (let number = next++; number < wanted.length; number = next++) {
      while (number >= (TRANSFERS * (killed.size + 1)) / KILLS) await pause(20)
      const each = wanted[number]
      if (each === undefined) return
      await teller.transfer(each)
      // Whoever is in doubt asks again.
      if (number % 5 === 0) await teller.transfer(each)
    }
  }
  return Array.from({ length: LANES }, lane)
}

async function kill(server: DevServer, dice: Chance, killed: Set<number>): Promise<void> {
  while (killed.size < KILLS) {
    await server.answers()
    await pause(dice.between(100, 900))
    const worker = server.worker()
    if (worker !== null && signal(worker, "SIGKILL")) killed.add(worker)
  }
}

function balancesOf(accounts: ReadonlyMap<string, Account>): Readonly<Record<string, number>> {
  return Object.fromEntries([...accounts].map(([user, { balance }]) => [user, balance]))
}

function balancesByHand(accounts: ReadonlyMap<string, Account>, wanted: readonly Transfer[]): Record<string, number> {
  const balances = Object.fromEntries([...accounts.keys()].map((user) => [user, OPENING]))
  for (const { id, from, to, amount } of wanted) {
    if (accounts.get(from)?.transfers[id] !== "arrived") continue
    balances[from] = (balances[from] ?? 0) - amount
    balances[to] = (balances[to] ?? 0) + amount
  }
  return balances
}

function backOrRefused(how: string | undefined): string {
  return how === "refused" ? how : "returned"
}

function onOrRefused(how: string | undefined): string {
  return how === "refused" ? how : "arrived"
}
