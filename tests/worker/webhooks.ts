/** Payment gateway and carrier speak up; and whether a person was called for what they said. */
import { vi } from "vitest"
import { sealOf } from "./seals.ts"
import type { Shop } from "./world.ts"

export type Sent = Readonly<Record<string, unknown>>

export const SECRETS = {
  PAYMENT_WEBHOOK_SECRET: `whsec_${btoa("of the payment gateway")}`,
  CARRIER_WEBHOOK_SECRET: `whsec_${btoa("of the carrier")}`,
} as const

/** Answers the status. */
export function gatewaySays(shop: Shop, said: Sent, id?: string): Promise<number> {
  return send(shop, "/webhooks/payments", SECRETS.PAYMENT_WEBHOOK_SECRET, said, id)
}

export function carrierSays(shop: Shop, said: Sent, id?: string): Promise<number> {
  return send(shop, "/webhooks/carrier", SECRETS.CARRIER_WEBHOOK_SECRET, said, id)
}

async function send(shop: Shop, path: string, secret: string, said: Sent, id?: string): Promise<number> {
  const text = JSON.stringify({ at: new Date(Date.now()).toISOString(), ...said })
  return (await shop.call("POST", path, text, await sealOf(secret, text, id))).status
}

const logged: string[] = []
const log = console.log.bind(console)
vi.spyOn(console, "log").mockImplementation((line: unknown) => {
  logged.push(String(line))
  log(line)
})

/** Every alert is logged where it is raised; the monitor shows them with its next round. */
export function alertAbout(shop: Shop, orderId: string, words: string): Promise<void> {
  const isIt = (line: string): boolean => ['"alert"', orderId, words].every((part) => line.includes(part))
  return shop.eventually(`an alert: ${words}`, () => logged.some(isIt))
}
