/**
 * Makes a token for trying out a shop whose callers need one:
 *
 *     npm run --silent token -- --role customer --sub cust_alice
 *
 * Signed with `--secret`, else with `JWT_SECRET` as the environment or `.dev.vars` has it. With none of them a secret is
 * made up, and it is said how to start a shop that goes by it. Only the token itself goes to standard output.
 */
import { randomBytes } from "node:crypto"
import { existsSync, readFileSync } from "node:fs"
import { parseArgs } from "node:util"
import { ROLES } from "../http/rules.ts"
import { sign } from "./signing.ts"

const SECONDS_DEFAULT = "3600"
const SECRET_BYTES = 32

const usage = `npm run token -- --role ${ROLES.join("|")} --sub <who> [--secret <secret>] [--seconds ${SECONDS_DEFAULT}] [--issuer <iss>] [--audience <aud>]`

function main(): void {
  const { values } = parseArgs({
    options: {
      role: { type: "string" },
      sub: { type: "string" },
      secret: { type: "string" },
      seconds: { type: "string", default: SECONDS_DEFAULT },
      issuer: { type: "string" },
      audience: { type: "string" },
    },
  })
  const { role, sub, issuer: iss, audience: aud } = values
  if (role === undefined || !ROLES.some((each) => each === role))
    throw new Error(`--role must be one of ${ROLES.join(", ")}`)
  if (sub === undefined || sub === "") throw new Error("--sub must say who calls; a customer's is its customer id")
  if (!/^[1-9]\d{0,8}$/.test(values.seconds)) throw new Error("--seconds must be a whole number")
  console.log(sign({ sub, role, iss, aud }, values.secret ?? secretAround() ?? madeUp(), Number(values.seconds)))
}

function secretAround(): string | undefined {
  const ofEnvironment = process.env["JWT_SECRET"]
  if (ofEnvironment !== undefined && ofEnvironment !== "") return ofEnvironment
  const file = existsSync(".dev.vars") ? readFileSync(".dev.vars", "utf8") : ""
  return /^JWT_SECRET\s*=\s*"?([^"\n]+?)"?\s*$/m.exec(file)?.[1]
}

function madeUp(): string {
  const secret = randomBytes(SECRET_BYTES).toString("base64url")
  console.error(`No secret is set, so this token is for a shop that is started so:

  npm start -- --var AUTH:jwt --var JWT_SECRET:${secret}
`)
  return secret
}

try {
  main()
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
  process.exitCode = 2
}
