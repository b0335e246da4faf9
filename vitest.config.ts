// One project per layer of tests; docs/ says what each layer proves.
import { cloudflareTest } from "@cloudflare/vitest-pool-workers"
import { defineConfig, type TestProjectConfiguration } from "vitest/config"
import { PROBED_QUEUE } from "./tests/conformance/probed.ts"

/** A project whose tests run in Node itself. */
function inNode(name: string, include: string[], testTimeout: number): TestProjectConfiguration {
  return { extends: true, test: { name, include, environment: "node", testTimeout } }
}

/** Booting workerd and its queues on a busy two-core machine takes seconds; a test that hangs still ends. */
const workerTestTimeoutMs = 30_000

export default defineConfig({
  test: {
    passWithNoTests: true,
    projects: [
      inNode("tidy", ["tests/tidy/**/*.test.ts"], 60_000),
      inNode("spec", ["tests/spec/**/*.test.ts"], 10_000),
      inNode("simulation", ["tests/simulation/**/*.test.ts"], 120_000),
      {
        extends: true,
        test: {
          name: "e2e",
          include: ["tests/e2e/**/*.test.ts", "tests/browser/**/*.test.ts"],
          environment: "node",
          testTimeout: 180_000,
          hookTimeout: 180_000,
          // Each file runs dev servers of its own, and two cores carry one at a time.
          fileParallelism: false,
        },
      },
      {
        extends: true,
        plugins: [
          cloudflareTest({
            wrangler: { configPath: "./wrangler.jsonc" },
            miniflare: {
              // Nothing is fetched to make up the caller's whereabouts.
              cf: false,
              // What the conformance suite asks about queues, it asks of one of its own.
              queueProducers: { PROBED: { queueName: "probed" } },
              queueConsumers: {
                probed: {
                  maxBatchSize: PROBED_QUEUE.batchMax,
                  maxBatchTimeout: 0,
                  maxRetries: PROBED_QUEUE.retriesMax,
                  retryDelay: PROBED_QUEUE.retryDelaySeconds,
                  deadLetterQueue: "probed-dlq",
                },
                "probed-dlq": { maxBatchTimeout: 0, maxRetries: 0 },
              },
              // Failures are chosen by each test, never by chance.
              bindings: {
                AUTH: "development",
                SIMULATION: "on",
                PAYMENT_FAILURE_RATE: "0",
                // Off, as under `npm start`.
                CALLER_RATE_MAX: "0",
                ADDRESS_RATE_MAX: "0",
                OPEN_ORDERS_MAX: "0",
                BACKLOG_MAX: "0",
              },
            },
          }),
        ],
        test: {
          name: "worker",
          include: ["tests/worker/**/*.test.ts", "tests/contract/**/*.test.ts"],
          testTimeout: workerTestTimeoutMs,
          hookTimeout: workerTestTimeoutMs,
        },
      },
    ],
  },
})
