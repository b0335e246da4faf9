/**
 * What must hold once nothing is under way: our rows, the gateway's books and the carrier's say the same.
 *
 * M1  One capture per order, one deed per key.   M4  A cancelled order has cost nothing.   M5  A delivered one its total.
 * M6  Nothing is unknown; both books agree.      K4  What is held belongs to orders that are under way or in attention.
 * H1  One label per order, none of a cancelled one.                 H2  Delivered and shipped are the same orders.
 * F1  Every accepted order has ended.            F7  One key, one order, one answer.       F8  What is read is what is.
 */
import { type CustomerState, orderKey } from "../../../domain/customer.ts"
import type { OrderState } from "../../../domain/order/state.ts"
import type { PaymentState } from "../../../domain/payment/state.ts"
import type { ShipmentState } from "../../../domain/shipment/state.ts"
import type { Level } from "../../../domain/stock/level.ts"
import { type Reservation, reservationKey } from "../../../domain/stock/reservation.ts"
import type { Fault } from "../platform/faults.ts"
import { Violation, type World } from "../platform/world.ts"
import { threadsOf } from "../rows.ts"
import { hasNoted, OVERRULED } from "./circle.ts"
import type { Clients, Placed } from "./clients.ts"
import type { Outskirts } from "./outskirts.ts"
import { checkLevel, levelIn } from "./shelves.ts"

export interface Rows {
  readonly orders: ReadonlyMap<string, OrderState>
  readonly payments: ReadonlyMap<string, PaymentState>
  readonly shipments: ReadonlyMap<string, ShipmentState>
  readonly reservations: ReadonlyMap<string, Reservation>
  readonly customers: ReadonlyMap<string, CustomerState>
  readonly levels: ReadonlyMap<string, Level>
  /** Orders of which a person has let a clock run out at once. */
  readonly hurried: ReadonlySet<string>
  /** Orders that were called back after their grant, and whose parcel had left (P1). */
  readonly overruled: ReadonlySet<string>
  /** Orders of which somebody has sent again what nobody had said: its amounts are that person's. */
  readonly forged: ReadonlySet<string>
}

export function rowsOf(world: World, forged: ReadonlySet<string>): Rows {
  const levels = new Map<string, Level>()
  for (const host of world.hosts) {
    if (host.service.name !== "Inventory") continue
    for (const { name } of host.disk.all("SELECT name FROM shared")) {
      const level = levelIn(host, String(name))
      if (level !== null) levels.set(String(name), level)
    }
  }
  return {
    orders: statesOf(world, "Order"),
    payments: statesOf(world, "Payment"),
    shipments: statesOf(world, "Shipping"),
    reservations: statesOf(world, "Inventory"),
    customers: statesOf(world, "Customer"),
    levels,
    hurried: notedIn(world, "fire "),
    overruled: notedIn(world, OVERRULED),
    forged,
  }
}

/** By the order's own journal: what it notes is in it exactly if it took effect. */
function notedIn(world: World, note: string): Set<string> {
  const noted = new Set<string>()
  for (const host of world.hosts) {
    if (host.service.name !== "Order") continue
    for (const [key, thread] of threadsOf(host)) if (hasNoted(thread, note)) noted.add(key)
  }
  return noted
}

function statesOf<State>(world: World, service: string): Map<string, State> {
  const states = new Map<string, State>()
  for (const host of world.hosts) {
    if (host.service.name !== service) continue
    // What the service itself has saved; null where only strangers have spoken.
    for (const [key, { state }] of threadsOf(host)) if (state !== null) states.set(key, state as State)
  }
  return states
}

/** Holds whatever was restored: both books are outside. */
export function checkOutside(outskirts: Outskirts, isRestored: boolean): void {
  for (const [key, { times }] of outskirts.outside.deeds) {
    // What an object has forgotten and its provider too, nobody can know.
    if (times > 1 && !isRestored) throw new Violation("M1", `${key} was done ${times} times`)
  }
  const captures = new Map<string, number>()
  for (const [key, charge] of outskirts.payments.charges.entries()) {
    if (charge.refunded > charge.amount) throw new Violation("M3", `${key} gave back ${charge.refunded}`)
    if (charge.standing !== "captured") continue
    const kept = (captures.get(charge.orderId) ?? 0) + 1
    captures.set(charge.orderId, kept)
    if (kept > 1) throw new Violation("M1", `${charge.orderId} was charged ${kept} times`)
  }
  const labels = new Map<string, number>()
  for (const [, label] of outskirts.carriers.labels.entries()) {
    if (label.standing !== "made" && label.standing !== "dispatched") continue
    const made = (labels.get(label.orderId) ?? 0) + 1
    labels.set(label.orderId, made)
    if (made > 1) throw new Violation("H1", `${label.orderId} has ${made} labels`)
  }
}

export function checkEnds(rows: Rows, clients: Clients, outskirts: Outskirts, struck: readonly Fault[]): void {
  const wishes = new Set([...clients.placed.values()].map(({ wish }) => wish))
  if (wishes.size < clients.placed.size) throw new Violation("F7", "two orders came of one key")
  for (const [orderId, placed] of clients.placed) {
    const order = rows.orders.get(orderId)
    if (order === undefined) throw new Violation("F1", `${orderId} was accepted and does not exist`)
    checkAnswers(placed, order)
    if (order.status === "attention") {
      if (isForNothing(order, struck) && !rows.hurried.has(orderId))
        throw new Violation("F1", `${orderId} is in attention, and nothing had gone wrong`)
      continue
    }
    if (order.status !== "delivered" && order.status !== "cancelled") {
      if (rows.forged.has(orderId)) continue
      throw new Violation("F1", `${orderId} stands at ${order.status}`)
    }
    if (placed.cancelled && order.status !== "cancelled" && !rows.overruled.has(orderId)) {
      throw new Violation("P1", `${orderId} is ${order.status} although its cancellation was accepted`)
    }
    if (
      order.cancellation?.code === "DEADLINE" &&
      isForNothing(order, struck) &&
      !rows.hurried.has(orderId) &&
      Object.keys(order.simulate).length === 0
    ) {
      throw new Violation("F1", `${orderId} ran out of time, and nothing had gone wrong`)
    }
    if (!rows.forged.has(orderId)) {
      checkMoney(order, rows.payments.get(orderId), outskirts)
      checkGoods(order, rows)
      checkLabels(order, outskirts)
    }
    checkCustomer(order, rows)
  }
  for (const [sku, level] of rows.levels) checkShelf(sku, level, rows)
}

/** What may never be a reason to call a person. */
const HARMLESS: ReadonlySet<Fault> = new Set([
  "duplicate",
  "storm",
  "reorder",
  "evict",
  "alarmTwice",
  "twin",
  "newerVersion",
  "webhookEarly",
  "webhookTwice",
  "webhookLate",
  "webhookContradicts",
])

function isForNothing({ simulate }: OrderState, struck: readonly Fault[]): boolean {
  const { refund, release, cancelShipment, ...forward } = simulate
  const isRehearsed = refund ?? release ?? cancelShipment ?? Object.values(forward).find((plan) => plan === "poison")
  return isRehearsed === undefined && struck.every((fault) => HARMLESS.has(fault))
}

function checkAnswers({ answers, wish }: Placed, order: OrderState): void {
  if (answers.length !== (wish.isImpatient ? 2 : 1)) throw new Violation("F7", `${order.id} lacks an answer`)
  if (new Set(answers).size > 1) throw new Violation("F7", `${order.id} was answered in two ways`)
}

function checkMoney(order: OrderState, payment: PaymentState | undefined, { payments }: Outskirts): void {
  let [captured, refunded] = [0, 0]
  for (const [, charge] of payments.charges.entries()) {
    if (charge.orderId !== order.id || charge.standing !== "captured") continue
    captured += charge.amount
    refunded += charge.refunded
  }
  const kept = captured - refunded
  // What a person gave back went another way than through the gateway.
  const cost = kept - order.refundedByHand
  if (order.status === "cancelled" && cost !== 0) throw new Violation("M4", `${order.id} is cancelled and cost ${cost}`)
  if (order.status === "delivered" && (kept !== order.total || refunded !== 0)) {
    throw new Violation("M5", `${order.id} is delivered and cost ${kept} of ${order.total}`)
  }
  // Of a charge that nobody knows about the books have a person's word, which has been held to what it cost.
  if (order.byHand.includes("payment") && payment?.charge?.standing === "unknown") return
  if (order.captured !== captured || order.refunded !== refunded) {
    throw new Violation(
      "M6",
      `${order.id} knows of ${order.captured} and ${order.refunded}, the gateway of ${captured} and ${refunded}`,
    )
  }
  if (payment === undefined) return
  if (payment.charge?.standing === "under_way" || payment.charge?.standing === "unknown") {
    if (payment.undo?.status !== "done" && !order.byHand.includes("payment"))
      throw new Violation("M6", `payment of ${order.id} is ${payment.charge.standing}`)
  }
  if (payment.captured !== captured || payment.refunded !== refunded) {
    throw new Violation("M6", `payment of ${order.id} has other books than the gateway`)
  }
}

function checkGoods(order: OrderState, rows: Rows): void {
  for (const line of Object.values(order.lines)) {
    const reservation = rows.reservations.get(reservationKey(line.sku, order.id))
    const status = reservation?.status ?? "none"
    if (status === "held" || status === "asked")
      throw new Violation("K4", `${line.sku} is ${status} for ${order.status} ${order.id}`)
    const isDeducted = status === "deducted"
    if (isDeducted && isLost(order, line)) continue
    if (isDeducted !== (order.status === "delivered")) {
      throw new Violation("K4", `${line.sku} is ${status} for ${order.status} ${order.id}`)
    }
  }
  const shipment = rows.shipments.get(order.id)
  const hasLeft = shipment !== undefined && (shipment.deliveredAt ?? shipment.dispatchedAt) !== null
  if (hasLeft && order.byHand.includes("shipping")) return
  if (hasLeft !== (order.status === "delivered")) {
    throw new Violation("H2", `${order.id} is ${order.status}, its parcel ${shipment?.status ?? "was never asked for"}`)
  }
}

/** A person has settled the recall, and the goods had left or left after all: the books say that they are lost (P4). */
function isLost({ byHand }: OrderState, { lost, shipped, quantity }: OrderState["lines"][string]): boolean {
  return byHand.includes("shipping") && lost + shipped === quantity
}

function checkLabels(order: OrderState, { carriers }: Outskirts): void {
  // Whoever settles the recall by hand answers for the label.
  if (order.status !== "cancelled" || order.byHand.includes("shipping")) return
  for (const [key, label] of carriers.labels.entries()) {
    if (label.orderId === order.id && label.standing === "made")
      throw new Violation("H1", `${key} lives, its order is cancelled`)
  }
}

function checkCustomer(order: OrderState, rows: Rows): void {
  const record = rows.customers.get(orderKey(order.customerId, order.id))
  if (record?.kind !== "order") throw new Violation("F8", `${order.customerId} does not have ${order.id}`)
  if (record.status !== order.status)
    throw new Violation("F8", `${order.id} is ${order.status}, its customer sees ${record.status}`)
  const told = record.notices.map(({ type }) => type)
  if (new Set(told).size !== told.length) throw new Violation("F8", `${order.customerId} was told twice of ${order.id}`)
}

function checkShelf(sku: string, level: Level, rows: Rows): void {
  let [held, shipped] = [0, 0]
  for (const reservation of rows.reservations.values()) {
    if (reservation.sku !== sku) continue
    if (reservation.status === "held") held += reservation.quantity
    if (reservation.status === "deducted") shipped += reservation.quantity
  }
  checkLevel(sku, level, held)
  if (level.shipped < shipped) throw new Violation("K4", `${sku}: ${level.shipped} shipped, orders got ${shipped}`)
}
