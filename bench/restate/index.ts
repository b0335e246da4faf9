/**
 * The same saga on Restate, as its documentation would have it: a Workflow per order, and a Virtual Object for whatever
 * has a state of its own (objects.ts). It listens at the port that it is given.
 *
 * The business steps are the floor's: payment and a reservation per SKU are asked for together, a label made, the parcel
 * granted, dispatched, on its way and delivered, each SKU deducted, the customer told of each. What an order waits for is
 * asked first, what nobody waits for is sent behind it, and what is said at the same moment goes in one message.
 */
import { createServer } from "node:http2"
import { createEndpointHandler, RestatePromise, workflow, type WorkflowContext } from "@restatedev/restate-sdk"
import { customer, inventory, payment, shipping, type Told } from "./objects.ts"

interface Placed {
  readonly customerId: string
  readonly items: readonly { readonly sku: string; readonly quantity: number; readonly price: number }[]
  readonly isDeclined?: boolean
}

interface Line {
  readonly sku: string
  readonly quantity: number
}

interface OrderState {
  readonly order: { readonly customerId: string; readonly lines: readonly Line[]; readonly total: number }
  readonly status: "paid" | "shipped" | "delivered" | "cancelled"
}

type Context = WorkflowContext<OrderState>

interface Ended {
  readonly status: "delivered" | "cancelled"
  readonly updatedAt: string
}

const order = workflow({
  name: "order",
  handlers: {
    run: async (ctx: Context, { customerId, items, isDeclined = false }: Placed): Promise<Ended> => {
      const orderId = ctx.key
      const lines = items.map(({ sku, quantity }) => ({ sku, quantity }))
      const total = items.reduce((sum, { price, quantity }) => sum + Math.round(price * 100) * quantity, 0)
      const tell = (...told: Told[]): void => {
        ctx.objectSendClient(customer, customerId).tell({ orderId, told })
      }
      ctx.set("order", { customerId, lines, total })
      const paying = ctx.objectClient(payment, orderId).charge({ total, isDeclined })
      const reserving = lines.map(({ sku, quantity }) =>
        ctx.objectClient(inventory, sku).reserve({ orderId, quantity }),
      )
      tell("placed")
      const [isPaid, ...isReserved] = await RestatePromise.all([paying, ...reserving])
      if (!isPaid || isReserved.includes(false)) {
        const refunding = isPaid ? [ctx.objectClient(payment, orderId).refund({ total })] : []
        const reserved = lines.filter((_line, index) => isReserved[index])
        const releasing = reserved.map(({ sku, quantity }) =>
          ctx.objectClient(inventory, sku).release({ orderId, quantity }),
        )
        await RestatePromise.all([...refunding, ...releasing])
        tell("cancelled")
        return ended(ctx, "cancelled")
      }
      ctx.set("status", "paid")
      const delivering = ctx.objectClient(shipping, orderId).ship()
      tell("paid")
      await delivering
      ctx.set("status", "shipped")
      const deducting = lines.map(({ sku, quantity }) => ctx.objectClient(inventory, sku).deduct({ orderId, quantity }))
      tell("shipped")
      await RestatePromise.all(deducting)
      tell("delivered", "completed")
      return ended(ctx, "delivered")
    },
  },
})

/**
 * The time is a part of what the workflow answers and not of its state: nothing comes after the answer that a repeated
 * run would have to agree with, so the clock needs no entry in the journal, which would cost a commit.
 */
function ended(ctx: Context, status: Ended["status"]): Ended {
  ctx.set("status", status)
  return { status, updatedAt: new Date(Date.now()).toISOString() }
}

const handler = createEndpointHandler({ services: [order, payment, shipping, inventory, customer] })
createServer(handler).listen(Number(process.argv[2]), "127.0.0.1")
