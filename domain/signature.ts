/**
 * Messages between strangers, as Standard Webhooks has it: an id, the time, and a signature over both and the body.
 *
 * 1. What is signed are bytes: a body that says the same in other bytes is another body.
 * 2. Signatures are compared by the platform's own verification, whose time tells nothing.
 * 3. A refusal says what is wrong with a message, never what would be right.
 */
export interface Seal {
  readonly id: string
  readonly timestamp: string
  /** One or several, with spaces between: whoever changes its secret signs with both. */
  readonly signature: string
}

/** A message that was caught on its way is of no use to anyone for longer. */
export const SEAL_LIFE_MS = 5 * 60_000

const PREFIX = "whsec_"
const SCHEME = "v1,"
/** Nobody has more secrets in use than that. */
const SIGNATURES_MAX = 10
/** A dot would let one message be read as another: it is what stands between id, time and body. */
const ID = /^[!-\-/-~]{1,255}$/
const SECONDS = /^\d{1,12}$/
const ALGORITHM = { name: "HMAC", hash: "SHA-256" }

/** Whether it can be signed with this. */
export function isSecret(text: string): boolean {
  return text !== "" && materialOf(text) !== null
}

/** As the standard advises: a shorter one is easier to guess than a signature is to forge. */
const SECRET_BYTES_MIN = 24

export function isWeak(secret: string): boolean {
  return (materialOf(secret)?.length ?? 0) < SECRET_BYTES_MIN
}

export async function sealed(secret: string, id: string, now: number, body: string): Promise<Seal> {
  const timestamp = String(Math.floor(now / 1_000))
  const bytes = bytesOf(id, timestamp, new TextEncoder().encode(body))
  const signature = new Uint8Array(await crypto.subtle.sign("HMAC", await keyOf(secret, "sign"), bytes))
  return { id, timestamp, signature: SCHEME + btoa(String.fromCharCode(...signature)) }
}

/** What is wrong with a message; null when it is from one of those who share a secret with us, and fresh. */
export async function sealFault(
  secrets: readonly string[],
  { id, timestamp, signature }: Seal,
  body: Uint8Array,
  now: number,
): Promise<string | null> {
  if (!ID.test(id) || !SECONDS.test(timestamp)) return "webhook-id or webhook-timestamp is missing or malformed"
  if (Math.abs(now - Number(timestamp) * 1_000) > SEAL_LIFE_MS) return "webhook-timestamp is not of the last minutes"
  const signatures = signature.split(" ").flatMap(readSignature).slice(0, SIGNATURES_MAX)
  if (signatures.length === 0) return "webhook-signature is missing or malformed"
  const bytes = bytesOf(id, timestamp, body)
  for (const secret of secrets) {
    const key = await keyOf(secret, "verify")
    for (const each of signatures) if (await crypto.subtle.verify("HMAC", key, each, bytes)) return null
  }
  return "webhook-signature is not of anyone known here"
}

function readSignature(text: string): readonly Uint8Array<ArrayBuffer>[] {
  const bytes = text.startsWith(SCHEME) ? fromBase64(text.slice(SCHEME.length)) : null
  return bytes === null ? [] : [bytes]
}

function bytesOf(id: string, timestamp: string, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const head = new TextEncoder().encode(`${id}.${timestamp}.`)
  const bytes = new Uint8Array(head.byteLength + body.byteLength)
  bytes.set(head)
  bytes.set(body, head.byteLength)
  return bytes
}

function keyOf(secret: string, use: "sign" | "verify"): Promise<CryptoKey> {
  const material = materialOf(secret)
  if (material === null) throw new Error("a secret is neither text nor base64")
  // A copy, since the encoder leaves open what kind of memory its bytes lie in and the platform doesn't.
  return crypto.subtle.importKey("raw", new Uint8Array(material), ALGORITHM, false, [use])
}

function materialOf(secret: string): Uint8Array | null {
  return secret.startsWith(PREFIX) ? fromBase64(secret.slice(PREFIX.length)) : new TextEncoder().encode(secret)
}

/** Null when it is none, or spelt in a way that could be spelt otherwise. */
function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  if (text === "" || !/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) return null
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
}
