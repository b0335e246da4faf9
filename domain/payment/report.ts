/**
 * What the payment gateway says of its own accord, which may come early, late, twice, or be wrong.
 *
 * 1. A report changes nothing: what is settled stays, and what is under way is looked up at the gateway.
 * 2. What can't be so, a person is told: an unknown payment or key, another amount, the opposite of what is settled.
 */
import type { PaymentEntry, PaymentReport } from "../views.ts"
import { refundKeyOf } from "./refund.ts"
import { type Charge, decide, type PaymentDecision, type PaymentState } from "./state.ts"

const NOTHING = decide({})

export function weighReport(state: PaymentState | null, report: PaymentReport): PaymentDecision {
  if (state === null) return doubtful(report, "no such payment is known")
  if (report.currency !== state.currency) return doubtful(report, `the payment is in ${state.currency}`)
  switch (report.type) {
    case "charge.succeeded":
    case "charge.declined":
    case "charge.failed":
      return weighCharge(state, report)
    case "refund.succeeded":
    case "refund.failed":
      return weighRefund(state, report)
  }
}

function weighCharge(state: PaymentState, report: PaymentReport): PaymentDecision {
  const { charge } = state
  const isSuccess = report.type === "charge.succeeded"
  if (charge?.key !== report.key) {
    const settled = settledUnder(state, report.key, ["captured", "declined", "failed"])
    return settled === null
      ? doubtful(report, "no such charge is known")
      : compare(report, settled.amount, isSuccess === (settled.event === "captured"))
  }
  if (report.amount !== charge.input.amount) return compare(report, charge.input.amount, true)
  switch (charge.standing) {
    case "under_way":
      return decide({ lookUp: charge.key })
    case "captured":
      return compare(report, charge.input.amount, isSuccess)
    case "refused":
      return compare(report, charge.input.amount, !isSuccess)
    case "unknown":
      return weighUnknown(state, charge, report)
  }
}

/** The refund of such a charge finds out what it took. */
function weighUnknown(state: PaymentState, charge: Charge, report: PaymentReport): PaymentDecision {
  const refund = refundUnderWay(state)
  return refund === null ? doubtful(report, `what came of ${charge.key} is not known here`) : decide({ lookUp: refund })
}

function weighRefund(state: PaymentState, report: PaymentReport): PaymentDecision {
  const { charge, captured, refunded } = state
  if (refundUnderWay(state) === report.key) {
    // What a charge of unknown outcome took, and so what is to be given back, only the gateway knows.
    const owed = charge?.standing === "unknown" ? report.amount : captured - refunded
    return report.amount === owed ? decide({ lookUp: report.key }) : compare(report, owed, true)
  }
  const settled = settledUnder(state, report.key, ["refunded", "voided", "failed"])
  if (settled === null) return doubtful(report, "no such refund is known")
  return compare(report, settled.amount, (report.type === "refund.succeeded") === (settled.event !== "failed"))
}

function refundUnderWay({ orderId, undo }: PaymentState): string | null {
  return undo?.status === "under_way" ? refundKeyOf(orderId, undo) : null
}

function settledUnder(state: PaymentState, key: string, events: readonly PaymentEntry["event"][]): PaymentEntry | null {
  return state.history.findLast((entry) => entry.key === key && events.includes(entry.event)) ?? null
}

function compare(report: PaymentReport, amount: number, agrees: boolean): PaymentDecision {
  if (report.amount !== amount) return doubtful(report, `it was about ${String(amount)}`)
  return agrees ? NOTHING : doubtful(report, "the gateway itself has answered otherwise")
}

function doubtful({ type, key, amount, currency }: PaymentReport, why: string): PaymentDecision {
  return decide({ alert: `the payment gateway reports ${type} of ${String(amount)} ${currency} under ${key}: ${why}` })
}
