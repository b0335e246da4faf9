/** Tokens for callers, signed with a shared secret (HS256). */
import { createHmac } from "node:crypto"
import { encodeBase64Url } from "../http/base64.ts"

export interface Claims {
  readonly sub: string
  readonly role: string
  readonly iss?: string | undefined
  readonly aud?: string | undefined
}

/** Good from now on for so many seconds. */
export function sign(claims: Claims, secret: string, seconds: number): string {
  const now = Math.floor(Date.now() / 1_000)
  const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part({ ...claims, iat: now, exp: now + seconds })}`
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`
}

function part(value: object): string {
  return encodeBase64Url(JSON.stringify(value))
}
