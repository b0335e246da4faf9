/**
 * What has to be done so that a deployment is there, or gone. Pure: from what was found, to the commands in their order.
 *
 * 1. What is there is left alone, so a plan that was carried out half is made again and goes on where it stopped.
 * 2. Nothing is created for a worker that would then let nobody in, or everybody.
 * 3. A secret that is there is never replaced.
 * 4. What is used goes after who uses it: consumers, then the worker, which sends, then the queues.
 */
import { type Configuration, queuesOf } from "./configuration.ts"

/** What the account has. */
export interface Found {
  /** Names of the worker's secrets; null if there is no such worker. */
  readonly secrets: readonly string[] | null
  /** The queues of the configuration that are there, each with the workers that consume it. */
  readonly queues: ReadonlyMap<string, readonly string[]>
}

export interface Step {
  readonly says: string
  readonly wrangler: readonly string[]
  /** Secrets that go up with it, in a file that this option names. */
  readonly secrets?: readonly string[]
}

export interface Plan {
  /** Why nothing must be done yet. */
  readonly problems: readonly string[]
  readonly steps: readonly Step[]
  /** What was found as it has to be. */
  readonly there: readonly string[]
}

export interface Wanted {
  readonly configuration: Configuration
  /** Where wrangler finds it. */
  readonly path: string
}

/** The advice of http/variables.ts, made a rule for what is public. */
const SECRET_LENGTH_MIN = 32
/** Which any of these opens the door. */
const KEYS = ["JWT_SECRET", "JWKS_URL"]

export function deployPlan({ configuration, path }: Wanted, found: Found, secret: string | null): Plan {
  const queues = queuesOf(configuration)
  const missing = queues.filter((queue) => !found.queues.has(queue))
  const isNew = !(found.secrets ?? []).includes("JWT_SECRET")
  const uploads = secret !== null && isNew ? ["JWT_SECRET"] : []
  const name = configuration.name
  const deploy: Step = {
    says: `${found.secrets === null ? "deploy" : "deploy again"} ${name}`,
    wrangler: ["deploy", "--config", path],
    ...(uploads.length > 0 && { secrets: uploads }),
  }
  return {
    problems: doorProblems(configuration, found, secret),
    steps: [...missing.map((queue) => createStep(queue)), deploy],
    there: [
      ...queues.filter((queue) => found.queues.has(queue)).map((queue) => `queue ${queue}`),
      ...(found.secrets ?? []).map((each) => `secret ${each}`),
    ],
  }
}

export function teardownPlan({ configuration, path }: Wanted, found: Found): Plan {
  const queues = queuesOf(configuration).filter((queue) => found.queues.has(queue))
  const name = configuration.name
  const consumed = queues.filter((queue) => found.queues.get(queue)?.includes(name))
  const others = queues.filter((queue) => found.queues.get(queue)?.some((worker) => worker !== name))
  const worker: Step = {
    says: `delete ${name}, and with it every order in its objects`,
    wrangler: ["delete", "--config", path, "--force"],
  }
  return {
    problems: others.map((queue) => `queue ${queue} is consumed by another worker: it is not this deployment's`),
    steps: [
      ...consumed.map((queue) => ({
        says: `take ${name} off queue ${queue}`,
        wrangler: ["queues", "consumer", "remove", queue, name],
      })),
      ...(found.secrets === null ? [] : [worker]),
      ...queues.map((queue) => ({ says: `delete queue ${queue}`, wrangler: ["queues", "delete", queue] })),
    ],
    there: [],
  }
}

function createStep(queue: string): Step {
  return { says: `create queue ${queue}`, wrangler: ["queues", "create", queue] }
}

function doorProblems({ vars }: Configuration, found: Found, secret: string | null): readonly string[] {
  if (vars["AUTH"] !== "jwt") {
    return [`AUTH is ${String(vars["AUTH"])}: what is deployed goes by tokens, so it must be jwt`]
  }
  const isKnown = KEYS.some((key) => (vars[key] ?? "") !== "" || (found.secrets ?? []).includes(key))
  if (secret !== null && secret.length < SECRET_LENGTH_MIN && !isKnown) {
    return [`JWT_SECRET is shorter than ${SECRET_LENGTH_MIN} characters`]
  }
  if (isKnown || secret !== null) return []
  return [
    "nobody could call: there is neither JWT_SECRET nor JWKS_URL. Give a secret, once, in the environment " +
      "(JWT_SECRET=… npm run deploy; keep it, callers' tokens are signed with it), or set JWKS_URL in wrangler.jsonc",
  ]
}

/** As if there were nothing: for those who look without an account. */
export const NOTHING_FOUND: Found = { secrets: null, queues: new Map() }
