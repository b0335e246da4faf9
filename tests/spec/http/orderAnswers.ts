// What orders answer at the edge: they stand as they were placed, and do what a test says.
import { orderKey } from "../../../domain/customer.ts"
import type { OrderAsks, OrderView } from "../../../domain/order/views.ts"
import { orderCell } from "../../../domain/placement.ts"
import type { Answers } from "./customers.ts"
import { books, sagaOf, standing, viewOf } from "./samples.ts"
import type { FakeShop } from "./shop.ts"

export function orderAnswers(shop: FakeShop): Partial<Answers<OrderAsks>> {
  const view = (key: string): OrderView | null => shop.orders.get(key) ?? null
  return {
    view,
    openOrders: (cell, { customerId }) =>
      [...shop.orders.values()].flatMap(({ id, customerId: whose }) => {
        const isOpen = whose === customerId && !shop.customers.has(orderKey(customerId, id))
        return isOpen && orderCell(id) === cell ? [id] : []
      }),
    place: (key, order) => {
      if (shop.isBacklogged && !shop.orders.has(key)) return null
      const placed = view(key) ?? viewOf(order, shop.time)
      if (!shop.orders.has(key)) shop.placed.push(order)
      shop.orders.set(key, placed)
      return placed
    },
    trace: (key) => {
      const ends = { startedAt: shop.time, endedAt: null, timeline: [] }
      return shop.orders.has(key) ? { status: "pending", traceparent: "", ...ends } : null
    },
    saga: (key) => (shop.orders.has(key) ? sagaOf(key) : null),
    cancel: (key, { version }) => {
      const order = view(key)
      if (order === null) return { outcome: "unknown" }
      const cancelled: OrderView = { ...order, status: "cancelling" }
      return shop.cancelAnswer?.(order, version) ?? { outcome: "accepted", order: cancelled }
    },
    resolve: (key, input) => {
      const order = view(key)
      shop.resolved.push(input)
      return order === null ? { outcome: "unknown" } : (shop.resolveAnswer?.(order) ?? { outcome: "accepted", order })
    },
    toFence: (key) => (view(key) === null ? { outcome: "unknown" } : shop.desk.toFence),
    preview: (key) => {
      const order = view(key)
      return order === null ? null : shop.desk.preview(order)
    },
    deadlines: (key) => (view(key) === null ? null : shop.desk.deadlines()),
    moveDeadline: (key, input) => (view(key) === null ? { outcome: "unknown" } : shop.desk.move(input)),
    why: (key) => (shop.orders.has(key) ? standing : null),
    books: (key) => (shop.orders.has(key) ? books : null),
  }
}
