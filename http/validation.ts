/**
 * What may come in, to the last field. Schemas are strict: a field that isn't known is a mistake that its sender wants
 * to hear of.
 */
import { z } from "zod"
import { byteLength } from "../choreography/texts.ts"
import {
  LINES_MAX,
  PAYMENT_METHOD_LENGTH_MAX,
  PRICE_CENTS_MAX,
  QUANTITY_MAX,
  REASON_LENGTH_MAX,
  TOTAL_CENTS_MAX,
} from "../domain/limits.ts"
import { toCents } from "../domain/money.ts"
import { flow, plan } from "../events/parts.ts"
import { isCurrency, SHOP_CURRENCY } from "./currencies.ts"
import { LIMIT_DEFAULT, LIMIT_MAX } from "./pages.ts"
import { Problem, type FieldError } from "./problem.ts"

/** No slash, which ends it in a key; no tilde, which has a meaning in addresses; nothing that needs escaping anywhere. */
const CUSTOMER_ID = /^(?!ord_)[A-Za-z0-9_][A-Za-z0-9._@+:|=-]{0,127}$/
const SKU = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
const NAME_LENGTH_MAX = 100
const ADDRESS_LENGTH_MAX = 200
const ZIP_LENGTH_MAX = 20
const KEY_LENGTH_MAX = 64
/** Of what others call their things: keys, orders, parcels. */
const REFERENCE_LENGTH_MAX = 200
/** A year: longer than any order lives. */
const EXTENSION_MS_MAX = 365 * 24 * 3_600_000
/** All lines travel in one event, whose size is bounded: `choreography/wire.ts`. */
const ITEMS_BYTES_MAX = 24_000

export function isCustomerId(text: string): boolean {
  return CUSTOMER_ID.test(text)
}

export function isSku(text: string): boolean {
  return SKU.test(text)
}

/** Printable text that says something. */
function text(max: number) {
  return z
    .string()
    .max(max, `must have at most ${max} characters`)
    .refine((value) => value.trim() !== "", "must not be blank")
    .refine((value) => value.isWellFormed() && !/\p{Cc}/u.test(value), "must not hold control characters")
}

/** Cents of a decimal number. */
function money(centsMax: number) {
  const bounds = { description: "Money, with at most two decimal places.", minimum: 0, maximum: centsMax / 100 }
  return z
    .number()
    .meta(bounds)
    .transform((value, context) => {
      const cents = toCents(value)
      if (cents !== null && cents <= centsMax) return cents
      const most = String(centsMax / 100)
      context.addIssue({ code: "custom", message: `must be from 0 to ${most} with at most two decimal places` })
      return z.NEVER
    })
}

const price = money(PRICE_CENTS_MAX)

const quantity = z
  .number()
  .refine(
    (value) => Number.isInteger(value) && value >= 1 && value <= QUANTITY_MAX,
    `must be a whole number from 1 to ${QUANTITY_MAX}`,
  )
  .meta({ type: "integer", minimum: 1, maximum: QUANTITY_MAX })

const sku = z.string().regex(SKU, "must be 1 to 64 letters, digits, dots, dashes or underscores")

const currency = z
  .string()
  .refine(isCurrency, "must be an ISO 4217 code, in capitals")
  .meta({ description: "ISO 4217." })

const line = z.strictObject({ sku, quantity, price: price.optional(), name: text(NAME_LENGTH_MAX).optional() })

const address = z.strictObject({
  street: text(ADDRESS_LENGTH_MAX),
  city: text(ADDRESS_LENGTH_MAX),
  state: text(ADDRESS_LENGTH_MAX),
  zip: text(ZIP_LENGTH_MAX),
  country: text(ADDRESS_LENGTH_MAX),
})

const simulate = z.strictObject({
  payment: plan.optional(),
  inventory: plan.optional(),
  shipping: plan.optional(),
  refund: plan.optional(),
  release: plan.optional(),
  cancelShipment: plan.optional(),
})

export const orderBody = z.strictObject({
  customerId: z
    .string()
    .regex(CUSTOMER_ID, "must be 1 to 128 letters, digits or any of . _ @ + : | = - and not begin with ord_"),
  items: z
    .array(line)
    .min(1, "must have at least one line")
    .max(LINES_MAX, `must have at most ${LINES_MAX} lines`)
    .refine(fitsIntoEvents, "are too much text for one order"),
  shippingAddress: address,
  currency: currency.default(SHOP_CURRENCY),
  flow: flow.default("parallel"),
  allowPartial: z.boolean().default(false),
  paymentMethod: text(PAYMENT_METHOD_LENGTH_MAX).optional(),
  simulate: simulate.optional(),
})

export type OrderBody = z.output<typeof orderBody>

const reason = text(REASON_LENGTH_MAX)

const moment = z.iso.datetime("must be a time such as 2026-01-31T12:00:00Z")

export const cancelBody = z.strictObject({ reason: reason.optional() })
export const stockBody = z.strictObject({ quantity })
export const cellBody = z.strictObject({ reason })
export const restoreBody = z.strictObject({ reason, at: moment })
export const discardBody = z.strictObject({ reason })
export const redriveBody = z.strictObject({ event: z.record(z.string(), z.unknown()).optional() })

const name = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, "must be a name")

const bulk = z.strictObject({
  filter: z.strictObject({ orderId: z.string().optional(), service: name.optional(), type: name.optional() }),
  limit: z.int().min(1, "must be at least 1").max(LIMIT_MAX, `must be at most ${LIMIT_MAX}`).default(LIMIT_DEFAULT),
  cursor: z.string().optional(),
})
export type BulkBody = z.output<typeof bulk>

export const redriveManyBody = bulk.extend({ reason: reason.optional() })
export const discardManyBody = bulk.extend({ reason })

const reference = text(REFERENCE_LENGTH_MAX)

/** What the payment gateway says of its own accord. */
export const paymentReportBody = z.strictObject({
  type: z.enum(["charge.succeeded", "charge.declined", "charge.failed", "refund.succeeded", "refund.failed"]),
  key: reference,
  orderId: reference,
  amount: z.int().min(0, "must not be negative").max(TOTAL_CENTS_MAX, `must be at most ${TOTAL_CENTS_MAX}`),
  currency,
  at: moment,
})

/** What the carrier says of its own accord. */
export const carrierReportBody = z
  .strictObject({
    type: z.enum(["label.dispatched", "label.in_transit", "label.delivered", "label.cancelled"]),
    trackingNumber: reference.optional(),
    orderId: reference.optional(),
    location: text(ADDRESS_LENGTH_MAX).optional(),
    at: moment,
  })
  .refine(({ trackingNumber, orderId }) => trackingNumber !== undefined || orderId !== undefined, {
    path: ["trackingNumber"],
    message: "or orderId must say which parcel it is",
  })

export const deadlineBody = z.strictObject({
  action: z.enum(["extend", "fire", "cancel"]),
  by: z.int().min(1, "must be at least 1").max(EXTENSION_MS_MAX, `must be at most ${EXTENSION_MS_MAX}`).optional(),
  reason,
})

/** What is stated with an acceptance says nothing about a retry, and an amount is one of money. */
export const resolveBody = z
  .strictObject({
    action: z.enum(["retry", "compensate", "accept"]),
    reason,
    step: z.enum(["payment", "inventory", "shipping"]).optional(),
    outcome: z.enum(["done", "not_done"]).optional(),
    amount: money(TOTAL_CENTS_MAX).optional(),
  })
  .refine(({ action, outcome }) => action === "accept" || outcome === undefined, {
    path: ["outcome"],
    message: "is stated with accept only",
  })
  .refine(({ step, outcome, amount }) => amount === undefined || (step === "payment" && outcome !== "not_done"), {
    path: ["amount"],
    message: "is stated of a payment that was given back, and of no other step",
  })
  .refine(({ action, amount }) => action === "accept" || amount === undefined, {
    path: ["amount"],
    message: "is stated with accept only",
  })

export function check<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const parsed = schema.safeParse(body, { error: (issue) => (issue.input === undefined ? "is missing" : undefined) })
  if (parsed.success) return parsed.data
  const errors = parsed.error.issues.flatMap(fieldErrors)
  const [first] = errors
  const detail = first === undefined ? "The body is not valid." : `${first.path}: ${first.message}`
  throw new Problem("invalid_request", detail, { errors })
}

function fieldErrors(issue: z.core.$ZodIssue): FieldError[] {
  if (issue.code !== "unrecognized_keys") return [{ path: pathOf(issue.path), message: issue.message }]
  return issue.keys.map((key) => ({ path: pathOf([...issue.path, key]), message: "is not a known field" }))
}

function pathOf(path: readonly PropertyKey[]): string {
  return path.length === 0 ? "body" : path.map((part) => String(part).slice(0, KEY_LENGTH_MAX)).join(".")
}

function fitsIntoEvents(items: readonly unknown[]): boolean {
  return byteLength(JSON.stringify(items)) <= ITEMS_BYTES_MAX
}
