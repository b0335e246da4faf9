/**
 * Deploys, as often as one likes: creates the queues that are missing, checks that callers can get in, deploys, and
 * places an order to see that it works.
 *
 *     npm run deploy                          production
 *     npm run deploy -- --env preview         a second shop beside it, with queues of its own
 *     npm run deploy -- --dry-run             builds, and shows what would be done; needs no account
 *
 * `JWT_SECRET` in the environment is uploaded if the worker has none, and signs the smoke order's token.
 */
import { parseArgs } from "node:util"
import { build, verdict } from "./deployment/bundle.ts"
import { carryOut, show, type Say } from "./deployment/carryOut.ts"
import {
  type Configuration,
  configurationOf,
  type Environment,
  ENVIRONMENTS,
  readConfiguration,
  writeConfiguration,
} from "./deployment/configuration.ts"
import { look } from "./deployment/look.ts"
import { deployPlan, type Found, NOTHING_FOUND } from "./deployment/plan.ts"
import { answers, smoke, type Tokens } from "./deployment/smoke.ts"
import { wrangler } from "./deployment/wrangler.ts"
import { sign } from "./signing.ts"

const TOKEN_SECONDS = 300
const SMOKE = ["auto", "always", "never"]
/** With one of these an order costs real money, or moves real goods. */
const GATEWAYS = ["PAYMENT_GATEWAY_URL", "CARRIER_URL"]

const usage =
  "npm run deploy -- [--env production|preview] [--dry-run] [--url <where it answers>] [--smoke auto|always|never]"
const say: Say = (line) => {
  console.log(line)
}

async function main(): Promise<void> {
  const { environment, isDry, url, smoking } = options()
  const configuration = configurationOf(readConfiguration(), environment)
  const wanted = { configuration, path: writeConfiguration(configuration, environment) }
  const secret = textOr(process.env["JWT_SECRET"])
  say(`${configuration.name} (${environment}${isDry ? ", nothing is changed" : ""})`)

  const weight = verdict(await build(wrangler, wanted.path, `dist/deploy/${environment}`))
  say(`  ${weight.says}`)
  if (!weight.isGood) throw new Error("the bundle is too large")

  const found = isDry ? NOTHING_FOUND : await look(configuration, wrangler)
  const plan = deployPlan(wanted, found, secret)
  show(plan, say)
  if (isDry) {
    say(
      "Queues that are there already would be left alone. Then an order would be placed and cancelled, to see that it works.",
    )
    return
  }
  if (plan.problems.length > 0) throw new Error("nothing was changed")
  const targets = await carryOut(plan, wrangler, secret === null ? {} : { JWT_SECRET: secret }, say)
  await check(url ?? targets[0] ?? null, { configuration, found, secret, smoking })
}

interface Checking {
  readonly configuration: Configuration
  readonly found: Found
  readonly secret: string | null
  readonly smoking: string
}

async function check(url: string | null, { configuration, found, secret, smoking }: Checking): Promise<void> {
  if (url === null) {
    say("  not tried: wrangler named no address; say where it answers with --url")
    return
  }
  say(`  deployed to ${url}`)
  await answers(url)
  say("  it answers, and its settings make sense")
  const why = reasonAgainstSmoke(configuration, found, secret, smoking)
  if (why !== null || secret === null) say(`  no order was placed: ${why ?? ""}`)
  else say(`  order ${await smoke(url, tokensFor(configuration, secret))}`)
}

function reasonAgainstSmoke(
  { vars }: Configuration,
  found: Found,
  secret: string | null,
  smoking: string,
): string | null {
  if (smoking === "never") return "--smoke never"
  if (secret === null) return "a token can only be made with the secret; give it as JWT_SECRET in the environment"
  const real = GATEWAYS.filter((name) => (vars[name] ?? "") !== "" || found.secrets?.includes(name))
  if (real.length === 0 || smoking === "always") return null
  return `${real.join(" and ")} is set, so it would be real; --smoke always does it all the same`
}

function tokensFor({ vars }: Configuration, secret: string): Tokens {
  const [iss, aud] = [vars["JWT_ISSUER"], vars["JWT_AUDIENCE"]].map((each) => textOr(each?.toString()) ?? undefined)
  const token = (role: string): string => sign({ sub: "deploy", role, iss, aud }, secret, TOKEN_SECONDS)
  return { service: token("service"), operator: token("operator") }
}

function textOr(text: string | undefined): string | null {
  return text === undefined || text === "" ? null : text
}

function options() {
  const { values } = parseArgs({
    options: {
      env: { type: "string", default: "production" },
      "dry-run": { type: "boolean", default: false },
      url: { type: "string" },
      smoke: { type: "string", default: "auto" },
    },
  })
  const environment = ENVIRONMENTS.find((each) => each === values.env)
  if (environment === undefined) throw new Error(`--env must be one of ${ENVIRONMENTS.join(", ")}\n\n${usage}`)
  if (!SMOKE.includes(values.smoke)) throw new Error(`--smoke must be one of ${SMOKE.join(", ")}\n\n${usage}`)
  const chosen: { environment: Environment; isDry: boolean } = { environment, isDry: values["dry-run"] }
  return { ...chosen, url: values.url?.replace(/\/+$/, ""), smoking: values.smoke }
}

try {
  await main()
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
