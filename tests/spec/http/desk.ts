// What operators ask of a shop, as the tests of the edge need it: every answer is recorded, none is decided here.
import type { MoveDeadlineInput, OrderAsks, OrderView } from "../../../domain/order/views.ts"
import type {
  CarrierReport,
  Heard,
  PaymentFence,
  PaymentReport,
  ShipmentFence,
  StockFence,
} from "../../../domain/views.ts"
import type { KeyRows } from "../../../domain/order/why.ts"
import type { DeadLetterQuery, DeadLetters, DeadLetterTally } from "../../../http/services.ts"
import { MIDNIGHT } from "./samples.ts"

type Answer<Name extends keyof OrderAsks> = OrderAsks[Name]["answer"]

const rows: KeyRows = {
  effects: [],
  timers: [],
  unreceived: [{ type: "Payment.requested", target: "Payment/x", tries: 1, since: MIDNIGHT, nextAt: MIDNIGHT + 2 }],
  letters: [],
}

export class Desk {
  readonly moves: MoveDeadlineInput[] = []
  moveOutcome: "moved" | "no_deadline" | "unknown" = "moved"
  readonly fences: (readonly [service: string, key: string, input: object])[] = []
  /** What was said of its own accord by those outside. */
  readonly reports: (readonly [orderId: string, PaymentReport | CarrierReport])[] = []
  paymentFence: PaymentFence = { inFlight: false, captured: 10_997, refunded: 0, uncertain: false }
  shipmentFence: ShipmentFence = { inFlight: false, left: false }
  stockFence: StockFence = { inFlight: false, reserved: 2, released: 2, shipped: 0 }
  toFence: Answer<"toFence"> = {
    outcome: "steps",
    steps: [
      { step: "payment", attempt: 3, lines: [] },
      { step: "inventory", attempt: 2, lines: [{ sku: "WIDGET-001", quantity: 2 }] },
      { step: "shipping", attempt: 4, lines: [] },
    ],
  }
  readonly bulks: (readonly [DeadLetterQuery, reason: string, who: string])[] = []
  tally: DeadLetterTally | null = { matched: 3, done: 2, skipped: { "stale: an undo came first": 1 }, nextCursor: null }
  accepts = true
  /** Why no letter can be applied as it is. */
  unfit: string | null = null
  explained: KeyRows = rows
  /** Services that don't answer. */
  readonly silent = new Set<string>()

  report = (key: string, said: PaymentReport | CarrierReport): Heard => {
    this.reports.push([key, said])
    return "known"
  }

  preview({ status, version }: OrderView): Answer<"preview"> {
    const detail = this.accepts ? null : "dispatch is granted"
    return {
      status,
      version,
      accepted: this.accepts,
      detail,
      undo: [
        { step: "payment", does: "refund", amount: 2_999, atMost: 10_997 },
        { step: "inventory", does: "release", units: [{ sku: "WIDGET-001", units: 2, atMost: 2 }] },
      ],
      final: [],
    }
  }

  deadlines(): NonNullable<Answer<"deadlines">> {
    return [
      { name: "paymentStep", at: MIDNIGHT + 60_000, does: "cancels the order" },
      { name: "deadline", at: MIDNIGHT + 30_000, does: "cancels the order" },
    ]
  }

  move(input: MoveDeadlineInput): Answer<"moveDeadline"> {
    this.moves.push(input)
    return this.moveOutcome === "moved"
      ? { outcome: "moved", deadlines: this.deadlines() }
      : { outcome: this.moveOutcome }
  }

  fence<Fence>(service: string, key: string, input: object, answer: Fence): Fence {
    this.fences.push([service, key, input])
    return answer
  }

  bulk: DeadLetters["redriveAll"] = (query, reason, who) => {
    this.bulks.push([query, reason, who])
    return Promise.resolve(query.cursor === "broken" ? null : this.tally)
  }

  explain(service: string): Promise<KeyRows> {
    return this.silent.has(service) ? Promise.reject(new Error("gone")) : Promise.resolve(this.explained)
  }
}
