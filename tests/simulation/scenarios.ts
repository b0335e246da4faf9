/** What `npm run simulate` can run. */
import { transfers } from "../transfer/scenario.ts"
import { orders } from "./orders/scenario.ts"
import type { Scenario } from "./scenario.ts"

export const scenarios: Readonly<Record<string, Scenario>> = { orders, transfers }
