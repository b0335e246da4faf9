/**
 * What lies between the cells, in a test's hand. The runtime's own queues carry everything; what reaches a cell passes
 * here first.
 *
 * 1. A rule decides about each delivery: it passes, is lost, is held until it is let go, or arrives twice.
 * 2. A hook stands at every named point of a cell, so that a crash strikes exactly there.
 */
import { lineOf, readLine } from "../../choreography/bundles.ts"
import { CellDurableObject } from "../../choreography/durable.ts"
import type { Point } from "../../choreography/platform.ts"
import type { Delivery, Receipt } from "../../choreography/wire.ts"

export type Fate = "pass" | "lose" | "hold" | "twice"

export interface Passing {
  readonly service: string
  readonly type: string
  readonly orderId: string
  readonly delivery: Delivery
}

type Rule = (passing: Passing) => Fate
type Hook = (at: { readonly point: Point; readonly service: string; readonly state: DurableObjectState }) => void

class Network {
  rule: Rule = () => "pass"
  hook: Hook | null = null
  losesReceipts = false
  /** Whether the consumer of a queue dies before it has sent what a cell has said to it, told by the ids of its events. */
  loses: (said: readonly string[]) => boolean = () => false
  /** Everything that reached a cell, lost and held ones included. */
  readonly seen: Passing[] = []
  readonly held: Passing[] = []

  reset(): void {
    this.rule = () => "pass"
    this.hook = null
    this.losesReceipts = false
    this.loses = () => false
    this.seen.length = 0
    this.held.length = 0
  }

  /** Holds every event of these types; the ones held come out in order. */
  hold(...types: readonly string[]): void {
    this.rule = ({ type }) => (types.includes(type) ? "hold" : "pass")
  }

  /** What a cell is given of what is on its way to it. */
  let(service: string, deliveries: readonly Delivery[]): Delivery[] {
    return deliveries.flatMap((delivery) => {
      const passing = { service, type: delivery.event.type, orderId: delivery.event.subject, delivery }
      this.seen.push(passing)
      const fate = this.rule(passing)
      if (fate === "hold" && !this.held.some((other) => isSame(other.delivery, delivery))) this.held.push(passing)
      return fate === "pass" ? [delivery] : fate === "twice" ? [delivery, delivery] : []
    })
  }

  count(type: string, orderId?: string): number {
    const passings = this.seen.filter((each) => each.type === type && (orderId ?? each.orderId) === each.orderId)
    return new Set(passings.map(({ delivery }) => `${delivery.stream}|${delivery.target}|${String(delivery.position)}`))
      .size
  }
}

function isSame(a: Delivery, b: Delivery): boolean {
  return a.stream === b.stream && a.target === b.target && a.position === b.position
}

export const network = new Network()

/** The platform's part of an object, which its own class does not show. */
interface Inside {
  readonly ctx: DurableObjectState
}

type Cell = CellDurableObject<unknown>
const inside = CellDurableObject.prototype as Cell
// eslint-disable-next-line @typescript-eslint/unbound-method -- each is called with the object it belongs to
const { take, deliver, receipts } = inside

inside.take = async function (this: Cell, lines: readonly string[]) {
  const passing = (line: string): string[] => {
    const delivery = readLine(line)
    return typeof delivery === "string" ? [line] : network.let(this.constructor.name, [delivery]).map(lineOf)
  }
  const result = await take.call(this, lines.flatMap(passing))
  const said = result.said.flatMap(([, all]) => all.map(readLine))
  const ids = said.flatMap((delivery) => (typeof delivery === "string" ? [] : delivery.event.id))
  return ids.length > 0 && network.loses(ids) ? { ...result, said: [] } : result
}
inside.deliver = function (this: Cell, deliveries: readonly Delivery[]) {
  return deliver.call(this, network.let(this.constructor.name, deliveries))
}
inside.receipts = function (this: Cell, all: readonly Receipt[]) {
  return network.losesReceipts ? Promise.resolve() : receipts.call(this, all)
}
inside.reached = function (this: Cell, point: Point) {
  // Reached from within the object itself, where its state is at hand.
  network.hook?.({ point, service: this.constructor.name, state: (this as unknown as Inside).ctx })
}
