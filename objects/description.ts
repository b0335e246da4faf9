/** What this system says and hears, for those outside it, in AsyncAPI. */
import { asyncapi, type AsyncApi } from "../choreography/asyncapi.ts"
import { services } from "./registry.ts"

const DESCRIPTION = `How the services of the shop fulfil orders: by events alone, each of which takes effect exactly once.
Every service has a queue of its own; all events of an order have its id as their correlation id.`

/** Of what is described here: a version of an event that comes in changes nothing for those who read the older ones. */
const VERSION = "1.0.0"

let described: AsyncApi | null = null

/** Made when somebody first asks for it. */
export function describeEvents(): AsyncApi {
  const queueOf = (service: string): string => `${service.toLowerCase()}-events`
  described ??= asyncapi(services, { title: "Order fulfilment", version: VERSION, description: DESCRIPTION, queueOf })
  return described
}
