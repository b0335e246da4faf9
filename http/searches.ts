/** What a search asks for, out of its query string: each word is checked, and an unknown one is said to be so. */
import { type Query, type Stage, STAGES, VIEWS, type ViewName } from "../domain/monitor/document.ts"
import type { Context } from "./edge.ts"
import { queryOf } from "./pages.ts"
import { invalid } from "./problem.ts"
import { isCustomerId, isSku } from "./validation.ts"

/**
 * In the words of the saga view and in those of an order; a saga's word may stand for several of an order's. What happens
 * between being placed and being shipped only the order itself can tell.
 */
const STAGES_OF: Readonly<Record<string, readonly Stage[]>> = {
  ...Object.fromEntries(STAGES.map((stage) => [stage, [stage]])),
  pending: ["placed"],
  confirmed: ["placed"],
  paid: ["placed"],
  in_progress: ["placed", "shipped"],
  completed: ["delivered", "refunded"],
  compensating: ["cancelling"],
  failed: ["cancelled"],
}

/** As others name what is theirs: payments and parcels. */
const NAME = /^[\x21-\x7e]{1,128}$/

export function searchOf(c: Context): Query {
  return {
    customerId: wordOf(c, "customerId", isCustomerId, "must be a customer id"),
    sku: wordOf(c, "sku", isSku, "must be a SKU"),
    paymentId: wordOf(c, "paymentId", isName, "must be a payment id"),
    trackingNumber: wordOf(c, "trackingNumber", isName, "must be a tracking number"),
    stages: stagesOf(queryOf(c, "status")),
    view: viewOf(queryOf(c, "view")),
    since: sinceOf(queryOf(c, "since")),
  }
}

function isName(text: string): boolean {
  return NAME.test(text)
}

function wordOf(c: Context, name: string, isFit: (text: string) => boolean, message: string): string | null {
  const text = queryOf(c, name)
  if (text !== null && !isFit(text)) throw invalid(name, message)
  return text
}

function stagesOf(status: string | null): readonly Stage[] | null {
  if (status === null) return null
  const stages = Object.hasOwn(STAGES_OF, status) ? STAGES_OF[status] : undefined
  if (stages === undefined) throw invalid("status", `must be one of ${Object.keys(STAGES_OF).join(", ")}`)
  return stages
}

function viewOf(text: string | null): ViewName | null {
  if (text === null) return null
  const view = VIEWS.find((each) => each === text)
  if (view === undefined) throw invalid("view", `must be one of ${VIEWS.join(", ")}`)
  return view
}

function sinceOf(text: string | null): number | null {
  if (text === null) return null
  const [day = ""] = /^\d{4}-\d{2}-\d{2}(?=$|T[\d:.]+(Z|[+-]\d{2}:\d{2})$)/.exec(text) ?? []
  const at = isDay(day) ? Date.parse(text) : NaN
  if (Number.isNaN(at)) throw invalid("since", "must be a date, or a time of ISO 8601")
  return at
}

/** The 30th of February is taken for a day in March, unless somebody looks. */
function isDay(day: string): boolean {
  const at = Date.parse(day)
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(day)
}
