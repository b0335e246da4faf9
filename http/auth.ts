/**
 * Who calls. A door that is not properly set up is closed: the only way in without a token is the mode `development`.
 */
import type { MiddlewareHandler } from "hono"
import { isWeak } from "../domain/signature.ts"
import type { Context, Edge, Shop } from "./edge.ts"
import { verifierOf, type Verifier } from "./jwt.ts"
import type { LogLine } from "./outside.ts"
import { Problem } from "./problem.ts"
import { seesOnlyOwn, type Role } from "./rules.ts"

export interface Caller {
  readonly sub: string
  readonly role: Role
}

export interface TokenSettings {
  readonly mode: "jwt"
  /** For HS256: the one in force, and while keys are rotated the one before it. */
  readonly secrets: readonly string[]
  /** For RS256 and ES256. */
  readonly jwksUrl: string | null
  readonly issuer: string | null
  readonly audience: string | null
}

export type AuthSettings =
  | { readonly mode: "development" }
  | TokenSettings
  /** `why` is for the log. */
  | { readonly mode: "closed"; readonly why: string }

/** What is public never asks who calls. */
export const nobody: Caller = { sub: "", role: "customer" }
const developer: Caller = { sub: "development", role: "admin" }

const TOKEN_LENGTH_MAX = 8_192
/** As many bytes as HS256's own hash has; a shorter secret is easier to guess than the hash is to break. */
const SECRET_BYTES_MIN = 32

export const DEVELOPMENT = "AUTH is development: every caller is trusted. Not for a reachable deployment."

/** What is unsafe about the way in, in words for the log; a door that is open or closed for everyone above all. */
export function concernsOf(auth: AuthSettings, signers: readonly string[]): readonly LogLine[] {
  const guessable = "a secret of webhooks is shorter than the 24 bytes that are advised: it can be guessed"
  return [...tokenConcerns(auth), ...(signers.some(isWeak) ? [{ level: "warn", message: guessable } as const] : [])]
}

function tokenConcerns(auth: AuthSettings): readonly LogLine[] {
  if (auth.mode === "closed") return [{ level: "error", message: "closed", why: auth.why }]
  if (auth.mode === "development") return [{ level: "warn", message: DEVELOPMENT }]
  const isShort = auth.secrets.some((secret) => new TextEncoder().encode(secret).length < SECRET_BYTES_MIN)
  const short = `a secret of tokens is shorter than ${SECRET_BYTES_MIN} bytes: it can be guessed`
  return isShort ? [{ level: "warn", message: short }] : []
}

export function authentication(shop: Shop, isOpen: (c: Context) => boolean): MiddlewareHandler<Edge> {
  const { auth } = shop.settings
  const verifier = auth.mode === "jwt" ? verifierOf(auth, shop.outside) : null
  return async (c, next) => {
    if (!isOpen(c)) c.set("caller", await callerOf(c, auth, verifier))
    return next()
  }
}

async function callerOf(c: Context, auth: AuthSettings, verifier: Verifier | null): Promise<Caller> {
  if (auth.mode === "development") return developer
  if (verifier === null) throw unauthenticated("No caller is let in: the way in is not set up.")
  const header = c.req.header("authorization")
  if (header === undefined) throw unauthenticated("Send Authorization: Bearer with a token.")
  const token = /^Bearer +([A-Za-z0-9._~+/=-]+)$/i.exec(header)?.[1]
  if (token === undefined || token.length > TOKEN_LENGTH_MAX) throw unauthenticated("The token is malformed.")
  const verdict = await verifier(token)
  if (!verdict.ok) throw unauthenticated(verdict.why)
  return verdict.caller
}

function unauthenticated(detail: string): Problem {
  return new Problem("unauthenticated", detail, { headers: { "WWW-Authenticate": "Bearer" } })
}

/** Whether the caller may know that this customer's orders exist. */
export function maySee(caller: Caller, customerId: string): boolean {
  return !seesOnlyOwn(caller.role) || caller.sub === customerId
}
