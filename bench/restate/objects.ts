/**
 * What an order's workflow calls upon: payment and shipment of an order, stock of a SKU, news of a customer, each a
 * Virtual Object. A call takes effect once, whatever is repeated, so none of them looks whether it has been called before.
 *
 * State is fetched when it is asked for, and only stock asks: nobody is sent all reservations of a SKU, or all orders
 * of a customer, with a call that reads none of them.
 */
import { object, type ObjectContext } from "@restatedev/restate-sdk"

const options = { enableLazyState: true }

interface PaymentState {
  readonly payment: { readonly status: "captured" | "declined" | "refunded"; readonly total: number }
}

export const payment = object({
  name: "payment",
  handlers: {
    charge: async (ctx: ObjectContext<PaymentState>, asked: { total: number; isDeclined: boolean }) => {
      ctx.set("payment", { status: asked.isDeclined ? "declined" : "captured", total: asked.total })
      return !asked.isDeclined
    },
    refund: async (ctx: ObjectContext<PaymentState>, { total }: { total: number }) => {
      ctx.set("payment", { status: "refunded", total })
    },
  },
  options,
})

interface ShipmentState {
  readonly shipment: { readonly status: "delivered"; readonly trackingNumber: string }
}

export const shipping = object({
  name: "shipping",
  handlers: {
    /** Label, dispatch, transit and delivery without delays: one commit. */
    ship: async (ctx: ObjectContext<ShipmentState>) => {
      ctx.set("shipment", { status: "delivered", trackingNumber: `TRK${ctx.key}` })
    },
  },
  options,
})

interface Level {
  readonly available: number
  readonly reserved: number
  readonly shipped: number
}

interface Line {
  readonly orderId: string
  readonly quantity: number
}

interface StockState {
  readonly level: Level
  readonly [order: `order/${string}`]: {
    readonly quantity: number
    readonly status: "reserved" | "shipped" | "released"
  }
}

type StockContext = ObjectContext<StockState>

async function levelOf(ctx: StockContext): Promise<Level> {
  return (await ctx.get("level")) ?? { available: 0, reserved: 0, shipped: 0 }
}

export const inventory = object({
  name: "inventory",
  handlers: {
    add: async (ctx: StockContext, { quantity }: { quantity: number }) => {
      const { available, ...rest } = await levelOf(ctx)
      const level = { ...rest, available: available + quantity }
      ctx.set("level", level)
      return level
    },
    reserve: async (ctx: StockContext, { orderId, quantity }: Line) => {
      const { available, reserved, shipped } = await levelOf(ctx)
      if (available < quantity) return false
      ctx.set("level", { available: available - quantity, reserved: reserved + quantity, shipped })
      ctx.set(`order/${orderId}`, { quantity, status: "reserved" })
      return true
    },
    release: async (ctx: StockContext, { orderId, quantity }: Line) => {
      const { available, reserved, shipped } = await levelOf(ctx)
      ctx.set("level", { available: available + quantity, reserved: reserved - quantity, shipped })
      ctx.set(`order/${orderId}`, { quantity, status: "released" })
    },
    deduct: async (ctx: StockContext, { orderId, quantity }: Line) => {
      const { available, reserved, shipped } = await levelOf(ctx)
      ctx.set("level", { available, reserved: reserved - quantity, shipped: shipped + quantity })
      ctx.set(`order/${orderId}`, { quantity, status: "shipped" })
    },
  },
  options,
})

export type Told = "placed" | "paid" | "shipped" | "delivered" | "completed" | "cancelled"

type CustomerState = Readonly<Record<`${string}/${Told}`, true>>

export const customer = object({
  name: "customer",
  handlers: {
    /** Each is a key of its own, so nothing has to be read. */
    tell: async (ctx: ObjectContext<CustomerState>, { orderId, told }: { orderId: string; told: readonly Told[] }) => {
      for (const each of told) ctx.set(`${orderId}/${each}`, true)
    },
  },
  options,
})
