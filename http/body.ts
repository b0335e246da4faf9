/**
 * Reads a body, trusting nothing that is said about it.
 *
 * 1. Bytes are counted as they come: `Content-Length` may only refuse, never admit.
 * 2. What is not JSON by its type is refused unread by the parser; what is not UTF-8 is refused, not repaired.
 */
import { decodeText } from "./base64.ts"
import type { Context } from "./edge.ts"
import { readJson } from "./json.ts"
import { Problem } from "./problem.ts"

const BODY_BYTES_MAX = 64 * 1024

/** The body's JSON value; a missing body is a mistake. */
export async function jsonBody(c: Context): Promise<unknown> {
  const body = await optionalJsonBody(c)
  if (body === undefined) throw new Problem("malformed_body", "The body is missing.")
  return body
}

/** Undefined when there is no body at all. */
export async function optionalJsonBody(c: Context): Promise<unknown> {
  return jsonIn(c, await bodyBytes(c))
}

/** As they came: a signature is over these and no others. */
export function bodyBytes(c: Context): Promise<Uint8Array<ArrayBuffer>> {
  return readBytes(c.req.raw)
}

/** Undefined when there is no body at all. */
export function jsonIn(c: Context, bytes: Uint8Array<ArrayBuffer>): unknown {
  const type = c.req.header("content-type")
  if (bytes.length === 0 && type === undefined) return undefined
  if (bytes.length > 0 || c.req.method !== "DELETE") requireJson(type, c.req.header("content-encoding"))
  if (bytes.length === 0) return undefined
  const reading = readJson(decode(bytes))
  if (!reading.ok) throw new Problem("malformed_body", `The body ${reading.why}.`)
  return reading.value
}

function requireJson(type: string | undefined, encoding: string | undefined): void {
  const [media = "", ...parameters] = (type ?? "").split(";").map((part) => part.trim().toLowerCase())
  const charset = parameters.find((parameter) => parameter.startsWith("charset="))?.slice("charset=".length)
  const isUtf8 = charset === undefined || charset.replaceAll('"', "") === "utf-8"
  if (media !== "application/json" || !isUtf8) {
    throw new Problem("unsupported_media_type", "Send application/json in UTF-8.", {
      headers: { Accept: "application/json" },
    })
  }
  if (encoding !== undefined && encoding.toLowerCase() !== "identity") {
    throw new Problem("unsupported_media_type", "Send the body without a content encoding.")
  }
}

async function readBytes(request: Request): Promise<Uint8Array<ArrayBuffer>> {
  if (Number(request.headers.get("content-length") ?? 0) > BODY_BYTES_MAX) throw tooLarge()
  if (request.body === null) return new Uint8Array()
  // The platform's type leaves open what a body is read as; a request's body is bytes.
  const reader = (request.body as ReadableStream<Uint8Array>).getReader()
  const chunks: Uint8Array[] = []
  let size = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    size += value.byteLength
    if (size > BODY_BYTES_MAX) {
      await reader.cancel()
      throw tooLarge()
    }
    chunks.push(value)
  }
  return joined(chunks, size)
}

function joined(chunks: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.byteLength
  }
  return bytes
}

function decode(bytes: Uint8Array<ArrayBuffer>): string {
  const text = decodeText(bytes)
  if (text === null) throw new Problem("malformed_body", "The body is not UTF-8.")
  return text
}

function tooLarge(): Problem {
  return new Problem("body_too_large", `A body may have at most ${BODY_BYTES_MAX} bytes.`)
}
