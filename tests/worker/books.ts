/** The books of the whole shop: what was taken, kept and given back, and where every unit is. */
import type { BooksJson, OrderJson } from "./views.ts"
import type { Shop } from "./world.ts"

export type Stocked = Map<string, number>

/** What is wrong with them, in words; nothing, when they balance. Cents, so that sums are exact. */
export async function checkBooks(shop: Shop): Promise<string[]> {
  const problems: string[] = []
  const shipped = new Map<string, number>()
  for (const { id } of shop.placed) {
    const order = await shop.order({ id })
    problems.push(...(await checkOrder(shop, order)))
    if (order.status !== "delivered") continue
    for (const { sku, quantity } of order.items) shipped.set(sku, (shipped.get(sku) ?? 0) + quantity)
  }
  for (const [sku, received] of shop.stocked) {
    const { status, body } = await shop.call<Record<"available" | "reserved" | "shipped", number>>(
      "GET",
      `/inventory/${sku}`,
    )
    if (status === 404 && received === 0) continue
    const { available, reserved, shipped: left } = body
    const all = available + reserved + left
    if (all !== received) problems.push(`${sku}: ${String(all)} units of ${String(received)}`)
    if (available < 0 || reserved < 0 || left < 0) problems.push(`${sku}: less than nothing`)
    if (reserved !== 0) problems.push(`${sku}: ${String(reserved)} units are still held`)
    if (left !== (shipped.get(sku) ?? 0))
      problems.push(`${sku}: ${String(left)} units left, not ${String(shipped.get(sku))}`)
  }
  return problems
}

async function checkOrder(shop: Shop, order: OrderJson): Promise<string[]> {
  const { id, status, total } = order
  const payment = await shop.payment(order)
  const shipment = await shop.shipment(order)
  const { body: books } = await shop.call<BooksJson>("GET", `/orders/${id}/books`)
  const events = payment?.history ?? []
  const sum = (event: string) =>
    events.filter((entry) => entry.event === event).reduce((all, entry) => all + cents(entry.amount), 0)
  const captures = events.filter(({ event }) => event === "captured").length
  const [captured, refunded] = [sum("captured"), sum("refunded")]
  const claims: [boolean, string][] = [
    [books.balanced, "the order's books don't balance"],
    [
      cents(books.captured) === captured,
      `the order has ${String(books.captured)} captured, Payment ${String(captured)}`,
    ],
    [captures <= 1, `captured ${String(captures)} times`],
    [captured === 0 || captured === cents(total), `captured ${String(captured)}`],
  ]
  if (status === "delivered") {
    claims.push(
      [captured === cents(total) && refunded === 0, `${String(captured)} kept less ${String(refunded)}`],
      [shipment?.status === "delivered", `the shipment is ${String(shipment?.status)}`],
    )
  } else if (status === "cancelled") {
    claims.push(
      [captured === refunded, `${String(captured)} taken, ${String(refunded)} given back`],
      [(shipment?.dispatchedAt ?? null) === null, "it was dispatched"],
    )
  } else {
    claims.push([false, "it is not at its end"])
  }
  return claims.filter(([holds]) => !holds).map(([, problem]) => `${id} (${status}): ${problem}`)
}

function cents(decimal: number): number {
  return Math.round(decimal * 100)
}
