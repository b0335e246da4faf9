// A key whose outcome nobody knows, and the next effect that uses it (G6).
import { expect, test } from "vitest"
import { Cell } from "../../../choreography/cell.ts"
import { choreography } from "../../../choreography/dollar.ts"
import { UncertainFailure } from "../../../choreography/errors.ts"
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
    readonly outcomes: { readonly input: null; readonly answer: readonly string[] }
  }
  readonly settings: object
}

const { service } = choreography({})
const press = service<PressShape>()(
  "Press",
  { says: [], placement: () => ({ cellOf: () => "one", cells: () => ["one"] }) },
  ($) => {
    $.settled.press(({ outcome }) => {
      const said = outcome.ok ? outcome.result.by : outcome.uncertain ? "unknown" : "failed"
      $.save({ outcomes: [...($.state()?.outcomes ?? []), said] })
    })
    return {
      press() {
        $.perform("press", {}, { key: "the-key" })
        return null
      },
      outcomes: () => $.state()?.outcomes ?? [],
    }
  },
)

/** A world in which every first call has its effect and loses its answer, and the provider forgets keys. */
class World {
  readonly calls: string[] = []
  readonly #work: Promise<void>[] = []
  readonly #soon: (() => void)[] = []
  looksUp = false

  async cell(): Promise<Cell> {
    const platform = quietPlatform(new TestDisk(), {
      background: (work) => void this.#work.push(work),
      soon: (body) => void this.#soon.push(body),
    })
    const performer = {
      perform: () => {
        this.calls.push("perform")
        return Promise.reject(new UncertainFailure("no answer"))
      },
      lookup: () => {
        this.calls.push("lookup")
        return Promise.resolve(this.looksUp ? { by: "lookup" } : undefined)
      },
    }
    const settings = { settings: { ...defaults, effectAttemptsMax: 1 }, serviceSettings: {} }
    const services = registry([press])
    const cell = new Cell({
      name: "one",
      service: press,
      registry: services,
      platform,
      performers: { press: performer },
      ...settings,
    })
    await cell.wake()
    return cell
  }

  async settle(): Promise<void> {
    await Promise.all(this.#work.splice(0))
    for (const body of this.#soon.splice(0)) body()
  }
}

test("G6 an effect that reuses a key in doubt looks it up before it calls", async () => {
  const world = new World()
  const cell = await world.cell()
  cell.ask("k", "press", null, "")
  await world.settle()
  expect(cell.ask("k", "outcomes", null, "")).toEqual(["unknown"])
  world.looksUp = true
  cell.ask("k", "press", null, "")
  await world.settle()
  expect(world.calls).toEqual(["perform", "lookup"])
  expect(cell.ask("k", "outcomes", null, "")).toEqual(["unknown", "lookup"])
})

test("G6 once a key has its answer, it is in doubt no more", async () => {
  const world = new World()
  const cell = await world.cell()
  for (const looksUp of [false, true, false]) {
    world.looksUp = looksUp
    cell.ask("k", "press", null, "")
    await world.settle()
  }
  expect(world.calls).toEqual(["perform", "lookup", "perform"])
})
