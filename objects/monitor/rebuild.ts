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

export interface Page {
  readonly documents: readonly Document[]
  /** Null: that was the last. */
  readonly next: string | null
}

/** Some of the orders there are, page by page. */
export type Source = (after: string | null, limit: number) => Promise<Page>

export interface RebuildPorts {
  /** Always in this order, since a go takes up where the last one left. */
  sources(): readonly Source[]
  monitorCells(): readonly string[]
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
      const sources = ports.sources()
      let place: RebuildPlace = from ?? { cell: 0, after: null }
      let orders = 0
      for (let page = 0; page < PAGES_MAX; page++) {
        const source = sources[place.cell]
        if (source === undefined) return { place: null, orders }
        const { documents, next } = await source(place.after, PAGE)
        await inParallel(documents, (document) => ports.restore(document, counting))
        orders += documents.length
        place = next === null ? { cell: place.cell + 1, after: null } : { cell: place.cell, after: next }
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
