/**
 * Every variable there is: what it may hold, what it holds unless set, and what it is for. `docs/settings.md` is this
 * table in prose, and a test compares the two.
 */
import { z } from "zod"
import { CELLS_MAX, REGIONS } from "../domain/orderId.ts"
import { choice, list, rate, secret, text, url, whole, wholeOr } from "./variableKinds.ts"

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** Longer than any order lives. */
const YEAR = 365 * DAY
/** A call to the outside that takes longer is as good as lost. */
const EFFECT_TIMEOUT_MAX_MS = 10 * SECOND
const PARTICIPANT_CELLS_MAX = 256
const RATE_MAX = 1_000_000

export const variables = z.object({
  AUTH: text(
    "",
    "`development`: no token, every caller is trusted. `jwt`: callers need a token. Anything else refuses every call.",
  ),
  JWT_SECRET: text(
    "",
    "Secret of tokens signed with HS256; at least 32 characters are advised. Set it as a secret, not as a variable.",
  ),
  JWT_SECRET_PREVIOUS: text("", "While the secret is changed: the one before, whose tokens are still good."),
  JWKS_URL: url("Where the public keys of tokens signed with RS256 or ES256 are published."),
  JWT_ISSUER: text("", "If set, a token's `iss` must be this."),
  JWT_AUDIENCE: text("", "If set, a token's `aud` must name this."),
  CORS_ORIGINS: list(
    "",
    /^https?:\/\/[^\s/,]+$/,
    "origins, as `https://shop.example`",
    "Origins whose pages may call from a browser. With `AUTH` `development` all may.",
  ),

  LOG: choice(["events", "problems"], "events", "What is logged: a line per event, or only what went wrong."),
  SIMULATION: choice(["on", "off"], "off", "Whether an order may ask for failures with `simulate`."),
  PAYMENT_FAILURE_RATE: rate("0", "Share of charges that the payment simulator declines."),
  CARRIER_FAILURE_RATE: rate("0", "Share of labels that the carrier simulator refuses."),
  SIMULATION_SEED: whole("1", 0, 2 ** 32 - 1, "Seed of the simulators' chance."),
  PAYMENT_GATEWAY_URL: url("Base URL of the payment gateway; unset means the simulator."),
  CARRIER_URL: url("Base URL of the carrier; unset means the simulator."),
  PAYMENT_GATEWAY_TOKEN: text(
    "",
    "Sent to the payment gateway as a bearer token. Set it as a secret, not as a variable.",
  ),
  CARRIER_TOKEN: text("", "Sent to the carrier as a bearer token. Set it as a secret, not as a variable."),
  PAYMENT_WEBHOOK_SECRET: secret(
    "What the payment gateway signs its webhooks with, as `whsec_…`; unset means that it sends none. Set it as a secret, not as a variable.",
  ),
  PAYMENT_WEBHOOK_SECRET_PREVIOUS: secret("While that secret is changed: the one before, which is still good."),
  CARRIER_WEBHOOK_SECRET: secret(
    "What the carrier signs its webhooks with, as `whsec_…`; unset means that it sends none. Set it as a secret, not as a variable.",
  ),
  CARRIER_WEBHOOK_SECRET_PREVIOUS: secret("While that secret is changed: the one before, which is still good."),
  PAYMENT_DELAY_MS: whole("0", 0, 10_000, "How long a call of the payment simulator takes."),
  CARRIER_DELAY_MS: whole("0", 0, 10_000, "How long a call of the carrier simulator takes."),

  DISPATCH_DELAY_MS: whole("5000", 0, YEAR, "From the label to the door; 0 lets the parcel go at once."),
  TRANSIT_DELAY_MS: whole("10000", 0, YEAR, "From the door to being on the way."),
  DELIVERY_DELAY_MS: wholeOr(
    "off",
    "15000",
    0,
    YEAR,
    "From being on the way to delivery; `off`: only `/deliver` or the carrier delivers.",
  ),
  RESERVATION_TTL_MS: whole(String(30 * MINUTE), 1, YEAR, "How long stock is held for an order."),
  ORDER_DEADLINE_MS: wholeOr(
    "",
    "",
    1,
    YEAR,
    "Until dispatch must be granted. Unset: two thirds of `RESERVATION_TTL_MS`.",
  ),
  DELIVERY_DEADLINE_MS: whole(String(30 * DAY), 1, YEAR, "From the grant to delivery; passing it only alerts."),
  STEP_DEADLINE_MS: wholeOr(
    "",
    "",
    1,
    YEAR,
    "How long a step may take to answer. Unset: 5 minutes, or twice what an effect's whole budget can take if that is more.",
  ),
  UNDO_DEADLINE_MS: wholeOr(
    "",
    "",
    1,
    YEAR,
    "How long an undo may take before a person must decide. Unset: twice the step's deadline.",
  ),

  EFFECT_ATTEMPTS_MAX: whole("6", 1, 100, "Tries of a call to the outside before it is given up."),
  EFFECT_BACKOFF_MS: whole("1000", 1, HOUR, "First pause between two tries; it doubles each time, with jitter."),
  EFFECT_BACKOFF_MAX_MS: whole(String(MINUTE), 1, DAY, "The pause grows no longer than this."),
  EFFECT_TIMEOUT_MS: whole(
    String(EFFECT_TIMEOUT_MAX_MS),
    1,
    EFFECT_TIMEOUT_MAX_MS,
    "A call that takes longer has an unknown outcome.",
  ),
  EFFECTS_IN_FLIGHT_MAX: whole("64", 1, 1_000, "Calls of one cell that may be under way at once."),
  BRAKE_AFTER: whole(
    "10",
    1,
    1_000,
    "Failures in a row of one kind of call, of several orders, after which what it calls counts as down.",
  ),
  BRAKE_PROBE_MS: whole("5000", 10, HOUR, "How often what is down is probed; until it answers, no try is counted."),
  RECEIPT_LEASE_MS: whole("30000", 10, DAY, "How long a delivery waits for its receipt before it is sent again."),
  RECEIPT_DELAY_MS: whole("1000", 0, MINUTE, "How long a receipt waits for a delivery to ride on."),
  LISTENER_DELAY_MS: whole("1000", 0, MINUTE, "How long news for the customer and the monitor waits for more of it."),
  RESEND_MAX_MS: whole(String(15 * MINUTE), 10, DAY, "The wait between two sendings doubles up to here."),
  DELIVERY_KILLS_MAX: whole("5", 1, 100, "Calls that one delivery may kill before it is parked unapplied."),
  VERSION_WAIT_MS: whole(
    String(10 * MINUTE),
    0,
    DAY,
    "How long an event of a newer version may hold up its stream before it is parked.",
  ),
  CLOCK_SKEW_MS: whole("5000", 0, MINUTE, "Grace on deadlines, since two clocks never agree."),
  CONFLICT_DAYS: whole(
    "30",
    1,
    3_650,
    "How long the content of what was heard is remembered after an order has closed.",
  ),

  SWEEP_EVERY_MS: whole(
    String(MINUTE),
    SECOND,
    DAY,
    "How often the monitor goes its round: it wakes what has lost its alarm, and looks at what is wrong.",
  ),
  ALERT_COMPENSATION_RATE: rate(
    "0.1",
    "An alert is raised when a larger share of the orders that ended within an hour was cancelled.",
  ),
  ALERT_ORDERS_MIN: whole(
    "10",
    1,
    1_000_000,
    "Orders that must have ended within the hour before their share means anything.",
  ),
  ALERT_OUTBOX_LAG_MS: whole(
    String(5 * MINUTE),
    1,
    DAY,
    "An alert is raised when an event has not been received for longer.",
  ),
  ALERT_FAILED_EVENTS: whole("5", 0, 1_000_000, "An alert is raised when more events lie in the dead letters."),
  ALERT_BACKLOG: whole("1000", 1, 1_000_000_000, "An alert is raised when more events wait to be received."),
  ALERT_WEBHOOK_URL: url("Who is told of alerts, as Standard Webhooks has it; unset means nobody."),
  ALERT_WEBHOOK_SECRET: secret(
    "What those messages are signed with, as `whsec_…`. Set it as a secret, not as a variable.",
  ),

  CELLS: whole(
    "8",
    0,
    CELLS_MAX,
    "Objects that new orders are spread over, by their customer; 0 gives each an object of its own. May be raised any day, best to a multiple of CUSTOMER_CELLS.",
  ),
  PARTICIPANT_CELLS: whole(
    "4",
    1,
    PARTICIPANT_CELLS_MAX,
    "Objects that payments and shipments are spread over, per region. Fixed for good once there are orders.",
  ),
  STOCK_CELLS: whole(
    "8",
    0,
    CELLS_MAX,
    "Objects that SKUs are hashed into; 0 gives each an object of its own. Fixed for good once there is stock.",
  ),
  CUSTOMER_CELLS: whole(
    "8",
    1,
    CELLS_MAX,
    "Objects that customers are hashed into. Fixed for good once there are customers.",
  ),
  MONITOR_CELLS: whole(
    "4",
    1,
    CELLS_MAX,
    "Objects that the monitor's documents and figures are hashed into. Fixed for good once there are orders.",
  ),
  HOT_SKUS: list(
    "",
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    "SKUs",
    "SKUs that each have an object of their own. Fixed for good once there is stock of them.",
  ),
  REGIONS: list(
    "any",
    new RegExp(`^(${REGIONS.join("|")})$`),
    `regions, of ${REGIONS.join(", ")}`,
    "Regions that orders may live in; a caller from elsewhere gets the first.",
  ),

  CALLER_RATE_MAX: whole("600", 0, RATE_MAX, "Requests that one caller may make in a minute; 0 is no limit."),
  ADDRESS_RATE_MAX: whole("1200", 0, RATE_MAX, "Requests that may come from one address in a minute; 0 is no limit."),
  OPEN_ORDERS_MAX: whole("200", 0, 100_000, "Orders of one customer that may be open at once; 0 is no limit."),
  BACKLOG_MAX: whole(
    "2000",
    0,
    100_000,
    "Orders of one cell that may be on their way before new ones are put off with 503; 0 is no limit.",
  ),
  CATALOG_TTL_MS: whole("5000", 0, HOUR, "How long a worker may go by products that it has read."),
  IDEMPOTENCY_LEASE_MS: whole(
    "10000",
    SECOND,
    10 * MINUTE,
    "How long the first caller with an idempotency key is taken to be at work; then a twin may complete it.",
  ),
  IDEMPOTENCY_LIFE_MS: whole(String(DAY), DAY, YEAR, "How long an idempotency key is remembered."),
})

export type Variables = z.output<typeof variables>
