/** An order and its saga, as they are answered. */
import { z } from "@hono/zod-openapi"
import { STATUSES, STEPS } from "../../domain/order/views.ts"
import { cancellationCode, flow } from "../../events/parts.ts"
import { count, currency, customerId, money, orderId, postalAddress, sku, time } from "./parts.ts"

const ORDER_STATUS = `\`pending\`: placed; stock or payment still outstanding.
\`confirmed\`: every line is reserved; payment outstanding.
\`paid\`: reserved and paid; the parcel is being prepared.
\`shipped\`: dispatched.
\`delivered\`: delivered; the saga is completed.
\`cancelling\`: will not be delivered; undoing is under way.
\`cancelled\`: everything that was done is undone, and every participant said so.
\`refunded\`: came back after delivery, fully refunded.
\`attention\`: parked: a person must decide.`

export const orderStatus = z.enum(STATUSES).openapi("OrderStatus", { description: ORDER_STATUS })

export const order = z
  .object({
    id: orderId,
    customerId,
    status: orderStatus,
    items: z.array(z.object({ sku, name: z.string(), quantity: z.int().min(1), price: money })),
    total: money,
    currency,
    shippingAddress: postalAddress,
    flow,
    paymentMethod: z.string().nullable(),
    cancellation: z.object({ reason: z.string(), code: cancellationCode, at: time }).nullable(),
    payment: z
      .object({ id: z.string(), status: z.string() })
      .nullable()
      .openapi({ description: "Null until its first answer." }),
    shipment: z
      .object({ id: z.string(), trackingNumber: z.string(), status: z.string() })
      .nullable()
      .openapi({ description: "Null until its first answer." }),
    createdAt: time,
    updatedAt: time,
    version: z.int().openapi({ description: "Grows with every change; the `ETag` is this number." }),
  })
  .openapi("Order")

const stepName = z.enum(STEPS)

const stepStatus = z
  .enum(["waiting", "pending", "completed", "failed", "compensating", "compensated", "skipped"])
  .openapi("StepStatus", { description: "`waiting`: not asked yet. `pending`: asked, no answer." })

const step = z
  .object({
    name: stepName,
    status: stepStatus,
    attempts: count,
    requestedAt: time.nullable(),
    completedAt: time.nullable(),
    error: z.string().nullable(),
    deadlineAt: time.nullable(),
  })
  .openapi("Step")

const inventoryStep = z
  .object({
    ...step.shape,
    lines: z.array(z.object({ sku, quantity: z.int().min(1), status: stepStatus })),
  })
  .openapi("InventoryStep")

const timelineEntry = z
  .object({
    at: time,
    direction: z.enum(["in", "out"]),
    id: z.string(),
    type: z.string(),
    peer: z.string(),
    position: z.number(),
    causationId: z.string().nullable(),
    statusBefore: z.string(),
    statusAfter: z.string(),
    saidAt: time.optional(),
    heldAt: time.optional(),
    receivedAt: time.optional(),
    span: z.string().optional(),
    note: z.string().optional(),
  })
  .openapi("TimelineEntry")

export const saga = z
  .object({
    orderId,
    status: z.enum(["in_progress", "completed", "compensating", "failed", "attention"]),
    flow,
    version: z.int(),
    steps: z.object({ payment: step, inventory: inventoryStep, shipping: step }),
    compensation: z.object({
      required: z.boolean(),
      reason: z.string().nullable(),
      outstanding: z.array(stepName),
    }),
    startedAt: time,
    completedAt: time.nullable(),
    failedAt: time.nullable(),
    timeline: z
      .array(timelineEntry)
      .openapi({ description: "Every event that the order heard or said, oldest first." }),
  })
  .openapi("Saga")

export const notice = z.object({ orderId, type: z.string(), message: z.string(), sentAt: time }).openapi("Notice")

const undo = z
  .object({
    step: stepName,
    does: z.string(),
    trackingNumber: z.string().nullable().optional(),
    amount: money.optional(),
    atMost: money.optional(),
    units: z.array(z.object({ sku, units: count, atMost: count })).optional(),
  })
  .openapi("Undo")

/** What cancelling would do. */
export const preview = z
  .object({
    orderId,
    status: orderStatus,
    version: z.int(),
    accepted: z.boolean(),
    detail: z.string().nullable().openapi({ description: "Why it would be refused." }),
    undo: z.array(undo),
    final: z.array(z.string()).openapi({ description: "What can't be undone any more." }),
  })
  .openapi("CancelPreview")
