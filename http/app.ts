/** The HTTP API: every route of `rules.ts` with what answers it. */
import { Hono } from "hono"
import { routePath } from "hono/route"
import type { Answer, ApiSchema, App } from "./api/routes.ts"
import { authentication, concernsOf } from "./auth.ts"
import { problemOf } from "./calls.ts"
import { reincarnateCell, restoreCell } from "./cells.ts"
import { listOrders } from "./customers.ts"
import { listDeadlines, moveDeadline } from "./deadlines.ts"
import type { Context, Edge, Handler, Shop } from "./edge.ts"
import { identification } from "./headers.ts"
import {
  discardDeadLetter,
  discardDeadLetters,
  listDeadLetters,
  redriveDeadLetter,
  redriveDeadLetters,
} from "./letters.ts"
import { describe, health, readBooks } from "./operations.ts"
import { cancelOrder, deliverOrder, readNotifications, readOrder, readSaga } from "./orders.ts"
import { readMetrics } from "./metrics.ts"
import { listSagas, readFigures } from "./monitor.ts"
import { reasonOf, type Outside } from "./outside.ts"
import { readAsyncApi, readDocs, readOpenApi, readProblem, readProblems } from "./papers.ts"
import { readPayment } from "./payments.ts"
import { placeOrder } from "./placing.ts"
import { Problem, problemResponse } from "./problem.ts"
import { products } from "./products.ts"
import { addressRate, callerRate } from "./rates.ts"
import { resolveOrder } from "./resolve.ts"
import { FamilyRouter } from "./router.ts"
import { isPermitted, isPublic, isSigned, rules, type RouteName } from "./rules.ts"
import { seeding } from "./seeds.ts"
import type { Services } from "./services.ts"
import type { EdgeSettings, SettingProblem } from "./settings.ts"
import { readShipment, trackShipment } from "./shipping.ts"
import { addStock, listStock, readStock } from "./stock.ts"
import { requestIdFor, traceIdOf, traceparentFor } from "./trace.ts"
import { readTrace } from "./traces.ts"
import { listAlerts, rebuildMonitor } from "./watch.ts"
import { hearCarrier, hearPayments } from "./webhooks.ts"
import { readWhy } from "./why.ts"

/** What a typed client is made for. */
export type { App } from "./api/routes.ts"

const routes: { readonly [Name in RouteName]: (c: Context) => Answer<Name> | Promise<Answer<Name>> } = {
  "GET /": describe,
  "GET /health": health,
  "GET /openapi.json": readOpenApi,
  "GET /asyncapi.json": readAsyncApi,
  "GET /docs": readDocs,
  "GET /docs/problems": readProblems,
  "GET /docs/problems/:code": readProblem,
  "POST /orders": placeOrder,
  "GET /orders/:ref": readOrder,
  "GET /orders/:ref/saga": readSaga,
  "GET /orders/:ref/notifications": readNotifications,
  "DELETE /orders/:ref": cancelOrder,
  "POST /orders/:ref/deliver": deliverOrder,
  "POST /orders/:ref/resolve": resolveOrder,
  "GET /orders/:ref/why": readWhy,
  "GET /orders/:ref/books": readBooks,
  "GET /orders/:ref/deadlines": listDeadlines,
  "POST /orders/:ref/deadlines/:name": moveDeadline,
  "GET /customers/:customerId/orders": listOrders,
  "GET /inventory": listStock,
  "GET /inventory/:sku": readStock,
  "POST /inventory/:sku/add": addStock,
  "GET /shipping/:orderId": readShipment,
  "GET /shipping/track/:trackingNumber": trackShipment,
  "GET /payments/:orderId": readPayment,
  "POST /webhooks/payments": hearPayments,
  "POST /webhooks/carrier": hearCarrier,
  "GET /sagas": listSagas,
  "GET /figures": readFigures,
  "GET /alerts": listAlerts,
  "GET /metrics": readMetrics,
  "GET /orders/:ref/trace": readTrace,
  "POST /admin/monitor/rebuild": rebuildMonitor,
  "GET /dead-letters": listDeadLetters,
  "POST /dead-letters/redrive": redriveDeadLetters,
  "POST /dead-letters/discard": discardDeadLetters,
  "POST /dead-letters/:id/redrive": redriveDeadLetter,
  "POST /dead-letters/:id/discard": discardDeadLetter,
  "POST /admin/cells/:service/:cell/reincarnate": reincarnateCell,
  "POST /admin/cells/:service/:cell/restore": restoreCell,
}

interface Route {
  readonly name: RouteName
  readonly method: string
  readonly path: string
}

const table: readonly Route[] = Object.keys(rules).map((key) => {
  const [method = "", path = ""] = key.split(" ")
  // The keys of an object whose type names them all.
  return { name: key as RouteName, method, path }
})

const open = table
  .filter(({ name }) => isPublic(name) || isSigned(name))
  .map(({ method, path }) => ({
    method,
    shape: new RegExp(`^${path.replaceAll(".", "\\.").replaceAll(/:\w+/g, "[^/]+")}$`),
  }))

export function createApp(services: Services, settings: EdgeSettings, around: Outside): App {
  const shop: Shop = { services, settings, outside: around, products: products(), seeding: seeding() }
  const app = new Hono<Edge, ApiSchema>({ router: new FamilyRouter() })
  app.use(identification(shop))
  app.use(addressRate(shop))
  app.use(authentication(shop, isOpen))
  app.use(callerRate(shop))
  for (const { name, method, path } of table) app.on(method, path, guarded(name))
  for (const path of new Set(table.map((route) => route.path))) app.all(path, otherMethods(path))
  app.notFound((c) => answer(c, new Problem("route_not_found", "No route has this path.")))
  app.onError((error, c) => answer(c, logged(c, error)))
  const { payments, carrier } = settings.webhooks
  for (const line of concernsOf(settings.auth, [...payments, ...carrier])) around.log(line)
  return app
}

/** Answers every request, saying what is wrong with the settings. */
export function createMisconfiguredApp(problems: readonly SettingProblem[], around: Outside): Hono {
  const errors = problems.map(({ name, message }) => ({ path: name, message }))
  const detail = errors.map(({ path, message }) => `${path} ${message}`).join("; ")
  around.log({ level: "error", message: "misconfigured", detail })
  const app = new Hono()
  app.all("*", (c) => {
    const random = (): number => around.random()
    const traceparent = traceparentFor(c.req.header("traceparent"), random)
    const headers = {
      "Cache-Control": "no-store",
      "Retry-After": "60",
      "X-Content-Type-Options": "nosniff",
      "X-Request-Id": requestIdFor(c.req.header("x-request-id"), random),
      traceparent,
    }
    const problem = new Problem("misconfigured", detail, { errors, headers })
    return problemResponse(problem, new URL(c.req.url).pathname, traceIdOf(traceparent))
  })
  return app
}

/** Nobody is asked for a token for what is public or signed, nor for what a method may be. */
function isOpen(c: Context): boolean {
  if (c.req.method === "OPTIONS") return true
  const asked = c.req.method === "HEAD" ? "GET" : c.req.method
  return open.some(({ method, shape }) => method === asked && shape.test(c.req.path))
}

function guarded(name: RouteName): Handler {
  const handler = routes[name]
  return async (c) => {
    const caller = c.get("caller")
    if (!isPermitted(name, caller.role)) throw new Problem("forbidden", `A ${caller.role} may not do this.`)
    await c.get("shop").seeding.ensure(c)
    return handler(c)
  }
}

function otherMethods(path: string): Handler {
  const methods = table.filter((route) => route.path === path).map(({ method }) => method)
  const all = methods.includes("GET") ? [...methods, "HEAD", "OPTIONS"] : [...methods, "OPTIONS"]
  const headers = { Allow: all.join(", ") }
  return (c) => {
    if (c.req.method === "OPTIONS") return new Response(null, { status: 204, headers })
    throw new Problem("method_not_allowed", `Here you may use ${headers.Allow}.`, { headers })
  }
}

function logged(c: Context, error: unknown): Problem {
  const problem = problemOf(error)
  const cause: unknown = problem.cause
  if (cause !== undefined) {
    const { outside: around } = c.get("shop")
    const traceId = traceIdOf(c.get("traceparent"))
    const what = { error: reasonOf(cause), code: problem.code, method: c.req.method, route: routePath(c) }
    around.log({ level: "error", message: "a call failed", ...what, requestId: c.get("requestId"), traceId })
  }
  return problem
}

function answer(c: Context, problem: Problem): Response {
  return problemResponse(problem, new URL(c.req.url).pathname, traceIdOf(c.get("traceparent")))
}
