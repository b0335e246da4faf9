// Webhooks as their senders sign them: with Node's own hand, and not with ours.
import { createHmac } from "node:crypto"
import { MIDNIGHT } from "./samples.ts"

export const PAYMENTS = `whsec_${btoa("the payment gateway's own secret")}`
export const CARRIER = `whsec_${btoa("the carrier's own secret, no less")}`

/** The headers of a message. */
export function sealOf(secret: string, body: string, id = "msg_1", at = MIDNIGHT): Record<string, string> {
  const timestamp = String(Math.floor(at / 1_000))
  // All of these secrets are plain text, spelt in base64 or not.
  const key = secret.startsWith("whsec_") ? atob(secret.slice("whsec_".length)) : secret
  const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64")
  return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": `v1,${signature}` }
}
