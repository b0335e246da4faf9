/**
 * The world outside: a payment gateway and a carrier over HTTP, with books of their own that no crash of ours touches.
 *
 * Calls leave through `fetch`, so this stands where the network would. A script says what becomes of the next calls.
 */
export type Manner =
  /** Done and answered. */
  | "answer"
  /** Done, and the answer is lost. */
  | "lose"
  /** Never arrives, and nobody says so. */
  | "vanish"
  /** Neither done nor taken in: try again. */
  | "busy"
  /** Done, and then it breaks. */
  | "break"
  /** Neither done nor ever answered. */
  | "hang"
  /** Done, and never answered. */
  | "stall"

export interface Call {
  readonly method: string
  readonly path: string
  readonly key: string
  readonly orderId: string
}

interface Charge {
  readonly orderId: string
  readonly amount: number
  refunded: number
  void: boolean
}

export class Outside {
  readonly calls: Call[] = []
  readonly charges = new Map<string, Charge>()
  readonly refunds = new Map<string, object>()
  readonly labels = new Map<string, { readonly orderId: string; cancelled: boolean }>()
  readonly cancellations = new Map<string, object>()
  /** How the next calls of a path go; then they are answered. */
  script: Partial<Record<string, Manner[]>> = {}
  /** Called when a call arrives, before anything is done about it. */
  arrived: ((call: Call) => Promise<void>) | null = null

  /** From now on whatever is fetched, is fetched here. */
  open(): this {
    globalThis.fetch = (input, init) => this.#take(new Request(input, init))
    return this
  }

  count(method: string, path: string, orderId: string): number {
    return this.calls.filter((call) => call.method === method && call.path === path && call.orderId === orderId).length
  }

  /** What was taken of an order, and what it got back. */
  moneyOf(orderId: string): readonly [number, number] {
    const charges = [...this.charges.values()].filter((charge) => charge.orderId === orderId && !charge.void)
    return [
      charges.reduce((sum, { amount }) => sum + amount, 0),
      charges.reduce((sum, { refunded }) => sum + refunded, 0),
    ]
  }

  labelsOf(orderId: string): number {
    return [...this.labels.values()].filter((label) => label.orderId === orderId && !label.cancelled).length
  }

  async #take(request: Request): Promise<Response> {
    const [path = "", encoded] = new URL(request.url).pathname.split("/").slice(2)
    const body = request.method === "POST" ? await request.json<Record<string, unknown>>() : {}
    const key = request.headers.get("idempotency-key") ?? decodeURIComponent(encoded ?? "")
    const named = body["orderId"]
    const orderId = typeof named === "string" ? named : (key.split("/")[0] ?? "")
    const call = { method: request.method, path, key, orderId }
    this.calls.push(call)
    await this.arrived?.(call)
    const manner = this.script[`${request.method} ${path}`]?.shift() ?? "answer"
    if (manner === "hang") return new Promise(() => undefined)
    if (manner === "vanish") throw new TypeError("the connection was lost")
    if (manner === "busy") return new Response(null, { status: 503 })
    const answer = this.#act(call, body)
    if (manner === "stall") return new Promise(() => undefined)
    if (manner === "lose") throw new TypeError("the connection was lost")
    if (manner === "break") return new Response("oops", { status: 500 })
    return answer === undefined ? new Response(null, { status: 404 }) : Response.json(answer)
  }

  #act(call: Call, body: Record<string, unknown>): object | undefined {
    const isPost = call.method === "POST"
    switch (call.path) {
      case "charges":
        return isPost ? this.#charge(call, body) : this.#chargeOf(call)
      case "refunds":
        if (isPost && !this.refunds.has(call.key)) this.refunds.set(call.key, this.#refund(body))
        return this.refunds.get(call.key)
      case "labels":
        if (isPost && !this.labels.has(call.key)) this.labels.set(call.key, { orderId: call.orderId, cancelled: false })
        return this.labels.has(call.key) ? label(call.key) : undefined
      case "cancellations":
        if (isPost && !this.cancellations.has(call.key)) this.cancellations.set(call.key, this.#recall(call, body))
        return this.cancellations.get(call.key)
      default:
        throw new Error(`nobody answers ${call.path}`)
    }
  }

  #charge(call: Call, body: Record<string, unknown>): object | undefined {
    if (!this.charges.has(call.key)) {
      this.charges.set(call.key, { orderId: call.orderId, amount: Number(body["amount"]), refunded: 0, void: false })
    }
    return this.#chargeOf(call)
  }

  #chargeOf({ key }: Call): object | undefined {
    const charge = this.charges.get(key)
    if (charge === undefined) return undefined
    if (charge.void) return { status: "declined", code: "CARD_DECLINED", reason: "void" }
    return { status: "captured", transactionId: `txn_${key}`, amount: charge.amount, currency: "USD" }
  }

  #refund(body: Record<string, unknown>): object {
    const key = String(body["charge"])
    const charge = this.charges.get(key) ?? { orderId: String(body["orderId"]), amount: 0, refunded: 0, void: true }
    this.charges.set(key, charge)
    if (charge.void) return { status: "refunded", refundId: null, captured: 0, refunded: 0 }
    const refunded = charge.amount - charge.refunded
    charge.refunded = charge.amount
    return { status: "refunded", refundId: `ref_${key}`, captured: charge.amount, refunded }
  }

  #recall({ orderId }: Call, body: Record<string, unknown>): object {
    this.labels.set(String(body["label"]), { orderId, cancelled: true })
    return { status: "cancelled" }
  }
}

function label(key: string): object {
  return {
    status: "labelled",
    carrier: "FastShip",
    trackingNumber: `FS${key.replaceAll(/\W/g, "").slice(-20).toUpperCase()}`,
    estimatedDelivery: "2027-01-01T00:00:00.000Z",
  }
}

/** Where the worker believes the world outside to be. */
export const OUTSIDE_VARS = {
  PAYMENT_GATEWAY_URL: "http://localhost:9/pay",
  CARRIER_URL: "http://localhost:9/carrier",
}
