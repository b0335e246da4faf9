/** Webhooks as payment gateway and carrier sign them. */
import { sealed } from "../../domain/signature.ts"

let messages = 0

/** The headers of a message; each has an id of its own unless one is given. */
export async function sealOf(
  secret: string,
  body: string,
  id = `msg_${String(++messages)}`,
): Promise<Record<string, string>> {
  const seal = await sealed(secret, id, Date.now(), body)
  return { "webhook-id": seal.id, "webhook-timestamp": seal.timestamp, "webhook-signature": seal.signature }
}
