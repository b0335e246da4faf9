/**
 * Somebody who asks at any moment, as `GET /orders/:ref/why` does, why an order stands where it stands, and what is left
 * of its goods, and believes nothing: what is answered is held against the rows of that very moment.
 */
import type { Cell } from "../../../choreography/cell.ts"
import type { Standing } from "../../../domain/order/standing.ts"
import { allLines } from "../../../domain/order/state.ts"
import { type Told, why } from "../../../domain/order/why.ts"
import type { LevelView } from "../../../domain/views.ts"
import { levelKey } from "../../../http/references.ts"
import type { Host } from "../platform/host.ts"
import { Violation, type World } from "../platform/world.ts"
import { Circle, FINAL, orderIn } from "./circle.ts"
import { checkSaid } from "./shelves.ts"
import { checkNext, checkRows, checkStanding, checkView } from "./whyClaims.ts"

export class Doubter {
  /** By status, and by each kind of fault that had struck. */
  readonly asked = new Map<string, number>()
  readonly #world: World

  constructor(world: World) {
    this.#world = world
  }

  /** Some of these orders: those that have not ended before any other. */
  async askSome(orderIds: readonly string[], atMost: number): Promise<void> {
    const shuffled = [...orderIds]
    this.#world.random.shuffle(shuffled)
    const open = shuffled.filter((id) => !FINAL.has(orderIn(this.#world, id)?.status ?? "delivered"))
    for (const orderId of (open.length > 0 ? open : shuffled).slice(0, atMost)) await this.#ask(orderId)
  }

  async #ask(orderId: string): Promise<void> {
    const world = this.#world
    const order = await this.#reach("Order", orderId, (cell) => {
      // The service's own type says what it answers.
      const standing = cell.ask(orderId, "why", null, "") as Standing | null
      const state = orderIn(world, orderId)
      if (standing === null || state === null) return null
      if (!world.isRestored) checkStanding(new Circle(world, state), standing)
      return structuredClone({ standing, version: state.version, skus: allLines(state).map(({ sku }) => sku) })
    })
    if (order === null) return
    const { standing, version, skus } = order
    await Promise.all(skus.map((sku) => this.#askLevel(sku)))
    const keys: readonly Omit<Told, "rows">[] = [{ service: "Order", key: orderId }, ...standing.ask]
    const told = await Promise.all(keys.map((each) => this.#explain(each)))
    const view = why(standing, told)
    checkView(standing, view)
    // If the order has moved meanwhile, this tells of two moments at once.
    if (orderIn(world, orderId)?.version === version && !world.isRestored) checkNext(standing, view, told)
    this.#count(standing.status)
  }

  async #askLevel(sku: string): Promise<void> {
    await this.#reach("Inventory", levelKey(sku), (cell, host) => {
      // The service's own type says what it answers.
      checkSaid(host, sku, cell.ask(levelKey(sku), "level", null, "") as LevelView | null)
    })
  }

  async #explain(each: Omit<Told, "rows">): Promise<Told> {
    const rows = await this.#reach(each.service, each.key, (cell, host) => {
      const said = cell.explain(each.key)
      if (!this.#world.isRestored) checkRows(this.#world, host, each, said)
      return structuredClone(said)
    })
    return { ...each, rows }
  }

  /** Asked once: whoever can't be reached is said to be so. */
  async #reach<T>(service: string, key: string, body: (cell: Cell, host: Host) => T): Promise<T | null> {
    const world = this.#world
    const name = world.placementOf(service).cellOf(key)
    try {
      return await world.call(service, name, "why", (cell) => body(cell, world.host(service, name)))
    } catch (error) {
      if (error instanceof Violation) throw error
      return null
    }
  }

  #count(status: string): void {
    const { faults } = this.#world
    const struck = FINAL.has(status) || faults.stopped ? [] : faults.struck.keys()
    for (const what of [status, ...struck]) this.asked.set(what, (this.asked.get(what) ?? 0) + 1)
  }
}
