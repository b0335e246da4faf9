/**
 * The keys that tokens are signed with, as their issuer publishes them.
 *
 * 1. They are kept for a while; a key id that is not among them has them read anew, but not more often than every so
 *    often, so that made-up ids can't be used to flood the issuer.
 * 2. If the issuer can't be reached, what was read before goes on being good; with nothing read the caller is told to
 *    come back, since it isn't its token that is at fault.
 */
import { z } from "zod"
import { decodeBase64Url } from "./base64.ts"
import { reasonOf, type Outside } from "./outside.ts"
import { Problem } from "./problem.ts"
import { Turnstile } from "./turnstile.ts"

export type AsymmetricAlgorithm = "RS256" | "ES256"

interface PublishedKey {
  readonly kid: string | undefined
  readonly algorithm: AsymmetricAlgorithm
  readonly key: CryptoKey
}

export type KeySet = (algorithm: AsymmetricAlgorithm, kid: string | undefined) => Promise<readonly CryptoKey[]>

const LIFE_MS = 10 * 60_000
const REFRESH_MIN_MS = 30_000
const FETCH_TIMEOUT_MS = 5_000
const KEYS_MAX = 50
/** 2048 bits. */
const RSA_BYTES_MIN = 256

const base = { kid: z.string().max(256).optional(), use: z.literal("sig").optional() }
const keySchema = z.discriminatedUnion("kty", [
  z.object({ ...base, kty: z.literal("RSA"), alg: z.literal("RS256").optional(), n: z.string(), e: z.string() }),
  z.object({
    ...base,
    kty: z.literal("EC"),
    alg: z.literal("ES256").optional(),
    crv: z.literal("P-256"),
    x: z.string(),
    y: z.string(),
  }),
])
/** Keys of other kinds may stand beside ours; they are no use here. */
const setSchema = z.object({ keys: z.array(z.unknown()).max(KEYS_MAX) })

export function keySet(url: string, outside: Outside): KeySet {
  let keys: readonly PublishedKey[] | null = null
  let readAt = -Infinity
  let triedAt = -Infinity
  const turnstile = new Turnstile()

  async function read(): Promise<void> {
    try {
      keys = await fetchKeys(url, outside)
      readAt = outside.now()
    } catch (error) {
      outside.log({ level: "warn", message: "the published keys can't be read", error: reasonOf(error) })
    } finally {
      triedAt = outside.now()
    }
  }

  function matching(algorithm: AsymmetricAlgorithm, kid: string | undefined): CryptoKey[] {
    const fitting = (keys ?? []).filter((key) => key.algorithm === algorithm && (kid === undefined || key.kid === kid))
    return fitting.map(({ key }) => key)
  }

  return async (algorithm, kid) => {
    const isGood = (): boolean => outside.now() - readAt < LIFE_MS && matching(algorithm, kid).length > 0
    await turnstile.pass(outside, () => isGood() || outside.now() - triedAt < REFRESH_MIN_MS, read)
    if (keys === null) {
      throw new Problem("unavailable", "Tokens can't be checked right now.", { headers: { "Retry-After": "30" } })
    }
    return matching(algorithm, kid)
  }
}

async function fetchKeys(url: string, outside: Outside): Promise<PublishedKey[]> {
  const signal = AbortSignal.timeout(FETCH_TIMEOUT_MS)
  const response = await outside.fetch(url, { headers: { Accept: "application/json" }, redirect: "manual", signal })
  if (!response.ok) throw new Error(`the issuer answered ${response.status}`)
  const { keys } = setSchema.parse(await response.json())
  const imported = await Promise.all(keys.map(importKey))
  return imported.filter((key) => key !== null)
}

async function importKey(published: unknown): Promise<PublishedKey | null> {
  const parsed = keySchema.safeParse(published)
  if (!parsed.success) return null
  const { kid, kty } = parsed.data
  if (kty === "RSA" && (decodeBase64Url(parsed.data.n)?.length ?? 0) < RSA_BYTES_MIN) return null
  const scheme = kty === "RSA" ? { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" } : { name: "ECDSA", namedCurve: "P-256" }
  const { use: _use, alg: _alg, kid: _kid, ...jwk } = parsed.data
  try {
    const key = await crypto.subtle.importKey("jwk", jwk, scheme, false, ["verify"])
    return { kid, algorithm: kty === "RSA" ? "RS256" : "ES256", key }
  } catch {
    return null
  }
}
