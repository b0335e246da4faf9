// Who a webhook is from, and when: forged, replayed, and read again in other bytes.
import { createHmac } from "node:crypto"
import { describe, expect, test } from "vitest"
import { isSecret, isWeak, sealed, sealFault, SEAL_LIFE_MS } from "../../../domain/signature.ts"

// The example of the Standard Webhooks' own libraries.
const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
const ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
const NOW = 1_614_265_330_000
const BODY = '{"test": 2432232314}'
const SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
const seal = { id: ID, timestamp: "1614265330", signature: SIGNATURE }
const OTHER = "another secret, which is text"

function fault(change: Partial<typeof seal> = {}, body = BODY, now = NOW, secrets: readonly string[] = [SECRET]) {
  return sealFault(secrets, { ...seal, ...change }, new TextEncoder().encode(body), now)
}

describe("a signature", () => {
  test("is the one that everybody else makes", async () => {
    expect(await sealed(SECRET, ID, NOW, BODY)).toEqual(seal)
    expect(await fault()).toBeNull()
  })

  test("is good with the secret in force and with the one before, and with no other", async () => {
    expect(await fault({}, BODY, NOW, [OTHER, SECRET])).toBeNull()
    expect(await fault({}, BODY, NOW, [OTHER])).toContain("not of anyone")
    expect(await fault({}, BODY, NOW, [])).toContain("not of anyone")
  })

  test("is one of several, whoever signs with two secrets at once", async () => {
    const { signature } = await sealed(OTHER, ID, NOW, BODY)
    for (const both of [`${signature} ${SIGNATURE}`, `${SIGNATURE} ${signature}`, `v2,x ${SIGNATURE}`]) {
      expect(await fault({ signature: both })).toBeNull()
    }
  })

  test("is over the very bytes: what says the same in other bytes is another body", async () => {
    for (const body of [JSON.stringify(JSON.parse(BODY)), ` ${BODY}`, `${BODY}\n`, BODY.replace("2432", "2433"), ""]) {
      expect(await fault({}, body)).toContain("not of anyone")
    }
  })

  test("binds id and time: neither can be exchanged, nor moved into the body", async () => {
    expect(await fault({ id: "msg_other" })).toContain("not of anyone")
    expect(await fault({ timestamp: "1614265331" })).toContain("not of anyone")
    expect(await fault({ id: `${ID}.1614265330` })).toContain("malformed")
    const text = `a.1614265330.1614265330.${BODY}`
    const signature = `v1,${createHmac("sha256", OTHER).update(text).digest("base64")}`
    expect(await fault({ id: "a.1614265330", signature }, BODY, NOW, [OTHER])).toContain("malformed")
  })

  test.each([
    ["no signature", { signature: "" }],
    ["a signature of no known scheme", { signature: SIGNATURE.replace("v1", "v2") }],
    ["a bare signature", { signature: SIGNATURE.slice(3) }],
    ["half a signature", { signature: SIGNATURE.slice(0, 20) }],
    ["a signature that is no base64", { signature: "v1,@@@@" }],
    ["no id", { id: "" }],
    ["an id with blanks", { id: "a b" }],
    ["an id without end", { id: "x".repeat(256) }],
    ["no time", { timestamp: "" }],
    ["a time in words", { timestamp: "2021-02-25T15:02:10Z" }],
    ["a time before all time", { timestamp: "-1" }],
    ["more signatures than anyone has", { signature: `${"v1,AAAA ".repeat(10)}${SIGNATURE}` }],
  ])("%s is refused", async (_what, change) => {
    expect(await fault(change)).toEqual(expect.any(String))
  })
})

describe("a message that is sent again", () => {
  test.each([
    ["a second later", 1_000, true],
    ["five minutes later", SEAL_LIFE_MS, true],
    ["six minutes later", 6 * 60_000, false],
    ["a day later", 24 * 3_600_000, false],
    ["five minutes ahead of our clock", -SEAL_LIFE_MS, true],
    ["six minutes ahead of our clock", -6 * 60_000, false],
  ])("%s is let in: %s", async (_when, later, isIn) => {
    expect((await fault({}, BODY, NOW + later)) === null).toBe(isIn)
  })
})

test("a secret is weak when it has fewer bytes than the standard advises", () => {
  expect([SECRET, OTHER, "x".repeat(24)].filter(isWeak)).toEqual([])
  expect(["x".repeat(23), `whsec_${btoa("x".repeat(23))}`].filter(isWeak)).toHaveLength(2)
})

test("a secret is text, or base64 where it says so", () => {
  expect(["x", SECRET, "whsec_AAAA"].filter(isSecret)).toHaveLength(3)
  expect(["", "whsec_", "whsec_@@@@", "whsec_AAA"].filter(isSecret)).toEqual([])
})
