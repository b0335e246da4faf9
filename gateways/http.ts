/** A payment gateway and a carrier over HTTP; docs/gateways.md is their contract. */
import { UncertainFailure } from "../choreography/errors.ts"
import { z } from "zod"
import type { ChargeInput, ChargeResult, RefundInput, RefundResult } from "../domain/payment/state.ts"
import type { CancelLabelResult, LabelResult } from "../domain/shipment/state.ts"
import type { Carrier } from "./carrier.ts"
import { type Answer, find, type HttpService, isSuccess, post, understood } from "./exchange.ts"
import type { PaymentGateway } from "./payment.ts"

const cents = z.int().min(0)
const text = z.string().min(1).max(200)
const reason = z.string().max(2_000).default("refused")

const captured = z.object({ status: z.literal("captured"), transactionId: text, amount: cents, currency: text })
/** A code that we don't know is still a refusal. */
const code = z.enum(["INSUFFICIENT_FUNDS", "CARD_DECLINED", "FRAUD_DETECTED", "EXPIRED"]).catch("CARD_DECLINED")
const declined = z.object({ status: z.literal("declined"), code, reason })
const charged = z.discriminatedUnion("status", [captured, declined])

const refused = z.object({ status: z.literal("refused"), reason })
const refunded = z.object({
  status: z.literal("refunded"),
  refundId: text.nullable(),
  captured: cents,
  refunded: cents,
})
const refundAnswer = z.discriminatedUnion("status", [refunded, refused])

const label = {
  carrier: text,
  trackingNumber: text,
  estimatedDelivery: z.iso.datetime().transform((time) => Date.parse(time)),
}
const labelAnswer = z.discriminatedUnion("status", [z.object({ status: z.literal("labelled"), ...label }), refused])
const cancelAnswer = z.discriminatedUnion("status", [
  z.object({ status: z.literal("cancelled") }),
  z.object({ status: z.literal("dispatched"), ...label }),
  refused,
])

export function httpPaymentGateway(service: HttpService): PaymentGateway {
  return {
    async charge(input, call) {
      const { orderId, amount, currency, method } = input
      return chargeResult(input, await post(service, "charges", call, { orderId, amount, currency, method }))
    },
    async findCharge(input, call) {
      const answer = await find(service, "charges", call)
      return answer === undefined ? undefined : chargeResult(input, answer)
    },
    async refund(input, call) {
      const { orderId, amount, currency, charge } = input
      const body = { orderId, charge: charge.key, amount, currency }
      return refundResult(input, await post(service, "refunds", call, body))
    },
    async findRefund(input, call) {
      const answer = await find(service, "refunds", call)
      return answer === undefined ? undefined : refundResult(input, answer)
    },
  }
}

export function httpCarrier(service: HttpService): Carrier {
  return {
    async createLabel({ orderId, address, lines, at }, call) {
      const body = { orderId, address, lines, requestedAt: new Date(at).toISOString() }
      return labelResult(await post(service, "labels", call, body))
    },
    async findLabel(_input, call) {
      const answer = await find(service, "labels", call)
      return answer === undefined ? undefined : labelResult(answer)
    },
    async cancelLabel(input, call) {
      const body = { orderId: input.orderId, label: input.label.key }
      return cancelResult(await post(service, "cancellations", call, body))
    },
    async findCancellation(_input, call) {
      const answer = await find(service, "cancellations", call)
      return answer === undefined ? undefined : cancelResult(answer)
    },
  }
}

function chargeResult(input: ChargeInput, answer: Answer): ChargeResult {
  const no = { outcome: "declined", code: "CARD_DECLINED", reason: "the gateway declined" } as const
  if (isBareRefusal(answer, declined)) return no
  const result = understood(charged, answer)
  if (result.status === "declined") return { outcome: "declined", code: result.code, reason: result.reason }
  const { amount, currency, transactionId } = result
  if (!isSuccess(answer.status) || amount !== input.amount || currency !== input.currency) {
    throw new UncertainFailure(`the gateway says it took ${String(amount)} ${currency}`)
  }
  return { outcome: "captured", transactionId, amount }
}

function refundResult(input: RefundInput, answer: Answer): RefundResult {
  if (isBareRefusal(answer, refused)) return { outcome: "refused", reason: "the gateway refused" }
  const result = understood(refundAnswer, answer)
  if (result.status === "refused") return { outcome: "refused", reason: result.reason }
  const { refundId, captured: taken, refunded: given } = result
  const most = Math.min(taken, input.amount ?? taken)
  if (!isSuccess(answer.status) || taken > input.charge.amount || given > most) {
    throw new UncertainFailure(`the gateway says it gave back ${String(given)} of ${String(taken)}`)
  }
  return { outcome: "refunded", refundId, captured: taken, refunded: given }
}

function labelResult(answer: Answer): LabelResult {
  if (isBareRefusal(answer, refused)) return { outcome: "refused", reason: "the carrier refused" }
  const result = understood(labelAnswer, answer)
  if (result.status === "refused") return { outcome: "refused", reason: result.reason }
  if (!isSuccess(answer.status)) throw new UncertainFailure("the carrier refuses, and names a label")
  const { carrier, trackingNumber, estimatedDelivery } = result
  return { outcome: "labelled", carrier, trackingNumber, estimatedDelivery }
}

function cancelResult(answer: Answer): CancelLabelResult {
  if (isBareRefusal(answer, refused)) return { outcome: "refused", reason: "the carrier refused" }
  const result = understood(cancelAnswer, answer)
  switch (result.status) {
    case "cancelled":
      return { outcome: "cancelled" }
    case "refused":
      return { outcome: "refused", reason: result.reason }
    case "dispatched": {
      const { carrier, trackingNumber, estimatedDelivery } = result
      return { outcome: "dispatched", carrier, trackingNumber, estimatedDelivery }
    }
  }
}

/** 402 and 422 say no whatever stands in the body. A bare 409 may come from a twin that is still at work. */
function isBareRefusal({ status, body }: Answer, refusal: z.ZodType): boolean {
  return (status === 402 || status === 422) && !refusal.safeParse(body).success
}
