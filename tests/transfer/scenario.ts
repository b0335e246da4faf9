/** The bank under the simulator: clients move money about, and no cent may be lost or made. */
import { readLetter } from "../../choreography/letters.ts"
import type { Performer } from "../../choreography/service.ts"
import { defaults } from "../../choreography/settings.ts"
import { insist, redriveAll, sleep } from "../simulation/client.ts"
import type { Fault } from "../simulation/platform/faults.ts"
import type { Host } from "../simulation/platform/host.ts"
import { Outside } from "../simulation/platform/outside.ts"
import { Violation, type World } from "../simulation/platform/world.ts"
import type { Play, Scenario } from "../simulation/scenario.ts"
import { threadsOf } from "../simulation/rows.ts"
import { TOO_NEW } from "../simulation/skew.ts"
import { isStranger } from "../simulation/streams.ts"
import { account, analytics, type Bank, notification, services } from "../../examples/transfer/services.ts"

const USERS = ["ann", "bob", "cem", "dora"]
const NOBODY = "zoe"
const OPERATOR_COMES_MS = 50 * 60_000
const OPENING = 10_000

const DEADLY: readonly Fault[] = [
  ...(["crashBeforeCommit", "crashAfterCommit", "crashAroundSend", "crashAroundEffect", "crashInOpen"] as const),
  ...(["resetBefore", "resetAfter", "restartLoop", "storageFails", "kill"] as const),
]

interface Wanted {
  readonly id: string
  readonly from: string
  readonly to: string
  readonly amount: number
}

type Accounts = ReadonlyMap<string, { readonly balance: number; readonly transfers: Readonly<Record<string, string>> }>

export const transfers: Scenario = {
  name: "transfers",
  endings: ["arrived", "returned", "refused"],
  options: () => ({
    services,
    settings: { ...defaults, receiptLeaseMs: 5_000 },
    serviceSettings: { cells: 2 } satisfies Bank,
    unreadable: { service: account.name, cell: "bank-0" },
  }),
  begin: (world, sagas) => new Transfers(world, sagas),
}

class Transfers implements Play {
  readonly observer = { committed: () => undefined, rewound: () => undefined }
  readonly #world: World
  readonly #outside: Outside
  readonly #mails = new Map<string, { readonly id: string }>()
  readonly #wanted: Wanted[] = []
  readonly #answers = new Map<string, unknown>()

  constructor(world: World, sagas: number) {
    this.#world = world
    this.#outside = new Outside(world)
    for (let number = 1; number <= sagas; number++) {
      const [from, to] = [world.random.pick(USERS), world.random.pick([...USERS, NOBODY])]
      this.#wanted.push({ id: `t${number}`, from, to, amount: world.random.between(1, 6_000) })
    }
  }

  performers(service: string): Readonly<Record<string, Performer>> {
    if (service !== notification.name) return {}
    const mail: Performer<{ readonly transferId: string }, { readonly id: string }> = {
      perform: (_input, { key }) => {
        const sent = this.#mails.get(key) ?? { id: `mail-${key}` }
        this.#mails.set(key, sent)
        return Promise.resolve(sent)
      },
      lookup: (_input, { key }) => Promise.resolve(this.#mails.get(key)),
    }
    return { mail: this.#outside.wrap("mail", mail) }
  }

  start(): void {
    for (const user of USERS) void this.#open(user)
    // Somebody looks after the dead letters when everything has calmed down.
    this.#world.agenda.after(OPERATOR_COMES_MS, "an operator comes", () => {
      void redriveAll(this.#world)
    })
  }

  async #open(user: string): Promise<void> {
    const world = this.#world
    await insist(world, account.name, user, "open", { balance: OPENING })
    for (const wanted of this.#wanted) {
      if (wanted.from !== user) continue
      await sleep(world, world.random.between(0, 20_000))
      void this.#transfer(wanted)
      if (world.random.chance(0.2)) void this.#transfer(wanted)
    }
  }

  async #transfer({ id, from, to, amount }: Wanted): Promise<void> {
    this.#answers.set(id, await insist(this.#world, account.name, from, "transfer", { id, to, amount }))
  }

  #accounts(): Accounts {
    return this.#states(account.name)
  }

  #states<State>(service: string): Map<string, State> {
    const states = new Map<string, State>()
    for (const host of this.#world.hosts) {
      if (host.service.name !== service) continue
      // The state of a key is what its service has saved, or null when it has only heard strangers.
      for (const [key, { state }] of threadsOf(host)) if (state !== null) states.set(key, state as State)
    }
    return states
  }

  unsettled(): string | null {
    if (this.#answers.size < this.#wanted.length) return "a client has no answer"
    for (const [user, { transfers: all }] of this.#accounts()) {
      for (const [id, how] of Object.entries(all)) if (how === "sent") return `${id} of ${user} is under way`
    }
    return null
  }

  check(): void {
    if (this.#world.isRestored) return
    for (const [key, deed] of this.#outside.deeds) {
      if (deed.times > 1) throw new Violation("M1", `${key} was done ${deed.times} times`)
    }
    const accounts = this.#accounts()
    let total = 0
    for (const { balance } of accounts.values()) total += balance
    if (total !== USERS.length * OPENING) throw new Violation("bank", `${total} cents are in the bank`)
    this.#checkTotals(accounts)
    this.#checkParked()
  }

  /** Events are parked when what applies them keeps dying, or their reader stays too old for long, and for nothing else. */
  #checkParked(): void {
    const { struck } = this.#world.faults
    if (DEADLY.some((fault) => struck.has(fault))) return
    for (const host of this.#world.hosts) {
      for (const [key, { ins }] of threadsOf(host)) {
        for (const [stream, { parked }] of Object.entries(ins)) {
          const isLawful = (position: number): boolean => isTooNew(host, key, stream, position)
          if (!isStranger(stream) && !parked.every(isLawful))
            throw new Violation("F5", `${key} has parked what ${stream} said`)
        }
      }
    }
  }

  #checkTotals(accounts: Accounts): void {
    const totals = this.#states<{ readonly totals: number; readonly count: number }>(analytics.name)
    const mailed = this.#states<{ readonly sent: readonly string[]; readonly failed: readonly string[] }>(
      notification.name,
    )
    for (const [user, { transfers: all }] of accounts) {
      const sent = this.#wanted.filter(
        ({ id, from }) => from === user && all[id] !== undefined && all[id] !== "refused",
      )
      const sum = sent.reduce((before, { amount }) => before + amount, 0)
      const known = totals.get(user) ?? { totals: 0, count: 0 }
      if (known.totals !== sum || known.count !== sent.length) {
        throw new Violation(
          "totals",
          `${user} sent ${sum} in ${sent.length}, analytics say ${known.totals} in ${known.count}`,
        )
      }
      const { sent: receipts, failed } = mailed.get(user) ?? { sent: [], failed: [] }
      if (receipts.length + failed.length !== sent.length)
        throw new Violation("receipts", `${user} has ${receipts.length}`)
    }
  }

  outcomes(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>()
    for (const { transfers: all } of this.#accounts().values()) {
      for (const how of Object.values(all)) counts.set(how, (counts.get(how) ?? 0) + 1)
    }
    return counts
  }
}

/** Whether its letter says so; that it has waited long enough before is a claim of its own. */
function isTooNew(host: Host, key: string, stream: string, position: number): boolean {
  return host.disk.all("SELECT body FROM letters WHERE key = ?", key).some(({ body }) => {
    const { reason, delivery } = readLetter(String(body))
    return delivery.stream === stream && delivery.position === position && TOO_NEW.test(reason)
  })
}
