/** The shelf: each SKU's level is read from the SKU's own object, name and price come from the catalogue. */
import type { LevelView, Product } from "../domain/views.ts"
import type { Answer } from "./api/routes.ts"
import { jsonBody } from "./body.ts"
import { call, inParallel } from "./calls.ts"
import { param, type Context } from "./edge.ts"
import { cursorOf, pageOf } from "./pages.ts"
import { invalid, Problem } from "./problem.ts"
import { levelKey } from "./references.ts"
import { renderLevel } from "./render.ts"
import { check, isSku, stockBody } from "./validation.ts"

const KIND = "stock"

export async function listStock(c: Context): Promise<Answer<"GET /inventory">> {
  const { limit, after } = pageOf(c, KIND, isSku)
  const all = await c.get("shop").products.all(c)
  const rest = after === null ? all : all.filter(({ sku }) => sku > after)
  const page = rest.slice(0, limit)
  const levels = await inParallel(page, async (product) => renderLevel(product, await levelOf(c, product)))
  const next = rest.length > limit ? (page.at(-1)?.sku ?? null) : null
  // No SKU can be named like something an object has already: entries are defined, not assigned.
  return c.json(
    {
      stock: Object.fromEntries(levels.map((level) => [level.sku, level])),
      nextCursor: cursorOf(KIND, next),
    },
    200,
  )
}

export async function readStock(c: Context): Promise<Answer<"GET /inventory/:sku">> {
  const sku = param(c, "sku")
  const product = isSku(sku) ? (await c.get("shop").products.find(c, [sku])).get(sku) : undefined
  if (product === undefined) throw new Problem("sku_not_found", "There is no such SKU.")
  return c.json(renderLevel(product, await levelOf(c, product)), 200)
}

export async function addStock(c: Context): Promise<Answer<"POST /inventory/:sku/add">> {
  const sku = param(c, "sku")
  const { quantity } = check(stockBody, await jsonBody(c))
  if (!isSku(sku)) throw invalid("sku", "must be 1 to 64 letters, digits, dots, dashes or underscores")
  const { products, services } = c.get("shop")
  // Registered first: should the second call fail, nothing was added, and the caller may simply try again.
  const product = await products.register(c, sku)
  const key = levelKey(sku)
  const level = await call(c, (trace) => services.inventory.ask(key, "add", { quantity }, trace), { once: true })
  if (level === null) throw new Problem("shelf_full", `The shelf of ${sku} has no room for ${quantity} more.`)
  return c.json(renderLevel(product, level), 200)
}

async function levelOf(c: Context, { sku }: Product): Promise<LevelView | null> {
  const { inventory } = c.get("shop").services
  return call(c, (trace) => inventory.ask(levelKey(sku), "level", null, trace))
}
