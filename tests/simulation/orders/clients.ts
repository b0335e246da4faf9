/** The people around the shop: customers who order, retry, look what cancelling would do, and cancel. */
import { customerPrefix } from "../../../domain/customer.ts"
import type { CancelAnswer, CancelPreview, NewOrder, OrderView } from "../../../domain/order/views.ts"
import type { Claim } from "../../../domain/views.ts"
import type { OrderIds } from "../../../http/customerOrders.ts"
import { insist, sleep } from "../client.ts"
import { Violation, type World } from "../platform/world.ts"
import type { Acts } from "./acts.ts"
import { hasNoted, OVERRULED, threadIn } from "./circle.ts"
import { Promises } from "./promises.ts"
import { SHELF, type Wish } from "./wishes.ts"

const LEASE_MS = 30_000
/** More than one customer places in a history. */
const ORDERS_MAX = 200
const LIFE_MS = 24 * 3_600_000

export interface Placed {
  readonly wish: Wish
  /** What each of the customer's requests was answered. */
  readonly answers: string[]
  /** A cancellation was accepted. */
  cancelled: boolean
}

export class Clients {
  readonly placed = new Map<string, Placed>()
  /** Requests that want an answer. */
  awaited = 0
  readonly promises = new Promises()
  readonly #world: World
  readonly #acts: Acts

  constructor(world: World, acts: Acts) {
    this.#world = world
    this.#acts = acts
  }

  start(wishes: readonly Wish[]): void {
    this.awaited = wishes.reduce((sum, { isImpatient }) => sum + (isImpatient ? 2 : 1), 0)
    this.#run(this.#open(wishes))
  }

  #placed(wish: Wish, orderId: string): Placed {
    const placed = this.placed.get(orderId) ?? { wish, answers: [], cancelled: false }
    this.placed.set(orderId, placed)
    return placed
  }

  #run(work: Promise<void>): void {
    work.catch((error: unknown) => {
      this.#world.failed("a client", error)
    })
  }

  /** Fills the shelves, and opens the door. */
  async #open(wishes: readonly Wish[]): Promise<void> {
    const shelves = Object.entries(SHELF)
    await Promise.all(
      shelves.map(([sku, quantity]) => insist(this.#world, "Inventory", `${sku}/level`, "seed", { quantity })),
    )
    for (const wish of wishes) {
      this.#run(this.#come(wish, wish.order.orderId))
      if (wish.isImpatient) this.#run(this.#come(wish, wish.twinId))
    }
  }

  async #come(wish: Wish, wantedId: string): Promise<void> {
    const world = this.#world
    await sleep(world, wish.comesAfterMs)
    const { orderId, text } = await this.#order(wish, wantedId)
    this.#placed(wish, orderId).answers.push(text)
    if (wish.cancelsAfterMs === null) return
    await sleep(world, wish.cancelsAfterMs)
    await this.#cancel(wish, orderId)
    if (wish.cancelsTwice) await this.#cancel(wish, orderId)
  }

  /** As the API places an order under an idempotency key. */
  async #order({ order, claimKey }: Wish, wantedId: string): Promise<{ orderId: string; text: string }> {
    const world = this.#world
    const request = { bodyHash: "the same", orderId: wantedId, leaseMs: LEASE_MS, lifeMs: LIFE_MS }
    for (;;) {
      // The service's own type says what it answers.
      const claim = (await insist(world, "Customer", claimKey, "claim", request)) as Claim
      if (claim.outcome === "replay") return { orderId: claim.orderId, text: claim.body }
      if (claim.outcome === "claimed") return this.#place(order, claimKey, claim.orderId)
      await sleep(world, 1_000)
    }
  }

  async #place(wanted: NewOrder, claimKey: string, orderId: string): Promise<{ orderId: string; text: string }> {
    const world = this.#world
    const order = { ...wanted, orderId }
    const view = (await insist(world, "Order", order.orderId, "place", order)) as OrderView
    await this.#find(order)
    const answer = { orderId: order.orderId, status: 201, body: JSON.stringify(view) }
    return { orderId, text: String(await insist(world, "Customer", claimKey, "complete", answer)) }
  }

  /** As the API lists a customer's orders: those that wait for something, and then those that its own cell has heard of. */
  async #find({ orderId, customerId }: NewOrder): Promise<void> {
    const world = this.#world
    const page = { limit: ORDERS_MAX, after: null }
    // The services' own types say what they answer.
    const open = (await insist(world, "Order", orderId, "openOrders", { customerId })) as readonly string[]
    const heard = (await insist(world, "Customer", customerPrefix(customerId), "orders", page)) as OrderIds
    if (open.includes(orderId) || heard.orderIds.includes(orderId) || world.isRestored) return
    throw new Violation("F7", `${orderId} was placed, and its customer does not have it`)
  }

  async #cancel(wish: Wish, orderId: string): Promise<void> {
    const answer = (wish.looksFirst ? await this.#cancelAsShown(orderId) : null) ?? (await this.#ask(orderId, null))
    const placed = this.#placed(wish, orderId)
    if (answer.outcome === "unknown" && !this.#world.isRestored)
      throw new Violation("F7", `${orderId} was answered, and is not known`)
    if (answer.outcome === "accepted") placed.cancelled = true
    else if (placed.cancelled && !this.#world.isRestored && !this.#isOverruled(orderId))
      throw new Violation("P1", `${orderId} was cancelled, and then refused it`)
  }

  #isOverruled(orderId: string): boolean {
    return hasNoted(threadIn(this.#world, "Order", orderId), OVERRULED)
  }

  /** Null when the order has moved since it was looked at: whoever wants to cancel it all the same, asks again. */
  async #cancelAsShown(orderId: string): Promise<CancelAnswer | null> {
    const preview = (await insist(this.#world, "Order", orderId, "preview", null)) as CancelPreview | null
    if (preview === null) return null
    this.promises.show(orderId, preview)
    const answer = await this.#ask(orderId, preview.version)
    if (answer.outcome === "moved") this.#acts.did("looked, order moved")
    if (answer.outcome === "moved" || answer.outcome === "unknown") return null
    this.#acts.did("looked, then cancelled")
    if (!this.#world.isRestored) this.promises.keep(orderId, preview, answer.outcome, answer.order.version)
    return answer
  }

  async #ask(orderId: string, version: number | null): Promise<CancelAnswer> {
    const input = { reason: "changed my mind", version }
    return (await insist(this.#world, "Order", orderId, "cancel", input)) as CancelAnswer
  }
}
