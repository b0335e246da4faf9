/** A bank in three modules: what they say to each other. */
import { z } from "zod"
import { event } from "../../events/definition.ts"

const user = z.string().min(1).max(64)
const transferId = z.string().min(1).max(64)
const cents = z.int().min(1)

export const catalog = {
  Transfer: {
    /** The money has left the sender's account. */
    moneyTransferred: event(z.object({ transferId, from: user, to: user, amount: cents })),
    credited: event(z.object({ transferId, from: user, to: user, amount: cents })),
    /** There is no such account: the money goes back. */
    rejected: event(z.object({ transferId, from: user, to: user, amount: cents })),
  },
  Notification: {
    receiptSent: event(z.object({ transferId, user }), { final: true }),
  },
  Analytics: {
    userTransferUpdated: event(z.object({ user, totals: z.int(), count: z.int() }), { final: true }),
  },
}
