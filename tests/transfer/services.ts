/**
 * Accounts move money, notifications send receipts, analytics keep running totals. None knows the others: each hears
 * what was said, and the choreography under them is the one that fulfils orders, unchanged.
 */
import { choreography } from "../../choreography/dollar.ts"
import type { Service } from "../../choreography/service.ts"
import { catalog } from "./events.ts"

const { service } = choreography(catalog)

export interface Bank {
  readonly cells: number
}

interface Account {
  readonly balance: number
  /** What was asked for, by id: asking again changes nothing. */
  readonly transfers: Readonly<Record<string, "sent" | "arrived" | "returned" | "refused">>
}

interface AccountShape {
  readonly says: readonly ["Transfer.moneyTransferred", "Transfer.credited", "Transfer.rejected"]
  readonly state: Account
  readonly shared: object
  readonly effects: object
  readonly timers: object
  readonly asks: {
    readonly open: { readonly input: { readonly balance: number }; readonly answer: number }
    readonly transfer: {
      readonly input: { readonly id: string; readonly to: string; readonly amount: number }
      readonly answer: "sent" | "refused"
    }
  }
  readonly settings: Bank
}

/** Users are spread over a fixed number of cells, by their initial. */
const placement = ({ cells }: Bank) => ({
  cellOf: (user: string) => `bank-${user.charCodeAt(0) % cells}`,
  cells: () => Array.from({ length: cells }, (_unused, number) => `bank-${number}`),
})

export const account = service<AccountShape>()(
  "Account",
  { says: ["Transfer.moneyTransferred", "Transfer.credited", "Transfer.rejected"], placement },
  ($) => {
    $.on.Transfer.moneyTransferred(
      ({ data }) => {
        const state = $.state()
        if (state === null) {
          $.send("Transfer.rejected", data)
          return
        }
        $.save({ ...state, balance: state.balance + data.amount })
        $.send("Transfer.credited", data)
      },
      ({ data }) => [data.to],
    )
    $.on.Transfer.credited(
      ({ data }) => mark(data.transferId, "arrived", 0),
      ({ data }) => [data.from],
    )
    $.on.Transfer.rejected(
      ({ data }) => mark(data.transferId, "returned", data.amount),
      ({ data }) => [data.from],
    )
    const mark = (id: string, as: "arrived" | "returned", back: number): undefined => {
      const state = $.state()
      if (state === null) {
        $.ignore("no such account")
        return
      }
      $.save({ balance: state.balance + back, transfers: { ...state.transfers, [id]: as } })
    }
    return {
      open({ balance }) {
        const state = $.state() ?? { balance, transfers: {} }
        if ($.state() === null) $.save(state)
        return state.balance
      },
      transfer({ id, to, amount }) {
        const { balance, transfers } = $.state() ?? { balance: 0, transfers: {} }
        const known = transfers[id]
        if (known !== undefined) return known === "refused" ? "refused" : "sent"
        const refused = balance < amount || to === $.key
        $.save({
          balance: refused ? balance : balance - amount,
          transfers: { ...transfers, [id]: refused ? "refused" : "sent" },
        })
        if (refused) return "refused"
        $.send("Transfer.moneyTransferred", { transferId: id, from: $.key, to, amount })
        return "sent"
      },
    }
  },
)

interface NotificationShape {
  readonly says: readonly ["Notification.receiptSent"]
  readonly state: { readonly sent: readonly string[]; readonly failed: readonly string[] }
  readonly shared: object
  readonly effects: {
    readonly mail: {
      readonly input: { readonly transferId: string; readonly user: string }
      readonly result: { readonly id: string }
    }
  }
  readonly timers: object
  readonly asks: object
  readonly settings: Bank
}

export const notification = service<NotificationShape>()(
  "Notification",
  { says: ["Notification.receiptSent"], placement },
  ($) => {
    $.on.Transfer.moneyTransferred(
      ({ data }) => $.perform("mail", { transferId: data.transferId, user: data.from }, { key: data.transferId }),
      ({ data }) => [data.from],
    )
    $.settled.mail(({ input, outcome }) => {
      const { sent, failed } = $.state() ?? { sent: [], failed: [] }
      if (!outcome.ok) {
        $.save({ sent, failed: [...failed, input.transferId] })
        return
      }
      $.save({ sent: [...sent, input.transferId], failed })
      $.send("Notification.receiptSent", { transferId: input.transferId, user: input.user })
    })
    return {}
  },
)

interface AnalyticsShape {
  readonly says: readonly ["Analytics.userTransferUpdated"]
  readonly state: { readonly totals: number; readonly count: number; readonly order: readonly string[] }
  readonly shared: object
  readonly effects: object
  readonly timers: object
  readonly asks: object
  readonly settings: Bank
}

export const analytics = service<AnalyticsShape>()(
  "Analytics",
  { says: ["Analytics.userTransferUpdated"], placement },
  ($) => {
    $.on.Transfer.moneyTransferred(
      ({ data }) => {
        const { totals, count, order } = $.state() ?? { totals: 0, count: 0, order: [] }
        const next = { totals: totals + data.amount, count: count + 1, order: [...order, data.transferId] }
        $.save(next)
        $.send("Analytics.userTransferUpdated", { user: $.key, totals: next.totals, count: next.count })
      },
      ({ data }) => [data.from],
    )
    return {}
  },
)

export const services: readonly Service[] = [account, notification, analytics]
