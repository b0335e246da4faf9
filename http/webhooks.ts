/**
 * What the payment gateway and the carrier say of their own accord: `docs/gateways.md` is the contract.
 *
 * 1. The signature is the way in, over the bytes as they came; without a secret nobody gets in.
 * 2. Whoever gets in is told that it was heard, and nothing about orders: what comes of it the objects decide.
 * 3. What is about no order of ours is answered like everything else, and a person is told.
 */
import { isOrderId } from "../domain/orderId.ts"
import { SEAL_LIFE_MS, sealFault } from "../domain/signature.ts"
import type { Heard } from "../domain/views.ts"
import type { Answer } from "./api/routes.ts"
import { bodyBytes, jsonIn } from "./body.ts"
import { call } from "./calls.ts"
import type { Context } from "./edge.ts"
import { invalid, Problem } from "./problem.ts"
import { orderIdByTrack } from "./shipping.ts"
import { carrierReportBody, check, paymentReportBody } from "./validation.ts"

export async function hearPayments(c: Context): Promise<Answer<"POST /webhooks/payments">> {
  const { services, settings } = c.get("shop")
  const { orderId, at, ...report } = check(paymentReportBody, await signedJson(c, settings.webhooks.payments))
  happened(c, at)
  if (!isOrderId(orderId)) return heard(c, report.type, null)
  return heard(c, report.type, await call(c, (trace) => services.payments.ask(orderId, "report", report, trace)))
}

export async function hearCarrier(c: Context): Promise<Answer<"POST /webhooks/carrier">> {
  const { services, settings } = c.get("shop")
  const body = check(carrierReportBody, await signedJson(c, settings.webhooks.carrier))
  const { type, trackingNumber = null, location = null } = body
  const at = happened(c, body.at)
  const orderId = body.orderId ?? (trackingNumber === null ? null : await orderIdByTrack(c, trackingNumber))
  if (orderId === null || !isOrderId(orderId)) return heard(c, type, null)
  const report = { type, trackingNumber, location, at }
  return heard(c, type, await call(c, (trace) => services.shipping.ask(orderId, "report", report, trace)))
}

async function signedJson(c: Context, secrets: readonly string[]): Promise<unknown> {
  const header = (name: string): string => c.req.header(name) ?? ""
  const seal = {
    id: header("webhook-id"),
    timestamp: header("webhook-timestamp"),
    signature: header("webhook-signature"),
  }
  if (secrets.length === 0) throw unsigned("No webhook is let in here: no secret is set.")
  const bytes = await bodyBytes(c)
  const fault = await sealFault(secrets, seal, bytes, c.get("shop").outside.now())
  if (fault !== null) throw unsigned(`${fault}.`)
  return jsonIn(c, bytes)
}

function unsigned(detail: string): Problem {
  return new Problem("unsigned", detail, { headers: { "WWW-Authenticate": "Standard-Webhooks" } })
}

/** Two clocks may differ, as they may about the message itself. */
function happened(c: Context, at: string): number {
  const time = Date.parse(at)
  if (time > c.get("shop").outside.now() + SEAL_LIFE_MS) throw invalid("at", "must not be in the future")
  return time
}

/** Null: it is about no order of ours. */
function heard(c: Context, type: string, outcome: Heard | null) {
  const { outside } = c.get("shop")
  const id = c.req.header("webhook-id") ?? ""
  const about = { type, webhookId: id, requestId: c.get("requestId") }
  if (outcome === null)
    outside.log({ level: "error", message: "alert", alert: "a webhook is about no order of ours", ...about })
  else outside.log({ level: "info", message: "a webhook was heard", outcome, ...about })
  return c.json({ id }, 202)
}
