/** The shop's world outside: the simulated gateway and carrier, which remember everything, behind all that can go wrong. */
import type { Performer } from "../../../choreography/service.ts"
import {
  type CancellationEntry,
  type CarrierLedgers,
  type LabelEntry,
  simulatedCarrier,
} from "../../../gateways/carrierSimulator.ts"
import { memoryLedger } from "../../../gateways/ledger.ts"
import {
  type ChargeEntry,
  type PaymentLedgers,
  type RefundEntry,
  simulatedPaymentGateway,
} from "../../../gateways/paymentSimulator.ts"
import { paymentPerformers, shippingPerformers } from "../../../gateways/performers.ts"
import { Outside } from "../platform/outside.ts"
import type { World } from "../platform/world.ts"
import { Messengers } from "./messengers.ts"

const REFUSED_RATE = 0.1

export class Outskirts {
  readonly outside: Outside
  readonly payments: PaymentLedgers = {
    charges: memoryLedger<ChargeEntry>({ complete: true }),
    refunds: memoryLedger<RefundEntry>({ complete: true }),
  }
  readonly carriers: CarrierLedgers = {
    labels: memoryLedger<LabelEntry>({ complete: true }),
    cancellations: memoryLedger<CancellationEntry>({ complete: true }),
  }
  readonly #messengers: Messengers
  readonly #performers: Readonly<Record<string, Readonly<Record<string, Performer>>>>

  constructor(world: World) {
    this.outside = new Outside(world)
    this.#messengers = new Messengers(world, this.carriers)
    const conditions = { seed: world.random.word(), failureRate: world.random.pick([0, REFUSED_RATE]), delayMs: 0 }
    const gateway = paymentPerformers(simulatedPaymentGateway(conditions, this.payments))
    const carrier = shippingPerformers(simulatedCarrier(conditions, this.carriers))
    this.#performers = { Payment: this.#wrap({ ...gateway }), Shipping: this.#wrap({ ...carrier }) }
  }

  performers(service: string): Readonly<Record<string, Performer>> {
    return this.#performers[service] ?? {}
  }

  #wrap(all: Readonly<Record<string, Performer>>): Readonly<Record<string, Performer>> {
    const wrapped = Object.entries(all).map(([name, performer]) => {
      // They speak of what was done, whatever becomes of the call.
      return [name, this.outside.wrap(name, this.#messengers.wrap(name, performer))] as const
    })
    return Object.fromEntries(wrapped)
  }
}
