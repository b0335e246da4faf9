// What has to be done, from what was found: nothing there, all there, half there.
import { describe, expect, test } from "vitest"
import { readQueueName } from "../../choreography/queues.ts"
import { buttonFor } from "../../scripts/deployment/button.ts"
import { BUNDLE_GZIP_BYTES_MAX, verdict } from "../../scripts/deployment/bundle.ts"
import {
  type Configuration,
  configurationOf,
  queuesOf,
  readConfiguration,
} from "../../scripts/deployment/configuration.ts"
import { deployPlan, type Found, NOTHING_FOUND, teardownPlan } from "../../scripts/deployment/plan.ts"

const SECRET = "s".repeat(32)
const file = readConfiguration()
const wanted = { configuration: configurationOf(file, "production"), path: "there.json" }
const queues = queuesOf(wanted.configuration)
const everything: Found = {
  secrets: ["JWT_SECRET"],
  queues: new Map(queues.map((queue) => [queue, ["order-fulfilment"]])),
}

function commandsOf(plan: ReturnType<typeof deployPlan>): string[] {
  return plan.steps.map(({ wrangler }) => wrangler.join(" "))
}

function withVars(vars: Configuration["vars"]) {
  return { ...wanted, configuration: { ...wanted.configuration, vars: { ...wanted.configuration.vars, ...vars } } }
}

describe("the plan of a deployment", () => {
  test("creates everything where there is nothing, and brings the secret along", () => {
    const plan = deployPlan(wanted, NOTHING_FOUND, SECRET)
    expect(plan.problems).toEqual([])
    expect(commandsOf(plan)).toEqual([...queues.map((queue) => `queues create ${queue}`), "deploy --config there.json"])
    expect(plan.steps.at(-1)?.secrets).toEqual(["JWT_SECRET"])
  })

  test("only deploys where everything is there, and replaces no secret", () => {
    const plan = deployPlan(wanted, everything, SECRET)
    expect(commandsOf(plan)).toEqual(["deploy --config there.json"])
    expect(plan.steps[0]?.secrets).toBeUndefined()
    expect(plan.there).toHaveLength(queues.length + 1)
  })

  test("creates the rest where half is there", () => {
    const half: Found = { secrets: null, queues: new Map([...everything.queues].slice(0, 5)) }
    expect(commandsOf(deployPlan(wanted, half, SECRET))).toEqual([
      ...queues.slice(5).map((queue) => `queues create ${queue}`),
      "deploy --config there.json",
    ])
  })

  test("has a problem while nobody could get in, or everybody", () => {
    expect(deployPlan(wanted, NOTHING_FOUND, null).problems).toHaveLength(1)
    expect(deployPlan(wanted, NOTHING_FOUND, "short").problems).toEqual(["JWT_SECRET is shorter than 32 characters"])
    expect(deployPlan(withVars({ AUTH: "development" }), everything, SECRET).problems).toHaveLength(1)
    expect(deployPlan(withVars({ JWKS_URL: "https://keys.example" }), NOTHING_FOUND, null).problems).toEqual([])
    expect(deployPlan(wanted, { ...everything, secrets: ["JWKS_URL"] }, null).problems).toEqual([])
    expect(deployPlan(wanted, everything, null).problems).toEqual([])
  })
})

describe("the plan of a teardown", () => {
  test("is consumers, worker, queues", () => {
    expect(commandsOf(teardownPlan(wanted, everything))).toEqual([
      ...queues.map((queue) => `queues consumer remove ${queue} order-fulfilment`),
      "delete --config there.json --force",
      ...queues.map((queue) => `queues delete ${queue}`),
    ])
  })

  test("is empty where there is nothing, and the rest where half is gone", () => {
    expect(commandsOf(teardownPlan(wanted, NOTHING_FOUND))).toEqual([])
    const half: Found = { secrets: null, queues: new Map([["order-events", []]]) }
    expect(commandsOf(teardownPlan(wanted, half))).toEqual(["queues delete order-events"])
  })

  test("has a problem with a queue that another worker consumes", () => {
    const shared: Found = { secrets: [], queues: new Map([["order-events", ["somebody-else"]]]) }
    expect(teardownPlan(wanted, shared).problems).toHaveLength(1)
  })
})

describe("the configuration", () => {
  test("of production is the file's own", () => {
    expect(wanted.configuration).toEqual(file)
  })

  test("of preview shares nothing that is named in an account", () => {
    const preview = configurationOf(file, "preview")
    const names = (of: Configuration) => [of.name, ...queuesOf(of), ...of.ratelimits.map(({ namespace_id: id }) => id)]
    const taken = names(file)
    expect(names(preview).filter((name) => taken.includes(name))).toEqual([])
    expect(preview.vars).toEqual({ ...file.vars, SIMULATION: "on" })
    expect({ ...preview, name: 0, vars: 0, queues: 0, ratelimits: 0 }).toEqual({
      ...{ ...file, name: 0, vars: 0, queues: 0, ratelimits: 0 },
    })
  })

  test("of preview writes its points into a data set of its own", () => {
    const datasets = [{ binding: "ANALYTICS", dataset: "order_fulfilment" }]
    const preview = configurationOf({ ...file, analytics_engine_datasets: datasets }, "preview")
    expect(preview.analytics_engine_datasets).toEqual([{ binding: "ANALYTICS", dataset: "preview_order_fulfilment" }])
  })

  test("has as many queues per service as one number says, each with its own dead letters", () => {
    const three = configurationOf({ ...file, vars: { ...file.vars, QUEUE_SHARDS: "3" } }, "preview")
    expect(queuesOf(three)).toHaveLength(3 * queues.length)
    expect(three.vars["QUEUE_SHARDS"]).toBeUndefined()
    expect(three.queues.producers.slice(0, 3)).toEqual([
      { binding: "ORDER_EVENTS", queue: "preview-order-events" },
      { binding: "ORDER_EVENTS_2", queue: "preview-order-events-2" },
      { binding: "ORDER_EVENTS_3", queue: "preview-order-events-3" },
    ])
    const second = three.queues.consumers.find(({ queue }) => queue === "preview-order-events-2")
    expect(second?.dead_letter_queue).toBe("preview-order-events-2-dlq")
    const consumed = three.queues.consumers.map(({ queue }) => queue)
    expect(queuesOf(three).filter((queue) => !consumed.includes(queue))).toEqual([])
    expect(queuesOf(three).filter((queue) => readQueueName(queue) === null)).toEqual([])
  })

  test.each(["0", "65", "many", "1.5"])("has no %s queues", (shards) => {
    expect(() => configurationOf({ ...file, vars: { QUEUE_SHARDS: shards } }, "production")).toThrow("QUEUE_SHARDS")
  })
})

describe("the bundle", () => {
  test("is good up to its bound", () => {
    expect(verdict({ bytes: 1, gzipBytes: BUNDLE_GZIP_BYTES_MAX }).isGood).toBe(true)
    const { isGood, says } = verdict({ bytes: 1e6, gzipBytes: BUNDLE_GZIP_BYTES_MAX + 1 })
    expect([isGood, says]).toEqual([false, expect.stringContaining("300.0 KB at most")])
  })
})

describe("the button", () => {
  const page = "https://deploy.workers.cloudflare.com"
  const button = `[![Deploy to Cloudflare](${page}/button)](${page}/?url=https://github.com/you/shop)`

  test.each([
    "git@github.com:you/shop.git",
    "ssh://git@github.com/you/shop.git",
    "https://github.com/you/shop",
    "https://github.com/you/shop.git\n",
    "https://token@github.com/you/shop/",
  ])("names the repository that %j points at, and nothing secret", (remote) => {
    expect(buttonFor(remote)).toBe(button)
  })

  test("knows repositories in groups of groups", () => {
    expect(buttonFor("git@gitlab.com:you/shops/first.git")).toContain("?url=https://gitlab.com/you/shops/first)")
  })

  test.each(["", "/srv/shop.git", "../shop", "https://example.com/you/shop", "https://github.com/you", "x\n)](y)"])(
    "is not made for %j",
    (remote) => {
      expect(buttonFor(remote)).toBeNull()
    },
  )
})
