/**
 * POST /orders: what is accepted here is finished by the saga, whatever happens to this request.
 *
 * 1. The order is stored before it is answered; from then on its customer's orders have it.
 * 2. Who may not state prices buys at the catalogue's, in the shop's currency.
 * 3. What can't be finished is not accepted: too many open orders of one customer are refused with 429, and where too
 *    many orders are on their way a new one is put off with 503, before anything of it is stored.
 */
import { orderKey } from "../domain/customer.ts"
import { TOTAL_CENTS_MAX } from "../domain/limits.ts"
import { newOrderId, REGIONS } from "../domain/orderId.ts"
import type { NewOrder } from "../domain/order/views.ts"
import { newHome } from "../domain/placement.ts"
import type { Product } from "../domain/views.ts"
import type { Answer } from "./api/routes.ts"
import { jsonBody } from "./body.ts"
import { call } from "./calls.ts"
import { SHOP_CURRENCY } from "./currencies.ts"
import type { Context } from "./edge.ts"
import { etagOf } from "./etag.ts"
import { type Answered, idempotencyKeyOf, once, type Placed } from "./idempotency.ts"
import { reasonOf } from "./outside.ts"
import { Problem, type FieldError, type ProblemCode } from "./problem.ts"
import { regionOf } from "./region.ts"
import { renderOrder } from "./render.ts"
import { maySimulate, mayStatePrices, seesOnlyOwn } from "./rules.ts"
import { check, orderBody, type OrderBody } from "./validation.ts"

const OPEN_ORDERS_SECONDS = "60"
const BACKLOG_SECONDS = "5"

export async function placeOrder(c: Context): Promise<Answer<"POST /orders">> {
  const key = idempotencyKeyOf(c.req.header("idempotency-key"))
  const body = await jsonBody(c)
  const wanted = check(orderBody, body)
  permit(c, wanted)
  const work = {
    prepare: (orderId: string) => prepare(c, wanted, orderId),
    place: (order: NewOrder) => place(c, order),
  }
  const orderId = orderIdFor(c, wanted.customerId)
  if (key !== null) {
    return created(c, await once(c, { customerId: wanted.customerId, key, body, orderId }, work))
  }
  const answered = await work.place(await work.prepare(orderId))
  return created(c, { orderId, ...answered, isReplay: false })
}

/** What doesn't depend on any object. */
function permit(c: Context, wanted: OrderBody): void {
  const { role, sub } = c.get("caller")
  if (wanted.simulate !== undefined && !c.get("shop").settings.simulation) {
    throw new Problem("simulation_off", "simulate is accepted only where SIMULATION is on.", {
      errors: [{ path: "simulate", message: "is accepted only where SIMULATION is on" }],
    })
  }
  if (wanted.simulate !== undefined && !maySimulate(role)) throw forbidden("Your role may not simulate.")
  if (seesOnlyOwn(role) && wanted.customerId !== sub) throw forbidden("You may order for yourself only.")
  if (wanted.allowPartial) throw refused("not_supported", "allowPartial", "partial fulfilment is not supported")
  if (!mayStatePrices(role) && wanted.currency !== SHOP_CURRENCY) {
    throw refused("currency_mismatch", "currency", `the catalogue's prices are in ${SHOP_CURRENCY}`)
  }
}

function orderIdFor(c: Context, customerId: string): string {
  const { settings, outside } = c.get("shop")
  const random = (): number => outside.random()
  // Where all orders live in one region, nobody need look where their callers are.
  const region = settings.cells.regions.length > 1 ? regionOf(c.req.raw) : REGIONS[0]
  return newOrderId(newHome(region, settings.cells, customerId), outside.now(), random)
}

async function prepare(c: Context, wanted: OrderBody, orderId: string): Promise<NewOrder> {
  const skus = wanted.items.map(({ sku }) => sku)
  const known = await c.get("shop").products.find(c, skus)
  const items = priced(wanted.items, known, mayStatePrices(c.get("caller").role))
  const total = items.reduce((sum, { price, quantity }) => sum + price * quantity, 0)
  if (total > TOTAL_CENTS_MAX) throw refused("total_too_large", "items", "come to more than an order may cost")
  const { customerId, currency, shippingAddress, flow, paymentMethod = null, simulate = {} } = wanted
  await admit(c, customerId, orderId)
  return { orderId, customerId, items, currency, shippingAddress, flow, paymentMethod, simulate }
}

type WantedLine = OrderBody["items"][number]

function priced(
  lines: readonly WantedLine[],
  known: ReadonlyMap<string, Product>,
  isTrusted: boolean,
): NewOrder["items"] {
  const faults: { readonly code: ProblemCode; readonly error: FieldError }[] = []
  const items = lines.map(({ sku, quantity, price: stated, name }, index) => {
    const product = known.get(sku)
    const price = isTrusted ? (stated ?? product?.price) : product?.price
    const fault = (code: ProblemCode, field: string, message: string): void => {
      faults.push({ code, error: { path: `items.${index}.${field}`, message } })
    }
    if (product === undefined) fault("unknown_sku", "sku", `${sku} is unknown`)
    else if (price === null || price === undefined) fault("no_price", "price", `${sku} has no price`)
    else if (stated !== undefined && stated !== price) {
      fault("price_mismatch", "price", `${sku} has another price in the catalogue`)
    }
    return { sku, name: name ?? product?.name ?? sku, quantity, price: price ?? 0 }
  })
  const [first] = faults
  if (first === undefined) return items
  const errors = faults.filter(({ code }) => code === first.code).map(({ error }) => error)
  throw new Problem(first.code, errors.map(({ message }) => `${message}.`).join(" "), { errors })
}

/** The last thing that may be refused, since it takes a place among the customer's open orders. */
async function admit(c: Context, customerId: string, orderId: string): Promise<void> {
  const { services, settings } = c.get("shop")
  if (!settings.capsOpenOrders) return
  const key = orderKey(customerId, orderId)
  const isAdmitted = await call(c, (trace) => services.customers.ask(key, "admit", { orderId }, trace))
  if (isAdmitted) return
  const headers = { "Retry-After": OPEN_ORDERS_SECONDS }
  throw new Problem("too_many_open_orders", "Wait until one of your orders has ended, or cancel one.", { headers })
}

async function place(c: Context, order: NewOrder): Promise<Answered> {
  const { services, settings } = c.get("shop")
  const view = await call(c, (trace) => services.orders.ask(order.orderId, "place", order, trace))
  if (view === null) throw await putOff(c, order)
  // Where orders share no cell, nobody could find it by its customer before the customer's own cell has heard of it.
  if (settings.cells.cells === 0 && !settings.capsOpenOrders) await note(c, order)
  return { text: JSON.stringify(renderOrder(view)), version: view.version }
}

/** Nothing was placed: whoever is told so may come again with the same key. */
async function putOff(c: Context, { customerId, orderId }: NewOrder): Promise<Problem> {
  const { services, settings, outside } = c.get("shop")
  if (settings.capsOpenOrders) {
    const key = orderKey(customerId, orderId)
    try {
      await call(c, (trace) => services.customers.ask(key, "withdraw", { orderId }, trace))
    } catch (error) {
      outside.log({ level: "warn", message: "a place is given back later", orderId, error: reasonOf(error) })
    }
  }
  return new Problem("backlogged", "There are more orders on their way than can be taken on.", {
    headers: { "Retry-After": BACKLOG_SECONDS },
  })
}

/** If this fails the order stands all the same: the customer hears of it by `Order.placed` a little later. */
async function note(c: Context, { customerId, orderId }: NewOrder): Promise<void> {
  const { services, outside } = c.get("shop")
  try {
    await call(c, (trace) => services.customers.ask(orderKey(customerId, orderId), "note", { orderId }, trace))
  } catch (error) {
    outside.log({ level: "warn", message: "the customer was not told of an order", orderId, error: reasonOf(error) })
  }
}

function created(c: Context, { orderId, text, version, isReplay }: Placed): Answer<"POST /orders"> {
  c.set("orderId", orderId)
  c.header("Content-Type", "application/json")
  c.header("Location", `/orders/${orderId}`)
  c.header("ETag", etagOf(version))
  if (isReplay) c.header("Idempotency-Replayed", "true")
  const answer: Response = c.body(text, 201)
  // What `renderOrder` made, in this or an earlier request.
  return answer as Answer<"POST /orders">
}

function forbidden(detail: string): Problem {
  return new Problem("forbidden", detail)
}

function refused(code: ProblemCode, path: string, message: string): Problem {
  return new Problem(code, `${path}: ${message}.`, { errors: [{ path, message }] })
}
