// Who gets in with a token, and who doesn't.
import { describe, expect, test } from "vitest"
import { open, type Open } from "./shop.ts"
import { claims, ecIssuer, hs256, NOW, part, rsaIssuer, SECRET, type Issuer } from "./tokens.ts"

const withSecret = { AUTH: "jwt", JWT_SECRET: SECRET }
const withKeys = { AUTH: "jwt", JWKS_URL: "https://issuer.example/keys" }

function ask({ request }: Open, token: string | undefined): Promise<Response> {
  return request("/inventory", { headers: token === undefined ? {} : { Authorization: `Bearer ${token}` } })
}

async function statusOf(opened: Open, token: string | undefined): Promise<number> {
  return (await ask(opened, token)).status
}

function publishing(...issuers: readonly Issuer[]): Open {
  const opened = open(withKeys)
  opened.shop.jwks = () => Response.json({ keys: issuers.map(({ jwk }) => jwk) })
  return opened
}

describe("a token signed with the secret", () => {
  test("lets its caller in", async () => {
    expect(await statusOf(open(withSecret), hs256())).toBe(200)
  })

  const { exp: _exp, ...endless } = claims
  const { role: _role, ...roleless } = claims
  const { sub: _sub, ...nameless } = claims
  const unsigned = hs256().split(".").slice(0, 2).join(".")
  test.each([
    ["is missing", undefined],
    ["is empty", ""],
    ["has one part", "abc"],
    ["has four parts", `${hs256()}.x`],
    ["is signed with another secret", hs256(claims, "another")],
    ["has lost its signature", `${unsigned}.`],
    ["has a signature of zeros", `${unsigned}.${part("\u0000".repeat(32))}`],
    ["says that it needs no signature", `${part({ alg: "none" })}.${part(claims)}.`],
    ["says so in capitals", `${part({ alg: "NONE" })}.${part(claims)}.x`],
    ["has an algorithm that isn't ours", hs256(claims, SECRET, { alg: "HS512" })],
    ["has no algorithm", hs256(claims, SECRET, {})],
    ["wants an extension understood", hs256(claims, SECRET, { alg: "HS256", crit: ["exp"] })],
    ["has claims that are no JSON", hs256("claims")],
    ["has claims that are a list", hs256([claims])],
    ["never ends", hs256(endless)],
    ["ends at a text", hs256({ ...claims, exp: "tomorrow" })],
    ["has ended", hs256({ ...claims, exp: NOW - 31 })],
    ["has not begun", hs256({ ...claims, nbf: NOW + 31 })],
    ["has no role", hs256(roleless)],
    ["has a role that we don't know", hs256({ ...claims, role: "root" })],
    ["has two roles", hs256({ ...claims, role: ["customer", "admin"] })],
    ["has no subject", hs256(nameless)],
    ["has an empty subject", hs256({ ...claims, sub: "" })],
    ["is too long", hs256({ ...claims, more: "x".repeat(9_000) })],
  ])("that %s is refused with 401", async (_what, token) => {
    const answer = await ask(open(withSecret), token)
    expect(answer.status).toBe(401)
    expect(answer.headers.get("www-authenticate")).toBe("Bearer")
    expect(await answer.json()).toMatchObject({ code: "unauthenticated" })
  })

  test("is good a little longer and a little sooner, since no two clocks agree", async () => {
    const opened = open(withSecret)
    expect(await statusOf(opened, hs256({ ...claims, exp: NOW - 29 }))).toBe(200)
    expect(await statusOf(opened, hs256({ ...claims, nbf: NOW + 29 }))).toBe(200)
  })

  test("must come from the issuer and be for the audience that are set", async () => {
    const opened = open({ ...withSecret, JWT_ISSUER: "us", JWT_AUDIENCE: "shop" })
    const good = { ...claims, iss: "us", aud: "shop" }
    expect(await statusOf(opened, hs256(good))).toBe(200)
    expect(await statusOf(opened, hs256({ ...good, aud: ["desk", "shop"] }))).toBe(200)
    for (const wrong of [{ iss: "them" }, { aud: "desk" }, { aud: [] }, { iss: undefined }, { aud: undefined }]) {
      expect(await statusOf(opened, hs256({ ...good, ...wrong }))).toBe(401)
    }
  })

  test("is good under the secret before, for as long as that one is set", async () => {
    const older = hs256(claims, "the secret before")
    const rotating = { AUTH: "jwt", JWT_SECRET: "the secret in force", JWT_SECRET_PREVIOUS: "the secret before" }
    expect(await statusOf(open(rotating), older)).toBe(200)
    expect(await statusOf(open(rotating), hs256(claims, "the secret in force"))).toBe(200)
    expect(await statusOf(open({ ...rotating, JWT_SECRET_PREVIOUS: "" }), older)).toBe(401)
    expect(await statusOf(open({ ...rotating, JWT_SECRET: "" }), older)).toBe(401)
  })

  test("comes as Bearer and in no other way", async () => {
    const { request } = open(withSecret)
    for (const header of [
      hs256(),
      `Basic ${hs256()}`,
      `Bearer ${hs256()} x`,
      "Bearer",
      `Bearer ${hs256()},${hs256()}`,
    ]) {
      expect((await request("/inventory", { headers: { Authorization: header } })).status).toBe(401)
    }
    const lower = await request("/inventory", { headers: { Authorization: `bearer ${hs256()}` } })
    expect(lower.status).toBe(200)
  })

  test("is never echoed", async () => {
    const token = hs256(claims, "another")
    const opened = open(withSecret)
    expect(await (await ask(opened, token)).text()).not.toContain(token.slice(0, 20))
    expect(JSON.stringify(opened.shop.lines)).not.toContain(token.slice(0, 20))
  })
})

describe("a token signed with a published key", () => {
  const [rsa, ec] = [rsaIssuer("r1"), ecIssuer("e1")]

  test("lets its caller in, RSA as well as EC, and the keys are read once", async () => {
    const opened = publishing(rsa, ec)
    for (const token of [rsa.sign(), ec.sign(), rsa.sign(claims, { alg: "RS256" })]) {
      expect(await statusOf(opened, token)).toBe(200)
    }
    expect(opened.shop.fetches).toEqual(["https://issuer.example/keys"])
  })

  test("is refused when someone else signed it, or another algorithm is claimed", async () => {
    const opened = publishing(rsa, ec)
    for (const token of [
      rsaIssuer("r1").sign(),
      ecIssuer("e1").sign(),
      rsa.sign(claims, { alg: "ES256", kid: "r1" }),
      ec.sign(claims, { alg: "RS256", kid: "e1" }),
      // The oldest trick: the public key taken for a secret.
      hs256(claims, JSON.stringify(rsa.jwk), { alg: "HS256", kid: "r1" }),
    ]) {
      expect(await statusOf(opened, token)).toBe(401)
    }
  })

  test("a new key is found when it is first seen, but made-up ids don't flood the issuer", async () => {
    const opened = publishing(rsa)
    expect(await statusOf(opened, rsa.sign())).toBe(200)
    opened.shop.jwks = () => Response.json({ keys: [rsa.jwk, ec.jwk] })
    expect(await statusOf(opened, ec.sign())).toBe(401)
    opened.shop.time += 30_001
    expect(await statusOf(opened, ec.sign())).toBe(200)
    for (let number = 0; number < 20; number++) {
      expect(await statusOf(opened, rsa.sign(claims, { alg: "RS256", kid: `x${number}` }))).toBe(401)
    }
    expect(opened.shop.fetches).toHaveLength(2)
  })

  test("a key that was withdrawn is good no longer than it may be kept", async () => {
    const opened = publishing(rsa, ec)
    expect(await statusOf(opened, ec.sign())).toBe(200)
    opened.shop.jwks = () => Response.json({ keys: [rsa.jwk] })
    opened.shop.time += 10 * 60_000
    const later = { ...claims, exp: NOW + 3_600 }
    expect(await statusOf(opened, ec.sign(later))).toBe(401)
  })

  test("an issuer that can't be reached is no fault of the token: known keys go on, unknown ones wait", async () => {
    const opened = open(withKeys)
    const answer = await ask(opened, rsa.sign())
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "30"])
    opened.shop.jwks = () => Response.json({ keys: [rsa.jwk] })
    opened.shop.time += 30_001
    expect(await statusOf(opened, rsa.sign())).toBe(200)
    opened.shop.jwks = () => new Response("gone", { status: 500 })
    opened.shop.time += 11 * 60_000
    expect(await statusOf(opened, rsa.sign({ ...claims, exp: NOW + 3_600 }))).toBe(200)
  })

  test("keys that are no use here are passed over, weak ones too", async () => {
    const weak = rsaIssuer("w1", 1_024)
    const opened = publishing(
      weak,
      { ...ec, jwk: { ...ec.jwk, use: "enc" } },
      { ...rsa, jwk: { kty: "oct", k: "x" } },
      rsa,
    )
    expect(await statusOf(opened, rsa.sign())).toBe(200)
    expect(await statusOf(opened, weak.sign())).toBe(401)
    expect(await statusOf(opened, ec.sign())).toBe(401)
  })
})
