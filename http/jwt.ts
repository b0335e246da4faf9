/**
 * Bearer tokens: signature, then claims.
 *
 * 1. The algorithm is pinned by the key: HS256 is only ever tried with the secrets, RS256 and ES256 only with a key of the
 *    published set that is of that kind. Nothing else exists here, `none` included.
 * 2. A token ends: one without `exp` is refused.
 * 3. A refusal says what is wrong with the token, never what would be right.
 */
import { z } from "zod"
import type { Caller, TokenSettings } from "./auth.ts"
import { decodeBase64Url, decodeText } from "./base64.ts"
import { keySet, type AsymmetricAlgorithm } from "./jwks.ts"
import type { Outside } from "./outside.ts"
import { ROLES } from "./rules.ts"

export type Verdict = { readonly ok: true; readonly caller: Caller } | { readonly ok: false; readonly why: string }
export type Verifier = (token: string) => Promise<Verdict>

/** What two well-kept clocks may differ. */
const CLOCK_TOLERANCE_SECONDS = 30

const headerSchema = z.object({
  alg: z.string(),
  kid: z.string().max(256).optional(),
  /** Extensions that must be understood; none are. */
  crit: z.undefined().optional(),
})

const claimsSchema = z.object({
  sub: z.string().min(1).max(128),
  role: z.enum(ROLES),
  exp: z.number(),
  nbf: z.number().optional(),
  iss: z.string().optional(),
  aud: z.union([z.string(), z.array(z.string())]).optional(),
})

type Claims = z.output<typeof claimsSchema>

interface Parts {
  readonly header: z.output<typeof headerSchema>
  readonly claims: unknown
  readonly signed: Uint8Array<ArrayBuffer>
  readonly signature: Uint8Array<ArrayBuffer>
}

export function verifierOf(settings: TokenSettings, outside: Outside): Verifier {
  const { secrets, jwksUrl } = settings
  const hmacs = secrets.map(importSecret)
  const keys = jwksUrl === null ? null : keySet(jwksUrl, outside)

  async function isSigned({ header, signed, signature }: Parts): Promise<boolean> {
    if (header.alg === "HS256") {
      for (const hmac of hmacs) if (await crypto.subtle.verify("HMAC", await hmac, signature, signed)) return true
      return false
    }
    if (!isAsymmetric(header.alg) || keys === null) return false
    const scheme = header.alg === "RS256" ? { name: "RSASSA-PKCS1-v1_5" } : { name: "ECDSA", hash: "SHA-256" }
    for (const key of await keys(header.alg, header.kid)) {
      if (await crypto.subtle.verify(scheme, key, signature, signed)) return true
    }
    return false
  }

  return async (token) => {
    const parts = split(token)
    if (parts === null) return { ok: false, why: "The token is malformed." }
    if (!(await isSigned(parts))) return { ok: false, why: "The token is not signed by anyone known here." }
    const claims = claimsSchema.safeParse(parts.claims)
    if (!claims.success) return { ok: false, why: "The token lacks a sound sub, role or exp." }
    const why = faultOf(claims.data, settings, outside.now() / 1_000)
    if (why !== null) return { ok: false, why }
    return { ok: true, caller: { sub: claims.data.sub, role: claims.data.role } }
  }
}

function faultOf(claims: Claims, settings: TokenSettings, now: number): string | null {
  if (!(claims.exp > now - CLOCK_TOLERANCE_SECONDS)) return "The token has expired."
  if (claims.nbf !== undefined && !(claims.nbf <= now + CLOCK_TOLERANCE_SECONDS)) return "The token is not valid yet."
  if (settings.issuer !== null && claims.iss !== settings.issuer) return "The token comes from another issuer."
  const audiences = typeof claims.aud === "string" ? [claims.aud] : (claims.aud ?? [])
  if (settings.audience !== null && !audiences.includes(settings.audience)) return "The token is for another audience."
  return null
}

function isAsymmetric(algorithm: string): algorithm is AsymmetricAlgorithm {
  return algorithm === "RS256" || algorithm === "ES256"
}

function importSecret(secret: string): Promise<CryptoKey> {
  const bytes = new TextEncoder().encode(secret)
  return crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["verify"])
}

function split(token: string): Parts | null {
  const [head = "", body = "", tail = "", ...more] = token.split(".")
  const signature = decodeBase64Url(tail)
  if (more.length > 0 || signature === null) return null
  const header = headerSchema.safeParse(readPart(head))
  if (!header.success) return null
  // A copy, since the encoder leaves open what kind of memory its bytes lie in and the verifier doesn't.
  const signed = new Uint8Array(new TextEncoder().encode(`${head}.${body}`))
  return { header: header.data, claims: readPart(body), signed, signature }
}

function readPart(part: string): unknown {
  const bytes = decodeBase64Url(part)
  const text = bytes === null ? null : decodeText(bytes)
  if (text === null) return null
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
