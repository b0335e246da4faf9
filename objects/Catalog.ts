/** Catalog: what can be ordered, all of it under one key. It hears nothing and says nothing; it is asked. */
import { productsOf, register, type CatalogState } from "../domain/catalog.ts"
import type { Settings } from "../domain/settings.ts"
import type { CatalogAsks } from "../domain/views.ts"
import { service } from "./dollar.ts"

export interface CatalogShape {
  readonly says: readonly []
  readonly state: CatalogState
  readonly shared: object
  readonly effects: object
  readonly timers: object
  readonly asks: CatalogAsks
  readonly settings: Settings
}

const ONLY_CELL = "catalog"

export const catalogue = service<CatalogShape>()(
  "Catalog",
  { says: [], placement: () => ({ cellOf: () => ONLY_CELL, cells: () => [ONLY_CELL] }) },
  ($) => ({
    products: () => productsOf($.state()),
    register: ({ sku }) => {
      const { state, product } = register($.state(), sku)
      if (state !== null) $.save(state)
      return product
    },
  }),
)
