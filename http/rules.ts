/**
 * Every route there is, and who may use it. A route without a rule doesn't compile, and neither does a rule without a
 * route. What a customer may use shows it its own orders only; another's is as unknown as one that doesn't exist.
 */
export const ROLES = ["customer", "service", "operator", "admin"] as const
export type Role = (typeof ROLES)[number]

/** `signed`: a signature is the way in, and no token. */
type Rule = "public" | "signed" | readonly Role[]

const everyone = ROLES
const sellers = ["customer", "service", "admin"] as const
const operators = ["operator", "admin"] as const
const admins = ["admin"] as const

export const rules = {
  "GET /": everyone,
  "GET /health": "public",
  "GET /openapi.json": "public",
  "GET /asyncapi.json": everyone,
  "GET /docs": "public",
  "GET /docs/problems": "public",
  "GET /docs/problems/:code": "public",
  "POST /orders": sellers,
  "GET /orders/:ref": everyone,
  "GET /orders/:ref/saga": everyone,
  "GET /orders/:ref/notifications": everyone,
  "DELETE /orders/:ref": sellers,
  "POST /orders/:ref/deliver": admins,
  "POST /orders/:ref/resolve": operators,
  "GET /orders/:ref/why": operators,
  "GET /orders/:ref/books": operators,
  "GET /orders/:ref/deadlines": operators,
  "POST /orders/:ref/deadlines/:name": operators,
  "GET /customers/:customerId/orders": everyone,
  "GET /inventory": everyone,
  "GET /inventory/:sku": everyone,
  "POST /inventory/:sku/add": admins,
  "GET /shipping/:orderId": everyone,
  "GET /shipping/track/:trackingNumber": everyone,
  "GET /payments/:orderId": everyone,
  "POST /webhooks/payments": "signed",
  "POST /webhooks/carrier": "signed",
  "GET /sagas": operators,
  "GET /figures": operators,
  "GET /alerts": operators,
  "GET /metrics": operators,
  "GET /orders/:ref/trace": operators,
  "POST /admin/monitor/rebuild": admins,
  "GET /dead-letters": operators,
  "POST /dead-letters/redrive": operators,
  "POST /dead-letters/discard": operators,
  "POST /dead-letters/:id/redrive": operators,
  "POST /dead-letters/:id/discard": operators,
  "POST /admin/cells/:service/:cell/reincarnate": admins,
  "POST /admin/cells/:service/:cell/restore": admins,
} as const satisfies Readonly<Record<`${"GET" | "POST" | "DELETE"} /${string}`, Rule>>

export type RouteName = keyof typeof rules

/** Who may state prices is trusted with money; everyone else buys at the catalogue's. */
export function mayStatePrices(role: Role): boolean {
  return role === "service" || role === "admin"
}

export function maySimulate(role: Role): boolean {
  return role === "admin"
}

export function seesOnlyOwn(role: Role): boolean {
  return role === "customer"
}

export function isPublic(name: RouteName): boolean {
  return rules[name] === "public"
}

export function isSigned(name: RouteName): boolean {
  return rules[name] === "signed"
}

export function isPermitted(name: RouteName, role: Role): boolean {
  const rule: Rule = rules[name]
  return typeof rule === "string" || rule.includes(role)
}
