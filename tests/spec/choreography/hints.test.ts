// Somebody says that a call has an answer: it is looked up early, and nothing else comes of it.
import { describe, expect, test } from "vitest"
import { Cell } from "../../../choreography/cell.ts"
import { choreography } from "../../../choreography/dollar.ts"
import { TransientFailure } from "../../../choreography/errors.ts"
import { registry } from "../../../choreography/service.ts"
import { defaults } from "../../../choreography/settings.ts"
import { TestDisk } from "./disk.ts"
import { quietPlatform } from "./quiet.ts"

interface PressShape {
  readonly says: readonly []
  readonly state: { readonly outcomes: readonly string[] }
  readonly shared: object
  readonly effects: { readonly press: { readonly input: object; readonly result: { readonly by: string } } }
  readonly timers: object
  readonly asks: {
    readonly press: { readonly input: null; readonly answer: null }
    readonly hint: { readonly input: { readonly key: string }; readonly answer: null }
    readonly outcomes: { readonly input: null; readonly answer: readonly string[] }
    readonly tries: { readonly input: null; readonly answer: number }
  }
  readonly settings: object
}

const { service } = choreography({})
const press = service<PressShape>()(
  "Press",
  { says: [], placement: () => ({ cellOf: () => "one", cells: () => ["one"] }) },
  ($) => {
    $.settled.press(({ outcome }) => {
      $.save({ outcomes: [...($.state()?.outcomes ?? []), outcome.ok ? outcome.result.by : "failed"] })
    })
    return {
      press() {
        $.perform("press", {}, { key: "the-key" })
        return null
      },
      hint({ key }) {
        $.lookUp(key)
        return null
      },
      outcomes: () => $.state()?.outcomes ?? [],
      tries: () => $.thread().effects[0]?.tries ?? -1,
    }
  },
)

/** A world that is busy until it isn't, and can be looked at all the while. */
class World {
  readonly calls: string[] = []
  found: string | undefined = undefined
  isBusy = true
  now = 1_000
  commits = 0
  readonly disk = new TestDisk()
  readonly #work: Promise<void>[] = []
  readonly #soon: (() => void)[] = []

  async cell(): Promise<Cell> {
    const platform = quietPlatform(this.disk, {
      now: () => this.now,
      background: (work) => void this.#work.push(work),
      soon: (body) => void this.#soon.push(body),
      point: (name) => {
        if (name.startsWith("committed:")) this.commits += 1
      },
    })
    const performer = {
      perform: () => {
        this.calls.push("perform")
        return this.isBusy ? Promise.reject(new TransientFailure("busy")) : Promise.resolve({ by: "perform" })
      },
      lookup: () => {
        this.calls.push("lookup")
        return Promise.resolve(this.found === undefined ? undefined : { by: this.found })
      },
    }
    const core = { service: press, registry: registry([press]), platform, performers: { press: performer } }
    const cell = new Cell({ name: "one", ...core, settings: defaults, serviceSettings: {} })
    await cell.wake()
    return cell
  }

  async settle(): Promise<void> {
    await Promise.all(this.#work.splice(0))
    for (const body of this.#soon.splice(0)) body()
  }

  /** A call that is waiting for its next try. */
  async waiting(): Promise<Cell> {
    const cell = await this.cell()
    cell.ask("k", "press", null, "")
    await this.settle()
    this.calls.length = 0
    this.commits = 0
    return cell
  }
}

async function hint(world: World, cell: Cell, key = "the-key", times = 1): Promise<void> {
  for (let time = 0; time < times; time++) cell.ask("k", "hint", { key }, "")
  await world.settle()
}

describe("a hint", () => {
  test("has a call looked up ahead of its clock, and its answer is the call's", async () => {
    const world = new World()
    const cell = await world.waiting()
    world.found = "lookup"
    await hint(world, cell)
    expect([world.calls, cell.ask("k", "outcomes", null, "")]).toEqual([["lookup"], ["lookup"]])
  })

  test("that comes to nothing calls nobody, writes nothing, and costs no try", async () => {
    const world = new World()
    const cell = await world.waiting()
    for (let times = 0; times < 20; times++) await hint(world, cell)
    expect(world.calls).toEqual(Array.from({ length: 20 }, () => "lookup"))
    expect([world.commits, cell.ask("k", "tries", null, "")]).toEqual([0, 1])
    world.isBusy = false
    world.now += 10_000
    cell.alarm()
    await world.settle()
    expect(cell.ask("k", "outcomes", null, "")).toEqual(["perform"])
  })

  test("is one look-up, however often it comes at once, and none while the call itself is under way", async () => {
    const world = new World()
    const cell = await world.waiting()
    await hint(world, cell, "the-key", 10)
    expect(world.calls).toEqual(["lookup"])
    const busy = new World()
    const calling = await busy.cell()
    calling.ask("k", "press", null, "")
    await hint(busy, calling)
    expect(busy.calls).toEqual(["perform"])
  })

  test("after a death is no reason to leave out the call that the death has cut off", async () => {
    const world = new World()
    await world.cell().then((cell) => cell.ask("k", "press", null, ""))
    const next = await world.cell()
    world.isBusy = false
    world.calls.length = 0
    await hint(world, next)
    expect(world.calls).toContain("perform")
    expect(next.ask("k", "outcomes", null, "")).toEqual(["perform"])
  })

  test("about another key, or one that is settled, changes nothing", async () => {
    const world = new World()
    const cell = await world.waiting()
    await hint(world, cell, "another")
    world.found = "lookup"
    await hint(world, cell)
    await hint(world, cell)
    expect([world.calls, cell.ask("k", "outcomes", null, "")]).toEqual([["lookup"], ["lookup"]])
  })
})

test("an effect is called whatever its key is named: also when that is the effect's own name", async () => {
  const world = new World()
  const cell = await world.cell()
  world.isBusy = false
  cell.ask("press", "press", null, "")
  await world.settle()
  expect(cell.ask("press", "outcomes", null, "")).toEqual(["perform"])
})
