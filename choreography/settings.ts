/** Every bound of the choreography has a name, a default that a shop would choose, and its reason. */
export interface ChoreographySettings {
  /** First lease of an unreceived delivery: long enough for a busy queue, short enough that a lost message is not noticed. */
  readonly receiptLeaseMs: number
  /** How long a receipt waits for a delivery to ride on. */
  readonly receiptDelayMs: number
  /** How long a service that says nothing itself waits for news, so that more of them come together. */
  readonly listenerDelayMs: number
  /** Leases double up to here. */
  readonly resendMaxMs: number
  /** Tries of an effect before it settles as failed. */
  readonly effectAttemptsMax: number
  /** First backoff between tries; doubles, with jitter. */
  readonly effectBackoffMs: number
  readonly effectBackoffMaxMs: number
  /** A call to the outside world that takes longer has an unknown outcome. */
  readonly effectTimeoutMs: number
  /** Effects of one cell that may be under way at once. */
  readonly effectsInFlightMax: number
  /** Failures in a row of one kind of call, of whichever keys, after which what it calls counts as down. */
  readonly brakeAfter: number
  /** How often what is down is probed; what is held back waits as long. */
  readonly brakeProbeMs: number
  /** Calls that one delivery may kill before it is parked unapplied. */
  readonly deliveryKillsMax: number
  /** A version newer than the reader's blocks its stream no longer than this: a deployment is over by then. */
  readonly versionWaitMs: number
  /** Grace on deadlines, since the sender's clock isn't ours. */
  readonly clockSkewMs: number
  /** How long the content of what was heard is remembered after a key has closed. */
  readonly conflictMs: number
}

export const defaults: ChoreographySettings = {
  receiptLeaseMs: 30_000,
  receiptDelayMs: 1_000,
  listenerDelayMs: 1_000,
  resendMaxMs: 15 * 60_000,
  effectAttemptsMax: 6,
  effectBackoffMs: 1_000,
  effectBackoffMaxMs: 60_000,
  effectTimeoutMs: 10_000,
  effectsInFlightMax: 64,
  brakeAfter: 10,
  brakeProbeMs: 5_000,
  deliveryKillsMax: 5,
  versionWaitMs: 10 * 60_000,
  clockSkewMs: 5_000,
  conflictMs: 30 * 24 * 3_600_000,
}

/** Early deliveries that one stream may hold; more are dropped without a receipt and come again. */
export const EARLY_MAX = 32
/** Keys that one alarm serves before it lets other work in. */
export const ALARM_KEYS_MAX = 100
/** Deliveries of one key that one alarm sends again. */
export const RESEND_ROWS_MAX = 20
/** An alarm that dies at work is followed by this one. */
export const DEADMAN_MS = 30_000
/** Timers that are due at once run in the same commit, at most so many for a key: a loop of them is a bug. */
export const TURNS_MAX = 32
/** Journal entries kept in the row of a key; older ones move to pages of their own. */
export const JOURNAL_MAX = 96
export const JOURNAL_PAGE = 48
/** Keys that a cell keeps in memory. */
export const CACHE_KEYS_MAX = 500
/** Rows shared by its keys that a cell keeps in memory: levels of stock, figures, tracking numbers. */
export const CACHE_SHARED_MAX = 500
/** Keys that it keeps for a while after their end. */
export const RESTING_KEYS_MAX = 32
/** Closed keys that one retention run looks at. */
export const RETENTION_KEYS_MAX = 200
export const RETENTION_EVERY_MS = 6 * 3_600_000
/** An alarm this far in the past is lost and not late. */
export const ALARM_GRACE_MS = 60_000
/** How old a count of what is due may be: it is for deciding whether there is too much, where a few more don't matter. */
export const DUE_GLANCE_MS = 100
