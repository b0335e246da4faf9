/** What each problem means, and what its caller should do: a code without its text doesn't compile. */
import type { ProblemCode } from "../problem.ts"

export interface ProblemText {
  readonly means: string
  readonly advice: string
}

const LATER =
  "Send the same request again after the seconds of `Retry-After`; an order with the same `Idempotency-Key`."
const UNKNOWN_TO_YOU = "What you may not see is as unknown as what doesn't exist."

export const problemTexts: Readonly<Record<ProblemCode, ProblemText>> = {
  malformed_body: {
    means:
      "The body can't be read as JSON: it is missing, isn't UTF-8 or JSON, names a field twice, is nested too deep, or holds a number that can't be read exactly.",
    advice: "`detail` says which. Send each field once, and numbers with at most 15 digits.",
  },
  invalid_request: {
    means: "The request was read, and some field, parameter or header is missing, unknown or out of its bounds.",
    advice: "`errors` names each with its path. Mend them; the same request fails again.",
  },
  simulation_off: {
    means: "`simulate` makes an order fail in a chosen way, and this deployment doesn't take that.",
    advice: "Leave `simulate` out, or set `SIMULATION` to `on` where nobody's money is at stake.",
  },
  unauthenticated: {
    means:
      "There is no token, or one that can't be trusted: malformed, expired, of another issuer, or signed by another key.",
    advice: "Send `Authorization: Bearer` with a token of yours. `detail` says what is wrong with this one.",
  },
  unsigned: {
    means:
      "A webhook is signed by nobody known here, or too long ago: another secret, another body than was signed, a clock that is off, or no secret is set.",
    advice:
      "`detail` says what is wrong. Sign the very bytes that you send, with the secret you share, and anew for every try.",
  },
  forbidden: {
    means: "The token is sound, and its role may not do this.",
    advice: "The page of the route says which roles may. Ask for a token with one of them.",
  },
  route_not_found: {
    means: "No route has this path.",
    advice: "Compare it with `/docs`. A slash too many makes another path.",
  },
  page_not_found: { means: "No problem has this code.", advice: "All of them stand on `/docs/problems`." },
  order_not_found: {
    means: `There is no order with this id, or the customer has none. ${UNKNOWN_TO_YOU}`,
    advice: "Check the id, and whose order it is. An id is known as soon as its 201 is answered.",
  },
  customer_not_found: {
    means: `No customer can have this id, or it isn't yours. ${UNKNOWN_TO_YOU}`,
    advice: "As a customer, ask for your own: the `sub` of your token.",
  },
  sku_not_found: {
    means: "Neither stock nor catalogue knows this SKU.",
    advice: "`GET /inventory` lists those there are. Adding stock registers a new one.",
  },
  payment_not_found: {
    means: `No charge was asked for this order, or there is no such order. ${UNKNOWN_TO_YOU}`,
    advice: "Right after placing, ask again a moment later. An order cancelled before its charge never gets one.",
  },
  shipment_not_found: {
    means: `No label was made for this order, or no parcel has this number. ${UNKNOWN_TO_YOU}`,
    advice: "A label is made once the order is reserved and paid. Ask again then.",
  },
  deadline_not_found: {
    means: "No order has a deadline of this name.",
    advice: "`GET /orders/:ref/deadlines` lists those that run.",
  },
  cell_not_found: {
    means: "There can't be such an object.",
    advice: "Check service and name: the log and the dead letters name them as they are.",
  },
  dead_letter_not_found: {
    means: "There is no dead letter with this id.",
    advice: "`GET /dead-letters` lists them. One that was settled long ago is forgotten.",
  },
  method_not_allowed: { means: "The path is there, and not with this method.", advice: "`Allow` names those it has." },
  cancellation_refused: {
    means: "The order has left, or a person has to decide about it: nobody can take it back by cancelling.",
    advice: "`detail` says which state forbids it. Once it is delivered it can be returned.",
  },
  delivery_refused: {
    means: "Only a shipped order can be delivered.",
    advice: "`detail` says where it stands. Wait until it is `shipped`.",
  },
  resolution_refused: {
    means: "The order isn't in `attention`, or this decision isn't one that can be taken about it now.",
    advice: "`detail` says why. If a call is still under way, decide again later.",
  },
  version_moved: {
    means: "You asked to act only on a version that the order no longer has.",
    advice: "Read it again; `ETag` has its version. Decide anew, and send that in `If-Match`.",
  },
  idempotency_running: {
    means: "The first request with this key is still being worked on.",
    advice: "Send the same again after `Retry-After`: it answers what the first one did.",
  },
  deadline_not_running: {
    means: "The deadline exists, and doesn't run for this order now.",
    advice: "`GET /orders/:ref/deadlines` lists those that do.",
  },
  redrive_refused: {
    means: "The letter's event can't be applied as it is: it breaks the rules of its own type.",
    advice: "`errors` says where. Redrive it with edited data, or discard it.",
  },
  dead_letter_settled: {
    means: "It was redriven or discarded before. Nothing was done a second time.",
    advice: "Nothing: it is settled.",
  },
  catalogue_full: { means: "The catalogue takes no more SKUs.", advice: "Use one that is there." },
  shelf_full: { means: "The shelf of this SKU has no room for as many.", advice: "Add fewer." },
  body_too_large: { means: "A body may have at most 64 KiB.", advice: "Send less; an order has at most 100 lines." },
  unsupported_media_type: {
    means: "Bodies are JSON in UTF-8, without a content encoding.",
    advice: "Send `Content-Type: application/json`.",
  },
  idempotency_mismatch: {
    means: "This key was used with another body. Neither was changed.",
    advice: "Use a new key for another order, and the same key only to repeat the same one.",
  },
  unknown_sku: {
    means: "A line names a SKU that neither stock nor catalogue knows. Nothing was placed.",
    advice: "`errors` names the lines.",
  },
  no_price: {
    means: "A SKU has no price in the catalogue, and the order states none that may be taken.",
    advice: "State one if your role may; else wait until the catalogue has one.",
  },
  price_mismatch: {
    means: "A stated price isn't the catalogue's. Nothing was placed, so nobody pays what they haven't seen.",
    advice: "Read the price from `GET /inventory/:sku` again, or leave it out.",
  },
  currency_mismatch: {
    means: "The catalogue's prices are in another currency.",
    advice: "Leave `currency` out. Who may state prices may state a currency too.",
  },
  total_too_large: { means: "The lines come to more than an order may cost.", advice: "Make several orders of it." },
  not_supported: {
    means: "It was understood, and isn't there: partial fulfilment, or a time that the platform no longer keeps.",
    advice: "`detail` says which. Ask without it.",
  },
  too_many_requests: {
    means: "You, or your address, come by more often than a minute allows. The request was not looked at.",
    advice: LATER,
  },
  too_many_open_orders: {
    means: "The customer has as many open orders as it may. Nothing was placed.",
    advice: "Wait until one has ended, or cancel one.",
  },
  overloaded: { means: "An object that had to be asked is too busy.", advice: LATER },
  backlogged: {
    means: "More orders are on their way than can be finished in time. Nothing was placed.",
    advice: LATER,
  },
  unavailable: {
    means: "Something behind the edge did not answer. What was asked may have been done, or not.",
    advice:
      "Reading, cancelling and placing with an `Idempotency-Key` are safe to repeat after `Retry-After`. Before anything else is repeated, look whether it was done.",
  },
  misconfigured: {
    means: "A variable of this deployment makes no sense, so it answers nothing at all.",
    advice: "For those who run it: `errors` names the variables; `docs/settings.md` says what they take.",
  },
}
