/**
 * What a caller sees when something is refused: RFC 9457. Codes are stable; each has one status and one title.
 */
const problems = {
  malformed_body: [400, "The body is not acceptable JSON"],
  invalid_request: [400, "The request is not valid"],
  simulation_off: [400, "Simulation is off"],
  unauthenticated: [401, "A valid token is needed"],
  unsigned: [401, "A valid signature is needed"],
  forbidden: [403, "Your role does not permit this"],
  route_not_found: [404, "There is nothing here"],
  order_not_found: [404, "No such order"],
  customer_not_found: [404, "No such customer"],
  sku_not_found: [404, "No such SKU"],
  payment_not_found: [404, "No such payment"],
  shipment_not_found: [404, "No such shipment"],
  deadline_not_found: [404, "No such deadline"],
  cell_not_found: [404, "No such object"],
  page_not_found: [404, "No such page"],
  dead_letter_not_found: [404, "No such dead letter"],
  method_not_allowed: [405, "The method is not allowed here"],
  cancellation_refused: [409, "The order can no longer be cancelled"],
  delivery_refused: [409, "The order can not be delivered now"],
  resolution_refused: [409, "The order can not be resolved so"],
  version_moved: [409, "The order has changed since you read it"],
  idempotency_running: [409, "A request with this idempotency key is still running"],
  deadline_not_running: [409, "The deadline does not run"],
  redrive_refused: [409, "The dead letter can not be applied as it is"],
  dead_letter_settled: [409, "The dead letter is settled already"],
  catalogue_full: [409, "The catalogue is full"],
  shelf_full: [409, "The shelf is full"],
  body_too_large: [413, "The body is too large"],
  unsupported_media_type: [415, "The content type is not supported"],
  idempotency_mismatch: [422, "The idempotency key was used with another body"],
  unknown_sku: [422, "A SKU is unknown"],
  no_price: [422, "A SKU has no price"],
  price_mismatch: [422, "A price disagrees with the catalogue"],
  currency_mismatch: [422, "The currency disagrees with the catalogue"],
  total_too_large: [422, "The total is too large"],
  not_supported: [422, "Not supported"],
  too_many_requests: [429, "Too many requests"],
  too_many_open_orders: [429, "Too many open orders"],
  overloaded: [503, "Too busy"],
  backlogged: [503, "Too much to do"],
  unavailable: [503, "Temporarily unavailable"],
  misconfigured: [503, "The service is not configured"],
} as const

export type ProblemCode = keyof typeof problems

export type ProblemStatus = (typeof problems)[ProblemCode][0]

export const problemCodes = Object.keys(problems) as readonly ProblemCode[] // the keys of an object whose type names them

export function problemStatus(code: ProblemCode): ProblemStatus {
  return problems[code][0]
}

export function problemTitle(code: ProblemCode): string {
  return problems[code][1]
}

export interface FieldError {
  readonly path: string
  readonly message: string
}

export interface ProblemDetails {
  readonly errors?: readonly FieldError[]
  readonly headers?: Readonly<Record<string, string>>
}

/** A problem's type is the path of the page that explains it. */
export const PROBLEM_PAGES = "/docs/problems"
/** More would tell nobody anything, and an answer must not outgrow its request. */
const FIELD_ERRORS_MAX = 20

export class Problem extends Error {
  override readonly name = "Problem"
  readonly code: ProblemCode
  readonly details: ProblemDetails

  constructor(code: ProblemCode, detail: string, details: ProblemDetails = {}) {
    super(detail)
    this.code = code
    this.details = details
  }
}

export function invalid(path: string, message: string): Problem {
  return new Problem("invalid_request", `${path}: ${message}`, { errors: [{ path, message }] })
}

/** `instance` is a path as it stands in the URL, so it is escaped already. */
export function problemResponse(problem: Problem, instance: string, traceId: string): Response {
  const [status, title] = problems[problem.code]
  const { errors, headers } = problem.details
  const body = {
    type: `${PROBLEM_PAGES}/${problem.code}`,
    title,
    status,
    detail: problem.message,
    instance,
    code: problem.code,
    traceId,
    ...(errors === undefined ? {} : { errors: errors.slice(0, FIELD_ERRORS_MAX) }),
  }
  return new Response(escaped(JSON.stringify(body)), {
    status,
    headers: { ...headers, "Content-Type": "application/problem+json" },
  })
}

/** A problem may name what was sent; should anyone take it for a page, it is still text. */
function escaped(json: string): string {
  return json.replace(/[<>&]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`)
}
