// Texts of events: what is sent, what a row holds of it, and how long it may be.
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { z } from "zod"
import { Cell } from "../../../choreography/cell.ts"
import { choreography } from "../../../choreography/dollar.ts"
import { registry } from "../../../choreography/service.ts"
import { defaults } from "../../../choreography/settings.ts"
import { bytesOf, dataTextOf, textOf } from "../../../choreography/texts.ts"
import { type Delivery, EVENT_BYTES_MAX } from "../../../choreography/wire.ts"
import { event } from "../../../events/definition.ts"
import type { Envelope } from "../../../events/envelope.ts"
import { envelopeOf } from "./deliveries.ts"
import { TestDisk } from "./disk.ts"
import { quietPlatform } from "./quiet.ts"

// A lone half of a pair among them, which JSON writes out as six characters.
const text = fc.string({ unit: fc.constantFrom("a", '"', "\n", "\u0000", "é", "€", "😀", "\ud800"), maxLength: 60 })
const data = fc.option(fc.jsonValue(), { nil: undefined })
const events = fc
  .record({ id: text, subject: text, causationid: fc.option(text), expirytime: fc.option(text), data })
  .map(({ id, subject, causationid, expirytime, data: said }): Envelope => {
    const { data: _data, ...attributes } = envelopeOf(1)
    const optional = { causationid: causationid ?? undefined, expirytime: expirytime ?? undefined }
    return { ...attributes, id, subject, ...optional, data: said }
  })

function sizeOf(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length
}

test("an event's text is its JSON, and that of its data is the same in it, where it has any", () => {
  fc.assert(
    fc.property(events, (each) => {
      expect(textOf(each)).toBe(JSON.stringify(each))
      const written = textOf(each).endsWith(`,"data":${dataTextOf(each)}}`)
      expect(written).toBe(each.data !== undefined)
    }),
  )
})

test("an event is weighed to the byte", () => {
  fc.assert(
    fc.property(events, (each) => {
      expect(bytesOf(each)).toBe(sizeOf(each))
    }),
  )
})

interface BellShape {
  readonly says: readonly ["Bell.rung"]
  readonly state: { readonly rings: number }
  readonly shared: object
  readonly effects: object
  readonly timers: object
  readonly asks: {
    readonly ring: { readonly input: string; readonly answer: null }
    readonly rings: { readonly input: null; readonly answer: number }
  }
  readonly settings: object
}

const { service } = choreography({ Bell: { rung: event(z.object({ song: z.string() })) } })
const bell = service<BellShape>()(
  "Bell",
  { says: ["Bell.rung"], placement: () => ({ cellOf: () => "one", cells: () => ["one"] }) },
  ($) => {
    $.on.Bell.rung(() => $.ignore("its own"))
    return {
      ring(song) {
        $.save({ rings: ($.state()?.rings ?? 0) + 1 })
        $.send("Bell.rung", { song })
        return null
      },
      rings: () => $.state()?.rings ?? 0,
    }
  },
)

class Tower {
  readonly sent: Envelope[] = []
  readonly #cell: Cell
  readonly #work: Promise<void>[] = []

  constructor() {
    const platform = quietPlatform(new TestDisk(), {
      background: (work) => void this.#work.push(work),
      later: (_ms, body) => {
        body()
        return () => undefined
      },
      send: (_service, bundles) => {
        this.sent.push(...bundles.flatMap((bundle) => (JSON.parse(bundle) as Delivery[]).map((each) => each.event)))
        return Promise.resolve()
      },
    })
    const around = { settings: defaults, serviceSettings: {}, performers: {} }
    this.#cell = new Cell({ name: "one", service: bell, registry: registry([bell]), platform, ...around })
  }

  async wake(): Promise<this> {
    await this.#cell.wake()
    return this
  }

  async ring(song: string): Promise<void> {
    this.#cell.ask("a", "ring", song, "")
    await Promise.all(this.#work)
  }

  get rings(): unknown {
    return this.#cell.ask("a", "rings", null, "")
  }
}

describe("an event that is said", () => {
  test("may have as many bytes as a bundle is sure to hold, and with one more nothing of its turn is left", async () => {
    const tower = await new Tower().wake()
    await tower.ring("")
    const [short] = tower.sent.splice(0)
    const room = EVENT_BYTES_MAX - sizeOf(short)
    await tower.ring("x".repeat(room))
    expect(tower.sent.splice(0).map(sizeOf)).toEqual([EVENT_BYTES_MAX])
    const tooLong = tower.ring("x".repeat(room + 1))
    await expect(tooLong).rejects.toThrow(`Bell.rung would be ${String(EVENT_BYTES_MAX + 1)} bytes`)
    expect([tower.sent, tower.rings]).toEqual([[], 2])
  })
})
