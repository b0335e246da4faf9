/**
 * Who calls. A door that is not properly set up is closed: the only way in without a token is the mode `development`.
 */
import type { MiddlewareHandler } from "hono"
import type { Context, Edge, Shop } from "./edge.ts"
import { verifierOf, type Verifier } from "./jwt.ts"
import { Problem } from "./problem.ts"
import { seesOnlyOwn, type Role } from "./rules.ts"

export interface Caller {
  readonly sub: string
  readonly role: Role
}

export interface TokenSettings {
  readonly mode: "jwt"
  /** For HS256. */
  readonly secret: string | null
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
