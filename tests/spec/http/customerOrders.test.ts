// Which orders a customer has: those that its own cell has heard of, and those that are too new for that.
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { newestFirst, newOrderId } from "../../../domain/orderId.ts"
import { merged, type OrderIds, type Page } from "../../../http/customerOrders.ts"

const HOME = { region: "any", cell: 0 } as const
const COUNT_MAX = 12
const ids = Array.from({ length: COUNT_MAX }, (_unused, number) => newOrderId(HOME, number + 1, () => 0.5))
const newest = [...ids].reverse()

/** As the customer's cell answers. */
function heardPage(heard: readonly string[], { limit, after }: Page): OrderIds {
  const rest = newest.filter((id) => heard.includes(id) && (after === null || newestFirst(id) > after))
  const orderIds = rest.slice(0, limit)
  const last = orderIds.at(-1)
  return { orderIds, next: rest.length > limit && last !== undefined ? newestFirst(last) : null }
}

describe("a customer's orders", () => {
  test("are all there, newest first and once each, in pages of any size, whatever its own cell has heard of", () => {
    const some = fc.subarray(ids)
    fc.assert(
      fc.property(some, some, fc.integer({ min: 1, max: 5 }), (heard, open, limit) => {
        const listed: string[] = []
        let after: string | null = null
        for (let pages = 0; pages <= COUNT_MAX; pages++) {
          const page: Page = { limit, after }
          const found = merged(heardPage(heard, page), open, page)
          expect(found.orderIds.length).toBeLessThanOrEqual(limit)
          listed.push(...found.orderIds)
          after = found.next
          if (after === null) break
        }
        expect(listed).toEqual(newest.filter((id) => heard.includes(id) || open.includes(id)))
      }),
    )
  })
})
