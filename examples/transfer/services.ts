/**
 * Accounts move money, notifications send receipts, analytics keep running totals. None knows the others: each hears
 * what was said.
 *
 * 1. Money leaves an account and its transfer is said in one commit; what is said arrives once, or comes back once.
 * 2. A transfer that can't arrive is undone by its sender's account, which takes its own money back even when closed.
 */
import { choreography, registry, type Service, spread } from "../../choreography/index.ts"
import { catalog } from "./events.ts"

const { service } = choreography(catalog)

export interface Bank {
  readonly cells: number
}

const placement = ({ cells }: Bank) => spread("bank", cells)

export type Standing = "sent" | "arrived" | "returned" | "refused"

export interface Account {
  readonly balance: number
  /** It takes nothing from others any more, and sends nothing. */
  readonly closed: boolean
  /** What was asked for, by id: asking again changes nothing. */
  readonly transfers: Readonly<Record<string, Standing>>
}

const NEW: Account = { balance: 0, closed: false, transfers: {} }

const ACCOUNT_SAYS = ["Transfer.moneyTransferred", "Transfer.credited", "Transfer.rejected"] as const

interface AccountShape {
  readonly says: typeof ACCOUNT_SAYS
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
    readonly close: { readonly input: null; readonly answer: boolean }
    readonly view: { readonly input: null; readonly answer: Account | null }
  }
  readonly settings: Bank
}

export const account = service<AccountShape>()("Account", { says: ACCOUNT_SAYS, placement }, ($) => {
  $.on.Transfer.moneyTransferred(
    ({ data }) => {
      const state = $.state()
      if (state === null || state.closed) {
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
    $.save({ ...state, balance: state.balance + back, transfers: { ...state.transfers, [id]: as } })
  }
  return {
    open({ balance }) {
      const state = $.state() ?? { ...NEW, balance }
      if ($.state() === null) $.save(state)
      return state.balance
    },
    transfer({ id, to, amount }) {
      const state = $.state() ?? NEW
      const known = state.transfers[id]
      if (known !== undefined) return known === "refused" ? "refused" : "sent"
      const answer = state.closed || state.balance < amount || to === $.key ? "refused" : "sent"
      const balance = answer === "sent" ? state.balance - amount : state.balance
      $.save({ ...state, balance, transfers: { ...state.transfers, [id]: answer } })
      if (answer === "sent") $.send("Transfer.moneyTransferred", { transferId: id, from: $.key, to, amount })
      return answer
    },
    close() {
      const state = $.state()
      if (state?.closed === false) $.save({ ...state, closed: true })
      return state !== null
    },
    view: () => $.state(),
  }
})

export interface Receipts {
  readonly sent: readonly string[]
  readonly failed: readonly string[]
}

export interface Mail {
  readonly transferId: string
  readonly user: string
}

const NOTIFICATION_SAYS = ["Notification.receiptSent"] as const

interface NotificationShape {
  readonly says: typeof NOTIFICATION_SAYS
  readonly state: Receipts
  readonly shared: object
  readonly effects: { readonly mail: { readonly input: Mail; readonly result: { readonly id: string } } }
  readonly timers: object
  readonly asks: { readonly receipts: { readonly input: null; readonly answer: Receipts | null } }
  readonly settings: Bank
}

export const notification = service<NotificationShape>()(
  "Notification",
  { says: NOTIFICATION_SAYS, placement },
  ($) => {
    $.on.Transfer.moneyTransferred(
      ({ data }) => $.perform("mail", { transferId: data.transferId, user: data.from }, { key: data.transferId }),
      ({ data }) => [data.from],
    )
    $.settled.mail(({ input: { transferId, user }, outcome }) => {
      const { sent, failed } = $.state() ?? { sent: [], failed: [] }
      if (!outcome.ok) {
        $.save({ sent, failed: [...failed, transferId] })
        return
      }
      $.save({ sent: [...sent, transferId], failed })
      $.send("Notification.receiptSent", { transferId, user })
    })
    return { receipts: () => $.state() }
  },
)

export interface Totals {
  readonly totals: number
  readonly count: number
  /** In the order in which they were said. */
  readonly order: readonly string[]
}

const ANALYTICS_SAYS = ["Analytics.userTransferUpdated"] as const

interface AnalyticsShape {
  readonly says: typeof ANALYTICS_SAYS
  readonly state: Totals
  readonly shared: object
  readonly effects: object
  readonly timers: object
  readonly asks: { readonly totals: { readonly input: null; readonly answer: Totals | null } }
  readonly settings: Bank
}

export const analytics = service<AnalyticsShape>()("Analytics", { says: ANALYTICS_SAYS, placement }, ($) => {
  $.on.Transfer.moneyTransferred(
    ({ data }) => {
      const { totals, count, order } = $.state() ?? { totals: 0, count: 0, order: [] }
      const next = { totals: totals + data.amount, count: count + 1, order: [...order, data.transferId] }
      $.save(next)
      $.send("Analytics.userTransferUpdated", { user: $.key, totals: next.totals, count: next.count })
    },
    ({ data }) => [data.from],
  )
  return { totals: () => $.state() }
})

export const services: readonly Service[] = [account, notification, analytics]
export const bank = registry(services)
