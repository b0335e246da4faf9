/** The two worlds that a gateway's suite runs in: the simulator itself, and the same simulator behind HTTP. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { text } from "node:stream/consumers"
import { TransientFailure } from "../../../choreography/errors.ts"
import type { ChargeInput, RefundInput } from "../../../domain/payment/state.ts"
import type { CancelLabelInput, LabelInput } from "../../../domain/shipment/state.ts"
import type { Plan } from "../../../events/parts.ts"
import type { Carrier } from "../../../gateways/carrier.ts"
import { type CarrierLedgers, simulatedCarrier } from "../../../gateways/carrierSimulator.ts"
import { httpCarrier, httpPaymentGateway } from "../../../gateways/http.ts"
import { memoryLedger } from "../../../gateways/ledger.ts"
import type { Call, PaymentGateway } from "../../../gateways/payment.ts"
import { type PaymentLedgers, simulatedPaymentGateway } from "../../../gateways/paymentSimulator.ts"

export interface World {
  readonly gateway: PaymentGateway
  readonly carrier: Carrier
  readonly payments: PaymentLedgers
  readonly parcels: CarrierLedgers
  /** How the world behaves from now on. */
  rehearse(plan: Plan): void
  close(): Promise<void>
}

export const CHARGE: ChargeInput = { orderId: "ord_1", amount: 10_997, currency: "EUR", method: null, plan: null }
export const LABEL: LabelInput = {
  orderId: "ord_1",
  address: { street: "1 Main St", city: "Springfield", state: "IL", zip: "62701", country: "US" },
  lines: [{ sku: "WIDGET-001", quantity: 2 }],
  at: 1_800_000_000_000,
  plan: null,
}
export const REFUND: RefundInput = {
  orderId: "ord_1",
  amount: CHARGE.amount,
  currency: "EUR",
  plan: null,
  charge: { ...CHARGE, key: "ord_1/charge/1" },
}
export const CANCEL: CancelLabelInput = { orderId: "ord_1", plan: null, label: { ...LABEL, key: "ord_1/label/1" } }

export function call(key: string, attempt = 1): Call {
  return { key, attempt, signal: AbortSignal.timeout(5_000) }
}

const CALM = { seed: 7, failureRate: 0, delayMs: 0 }

export function ledgers(complete = true): { readonly payments: PaymentLedgers; readonly parcels: CarrierLedgers } {
  return {
    payments: { charges: memoryLedger({ complete }), refunds: memoryLedger({ complete }) },
    parcels: { labels: memoryLedger({ complete }), cancellations: memoryLedger({ complete }) },
  }
}

export function simulatedWorld(): Promise<World> {
  const { payments, parcels } = ledgers()
  const gateway = simulatedPaymentGateway(CALM, payments)
  const carrier = simulatedCarrier(CALM, parcels)
  let plan: Plan = "none"
  const planned = <Input extends { readonly plan: Plan | null }>(input: Input): Input => ({ ...input, plan })
  return Promise.resolve({
    payments,
    parcels,
    gateway: {
      charge: (input, how) => gateway.charge(planned(input), how),
      findCharge: (input, how) => gateway.findCharge(planned(input), how),
      refund: (input, how) => gateway.refund(planned(input), how),
      findRefund: (input, how) => gateway.findRefund(planned(input), how),
    },
    carrier: {
      createLabel: (input, how) => carrier.createLabel(planned(input), how),
      findLabel: (input, how) => carrier.findLabel(planned(input), how),
      cancelLabel: (input, how) => carrier.cancelLabel(planned(input), how),
      findCancellation: (input, how) => carrier.findCancellation(planned(input), how),
    },
    rehearse: (next) => {
      plan = next
    },
    close: () => Promise.resolve(),
  })
}

/** What a gateway that keeps the contract of docs/gateways.md answers; null: nothing has happened under the key. */
type Handler = (body: Record<string, unknown> | null, how: Call) => Promise<{ readonly outcome: string } | undefined>

export async function httpWorld(): Promise<World> {
  const inner = await simulatedWorld()
  const attempts = new Map<string, number>()
  const routes = routesOf(inner)
  const server = await serve(async (request, response) => {
    const [path = "", found] = (request.url ?? "").slice(1).split("/")
    const sent = await textOf(request)
    const key = found === undefined ? String(request.headers["idempotency-key"]) : decodeURIComponent(found)
    const attempt = (attempts.get(key) ?? 0) + 1
    if (found === undefined) attempts.set(key, attempt)
    // The body has just been made by the client under test.
    const body = sent === "" ? null : (JSON.parse(sent) as Record<string, unknown>)
    try {
      const result = await routes[path]?.(body, call(key, attempt))
      reply(response, found !== undefined, result)
    } catch (error) {
      if (error instanceof TransientFailure) response.writeHead(503).end()
      else response.destroy()
    }
  })
  return {
    ...inner,
    gateway: httpPaymentGateway({ baseUrl: server.url, token: "secret" }),
    carrier: httpCarrier({ baseUrl: server.url, token: "secret" }),
    close: () => server.close(),
  }
}

function routesOf({ gateway, carrier }: World): Readonly<Record<string, Handler>> {
  return {
    charges: (body, how) =>
      body === null
        ? gateway.findCharge(CHARGE, how)
        : gateway.charge({ ...CHARGE, amount: Number(body["amount"]) }, how),
    refunds: (body, how) =>
      body === null
        ? gateway.findRefund(REFUND, how)
        : gateway.refund(
            {
              ...REFUND,
              amount: body["amount"] === null ? null : Number(body["amount"]),
              charge: { ...CHARGE, key: String(body["charge"]) },
            },
            how,
          ),
    labels: (body, how) => (body === null ? carrier.findLabel(LABEL, how) : carrier.createLabel(LABEL, how)),
    cancellations: (body, how) =>
      body === null
        ? carrier.findCancellation(CANCEL, how)
        : carrier.cancelLabel({ ...CANCEL, label: { ...LABEL, key: String(body["label"]) } }, how),
  }
}

function reply(response: ServerResponse, isLookup: boolean, result: { readonly outcome: string } | undefined): void {
  if (result === undefined) {
    response.writeHead(404).end()
    return
  }
  const { outcome, ...rest } = result
  const status = isLookup ? 200 : outcome === "declined" ? 402 : outcome === "refused" ? 409 : 201
  const time = "estimatedDelivery" in rest ? { estimatedDelivery: new Date(Number(rest.estimatedDelivery)) } : {}
  response.writeHead(status, { "content-type": "application/json" })
  response.end(JSON.stringify({ status: outcome, currency: CHARGE.currency, ...rest, ...time }))
}

export interface Server {
  readonly url: string
  close(): Promise<void>
}

export async function serve(
  handle: (request: IncomingMessage, response: ServerResponse) => void | Promise<void>,
): Promise<Server> {
  const server = createServer((request, response) => void handle(request, response))
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  // It listens on a port, so its address is no pipe's name.
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${String(port)}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => {
          resolve()
        })
      }),
  }
}

export function textOf(request: IncomingMessage): Promise<string> {
  return text(request)
}
