/** Which payment gateway and which carrier the settings ask for: the simulators, unless there is an address to call. */
import type { Settings } from "../domain/settings.ts"
import { simulatedCarrier } from "./carrierSimulator.ts"
import { httpCarrier, httpPaymentGateway } from "./http.ts"
import { simulatedPaymentGateway } from "./paymentSimulator.ts"
import { paymentPerformers, shippingPerformers } from "./performers.ts"

export interface Addresses {
  /** Null: the simulator. */
  readonly paymentUrl: string | null
  readonly paymentToken: string | null
  readonly paymentDelayMs: number
  readonly carrierUrl: string | null
  readonly carrierToken: string | null
  readonly carrierDelayMs: number
  readonly seed: number
}

type Rates = Pick<Settings, "paymentFailureRate" | "carrierFailureRate">

export function paymentPerformersOf(
  { paymentUrl: baseUrl, paymentToken: token, paymentDelayMs: delayMs, seed }: Addresses,
  { paymentFailureRate: failureRate }: Rates,
) {
  const simulated = () => simulatedPaymentGateway({ seed, failureRate, delayMs })
  return paymentPerformers(baseUrl === null ? simulated() : httpPaymentGateway({ baseUrl, token: token ?? undefined }))
}

export function shippingPerformersOf(
  { carrierUrl: baseUrl, carrierToken: token, carrierDelayMs: delayMs, seed }: Addresses,
  { carrierFailureRate: failureRate }: Rates,
) {
  const simulated = () => simulatedCarrier({ seed, failureRate, delayMs, overruleRate: 0 })
  return shippingPerformers(baseUrl === null ? simulated() : httpCarrier({ baseUrl, token: token ?? undefined }))
}
