/** The routes for what the payment gateway and the carrier say of their own accord. */
import { z } from "@hono/zod-openapi"
import { carrierReportBody, paymentReportBody } from "../validation.ts"
import type { Description } from "./describe.ts"
import { SAMPLE } from "./parts.ts"

const headers = z.object({
  "webhook-id": z.string().openapi({ description: "Of this message; the same in every try.", example: "msg_1" }),
  "webhook-timestamp": z
    .string()
    .openapi({ description: "When this try was sent: seconds since 1970; 5 minutes to both sides are taken." }),
  "webhook-signature": z.string().openapi({
    description:
      "`v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`, the body being the bytes that are sent. Several, with spaces between, while a secret is changed.",
  }),
})

const answers = {
  202: {
    description: "It was heard. Whether it was about anything, and what came of it, is not told.",
    json: z.object({ id: z.string().openapi({ description: "The message's." }) }),
  },
} as const

const AT = "2026-01-31T12:00:00.000Z"

const charge = {
  type: "charge.succeeded",
  key: `${SAMPLE.order}/charge/1`,
  orderId: SAMPLE.order,
  amount: 10_997,
  currency: "USD",
  at: AT,
}
const delivery = { type: "label.delivered", orderId: SAMPLE.order, at: AT }

export const webhookRoutes = {
  "POST /webhooks/payments": {
    group: "webhooks",
    summary: "The payment gateway reports",
    description:
      "Nothing is believed: what is under way is looked up at the gateway right away, what is settled stays. An unknown payment or key, another amount or currency, and the opposite of what is settled raise an alert. Amounts are whole minor units.",
    headers,
    body: { schema: paymentReportBody },
    answers,
    problems: [],
    examples: [
      { name: "A charge succeeded", given: "a shipped order", signedBy: "payments", body: charge, status: 202 },
      { name: "Of no order of ours", signedBy: "payments", body: charge, status: 202 },
      {
        name: "Of an unknown kind",
        signedBy: "payments",
        body: { ...charge, type: "x" },
        status: 400,
        code: "invalid_request",
      },
      { name: "Signed by nobody", body: charge, status: 401, code: "unsigned" },
    ],
  },
  "POST /webhooks/carrier": {
    group: "webhooks",
    summary: "The carrier reports",
    description:
      "Its word moves a shipment along as the shipment's own clocks would. What must have come before is caught up on; what is known already changes nothing. A parcel that left although it was called back raises an alert. It is named by its number, by its order, or by both.",
    headers,
    body: { schema: carrierReportBody },
    answers,
    problems: [],
    examples: [
      { name: "Delivered", given: "a shipped order", signedBy: "carrier", body: delivery, status: 202 },
      {
        name: "Seen on its way",
        given: "a shipped order",
        signedBy: "carrier",
        body: { type: "label.in_transit", trackingNumber: SAMPLE.tracking, location: "Springfield, IL", at: AT },
        status: 202,
      },
      {
        name: "Of nothing",
        signedBy: "carrier",
        body: { type: "label.delivered", at: AT },
        status: 400,
        code: "invalid_request",
      },
      { name: "Signed by nobody", body: delivery, status: 401, code: "unsigned" },
    ],
  },
} as const satisfies Readonly<Record<string, Description>>
