/** The consumer of a queue: what it hands to which cell, what leaves with it, and what it does when a cell can't take it. */
import { describe, expect, test } from "vitest"
import { bundlesOf, lineOf, linesIn, readLine } from "../../../choreography/bundles.ts"
import { consume, type ConsumerPorts } from "../../../choreography/consumer.ts"
import type { Said, TakeResult } from "../../../choreography/platform.ts"
import type { Delivery } from "../../../choreography/wire.ts"
import { delivery } from "./deliveries.ts"

type Take = (cell: string, lines: readonly string[]) => TakeResult | Promise<TakeResult>

const nothing: TakeResult = { said: [], unreadable: [] }
/** A line of an answer, as far as its way is concerned. */
const answer = (target: string): string => lineOf({ ...delivery(1), target })

/** A consumer of Payment's queue; a key lives in the cell of its first letter. */
class Bench {
  readonly calls: [cell: string, door: string, deliveries: number][] = []
  readonly sent: [service: string, bundle: string][] = []
  readonly requeued: string[] = []
  readonly filed: [body: unknown, reason: string][] = []
  readonly timers: (() => void)[] = []
  readonly #take: Take
  readonly fates: string[] = []
  isFilingBroken = false

  constructor(take: Take) {
    this.#take = take
  }

  async consume(...bodies: readonly unknown[]): Promise<void> {
    const messages = bodies.map((body, index) => ({
      ...{ id: `m${String(index)}`, body, attempts: 1 },
      ack: () => void this.fates.push("ack"),
      retry: () => void this.fates.push("retry"),
    }))
    await consume(messages, this.#ports())
  }

  #ports(): ConsumerPorts {
    const cell = (name: string) => ({
      take: async (lines: readonly string[]) => {
        this.calls.push([name, "take", lines.length])
        return this.#take(name, lines)
      },
      deliver: (deliveries: readonly Delivery[]) => {
        this.calls.push([name, "deliver", deliveries.length])
        return Promise.resolve({ applied: 1, duplicates: 0, parked: 0, held: 0, refused: 0 })
      },
      park: () => Promise.resolve(),
      poke: () => Promise.resolve(),
    })
    return {
      ...{ service: "Payment", killsMax: 5, cell, random: () => 0.5, log: () => undefined },
      cellOf: (key) => key.slice(0, 1),
      send: (service, bundles) => {
        for (const bundle of bundles) this.sent.push([service, bundle])
        return Promise.resolve()
      },
      background: (work) => void work,
      later: (_ms, body) => {
        this.timers.push(body)
        return () => void this.timers.splice(this.timers.indexOf(body), 1)
      },
      requeue: (bundles) => {
        this.requeued.push(...bundles)
        return Promise.resolve()
      },
      unreadable: (body, reason) => {
        if (this.isFilingBroken) return Promise.reject(new Error("nobody files"))
        this.filed.push([body, reason])
        return Promise.resolve()
      },
    }
  }
}

function to(key: string, position = 1): Delivery {
  return { ...delivery(position), target: `Payment/${key}` }
}

function bundle(...deliveries: readonly Delivery[]): string {
  return bundlesOf(deliveries.map(lineOf)).join("")
}

function said(...targets: readonly string[]): Said {
  return targets.map((target) => [target.split("/")[0] ?? "", [answer(target)]])
}

function targets(text: string): (string | null)[] {
  return (linesIn(text) ?? []).map(({ target }) => target)
}

describe("a batch", () => {
  test("is one call for each cell, and what the cells say to it is one message for each service", async () => {
    const bench = new Bench((cell) => ({ ...nothing, said: said(`Order/${cell}`, `Shipping/${cell}`) }))
    await bench.consume(bundle(to("a1"), to("b1")), bundle(to("a2"), to("a1", 2)))
    expect(bench.calls).toEqual([
      ["a", "take", 3],
      ["b", "take", 1],
    ])
    expect(bench.sent.map(([service, text]) => [service, targets(text)])).toEqual([
      ["Order", ["Order/a", "Order/b"]],
      ["Shipping", ["Shipping/a", "Shipping/b"]],
    ])
    expect([bench.fates, bench.timers]).toEqual([["ack", "ack"], []])
  })

  test("does not let a slow cell hold up for long what the others have said", async () => {
    const slow = Promise.withResolvers<TakeResult>()
    const bench = new Bench((cell) => (cell === "b" ? slow.promise : { ...nothing, said: said("Order/a") }))
    const consumed = bench.consume(bundle(to("a1"), to("b1")))
    await expect.poll(() => bench.timers).toHaveLength(1)
    expect(bench.sent).toEqual([])
    bench.timers[0]?.()
    expect(bench.sent.map(([, text]) => targets(text))).toEqual([["Order/a"]])
    slow.resolve({ ...nothing, said: said("Order/b") })
    await consumed
    expect(bench.sent.map(([, text]) => targets(text))).toEqual([["Order/a"], ["Order/b"]])
    expect(bench.timers).toEqual([])
  })

  test("is acknowledged although what the cells have said can't be sent: they send it again by themselves", async () => {
    const bench = new Bench(() => ({ ...nothing, said: said("Order/a") }))
    const broken = new Error("the queue is full")
    bench.sent.push = () => {
      throw broken
    }
    await bench.consume(bundle(to("a1")))
    expect(bench.fates).toEqual(["ack"])
  })
})

describe("a cell that an older build runs", () => {
  test("is given deliveries one by one, since it knows no lines", async () => {
    const bench = new Bench(() => {
      throw new TypeError('the receiver does not implement the method "take"')
    })
    await bench.consume(bundle(to("a1"), to("a2")))
    expect(bench.calls.map(([, door, count]) => `${door} ${String(count)}`)).toEqual([
      "take 2",
      "deliver 1",
      "deliver 1",
    ])
    expect([bench.fates, bench.requeued]).toEqual([["ack"], []])
  })
})

describe("a line that is no delivery", () => {
  const broken = lineOf({ ...to("a1"), position: -1 })
  const isBroken = { index: 1, reason: "invalid at field position: too small" }

  test("is filed as its cell has found it, and the others of its call are not held up", async () => {
    const bench = new Bench(() => ({ said: [], unreadable: [isBroken] }))
    await bench.consume(bundlesOf([lineOf(to("a1")), broken]).join(""))
    expect(bench.filed).toEqual([[JSON.parse(broken), isBroken.reason]])
    expect([bench.fates, bench.requeued]).toEqual([["ack"], []])
  })

  test("comes again when it can't be filed, alone", async () => {
    const bench = new Bench(() => ({ said: [], unreadable: [isBroken] }))
    bench.isFilingBroken = true
    await bench.consume(bundlesOf([lineOf(to("a1")), broken]).join(""))
    expect(bench.requeued.map((text) => (linesIn(text) ?? []).map((line) => line.text))).toEqual([[broken]])
    expect(bench.fates).toEqual(["ack"])
  })

  test("is filed without a call when it is for nobody here, tells no target, or is longer than any delivery", async () => {
    const bench = new Bench(() => nothing)
    const long = { ...to("a1"), event: { ...delivery(1).event, data: "x".repeat(140_000) } }
    await bench.consume(JSON.stringify([{ ...to("a1"), target: "Order/a1" }, 7]), bundle(long))
    expect(bench.calls).toEqual([])
    expect(bench.filed.map(([, reason]) => reason)).toEqual([
      "wrong target: Order/a1 is not one of Payment's keys",
      expect.stringMatching(/^invalid at field /),
      "longer than any delivery",
    ])
  })
})

describe("a delivery whose receipt is long", () => {
  test("is handed over like any other, as long as a queue takes it", async () => {
    const bench = new Bench(() => nothing)
    const parked = Array.from({ length: 10_000 }, (_unused, index) => index + 1)
    const receipt = { stream: "Payment/a1", reader: "Order/a", upTo: 10_000, early: [], parked, hashes: [] }
    await bench.consume(bundle({ ...to("a1"), receipt }))
    expect([bench.calls, bench.filed]).toEqual([[["a", "take", 1]], []])
  })
})

describe("a delivery that kills the call", () => {
  test("comes again counted, and no other does", async () => {
    const bench = new Bench((_cell, lines) => {
      throw new Error(`dead at ${String(lines.length)}`)
    })
    const deliver = bench.calls.push.bind(bench.calls)
    bench.calls.push = (...calls) => {
      const count = deliver(...calls)
      if (calls.some(([, door]) => door === "deliver") && count === 2) throw new Error("dead")
      return count
    }
    await bench.consume(bundle(to("a1"), to("a2")))
    const again = bench.requeued.flatMap((text) => (linesIn(text) ?? []).map((line) => readLine(line.text)))
    expect(again).toEqual([{ ...to("a1"), kills: 1 }])
  })
})
