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
  return { region: near, cell: numbersOf(customerId, counts).at(-1) ?? null }
}

/**
 * The cells that orders of a customer were placed in since there were any, and are now; none where each order has an object
 * of its own.
 */
export function homesOf(customerId: string, counts: CellCounts): readonly string[] {
  const numbers = numbersOf(customerId, counts)
  return regionsOf(counts).flatMap((region) => numbers.map((number) => `${region}-${String(number)}`))
}

/**
 * The cells that orders of a customer have gone to while `cells` was raised to what it is, the last of them now. They are
 * few, about the number's logarithm, and orders of an order cell have their customers in one customer cell, as far as
 * there are as many: so the two tell each other much at a time.
 */
function numbersOf(customerId: string, { cells, customerCells }: CellCounts): readonly number[] {
  const key = hash(customerId)
  const own = key % customerCells
  const layers = jumps(mixed(key), Math.ceil((cells - own) / customerCells))
  return [...forerunners(own, cells), ...layers.map((layer) => own + layer * customerCells)]
}

/** Where a number goes as long as there are not enough cells for it: it loses its highest bit until it fits. */
function forerunners(own: number, cells: number): readonly number[] {
  const numbers: number[] = []
  for (let bits = own; bits > 0;) {
    bits -= 2 ** (31 - Math.clz32(bits))
    if (bits < cells) numbers.unshift(bits)
  }
  return numbers
}

/** A consistent hash (Lamping and Veach's jumps): each place that a key has had while there came to be so many. */
function jumps(key: number, count: number): readonly number[] {
  const places: number[] = []
  let chance = key
  for (let place = 0; place < count; place = Math.floor((place + 1) / ((chance + 1) / 2 ** 32))) {
    places.push(place)
    chance = mixed(chance + JUMP)
  }
  return places
}

const JUMP = 0x9e3779b9

/** Another whole number of 32 bits, which tells nothing of the one that it was made of. */
function mixed(number: number): number {
  let bits = number >>> 0
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return (bits ^ (bits >>> 16)) >>> 0
}

function regionsOf({ regions }: CellCounts): readonly Region[] {
  return regions.length === 0 ? [REGIONS[0]] : regions
}

/** The region that a cell's name tells, to create its object there. */
export function regionOfCell(cell: string): Region | null {
  const before = cell.slice(0, Math.max(0, cell.indexOf("-")))
  const region = REGIONS.find((name) => name === before)
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
