/** A bank in three services: what they say to each other. */
import { z } from "zod"
import { event } from "../../choreography/index.ts"

const user = z.string().min(1).max(64)
const transferId = z.string().min(1).max(64)
const cents = z.int().min(1)
const transfer = z.object({ transferId, from: user, to: user, amount: cents })

export const catalog = {
  Transfer: {
    moneyTransferred: event(transfer, { about: "The money has left the sender's account." }),
    credited: event(transfer, { about: "It has come in." }),
    rejected: event(transfer, { about: "There is no such account, or it is closed: the money goes back." }),
  },
  Notification: {
    receiptSent: event(z.object({ transferId, user }), { about: "The sender has a receipt.", final: true }),
  },
  Analytics: {
    userTransferUpdated: event(z.object({ user, totals: z.int(), count: z.int() }), {
      about: "What a user has transferred in all.",
      final: true,
    }),
  },
}
