// Whose a queue is, and which of several a message takes.
import { describe, expect, test } from "vitest"
import { numberedBinding, numberedQueue, queueIndex, readQueueName } from "../../../choreography/queues.ts"

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

  test("names of several are read as whose they are", () => {
    for (const number of [1, 2, 3]) {
      expect(readQueueName(numberedQueue("order-events", number))?.isDeadLetters).toBe(false)
      expect(readQueueName(numberedQueue("order-events-dlq", number))?.isDeadLetters).toBe(true)
    }
    expect(numberedQueue("order-events", 1)).toBe("order-events")
    expect(numberedQueue("order-events-dlq", 2)).toBe("order-events-2-dlq")
    expect([1, 2].map((number) => numberedBinding("ORDER_EVENTS", number))).toEqual(["ORDER_EVENTS", "ORDER_EVENTS_2"])
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
