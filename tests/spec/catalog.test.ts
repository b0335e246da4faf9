// What the catalogue holds, and how it grows.
import { describe, expect, test } from "vitest"
import { PRODUCTS_MAX, productsOf, register, SEEDS } from "../../domain/catalog.ts"

describe("the catalogue", () => {
  test("D-11 one that was never written holds the seeds, with their prices in cents", () => {
    expect(productsOf(null)).toEqual([
      { sku: "WIDGET-001", name: "Widget", price: 2_999 },
      { sku: "GADGET-002", name: "Gadget", price: 4_999 },
      { sku: "THING-003", name: "Thing", price: null },
      { sku: "RARE-ITEM", name: "Rare item", price: null },
      { sku: "OUT-OF-STOCK", name: "Out of stock", price: null },
    ])
    expect(SEEDS.map(({ stock }) => stock)).toEqual([100, 50, 25, 2, 0])
  })

  test("R-14 a new SKU is added once, without a price, and the seeds stay", () => {
    const { state, product } = register(null, "NEW-1")
    expect(product).toEqual({ sku: "NEW-1", name: "NEW-1", price: null })
    expect(productsOf(state)).toHaveLength(6)
    expect(register(state, "NEW-1")).toEqual({ state: null, product })
  })

  test("a SKU that is there is answered as it is", () => {
    expect(register(null, "WIDGET-001")).toEqual({ state: null, product: productsOf(null)[0] })
  })

  test("one that is full takes no more", () => {
    const products = Array.from({ length: PRODUCTS_MAX }, (_unused, index) => ({
      sku: `S${index}`,
      name: "",
      price: 1,
    }))
    expect(register({ products }, "NEW-1")).toEqual({ state: null, product: null })
  })
})
