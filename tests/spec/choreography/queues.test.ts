// Whose a queue is, and which of several a message takes.
import { describe, expect, test } from "vitest"
import { numberedBindings, queueIndex, readQueueName } from "../../../choreography/queues.ts"

describe("queues", () => {
  test.each([
    ["order-events", "order", false],
    ["order-events-dlq", "order", true],
    ["order-events-2", "order", false],
    ["order-events-12-dlq", "order", true],
    ["preview-order-events", "order", false],
    ["preview-order-events-2-dlq", "order", true],
  ])("%s is told by its name", (name, service, isDeadLetters) => {
    expect(readQueueName(name)).toEqual({ service, isDeadLetters })
  })

  test.each(["order", "order-events-", "order-events-x", "orderevents", "order-events-dlq-2", ""])(
    "%j belongs to nobody",
    (name) => {
      expect(readQueueName(name)).toBeNull()
    },
  )

  test("all that are bound are found, up to the first hole", () => {
    const env = { ORDER_EVENTS: 1, ORDER_EVENTS_2: 2, ORDER_EVENTS_4: 4, PAYMENT_EVENTS: 5 }
    expect(numberedBindings(env, "ORDER_EVENTS")).toEqual([1, 2])
    expect(numberedBindings(env, "PAYMENT_EVENTS")).toEqual([5])
    expect(numberedBindings(env, "SHIPPING_EVENTS")).toEqual([])
  })

  test("messages spread evenly, and each takes the same queue every time", () => {
    const messages = Array.from({ length: 4_000 }, (_unused, index) => `[{"position":${index}}]`)
    const counts = [0, 0, 0, 0]
    for (const message of messages) {
      const index = queueIndex(message, counts.length)
      expect(queueIndex(message, counts.length)).toBe(index)
      counts[index] = (counts[index] ?? 0) + 1
    }
    for (const count of counts) expect(count).toBeGreaterThan(850)
    expect(queueIndex("anything", 1)).toBe(0)
  })
})
