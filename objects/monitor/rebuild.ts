/**
 * Makes documents and figures anew from the orders' own rows, a bounded number of orders at a go.
 *
 * 1. A new counting begins with nothing; an order is a part of it from when it is restored or heard of.
 * 2. Restoring twice has the effect of once, so a go that fails is simply gone again.
 */
import type { Performer } from "../../choreography/service.ts"
import type { Document } from "../../domain/monitor/document.ts"
import type { RebuildPlace } from "../../domain/monitor/views.ts"

/** Orders that one page holds, and pages of one go: well within the time that an effect has. */
const PAGE = 50
const PAGES_MAX = 4
/** Calls to cells under way at once. */
const PARALLEL_MAX = 6

export interface RebuildPorts {
  orderCells(): readonly string[]
  monitorCells(): readonly string[]
  /** Of a cell of orders, behind a key. */
  documents(cell: string, after: string | null, limit: number): Promise<readonly Document[]>
  recount(cell: string, counting: number): Promise<unknown>
  restore(document: Document, counting: number): Promise<unknown>
}

interface Input {
  readonly counting: number
  readonly place: RebuildPlace | null
}

interface Result {
  readonly place: RebuildPlace | null
  readonly orders: number
}

export function rebuilder(ports: RebuildPorts): Performer<Input, Result> {
  return {
    async perform({ counting, place: from }) {
      if (from === null) for (const cell of ports.monitorCells()) await ports.recount(cell, counting)
      const cells = ports.orderCells()
      let place: RebuildPlace = from ?? { cell: 0, after: null }
      let orders = 0
      for (let page = 0; page < PAGES_MAX; page++) {
        const cell = cells[place.cell]
        if (cell === undefined) return { place: null, orders }
        const documents = await ports.documents(cell, place.after, PAGE)
        await inParallel(documents, (document) => ports.restore(document, counting))
        orders += documents.length
        const last = documents.at(-1)
        place = last === undefined ? { cell: place.cell + 1, after: null } : { cell: place.cell, after: last.orderId }
      }
      return { place, orders }
    },
    lookup: () => Promise.resolve(undefined),
  }
}

async function inParallel<Item>(items: readonly Item[], body: (item: Item) => Promise<unknown>): Promise<void> {
  const waiting = items.values()
  async function lane(): Promise<void> {
    for (const item of waiting) await body(item)
  }
  await Promise.all(Array.from({ length: Math.min(PARALLEL_MAX, items.length) }, lane))
}
