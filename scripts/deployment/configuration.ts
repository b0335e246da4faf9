/**
 * What a deployment is made of: `wrangler.jsonc`, read once and varied.
 *
 * 1. The file is production as it stands. `preview` is derived from it, and has nothing in common with it at run time:
 *    the worker and every queue have names of their own, and so have the counters of the rate limits.
 * 2. `vars.QUEUE_SHARDS` says how many queues each service has. It is for the deployment and not for the worker, which
 *    goes by what is bound.
 * 3. No name of a queue stands anywhere else.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import ts from "typescript"
import { z } from "zod"

export const root = join(import.meta.dirname, "../..")

export const ENVIRONMENTS = ["production", "preview"] as const
export type Environment = (typeof ENVIRONMENTS)[number]

/** As many as the worker looks for. */
const QUEUES_MAX = 64
/** Where derived configurations go, and the way back from there. */
const FOLDER = "dist/deploy"
const WAY_BACK = "../.."
/** Far from any that the file itself uses. */
const PREVIEW_NAMESPACES = 100_000

const producer = z.looseObject({ binding: z.string(), queue: z.string() })
const consumer = z.looseObject({ queue: z.string(), dead_letter_queue: z.string().optional() })
const configuration = z.looseObject({
  name: z.string(),
  main: z.string(),
  vars: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  queues: z.object({ producers: z.array(producer), consumers: z.array(consumer) }),
  ratelimits: z.array(z.looseObject({ namespace_id: z.string() })),
  /** There when somebody has added it: docs/observability.md. */
  analytics_engine_datasets: z.array(z.looseObject({ dataset: z.string().optional() })).optional(),
})
export type Configuration = z.output<typeof configuration>

export function readConfiguration(text = readFileSync(join(root, "wrangler.jsonc"), "utf8")): Configuration {
  const parsed = ts.parseConfigFileTextToJson("wrangler.jsonc", text)
  if (parsed.error !== undefined) throw new Error("wrangler.jsonc can't be read")
  return configuration.parse(parsed.config)
}

export function configurationOf(file: Configuration, environment: Environment): Configuration {
  const { QUEUE_SHARDS: shards = 1, ...vars } = file.vars
  const numbers = numbersUpTo(String(shards))
  const queues = {
    producers: file.queues.producers.flatMap((each) => numbers.map((number) => producerOf(each, environment, number))),
    consumers: file.queues.consumers.flatMap((each) => numbers.map((number) => consumerOf(each, environment, number))),
  }
  if (environment === "production") return { ...file, vars, queues }
  const ratelimits = file.ratelimits.map((each) => {
    return { ...each, namespace_id: String(Number(each.namespace_id) + PREVIEW_NAMESPACES) }
  })
  const datasets = file.analytics_engine_datasets?.map((each) => {
    return each.dataset === undefined ? each : { ...each, dataset: `${environment}_${each.dataset}` }
  })
  // Nobody's goods: failures may be tried out there.
  const preview = { ...file, name: `${file.name}-preview`, vars: { ...vars, SIMULATION: "on" }, queues, ratelimits }
  return datasets === undefined ? preview : { ...preview, analytics_engine_datasets: datasets }
}

/** Every queue that is named: consumed, sent to, or for dead letters. Each once, in the order of the file. */
export function queuesOf({ queues: { producers, consumers } }: Configuration): readonly string[] {
  const named = [
    ...producers.map(({ queue }) => queue),
    ...consumers.flatMap(({ queue, dead_letter_queue: deadLetters }) => [queue, ...(deadLetters ? [deadLetters] : [])]),
  ]
  return [...new Set(named)]
}

/** Puts a configuration where wrangler can read it, and answers the path from the project's root. */
export function writeConfiguration(of: Configuration, environment: Environment): string {
  const path = `${FOLDER}/${environment}.json`
  mkdirSync(join(root, FOLDER), { recursive: true })
  // Paths in it are relative to where it lies.
  const moved = { ...of, $schema: undefined, main: `${WAY_BACK}/${of.main}` }
  writeFileSync(join(root, path), `${JSON.stringify(moved, null, 2)}\n`)
  return path
}

function producerOf(first: z.output<typeof producer>, environment: Environment, number: number) {
  const queue = nameOf(first.queue, environment, number)
  return { ...first, binding: number === 1 ? first.binding : `${first.binding}_${number}`, queue }
}

function consumerOf(first: z.output<typeof consumer>, environment: Environment, number: number) {
  const queue = nameOf(first.queue, environment, number)
  const { dead_letter_queue: deadLetters } = first
  if (deadLetters === undefined) return { ...first, queue }
  return { ...first, queue, dead_letter_queue: nameOf(deadLetters, environment, number) }
}

/** What stands before the service's name is anybody's: the worker reads past it. */
function nameOf(first: string, environment: Environment, number: number): string {
  const name = numbered(first, number)
  return environment === "production" ? name : `${environment}-${name}`
}

/** `order-events-2`, and `order-events-2-dlq`. */
function numbered(first: string, number: number): string {
  return number === 1 ? first : first.replace(/(?=-dlq$)|(?<!-dlq)$/, `-${number}`)
}

function numbersUpTo(shards: string): readonly number[] {
  const count = Number(shards)
  if (!/^\d+$/.test(shards) || count < 1 || count > QUEUES_MAX) {
    throw new Error(`QUEUE_SHARDS must be a whole number from 1 to ${QUEUES_MAX}, and is ${shards}`)
  }
  return Array.from({ length: count }, (_unused, index) => index + 1)
}
