/** The outside world's own ledger, and what must be true of it whatever happened to the shop. */
import { readFileSync } from "node:fs"
import type { Order } from "./shopper.ts"

export type Deeds = "charges" | "refunds" | "labels" | "cancellations"

export type Deed =
  | { readonly status: "captured"; readonly transactionId: string; readonly amount: number; readonly currency: string }
  | { readonly status: "declined"; readonly code: string; readonly reason: string }
  | { readonly status: "refused"; readonly reason: string }
  | {
      readonly status: "refunded"
      readonly refundId: string
      readonly captured: number
      readonly refunded: number
    }
  | {
      readonly status: "labelled"
      readonly carrier: string
      readonly trackingNumber: string
      readonly estimatedDelivery: string
    }
  | { readonly status: "cancelled" }

export interface Entry {
  readonly kind: Deeds
  readonly key: string
  readonly orderId: string
  readonly deed: Deed
}

export function readLedger(file: string): readonly Entry[] {
  const lines = readFileSync(file, "utf8").split("\n")
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Entry) // written by the outside world
}

export interface Account {
  readonly captures: number
  readonly captured: number
  readonly refunded: number
  /** Labels that were made and not cancelled. */
  readonly labels: number
}

export function accountsOf(entries: readonly Entry[]): ReadonlyMap<string, Account> {
  const accounts = new Map<string, Account>()
  for (const { orderId, deed } of entries) {
    const before = accounts.get(orderId) ?? { captures: 0, captured: 0, refunded: 0, labels: 0 }
    accounts.set(orderId, book(before, deed))
  }
  return accounts
}

function book(account: Account, deed: Deed): Account {
  switch (deed.status) {
    case "captured":
      return { ...account, captures: account.captures + 1, captured: account.captured + deed.amount }
    case "refunded":
      return { ...account, refunded: account.refunded + deed.refunded }
    case "labelled":
      return { ...account, labels: account.labels + 1 }
    case "cancelled":
      return { ...account, labels: Math.max(0, account.labels - 1) }
    case "declined":
    case "refused":
      return account
  }
}

/** What is wrong with the ledger, given how the orders ended; nothing, if all is well. */
export function faultsOf(entries: readonly Entry[], orders: readonly Order[]): readonly string[] {
  const known = new Map(orders.map((order) => [order.id, order]))
  const accounts = accountsOf(entries)
  const strangers = [...accounts.keys()].filter((orderId) => !known.has(orderId))
  const faults = strangers.map((orderId) => `${orderId} was never acknowledged`)
  for (const order of orders) {
    const account = accounts.get(order.id) ?? { captures: 0, captured: 0, refunded: 0, labels: 0 }
    const wanted = order.status === "delivered" ? { kept: order.total, labels: 1 } : { kept: 0, labels: 0 }
    const kept = account.captured - account.refunded
    const says = `${order.id} (${order.status}): ${JSON.stringify(account)}`
    if (account.captures > 1) faults.push(`charged twice: ${says}`)
    if (kept !== wanted.kept) faults.push(`keeps ${kept} instead of ${wanted.kept}: ${says}`)
    if (account.labels !== wanted.labels) faults.push(`has ${account.labels} labels: ${says}`)
  }
  return faults
}
