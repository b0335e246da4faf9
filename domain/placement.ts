/**
 * Where a key lives. Orders carry their cell in their id; payment and shipment of an order follow its cell; SKUs and
 * customers are hashed into a number of cells that is fixed for good once chosen.
 */
import { CELLS_MAX, homeOf, type OrderHome, REGIONS, type Region } from "./orderId.ts"

export interface CellCounts {
  /** For new orders; 0 gives each an object of its own. May be raised any day. */
  readonly cells: number
  /** The most that `cells` ever was, for whoever has to visit all of them. */
  readonly participantCells: number
  readonly stockCells: number
  readonly customerCells: number
  readonly monitorCells: number
  /** SKUs so hot that each deserves an object of its own. */
  readonly hotSkus: readonly string[]
  /** Regions in use. */
  readonly regions: readonly Region[]
}

export function orderCell(orderId: string): string {
  const home = homeOf(orderId)
  return home.cell === null ? orderId : `${home.region}-${String(home.cell)}`
}

export function participantCell(orderId: string, counts: CellCounts): string {
  const home = homeOf(orderId)
  const number = home.cell ?? hash(orderId)
  return `${home.region}-${String(number % counts.participantCells)}`
}

export function stockCell(sku: string, counts: CellCounts): string {
  if (counts.stockCells === 0 || counts.hotSkus.includes(sku)) return `sku-${sku}`
  return `stock-${String(hash(sku) % counts.stockCells)}`
}

export function customerCell(customerId: string, counts: CellCounts): string {
  return `customer-${String(hash(customerId) % counts.customerCells)}`
}

/** The cell that sweeps, and keeps what has no readable target; orders are watched in it like in the others. */
export const MONITOR_CELL = "monitor-0"
/** The key in it that sweeps. */
export const SWEEP = "sweep"

export function monitorCell(orderId: string, counts: CellCounts): string {
  return `monitor-${String(hash(orderId) % counts.monitorCells)}`
}

/** All cells that orders may live in, by name. Orders with objects of their own have no cells to list. */
export function orderCells(counts: CellCounts): readonly string[] {
  return perRegion(counts, Math.min(counts.cells, CELLS_MAX))
}

export function participantCells(counts: CellCounts): readonly string[] {
  return perRegion(counts, counts.participantCells)
}

export function stockCells(counts: CellCounts): readonly string[] {
  const own = counts.hotSkus.map((sku) => `sku-${sku}`)
  return [...numbered("stock", counts.stockCells), ...own]
}

export function customerCells(counts: CellCounts): readonly string[] {
  return numbered("customer", counts.customerCells)
}

export function monitorCells(counts: CellCounts): readonly string[] {
  return numbered("monitor", counts.monitorCells)
}

/** Near to who orders, in the cell of the region that all new orders of a customer share: so they are found by it. */
export function newHome(region: Region, counts: CellCounts, customerId: string): OrderHome {
  const regions = regionsOf(counts)
  const near = regions.includes(region) ? region : (regions[0] ?? REGIONS[0])
  return { region: near, cell: counts.cells === 0 ? null : hash(customerId) % counts.cells }
}

/** The cells that new orders of a customer may live in; none where each order has an object of its own. */
export function homesOf(customerId: string, counts: CellCounts): readonly string[] {
  if (counts.cells === 0) return []
  return regionsOf(counts).map((region) => `${region}-${String(hash(customerId) % counts.cells)}`)
}

function regionsOf({ regions }: CellCounts): readonly Region[] {
  return regions.length === 0 ? [REGIONS[0]] : regions
}

/** The region that a cell's name tells, to create its object there. */
export function regionOfCell(cell: string): Region | null {
  const region = REGIONS.find((name) => cell.startsWith(`${name}-`))
  return region === undefined || region === "any" ? null : region
}

function perRegion(counts: CellCounts, count: number): string[] {
  return counts.regions.flatMap((region) => numbered(region, count))
}

function numbered(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_unused, number) => `${prefix}-${String(number)}`)
}

/** FNV-1a: where a key lives must never change, so this must never change either. */
function hash(text: string): number {
  let sum = 0x811c9dc5
  for (let index = 0; index < text.length; index++) sum = Math.imul(sum ^ text.charCodeAt(index), 0x01000193)
  return sum >>> 0
}
