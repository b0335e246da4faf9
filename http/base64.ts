/** Base64 in its spelling for URLs, and text in UTF-8; what isn't sound is null and never repaired. */
export function encodeBase64Url(text: string): string {
  const bytes = new TextEncoder().encode(text)
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "")
}

export function decodeBase64Url(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[A-Za-z0-9_-]+$/.test(text) || text.length % 4 === 1) return null
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0))
}

/** For all texts: one that was refused leaves nothing behind in it. */
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false })

export function decodeText(bytes: Uint8Array<ArrayBuffer>): string | null {
  try {
    return strict.decode(bytes)
  } catch {
    return null
  }
}
