/** Who is measured on Workers: the app as it stands, the floor, and Workflows. All answer to the same routes. */
import { join } from "node:path"
import type { Sources } from "./server.ts"

const root = join(import.meta.dirname, "..")
export const modules = join(root, "node_modules")

/** Nothing is slowed down on purpose, nothing fails by chance, no caller is held back, and no event gets a log line. */
const APP_VARS = {
  AUTH: "development",
  SIMULATION: "on",
  LOG: "problems",
  PAYMENT_FAILURE_RATE: "0",
  DISPATCH_DELAY_MS: "0",
  TRANSIT_DELAY_MS: "0",
  DELIVERY_DELAY_MS: "0",
  CALLER_RATE_MAX: "0",
  ADDRESS_RATE_MAX: "0",
  OPEN_ORDERS_MAX: "0",
  BACKLOG_MAX: "0",
}

const APP_PARTS = [
  "choreography",
  "domain",
  "events",
  "gateways",
  "http",
  "objects",
  "index.ts",
  "package.json",
  "tsconfig.json",
  "wrangler.jsonc",
]

export function app(vars: Readonly<Record<string, string>>, name = "app"): Sources {
  return { name, root, parts: APP_PARTS, vars: { ...APP_VARS, ...vars } }
}

/** What they are measured against, by folder: modules that the platform runs and nobody imports. */
interface Rivals {
  // eslint-disable-next-line @typescript-eslint/consistent-type-imports -- they run in workerd alone
  readonly floor: typeof import("./floor/index.ts")
  // eslint-disable-next-line @typescript-eslint/consistent-type-imports -- they run in workerd alone
  readonly workflows: typeof import("./workflows/index.ts")
}

function rival(name: keyof Rivals, vars: Readonly<Record<string, string>>): Sources {
  return { name, root: join(root, "bench", name), parts: ["cell.ts", "index.ts", "wrangler.jsonc"], vars }
}

export const floor = (cells: number): Sources => rival("floor", { CELLS: String(cells) })

export const workflows = (): Sources => rival("workflows", {})
