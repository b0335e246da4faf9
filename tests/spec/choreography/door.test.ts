// What an object takes for a delivery, a receipt, an ask; whatever else it is handed is refused unread.
import { describe, expect, test } from "vitest"
import { checkAsk, checkDeliveries, checkReceipts, checkTexts } from "../../../choreography/door.ts"
import type { Delivery, Receipt } from "../../../choreography/wire.ts"

const receipt: Receipt = { stream: "Order/x", reader: "Payment/x", upTo: 1, early: [], parked: [], hashes: [[1, "h"]] }
const delivery = {
  stream: "Order/x",
  target: "Payment/x",
  position: 1,
  event: { id: "Order/x#1", type: "T.t", subject: "x", dataschema: "urn", time: "t", traceparent: "", data: {} },
  receipt,
}

/** Callers from elsewhere have no types. */
const deliver = (deliveries: unknown) => () => {
  checkDeliveries(deliveries as readonly Delivery[])
}
const tell = (receipts: unknown) => () => {
  checkReceipts(receipts as readonly Receipt[])
}

describe("the door of an object", () => {
  test("lets in what the consumer and the edge send", () => {
    expect(deliver([delivery, { ...delivery, receipt: undefined }])).not.toThrow()
    expect(tell([receipt])).not.toThrow()
    expect(() => {
      checkAsk("x", "view", "")
      checkTexts("", "who")
    }).not.toThrow()
  })

  const { event } = delivery
  test.each<readonly [string, unknown]>([
    ["nothing", null],
    ["something like a list", { length: 1 }],
    ["a list of nothing", [null]],
    ["a list of lists", [[delivery]]],
    ["a delivery without an event", [{ ...delivery, event: null }]],
    ["a delivery of a list", [{ ...delivery, event: [event] }]],
    ["a delivery to nobody", [{ ...delivery, target: "" }]],
    ["a delivery from a number", [{ ...delivery, stream: 7 }]],
    ["a delivery from a name without end", [{ ...delivery, stream: "x".repeat(513) }]],
    ["a delivery at no position", [{ ...delivery, position: 0 }]],
    ["a delivery at a position beyond numbers", [{ ...delivery, position: 2 ** 53 }]],
    ["an event of no type", [{ ...delivery, event: { ...event, type: undefined } }]],
    ["an event with an endless subject", [{ ...delivery, event: { ...event, subject: "x".repeat(200_000) } }]],
    ["a receipt that is none", [{ ...delivery, receipt: null }]],
    ["a thousand and one", Array.from({ length: 1_001 }, () => delivery)],
  ])("refuses %s as deliveries", (_what, deliveries) => {
    expect(deliver(deliveries)).toThrow("refused: this is not ")
  })

  test.each<readonly [string, object]>([
    ["of nobody", { reader: "" }],
    ["of a position below all", { upTo: -1 }],
    ["without lists", { early: null }],
    ["of crooked hashes", { hashes: [7] }],
  ])("refuses a receipt %s", (_what, fields) => {
    expect(tell([{ ...receipt, ...fields }])).toThrow("refused: this is not a receipt's ")
  })

  test("never repeats what it refuses", () => {
    expect(deliver("<script>")).toThrow(/^refused: this is not a list of at most a thousand$/)
  })
})
