/** The order's rules, told as given / when / then. */
import { describe, expect, test } from "vitest"
import { OrderStory } from "./story.ts"

const FLOWS = ["parallel", "reserve-first"] as const

describe.each(FLOWS)("given an order in the flow %s", (flow) => {
  test("when all goes well, it is confirmed, paid, shipped and delivered, and its customer hears each once (K-01, D-12, D-16)", () => {
    const story = new OrderStory({ flow }).end()
    expect(story.path.at(0)).toBe("pending")
    expect(story.path.slice(-3)).toEqual(["paid", "shipped", "delivered"])
    expect([...story.told].sort()).toEqual(["delivered", "order_confirmed", "payment_received", "shipped"])
    expect(story.count("Shipment.create")).toBe(1)
    expect(story.count("Order.completed")).toBe(1)
    expect([story.world.kept, story.world.held]).toEqual([story.state.total, 0])
  })

  test("the payment is asked for when its turn has come (K-02, D-03, R-07)", () => {
    const story = new OrderStory({ flow })
    expect(story.count("Payment.requested")).toBe(flow === "parallel" ? 1 : 0)
    expect(story.count("Inventory.reserveRequested")).toBe(1)
    expect(story.state.steps.shipping.status).toBe("waiting")
  })

  test("when a line is out of stock, the others are released and the money given back (R-10, D-20, K-12)", () => {
    const story = new OrderStory({ flow }, { missing: ["B"] }).end()
    expect(story.state).toMatchObject({ status: "cancelled", cancellation: { code: "OUT_OF_STOCK" } })
    expect(story.state.cancellation?.reason).toBe("B: 1 requested, 0 available")
    expect([story.world.kept, story.world.held]).toEqual([0, 0])
    expect(story.count("Payment.refund")).toBe(flow === "parallel" ? 1 : 0)
  })

  test("when every line is out of stock, nobody's stock is released, and each line is named (R-10)", () => {
    const story = new OrderStory({ flow }, { missing: ["A", "B"] }).end()
    expect(story.state.status).toBe("cancelled")
    expect(story.state.cancellation?.reason).toContain("A: 2 requested")
  })

  test("when the payment is declined, the stock comes back and nothing is refunded (K-13, D-19, R-11)", () => {
    const story = new OrderStory({ flow }, { payment: "declines" }).end()
    expect(story.state).toMatchObject({ status: "cancelled", cancellation: { code: "PAYMENT_DECLINED" } })
    expect(story.count("Payment.refund")).toBe(0)
    expect(story.world.held).toBe(0)
    expect(story.told).toContain("payment_failed")
  })

  test.each(["unknown and taken", "unknown and not taken"] as const)(
    "when the payment is %s, the undo makes sure (P10, platform rule 18)",
    (payment) => {
      const story = new OrderStory({ flow }, { payment }).end()
      expect(story.state).toMatchObject({ status: "cancelled", cancellation: { code: "PAYMENT_FAILED" } })
      expect(story.count("Payment.refund")).toBe(1)
      expect(story.world.kept).toBe(0)
    },
  )

  test("when no label is to be had, everything is given back (K-14)", () => {
    const story = new OrderStory({ flow }, { shipping: "refuses" }).end()
    expect(story.state).toMatchObject({ status: "cancelled", cancellation: { code: "SHIPMENT_FAILED" } })
    expect([story.world.kept, story.world.held]).toEqual([0, 0])
  })

  test.each([
    ["payment", { payment: "silent" }],
    ["inventory", { inventory: "silent" }],
    ["shipping", { shipping: "silent" }],
  ] as const)("when %s never answers, its deadline undoes the order (R-22, K-22, G7)", (_step, nature) => {
    const story = new OrderStory({ flow }, nature).end()
    expect(story.state).toMatchObject({ status: "cancelled", cancellation: { code: "DEADLINE" } })
    expect([story.world.kept, story.world.held]).toEqual([0, 0])
  })
})

describe("given an order on its way", () => {
  test("when its parcel is ready, only the grant lets it go, and the grant closes cancellation (P1)", () => {
    const story = new OrderStory()
    while (story.count("Shipment.grant") === 0) expect(story.next()).toBe(true)
    expect(story.state.status).toBe("paid")
    expect(story.cancel().refused).toBe("dispatch is granted")
    story.end()
    expect(story.state.status).toBe("delivered")
  })

  test("when there is no delay, the grant travels with the request (P1)", () => {
    const story = new OrderStory({}, {}, { dispatchDelayMs: 0 }).end()
    expect([story.state.status, story.count("Shipment.grant")]).toEqual(["delivered", 0])
  })

  test("when a hold expires before the grant, it is undone, the shipment first; after it, nothing happens (P3, D-23)", () => {
    const story = new OrderStory({}, { shipping: "silent" }).run()
    story.happen("Inventory.expired", { orderId: "ord_1", sku: "A", reservationId: "res" })
    expect([story.count("Shipment.cancel"), story.count("Payment.refund"), story.count("Inventory.release")]).toEqual([
      1, 0, 0,
    ])
    story.end()
    expect(story.state).toMatchObject({ status: "cancelled", cancellation: { code: "RESERVATION_EXPIRED" } })

    const late = new OrderStory()
    while (late.count("Shipment.grant") === 0) late.next()
    late.happen("Inventory.expired", { orderId: "ord_1", sku: "A", reservationId: "res" })
    expect([late.ignored, late.state.status]).toEqual(["dispatch is granted, the hold is kept", "paid"])
  })

  test("when the carrier overrules the recall, it goes on, and nothing is refunded or released (P1)", () => {
    const story = new OrderStory({}, { overrules: true })
    while (story.state.shipment === null) story.next()
    story.cancel().end()
    expect(story.state).toMatchObject({ status: "delivered", cancellation: null })
    expect([story.count("Payment.refund"), story.count("Inventory.release")]).toEqual([0, 0])
    expect(story.world.kept).toBe(story.state.total)
  })

  test("when it is overdue, a person is told and it goes on (P12)", () => {
    const story = new OrderStory()
    while (story.state.status !== "shipped") story.next()
    story.ring("delivery")
    expect([story.state.overdue, story.state.status]).toEqual([true, "shipped"])
    story.end()
    expect(story.state.status).toBe("delivered")
  })

  test("goods that a restored stock reports a second time have left once, and the order is delivered (P8, P16)", () => {
    const story = new OrderStory()
    while (story.state.status !== "shipped") story.next()
    for (const lost of [false, true]) {
      story.happen("Inventory.deducted", { orderId: "ord_1", sku: "A", quantity: 2, lost })
    }
    expect(story.state.lines["A"]).toMatchObject({ shipped: 2, lost: 0 })
    story.end()
    expect(story.state.status).toBe("delivered")
  })

  test("delivered waits for deducted (P16)", () => {
    const story = new OrderStory()
    while (story.state.status !== "shipped") story.next()
    story.happen("Shipment.delivered", { orderId: "ord_1", shipmentId: "shp_1", deliveredAt: 0, signature: null })
    expect([story.state.status, story.state.steps.shipping.status]).toEqual(["shipped", "completed"])
    story.end()
    expect(story.state.status).toBe("delivered")
  })
})

describe("given a cancelled order", () => {
  test("a shipment is asked back first, refund and release wait for it and for nothing else (G8)", () => {
    const story = new OrderStory({}, { shipping: "silent", mute: ["shipping"] }).run()
    story.cancel().run()
    expect([story.count("Shipment.cancel"), story.count("Payment.refund"), story.count("Inventory.release")]).toEqual([
      1, 0, 0,
    ])
    story.ring("shippingUndo").run()
    // Its budget is spent: the others go on, and it stays outstanding.
    expect([story.count("Payment.refund"), story.count("Inventory.release")]).toEqual([1, 1])
    expect(story.state.status).toBe("attention")
    expect([story.world.kept, story.world.held]).toEqual([0, 0])
  })

  test("an answer to an outdated request moves nothing (K-23, P10)", () => {
    const story = new OrderStory({}, { mute: ["payment"] })
    while (story.state.shipment === null) story.next()
    story.cancel().run()
    const { attempt } = story.state.steps.payment
    const about = { orderId: "ord_1", paymentId: "pay_1", captured: 0, refunded: 0, refundId: null }
    story.happen("Payment.refunded", { ...about, attempt: attempt - 1 })
    expect([story.state.status, story.state.steps.payment.undo]).toEqual(["cancelling", "asked"])
    expect(story.ignored).toContain("not awaited")
  })

  test("a late success enters the books and is given back at once; the status stays (G8, R-25, K-16)", () => {
    const story = new OrderStory({}, { payment: "declines" }).end()
    const about = { orderId: "ord_1", attempt: 1, paymentId: "pay_1" }
    story.happen("Payment.completed", { ...about, amount: story.state.total, currency: "USD" })
    expect([story.state.status, story.state.captured]).toEqual(["cancelled", story.state.total])
    expect(story.count("Payment.refund")).toBe(1)
    const { attempt } = story.state.steps.payment
    const total = story.state.total
    story.happen("Payment.refunded", { ...about, attempt, refundId: "ref", captured: total, refunded: total })
    expect([story.state.status, story.state.steps.payment.undo]).toEqual(["cancelled", "done"])
  })

  test("goods that leave all the same are shown, and nothing moves (P4)", () => {
    const story = new OrderStory({}, { missing: ["A"] }).end()
    const parcel = { orderId: "ord_1", shipmentId: "shp_1", carrier: "FastShip", trackingNumber: "FS1" }
    story.happen("Shipment.dispatched", {
      ...parcel,
      lines: [{ sku: "B", quantity: 1 }],
      dispatchedAt: 0,
      overruled: true,
    })
    expect(story.state.status).toBe("cancelled")
  })
})
