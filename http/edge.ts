/** What every route works with: the services, the settings, the request's own facts. */
import type { Context as HonoContext } from "hono"
import type { Caller } from "./auth.ts"
import type { Outside } from "./outside.ts"
import type { Products } from "./products.ts"
import type { Seeding } from "./seeds.ts"
import type { Services } from "./services.ts"
import type { EdgeSettings } from "./settings.ts"

export interface Shop {
  readonly services: Services
  readonly settings: EdgeSettings
  readonly outside: Outside
  readonly products: Products
  readonly seeding: Seeding
}

interface Variables {
  shop: Shop
  requestId: string
  /** Ours: a child of the caller's, if it sent one. */
  traceparent: string
  caller: Caller
  /** The order that this request is about, once it is known. */
  orderId: string | undefined
}

export interface Edge {
  Variables: Variables
}

export type Context = HonoContext<Edge>

export type Handler = (c: Context) => Response | Promise<Response>

/** A parameter of the path, decoded; a route's own path says that it is there. */
export function param(c: Context, name: string): string {
  return c.req.param(name) ?? ""
}
