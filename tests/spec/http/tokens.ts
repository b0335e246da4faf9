// Tokens as an issuer would make them, and as nobody should.
import { createHmac, createSign, generateKeyPairSync, type KeyObject } from "node:crypto"
import { encodeBase64Url } from "../../../http/base64.ts"
import { MIDNIGHT } from "./samples.ts"

export const SECRET = "a secret of more than thirty-two characters"
export const NOW = MIDNIGHT / 1_000

export const claims = { sub: "cust_alice", role: "customer", exp: NOW + 60 }

export function part(value: unknown): string {
  return encodeBase64Url(typeof value === "string" ? value : JSON.stringify(value))
}

export function hs256(
  payload: unknown = claims,
  secret = SECRET,
  header: object = { alg: "HS256", typ: "JWT" },
): string {
  const signed = `${part(header)}.${part(payload)}`
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`
}

export interface Issuer {
  readonly jwk: object
  sign(payload?: unknown, header?: object): string
}

export function rsaIssuer(kid: string, modulusLength = 2_048): Issuer {
  return issuer("RS256", kid, generateKeyPairSync("rsa", { modulusLength }))
}

export function ecIssuer(kid: string): Issuer {
  return issuer("ES256", kid, generateKeyPairSync("ec", { namedCurve: "P-256" }))
}

function issuer(
  alg: string,
  kid: string,
  pair: { readonly publicKey: KeyObject; readonly privateKey: KeyObject },
): Issuer {
  return {
    jwk: { ...pair.publicKey.export({ format: "jwk" }), kid, alg, use: "sig" },
    sign: (payload = claims, header = { alg, kid }) => {
      const signed = `${part(header)}.${part(payload)}`
      const key = { key: pair.privateKey, dsaEncoding: "ieee-p1363" } as const
      return `${signed}.${createSign("sha256").update(signed).sign(key, "base64url")}`
    },
  }
}
