// A deployment is never everywhere at once: an older and a newer worker share the objects and the queues between them.
import { expect, test } from "vitest"
import { z } from "zod"
import { Cell } from "../../../choreography/cell.ts"
import { ANSWER_FIRST_MS } from "../../../choreography/outgoing.ts"
import { choreography } from "../../../choreography/dollar.ts"
import type { DeliverResult } from "../../../choreography/platform.ts"
import { registry, type Registry } from "../../../choreography/service.ts"
import { defaults } from "../../../choreography/settings.ts"
import type { Delivery } from "../../../choreography/wire.ts"
import { event } from "../../../events/definition.ts"
import { TestDisk } from "./disk.ts"
import { quietPlatform } from "./quiet.ts"

const WAIT_MS = defaults.versionWaitMs

const first = event(z.object({ grams: z.int() }))
const second = first.next(z.object({ grams: z.int(), unit: z.string() }), ({ grams }) => ({ grams, unit: "g" }))

interface Weighing {
  readonly grams: number
  readonly unit?: string
}

interface Shape {
  readonly says: readonly ["Scale.weighed"]
  readonly state: { readonly heard: readonly Weighing[] }
  readonly shared: object
  readonly effects: object
  readonly timers: object
  readonly asks: {
    readonly weigh: { readonly input: Weighing & { readonly unit: string }; readonly answer: null }
    readonly heard: { readonly input: null; readonly answer: readonly Weighing[] }
  }
  readonly settings: object
}

const says = ["Scale.weighed"] as const
const placement = () => ({ cellOf: () => "only", cells: () => ["only"] })

/** The same two services, as each build has them: the scale says a weight, the book writes it down. */
function build(weighed: typeof first | typeof second): Registry {
  // The older build's schema strips what it doesn't know, so that what is typed for the newer one serves both.
  const { service } = choreography({ Scale: { weighed: weighed as typeof second } })
  const asks = { heard: () => [], weigh: () => null }
  const scale = service<Shape>()("Scale", { says, placement }, ($) => ({
    ...asks,
    weigh: (weighing) => {
      $.send("Scale.weighed", weighing)
      return null
    },
  }))
  const book = service<Shape>()("Book", { says, placement }, ($) => {
    $.on.Scale.weighed(({ data }) => $.save({ heard: [...($.state()?.heard ?? []), data] }))
    return { ...asks, heard: () => $.state()?.heard ?? [] }
  })
  return registry([scale, book])
}

const builds = { older: build(first), newer: build(second) }

class World {
  time = 1_000_000
  readonly disks = { Scale: new TestDisk(), Book: new TestDisk() }
  #sent: Delivery[] = []
  #work: Promise<void>[] = []

  /** The object of a service, with the code of one build on the rows that there are. */
  async wake(which: keyof typeof builds, name: "Scale" | "Book"): Promise<Cell> {
    const all = builds[which]
    const service = all.services.get(name)
    if (service === undefined) throw new Error(`no service ${name}`)
    const platform = quietPlatform(this.disks[name], {
      now: () => this.time,
      send: (_service, bundles) => {
        this.#sent.push(...bundles.flatMap((bundle) => JSON.parse(bundle) as Delivery[]))
        return Promise.resolve()
      },
      background: (work) => void this.#work.push(work),
      later: (ms, body) => {
        // What waits for an answer to be on its way; nothing else here comes later.
        if (ms === ANSWER_FIRST_MS) body()
        return () => undefined
      },
    })
    const cell = new Cell({
      name: "only",
      service,
      registry: all,
      platform,
      settings: defaults,
      serviceSettings: {},
      performers: {},
    })
    await cell.wake()
    return cell
  }

  async weigh(which: keyof typeof builds, ...weights: readonly number[]): Promise<Delivery[]> {
    const scale = await this.wake(which, "Scale")
    for (const grams of weights) scale.ask("x", "weigh", { grams, unit: "kg" }, "")
    await Promise.all(this.#work)
    return this.#sent.splice(0)
  }

  async deliver(which: keyof typeof builds, deliveries: readonly Delivery[]): Promise<DeliverResult> {
    return (await this.wake(which, "Book")).deliver(deliveries)
  }

  async heard(): Promise<unknown> {
    return (await this.wake("newer", "Book")).ask("x", "heard", null, "")
  }
}

test("B-20 what an older worker said is lifted by a newer one, fields that nobody knows are passed over", async () => {
  const world = new World()
  const [delivery] = await world.weigh("older", 1)
  if (delivery === undefined) throw new Error("nothing was said")
  const event = { ...delivery.event, data: { grams: 1, colour: "red" }, extension: "of another" }
  expect(await world.deliver("newer", [{ ...delivery, event }])).toMatchObject({ applied: 1, parked: 0 })
  expect(await world.heard()).toEqual([{ grams: 1, unit: "g" }])
})

test("B-20 what a newer worker said waits for a reader: it is neither receipted nor parked, and nothing overtakes it", async () => {
  const world = new World()
  const deliveries = await world.weigh("newer", 1, 2, 3)
  expect(await world.deliver("older", deliveries)).toMatchObject({ applied: 0, held: 0, parked: 0, refused: 3 })
  world.time += WAIT_MS - 1
  expect(await world.deliver("older", deliveries)).toMatchObject({ parked: 0, refused: 3 })
  expect(await world.deliver("newer", deliveries)).toMatchObject({ applied: 3 })
  expect(await world.heard()).toEqual([1, 2, 3].map((grams) => ({ grams, unit: "kg" })))
})

test("P6 what no reader comes for is parked when the wait is over, and a later deployment redrives it", async () => {
  const world = new World()
  const deliveries = await world.weigh("newer", 1)
  await world.deliver("older", deliveries)
  world.time += WAIT_MS
  expect(await world.deliver("older", deliveries)).toMatchObject({ parked: 1, refused: 0 })
  expect(await world.heard()).toEqual([])
  const book = await world.wake("newer", "Book")
  const [letter] = world.disks.Book.all("SELECT id FROM letters")
  expect(book.redrive(String(letter?.["id"]), null, false, "operator", {})).toMatchObject({ outcome: "accepted" })
  expect(await world.heard()).toEqual([{ grams: 1, unit: "kg" }])
})

test("both builds take turns on the same rows: nothing is lost, nothing is heard twice, the order stays", async () => {
  const world = new World()
  const said: Delivery[] = []
  const turns = ["older", "newer", "older", "older", "newer", "older", "newer"] as const
  for (const [index, which] of turns.entries()) said.push(...(await world.weigh(which, index)))
  expect(said.map(({ position }) => position)).toEqual([1, 2, 3, 4, 5, 6, 7])
  // Every delivery comes again and again, to whichever build is there, until it is received.
  for (const which of [...turns, ...turns, "newer"] as const) await world.deliver(which, said)
  const heard = (await world.heard()) as readonly Weighing[]
  expect(heard.map(({ grams }) => grams)).toEqual(turns.map((_which, grams) => grams))
})

test("a rollback finds its place: the older build goes on where the newer one stood", async () => {
  const world = new World()
  await world.deliver("newer", await world.weigh("newer", 1))
  await world.deliver("older", await world.weigh("older", 2))
  expect(await world.heard()).toEqual([{ grams: 1, unit: "kg" }, { grams: 2 }])
})
