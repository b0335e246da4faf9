/** What several descriptions have in common: ids, money, times, pages. */
import { z } from "@hono/zod-openapi"
import { LIMIT_DEFAULT, LIMIT_MAX } from "../pages.ts"

/** Sample ids of the examples; where one is sent for real, the real id takes its place. */
export const SAMPLE = {
  order: "ord_0002m5q8c1x9a7k3d0w6r4t8y2b5n1e9h3g7jp6v4k",
  letter: "Payment:any-0:17",
  tracking: "FS7K2M9Q4X1B",
  customer: "cust_alice",
} as const

export const orderId = z
  .string()
  .regex(/^ord_[0-9a-z]{42}$/)
  .openapi({ description: "The id of an order.", example: SAMPLE.order })

export const customerId = z.string().openapi({ description: "The customer's id.", example: SAMPLE.customer })

export const sku = z.string().openapi({ description: "A stock keeping unit.", example: "WIDGET-001" })

export const money = z
  .number()
  .min(0)
  .openapi({ description: "Money, with at most two decimal places.", example: 29.99 })

export const currency = z.string().openapi({ description: "ISO 4217.", example: "USD" })

export const time = z
  .string()
  .openapi({ format: "date-time", description: "UTC, with milliseconds.", example: "2026-01-31T12:00:00.000Z" })

export const count = z.int().min(0)

export const milliseconds = z.number().min(0)

const ref = z.string().openapi({
  description: "The id of an order, or of a customer, which means that customer's newest order.",
  example: SAMPLE.order,
})

export const nextCursor = z
  .string()
  .nullable()
  .openapi({ description: "Where the next page begins: send it as `cursor`. Null on the last page." })

export const pageQuery = {
  limit: z
    .string()
    .optional()
    .openapi({ description: `Items of a page, 1 to ${LIMIT_MAX}; ${LIMIT_DEFAULT} if not stated.`, example: "10" }),
  cursor: z.string().optional().openapi({ description: "The `nextCursor` of the page before." }),
}

export function page<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor })
}

export const refParams = z.object({ ref })
export const orderIdParams = z.object({ orderId })

export const postalAddress = z
  .object({ street: z.string(), city: z.string(), state: z.string(), zip: z.string(), country: z.string() })
  .openapi("PostalAddress")
