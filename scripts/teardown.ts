/**
 * Takes down what `npm run deploy` put up: consumers, worker, queues. The objects go with the worker, and with them every
 * order, so it asks for the worker's name first.
 *
 *     npm run teardown -- --env preview
 *     npm run teardown -- --dry-run           shows what would be done; needs no account
 */
import { createInterface } from "node:readline/promises"
import { parseArgs } from "node:util"
import { carryOut, show, type Say } from "./deployment/carryOut.ts"
import {
  type Configuration,
  configurationOf,
  ENVIRONMENTS,
  queuesOf,
  readConfiguration,
  writeConfiguration,
} from "./deployment/configuration.ts"
import { look } from "./deployment/look.ts"
import { type Found, teardownPlan } from "./deployment/plan.ts"
import { wrangler } from "./deployment/wrangler.ts"

const usage = "npm run teardown -- [--env production|preview] [--dry-run] [--yes]"
const say: Say = (line) => {
  console.log(line)
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      env: { type: "string", default: "production" },
      "dry-run": { type: "boolean", default: false },
      yes: { type: "boolean", default: false },
    },
  })
  const environment = ENVIRONMENTS.find((each) => each === values.env)
  if (environment === undefined) throw new Error(`--env must be one of ${ENVIRONMENTS.join(", ")}\n\n${usage}`)
  const configuration = configurationOf(readConfiguration(), environment)
  const wanted = { configuration, path: writeConfiguration(configuration, environment) }
  const isDry = values["dry-run"]
  say(`${configuration.name} (${environment}${isDry ? ", nothing is changed" : ""})`)

  const plan = teardownPlan(wanted, isDry ? everything(configuration) : await look(configuration, wrangler))
  show(plan, say)
  if (isDry) {
    say("What is not there would be left out.")
    return
  }
  if (plan.problems.length > 0) throw new Error("nothing was changed")
  if (plan.steps.length === 0) {
    say("  there is nothing to take down")
    return
  }
  if (!values.yes) await ask(configuration.name)
  await carryOut(plan, wrangler, {}, say)
  say("It is gone.")
}

/** What stands in the configuration, as if all of it were there. */
function everything(configuration: Configuration): Found {
  const consumed = new Map(configuration.queues.consumers.map(({ queue }) => [queue, [configuration.name]]))
  const queues = queuesOf(configuration).map((queue) => [queue, consumed.get(queue) ?? []] as const)
  return { secrets: [], queues: new Map(queues) }
}

async function ask(name: string): Promise<void> {
  if (!process.stdin.isTTY) throw new Error("nobody is there to confirm it: --yes does it without asking")
  const reader = createInterface({ input: process.stdin, output: process.stdout })
  const answer = await reader.question(`This deletes every order there is. Type ${name} to go on: `)
  reader.close()
  if (answer.trim() !== name) throw new Error("that is not its name: nothing was changed")
}

try {
  await main()
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
