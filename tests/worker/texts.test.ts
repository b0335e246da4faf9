/** One decoder serves all requests of an isolate: in the runtime itself nothing of one text may get into another. */
import { expect, test } from "vitest"
import { decodeText } from "../../http/base64.ts"

const BOM = [0xef, 0xbb, 0xbf]
const HALF_A_CHARACTER = [0x61, 0xe2, 0x82]

test.each([
  ["half a character at its end", HALF_A_CHARACTER],
  ["half a character and another one behind it", [...HALF_A_CHARACTER, 0x61]],
  ["a byte that no text has", [0x7b, 0xff]],
])("a text with %s is refused, and the next one is read as it is", (_what, refused) => {
  expect(decodeText(Uint8Array.from([...BOM, 0x61]))).toBe("a")
  expect(decodeText(Uint8Array.from(refused))).toBeNull()
  expect(decodeText(Uint8Array.from([0xac]))).toBeNull()
  expect(decodeText(Uint8Array.from([...BOM, 0xe2, 0x82, 0xac]))).toBe("€")
})
