// A row that the keys of a cell share: written when it has to be, and counted anew by who reads it from disk.
import { beforeEach, describe, expect, test } from "vitest"
import { Cell } from "../../../choreography/cell.ts"
import { choreography } from "../../../choreography/dollar.ts"
import { registry, type Service } from "../../../choreography/service.ts"
import { defaults } from "../../../choreography/settings.ts"
import { TestDisk } from "./disk.ts"
import { quietPlatform } from "./quiet.ts"

interface TillShape {
  readonly says: readonly []
  readonly state: { readonly paid: number }
  /** What came of the keys that are named was not in the sum when it was written. */
  readonly shared: { readonly sum: number; readonly open: readonly string[] }
  readonly effects: object
  readonly timers: { readonly begin: null }
  readonly asks: {
    readonly begin: { readonly input: null; readonly answer: null }
    readonly pay: { readonly input: number; readonly answer: null }
    readonly sum: { readonly input: null; readonly answer: number }
    readonly payAndFail: { readonly input: number; readonly answer: null }
    readonly payAndBegin: { readonly input: number; readonly answer: null }
    readonly payThenBegin: { readonly input: number; readonly answer: null }
    readonly saveThenBegin: { readonly input: number; readonly answer: null }
    readonly beginThenPay: { readonly input: number; readonly answer: null }
  }
  readonly settings: object
}

const { service } = choreography({})
const NOTHING = { sum: 0, open: [] }
const till = service<TillShape>()(
  "Till",
  {
    says: [],
    placement: () => ({ cellOf: () => "one", cells: () => ["one"] }),
    recount: (_name, { sum, open }, stateOf) => {
      const paid = open.map((key) => stateOf(key)?.paid ?? 0)
      return { sum: paid.reduce((all, each) => all + each, sum), open: open.filter((_key, index) => paid[index] === 0) }
    },
  },
  ($) => {
    const row = () => $.shared("till") ?? NOTHING
    const begin = () => {
      $.save({ paid: 0 })
      $.share("till", { ...row(), open: [...row().open, $.key] })
    }
    const pay = (paid: number) => {
      $.save({ paid })
      $.shareLater("till", { sum: row().sum + paid, open: row().open.filter((key) => key !== $.key) })
    }
    // Due at once, it has a turn of its own in the same commit.
    $.expired.begin(() => {
      if ($.state()?.paid === 0) pay(7)
      else $.share("till", { ...row(), open: [...row().open, "another"] })
    })
    return {
      payThenBegin(paid) {
        pay(paid)
        $.after("begin", 0, null)
        return null
      },
      saveThenBegin(paid) {
        $.save({ paid })
        $.after("begin", 0, null)
        return null
      },
      beginThenPay() {
        begin()
        $.after("begin", 0, null)
        return null
      },
      begin() {
        begin()
        return null
      },
      pay(paid) {
        pay(paid)
        return null
      },
      payAndFail(paid) {
        pay(paid)
        throw new Error("no")
      },
      payAndBegin(paid) {
        pay(paid)
        $.share("till", { ...row(), open: [...row().open, "another"] })
        pay(paid)
        return null
      },
      sum: () => row().sum,
    }
  },
)

let disk: TestDisk

beforeEach(() => {
  disk = new TestDisk()
})

async function cellOf(declared: Service): Promise<Cell> {
  const platform = quietPlatform(disk)
  const core = { service: declared, registry: registry([declared]), platform, performers: {} }
  const cell = new Cell({ name: "one", ...core, settings: defaults, serviceSettings: {} })
  await cell.wake()
  return cell
}

const written = (): unknown => {
  const body = disk.all("SELECT body FROM shared")[0]?.["body"]
  return typeof body === "string" ? JSON.parse(body) : null
}

describe("a shared row that waits", () => {
  test("is not written, and is there at once for all that follows", async () => {
    const cell = await cellOf(till)
    cell.ask("ada", "begin", null, "")
    cell.ask("ada", "pay", 7, "")
    expect(written()).toEqual({ sum: 0, open: ["ada"] })
    expect(cell.ask("bob", "sum", null, "")).toBe(7)
  })

  test("is counted anew by whoever reads it from disk", async () => {
    const before = await cellOf(till)
    before.ask("ada", "begin", null, "")
    before.ask("ada", "pay", 7, "")
    const after = await cellOf(till)
    expect(after.ask("bob", "sum", null, "")).toBe(7)
    after.ask("bob", "begin", null, "")
    expect(written()).toEqual({ sum: 7, open: ["bob"] })
  })

  test("is written as it stands with the next that has to be", async () => {
    const cell = await cellOf(till)
    cell.ask("ada", "begin", null, "")
    cell.ask("ada", "pay", 7, "")
    cell.ask("bob", "begin", null, "")
    expect(written()).toEqual({ sum: 7, open: ["bob"] })
  })

  test("is written if anything in the same turn has to be, whatever comes after it", async () => {
    const cell = await cellOf(till)
    cell.ask("ada", "begin", null, "")
    cell.ask("ada", "payAndBegin", 7, "")
    expect(written()).toMatchObject({ open: ["another"] })
  })

  test("is written if another turn of the same commit has it written, whichever comes first", async () => {
    const cell = await cellOf(till)
    cell.ask("ada", "begin", null, "")
    cell.ask("ada", "payThenBegin", 7, "")
    expect(written()).toEqual({ sum: 7, open: ["another"] })
    cell.ask("bob", "beginThenPay", 7, "")
    expect(written()).toEqual({ sum: 14, open: ["another"] })
  })

  test("is as it was after a commit that failed", async () => {
    const cell = await cellOf(till)
    cell.ask("ada", "begin", null, "")
    disk.lives = 0
    expect(() => cell.ask("ada", "pay", 7, "")).toThrow("crashed")
    disk.lives = Infinity
    expect(cell.ask("ada", "sum", null, "")).toBe(0)
    cell.ask("ada", "pay", 8, "")
    expect(cell.ask("ada", "sum", null, "")).toBe(8)
  })

  test("is counted without what a commit was to save that failed, though another of its turns had counted it", async () => {
    const before = await cellOf(till)
    before.ask("ada", "begin", null, "")
    const after = await cellOf(till)
    // The two rows are read, and none is written.
    disk.lives = 2
    expect(() => after.ask("ada", "saveThenBegin", 7, "")).toThrow("crashed")
    disk.lives = Infinity
    expect(after.ask("ada", "sum", null, "")).toBe(0)
  })

  test("is as it was after a turn that failed", async () => {
    const cell = await cellOf(till)
    cell.ask("ada", "begin", null, "")
    expect(() => cell.ask("ada", "payAndFail", 7, "")).toThrow("no")
    expect(cell.ask("ada", "sum", null, "")).toBe(0)
  })

  test("is for those only who can count it anew", async () => {
    const cell = await cellOf({ ...till, recount: null })
    cell.ask("ada", "begin", null, "")
    expect(() => cell.ask("ada", "pay", 7, "")).toThrow("anew")
    expect(cell.ask("ada", "sum", null, "")).toBe(0)
  })
})
