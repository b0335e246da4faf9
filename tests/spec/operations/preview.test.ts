/** What a preview says is what cancelling then does, in every state. */
import { describe, expect, test } from "vitest"
import { previewCancel } from "../../../domain/order/preview.ts"
import { Case, TOTAL } from "./orders.ts"

const states: readonly (readonly [name: string, bring: () => Case])[] = [
  ["pending, nothing answered", () => new Case()],
  ["pending, paid", () => new Case().paid()],
  ["pending, one line reserved", () => new Case().reserved("A")],
  ["confirmed", () => new Case().reserved()],
  ["paid, no label yet", () => new Case().reserved().paid()],
  ["paid, with a label", () => new Case().reserved().paid().labelled()],
  ["paid, dispatch granted", () => new Case().reserved().paid().labelled().granted()],
  ["shipped", () => new Case().reserved().paid().labelled().granted().dispatched()],
  ["shipped, goods deducted", () => new Case().reserved().paid().labelled().granted().dispatched().deducted("A", "B")],
  ["delivered", () => new Case().reserved().paid().labelled().granted().dispatched().deducted("A", "B").arrived()],
  ["cancelling", () => new Case().reserved().paid().labelled().cancelled()],
  ["cancelled", () => new Case().reserved().paid().labelled().cancelled().recalled().refunded().released()],
  ["attention", () => new Case().reserved().paid().labelled().cancelled().recalled().refundFailed().released()],
]

/** Undos asked for, were they asked at once or will they be after the recall. */
function undosOf(order: Case): string[] {
  const { shipping, payment, inventory } = order.state.steps
  const undone = { shipping: shipping.undo, payment: payment.undo, inventory: inventory.undo }
  return Object.entries(undone).flatMap(([name, undo]) =>
    undo === "asked" || undo === "due" || undo === "outstanding" ? [name] : [],
  )
}

describe("a preview of cancelling an order", () => {
  test.each(states)("that is %s says what then happens (N11)", (_name, bring) => {
    const order = bring()
    const { status, version } = order.state
    const preview = previewCancel(order.state, order.now + 1_000, order.settings)
    expect([preview.status, preview.version]).toEqual([status, version])
    // Asking is not doing.
    expect([order.state.status, order.state.version]).toEqual([status, version])
    order.cancelled()
    expect(preview.accepted).toBe(order.last?.refused === null)
    expect(preview.detail).toBe(order.last?.refused ?? null)
    if (!preview.accepted) {
      expect(preview.undo).toEqual([])
      return
    }
    expect(preview.undo.map(({ step }) => step)).toEqual(undosOf(order))
  })

  test("names amounts and units, and what they are at most while answers are awaited (N11)", () => {
    const order = new Case().reserved("A")
    const { undo } = previewCancel(order.state, order.now, order.settings)
    expect(undo).toEqual([
      { step: "payment", does: "refund", amount: 0, atMost: TOTAL },
      {
        step: "inventory",
        does: "release",
        units: [
          { sku: "A", units: 2, atMost: 2 },
          { sku: "B", units: 0, atMost: 1 },
        ],
      },
    ])
  })

  test("is borne out by the books once everything is undone (N11, N2)", () => {
    const order = new Case().reserved().paid().labelled()
    const { undo } = previewCancel(order.state, order.now, order.settings)
    expect(undo.map(({ step }) => step)).toEqual(["shipping", "payment", "inventory"])
    expect(undo[0]).toMatchObject({ trackingNumber: "FS1" })
    expect(undo[1]).toMatchObject({ amount: TOTAL, atMost: TOTAL })
    order.cancelled().recalled().refunded().released()
    expect([order.state.status, order.state.refunded]).toEqual(["cancelled", TOTAL])
    expect(Object.values(order.state.lines).map(({ released }) => released)).toEqual([2, 1])
  })

  test("says what can't be undone any more (N11, P1)", () => {
    const order = new Case().reserved().paid().labelled().granted().dispatched().deducted("A")
    const preview = previewCancel(order.state, order.now, order.settings)
    expect(preview).toMatchObject({ accepted: false, final: ["dispatch is granted", "2 of A have left"] })
  })
})
