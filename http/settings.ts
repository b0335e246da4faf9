/**
 * Reads the variables, once, into what each part of the shop goes by.
 *
 * 1. A value that makes no sense is an error that names it; a combination never is: of two deadlines the earlier fires.
 * 2. A missing or wrong way in closes the door, and never opens it: it is no error either, since nobody gets in.
 */
import type { ChoreographySettings } from "../choreography/settings.ts"
import type { Region } from "../domain/orderId.ts"
import type { Settings } from "../domain/settings.ts"
import type { AuthSettings } from "./auth.ts"
import { variables, type Variables } from "./variables.ts"

export interface EdgeSettings {
  readonly auth: AuthSettings
  /** What each may sign its webhooks with; none: it has no way in. */
  readonly webhooks: { readonly payments: readonly string[]; readonly carrier: readonly string[] }
  readonly simulation: boolean
  readonly logsEvents: boolean
  readonly cells: Settings["cells"]
  /** Null: any page may call. */
  readonly corsOrigins: readonly string[] | null
  readonly catalogTtlMs: number
  /** Requests a minute; 0 is no limit. */
  readonly callerRateMax: number
  readonly addressRateMax: number
  /** Whether each customer's open orders are counted. */
  readonly capsOpenOrders: boolean
  /** Whether an order may be refused because too many are on their way. */
  readonly capsBacklog: boolean
  readonly idempotencyLeaseMs: number
  readonly idempotencyLifeMs: number
}

export interface GatewaySettings {
  /** Null: the simulator. */
  readonly paymentUrl: string | null
  readonly paymentToken: string | null
  readonly paymentDelayMs: number
  readonly carrierUrl: string | null
  readonly carrierToken: string | null
  readonly carrierDelayMs: number
  /** Of the simulators' chance. */
  readonly seed: number
  /** Who is told of alerts; null: nobody. */
  readonly alertUrl: string | null
  readonly alertSecret: string | null
}

export interface AllSettings {
  readonly shop: Settings
  readonly choreography: ChoreographySettings
  readonly edge: EdgeSettings
  readonly gateways: GatewaySettings
}

export interface SettingProblem {
  readonly name: string
  readonly message: string
}

export type SettingsReading =
  | { readonly ok: true; readonly settings: AllSettings }
  | { readonly ok: false; readonly problems: readonly SettingProblem[] }

const DAY_MS = 24 * 3_600_000
const STEP_DEADLINE_MIN_MS = 5 * 60_000

/** `env` may hold bindings too; only the variables are looked at. */
export function readSettings(env: object): SettingsReading {
  const parsed = variables.safeParse(textsOf(env))
  if (parsed.success) return { ok: true, settings: settingsOf(parsed.data) }
  const problems = parsed.error.issues.map(({ path, message }) => ({ name: path.map(String).join("."), message }))
  return { ok: false, problems }
}

/** Variables of a configuration file may be numbers or booleans; on a command line all are text. */
function textsOf(env: object): Record<string, unknown> {
  const texts: Record<string, unknown> = {}
  for (const name of Object.keys(variables.shape)) {
    const value: unknown = Reflect.get(env, name)
    texts[name] = typeof value === "number" || typeof value === "boolean" ? String(value) : value
    if (typeof value === "string") texts[name] = value.trim()
  }
  return texts
}

function settingsOf(all: Variables): AllSettings {
  const cells = {
    cells: all.CELLS,
    participantCells: all.PARTICIPANT_CELLS,
    stockCells: all.STOCK_CELLS,
    customerCells: all.CUSTOMER_CELLS,
    monitorCells: all.MONITOR_CELLS,
    hotSkus: all.HOT_SKUS,
    regions: regionsOf(all.REGIONS),
  }
  const simulation = all.SIMULATION === "on"
  const auth = authOf(all)
  return {
    shop: shopOf(all, cells, simulation),
    choreography: choreographyOf(all),
    edge: {
      auth,
      webhooks: {
        payments: secretsOf(all.PAYMENT_WEBHOOK_SECRET, all.PAYMENT_WEBHOOK_SECRET_PREVIOUS),
        carrier: secretsOf(all.CARRIER_WEBHOOK_SECRET, all.CARRIER_WEBHOOK_SECRET_PREVIOUS),
      },
      simulation,
      logsEvents: all.LOG === "events",
      cells,
      corsOrigins: auth.mode === "development" ? null : all.CORS_ORIGINS,
      catalogTtlMs: all.CATALOG_TTL_MS,
      callerRateMax: all.CALLER_RATE_MAX,
      addressRateMax: all.ADDRESS_RATE_MAX,
      capsOpenOrders: all.OPEN_ORDERS_MAX > 0,
      capsBacklog: all.BACKLOG_MAX > 0,
      idempotencyLeaseMs: all.IDEMPOTENCY_LEASE_MS,
      idempotencyLifeMs: all.IDEMPOTENCY_LIFE_MS,
    },
    gateways: gatewaysOf(all),
  }
}

function gatewaysOf(all: Variables): GatewaySettings {
  return {
    paymentUrl: all.PAYMENT_GATEWAY_URL,
    paymentToken: orNull(all.PAYMENT_GATEWAY_TOKEN),
    paymentDelayMs: all.PAYMENT_DELAY_MS,
    carrierUrl: all.CARRIER_URL,
    carrierToken: orNull(all.CARRIER_TOKEN),
    carrierDelayMs: all.CARRIER_DELAY_MS,
    seed: all.SIMULATION_SEED,
    alertUrl: all.ALERT_WEBHOOK_URL,
    alertSecret: orNull(all.ALERT_WEBHOOK_SECRET),
  }
}

function regionsOf(names: readonly string[]): readonly Region[] {
  // The variable's own rule lets nothing else through; an empty list means what leaving it out means.
  return names.length === 0 ? ["any"] : (names as readonly Region[])
}

function shopOf(all: Variables, cells: Settings["cells"], simulation: boolean): Settings {
  const stepDeadlineMs = all.STEP_DEADLINE_MS ?? Math.max(STEP_DEADLINE_MIN_MS, 2 * effectBudgetMs(all))
  return {
    cells,
    simulation,
    alerts: {
      compensationRate: all.ALERT_COMPENSATION_RATE,
      ordersMin: all.ALERT_ORDERS_MIN,
      outboxLagMs: all.ALERT_OUTBOX_LAG_MS,
      parked: all.ALERT_FAILED_EVENTS,
      backlog: all.ALERT_BACKLOG,
    },
    sweepEveryMs: all.SWEEP_EVERY_MS,
    paymentFailureRate: all.PAYMENT_FAILURE_RATE,
    carrierFailureRate: all.CARRIER_FAILURE_RATE,
    dispatchDelayMs: all.DISPATCH_DELAY_MS,
    transitDelayMs: all.TRANSIT_DELAY_MS,
    deliveryDelayMs: all.DELIVERY_DELAY_MS,
    reservationTtlMs: all.RESERVATION_TTL_MS,
    orderDeadlineMs: all.ORDER_DEADLINE_MS ?? Math.floor((all.RESERVATION_TTL_MS * 2) / 3),
    deliveryDeadlineMs: all.DELIVERY_DEADLINE_MS,
    stepDeadlineMs,
    undoDeadlineMs: all.UNDO_DEADLINE_MS ?? 2 * stepDeadlineMs,
    openOrdersMax: all.OPEN_ORDERS_MAX,
    backlogMax: all.BACKLOG_MAX,
    effectAttemptsMax: all.EFFECT_ATTEMPTS_MAX,
    effectBackoffMs: all.EFFECT_BACKOFF_MS,
  }
}

/** The longest that one effect can take: every try times out, every pause is at its longest. */
function effectBudgetMs(all: Variables): number {
  let budget = 0
  let pause = all.EFFECT_BACKOFF_MS
  for (let attempt = 0; attempt < all.EFFECT_ATTEMPTS_MAX; attempt++) {
    budget += all.EFFECT_TIMEOUT_MS + Math.min(pause, all.EFFECT_BACKOFF_MAX_MS)
    pause *= 2
  }
  return budget
}

function choreographyOf(all: Variables): ChoreographySettings {
  return {
    receiptLeaseMs: all.RECEIPT_LEASE_MS,
    receiptDelayMs: all.RECEIPT_DELAY_MS,
    listenerDelayMs: all.LISTENER_DELAY_MS,
    resendMaxMs: all.RESEND_MAX_MS,
    effectAttemptsMax: all.EFFECT_ATTEMPTS_MAX,
    effectBackoffMs: all.EFFECT_BACKOFF_MS,
    effectBackoffMaxMs: all.EFFECT_BACKOFF_MAX_MS,
    effectTimeoutMs: all.EFFECT_TIMEOUT_MS,
    effectsInFlightMax: all.EFFECTS_IN_FLIGHT_MAX,
    brakeAfter: all.BRAKE_AFTER,
    brakeProbeMs: all.BRAKE_PROBE_MS,
    deliveryKillsMax: all.DELIVERY_KILLS_MAX,
    versionWaitMs: all.VERSION_WAIT_MS,
    clockSkewMs: all.CLOCK_SKEW_MS,
    conflictMs: all.CONFLICT_DAYS * DAY_MS,
  }
}

function authOf(all: Variables): AuthSettings {
  if (all.AUTH === "development") return { mode: "development" }
  if (all.AUTH !== "jwt") return { mode: "closed", why: "AUTH is neither `jwt` nor `development`" }
  const secrets = secretsOf(all.JWT_SECRET, all.JWT_SECRET_PREVIOUS)
  if (secrets.length === 0 && all.JWKS_URL === null) {
    return { mode: "closed", why: "AUTH is `jwt`, but neither JWT_SECRET nor JWKS_URL is set" }
  }
  const [issuer, audience] = [orNull(all.JWT_ISSUER), orNull(all.JWT_AUDIENCE)]
  return { mode: "jwt", secrets, jwksUrl: all.JWKS_URL, issuer, audience }
}

/** The one before is no way in by itself: it only goes with the one in force. */
function secretsOf(inForce: string, previous: string): readonly string[] {
  return inForce === "" ? [] : [inForce, previous].filter((each) => each !== "")
}

function orNull(text: string): string | null {
  return text === "" ? null : text
}
