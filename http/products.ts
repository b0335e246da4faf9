/**
 * The catalogue as a worker knows it. What it has read is good for a while; a SKU that it hasn't seen has it read again,
 * so a product counts as soon as it is registered.
 */
import type { Product } from "../domain/views.ts"
import { call } from "./calls.ts"
import type { Context } from "./edge.ts"
import { Problem } from "./problem.ts"

const CATALOG_KEY = "catalog"

export interface Products {
  /** In the order of their SKUs. */
  all(c: Context): Promise<readonly Product[]>
  find(c: Context, skus: readonly string[]): Promise<ReadonlyMap<string, Product>>
  register(c: Context, sku: string): Promise<Product>
}

export function products(): Products {
  let known: ReadonlyMap<string, Product> = new Map()
  let readAt = -Infinity

  async function read(c: Context): Promise<ReadonlyMap<string, Product>> {
    const { services, outside } = c.get("shop")
    const all = await call(c, (trace) => services.catalog.ask(CATALOG_KEY, "products", null, trace))
    const sorted = all.toSorted((a, b) => (a.sku < b.sku ? -1 : 1))
    known = new Map(sorted.map((product) => [product.sku, product]))
    readAt = outside.now()
    return known
  }

  return {
    all: async (c) => [...(await read(c)).values()],
    find: async (c, skus) => {
      const { settings, outside } = c.get("shop")
      const isFresh = outside.now() - readAt < settings.catalogTtlMs
      return isFresh && skus.every((sku) => known.has(sku)) ? known : read(c)
    },
    register: async (c, sku) => {
      const { catalog } = c.get("shop").services
      const product = await call(c, (trace) => catalog.ask(CATALOG_KEY, "register", { sku }, trace))
      if (product === null) throw new Problem("catalogue_full", "The catalogue takes no more SKUs.")
      readAt = -Infinity
      return product
    },
  }
}
