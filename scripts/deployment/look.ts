/** Looks at what the account has, by asking wrangler; changes nothing. */
import { z } from "zod"
import { type Configuration, queuesOf } from "./configuration.ts"
import type { Found } from "./plan.ts"
import { complaint, type Wrangler } from "./wrangler.ts"

/** Questions asked at the same time: each starts a process. */
const PARALLEL = 4
const NO_WORKER = /Worker ".+" (\(.+\) )?not found|\[code: 10007\]/
const NO_QUEUE = "does not exist"

const consumersSchema = z.array(z.object({ script: z.string().optional(), service: z.string().optional() }))
const secretsSchema = z.array(z.object({ name: z.string() }))

export async function look(configuration: Configuration, wrangler: Wrangler): Promise<Found> {
  const who = await wrangler(["whoami", "--json"])
  if (who.code !== 0) {
    throw new Error(
      "wrangler isn't logged in: npx wrangler login, or a token in CLOUDFLARE_API_TOKEN (--dry-run needs none)",
    )
  }
  const queues = new Map<string, readonly string[]>()
  const left = [...queuesOf(configuration)]
  const lookAtOne = async (): Promise<void> => {
    for (let queue = left.shift(); queue !== undefined; queue = left.shift()) {
      const consumers = await consumersOf(queue, wrangler)
      if (consumers !== null) queues.set(queue, consumers)
    }
  }
  await Promise.all(Array.from({ length: PARALLEL }, lookAtOne))
  return { secrets: await secretsOf(configuration.name, wrangler), queues }
}

async function consumersOf(queue: string, wrangler: Wrangler): Promise<readonly string[] | null> {
  const ended = await wrangler(["queues", "consumer", "list", queue, "--json"])
  if (ended.code !== 0) {
    if (complaint(ended).includes(NO_QUEUE)) return null
    throw new Error(`can't look at queue ${queue}: ${complaint(ended)}`)
  }
  return consumersSchema
    .parse(JSON.parse(ended.stdout))
    .map(({ script, service }) => script ?? service ?? "a pull consumer")
}

async function secretsOf(name: string, wrangler: Wrangler): Promise<readonly string[] | null> {
  const ended = await wrangler(["secret", "list", "--name", name, "--format", "json"])
  if (ended.code === 0) return secretsSchema.parse(JSON.parse(ended.stdout)).map((secret) => secret.name)
  if (NO_WORKER.test(complaint(ended))) return null
  throw new Error(`can't look at the secrets of ${name}: ${complaint(ended)}`)
}
