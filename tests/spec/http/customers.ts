// What a customer's cell answers, by the real rules of its domain.
import { claim, complete, mayFree, orderOf, type CustomerState } from "../../../domain/customer.ts"
import type { CustomerAsks } from "../../../domain/views.ts"

export type Answers<Asks> = {
  readonly [Name in keyof Asks]: (
    key: string,
    input: Asks[Name] extends { readonly input: infer Input } ? Input : never,
  ) => Asks[Name] extends { readonly answer: infer Answer } ? Answer | Promise<Answer> : never
}

export interface Customers {
  readonly customers: Map<string, CustomerState>
  readonly time: number
  /** Orders that a customer may still open where they are counted. */
  admits: number
}

export function customerAnswers(shop: Customers): Answers<CustomerAsks> {
  return {
    ownOrders: () => ({ orderIds: [], next: null }),
    orders: (key, { limit, after }) => {
      const keys = [...shop.customers.keys()].sort().filter((each) => each.startsWith(key) && orderOf(each) !== null)
      const rest = after === null ? keys : keys.filter((each) => each > key + after)
      const page = rest.slice(0, limit)
      const next = rest.length > limit ? (page.at(-1)?.slice(key.length) ?? null) : null
      return { orderIds: page.map((each) => orderOf(each) ?? ""), next }
    },
    note: (key, { orderId }) => {
      shop.customers.set(key, { kind: "order", orderId, status: "placed", notices: [] })
      return null
    },
    admit: (key, { orderId }) => {
      if (shop.customers.has(key)) return true
      if (shop.admits-- <= 0) return false
      shop.customers.set(key, { kind: "order", orderId, status: "placed", notices: [] })
      return true
    },
    withdraw: (key) => {
      shop.admits++
      shop.customers.delete(key)
      return null
    },
    notices: (key) => {
      const state = shop.customers.get(key)
      return state?.kind === "order" ? state.notices : []
    },
    claim: (key, request) => {
      const { record, outcome } = claim(shop.customers.get(key) ?? null, request, shop.time)
      if (record !== null) shop.customers.set(key, record)
      return outcome
    },
    complete: (key, answer) => {
      const before = shop.customers.get(key)
      const record = complete(before ?? null, answer)
      if (record !== null) shop.customers.set(key, record)
      return (before?.kind === "claim" ? before.answer?.body : null) ?? answer.body
    },
    free: (key, { orderId }) => {
      if (mayFree(shop.customers.get(key) ?? null, orderId)) shop.customers.set(key, { kind: "free" })
      return null
    },
  }
}
