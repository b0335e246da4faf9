/**
 * What can be ordered, under which name and at which price.
 *
 * 1. The seeds are there from the start: a catalogue that was never written holds exactly them.
 * 2. A product is never removed, so an order's SKU stays known.
 */
import type { Product } from "./views.ts"

export interface CatalogState {
  readonly products: readonly Product[]
}

interface Seed extends Product {
  /** Units on the shelf of a fresh shop. */
  readonly stock: number
}

export const SEEDS: readonly Seed[] = [
  { sku: "WIDGET-001", name: "Widget", price: 2_999, stock: 100 },
  { sku: "GADGET-002", name: "Gadget", price: 4_999, stock: 50 },
  { sku: "THING-003", name: "Thing", price: null, stock: 25 },
  { sku: "RARE-ITEM", name: "Rare item", price: null, stock: 2 },
  { sku: "OUT-OF-STOCK", name: "Out of stock", price: null, stock: 0 },
]

/** One row holds them all, and a row stays well under a megabyte. */
export const PRODUCTS_MAX = 5_000

export function productsOf(state: CatalogState | null): readonly Product[] {
  return state?.products ?? SEEDS.map(({ sku, name, price }) => ({ sku, name, price }))
}

/** The product, and the catalogue that has it; the state is null when nothing changed, the product when none fits in. */
export function register(
  state: CatalogState | null,
  sku: string,
): { readonly state: CatalogState | null; readonly product: Product | null } {
  const products = productsOf(state)
  const known = products.find((product) => product.sku === sku)
  if (known !== undefined) return { state: null, product: known }
  if (products.length >= PRODUCTS_MAX) return { state: null, product: null }
  const product: Product = { sku, name: sku, price: null }
  return { state: { products: [...products, product] }, product }
}
