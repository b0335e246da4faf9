/// <reference types="@cloudflare/workers-types" />
/**
 * The door to Cloudflare: services in Durable Objects, with a queue for each that hears anything.
 *
 * 1. Names are all the wiring there is. The service Account has its objects under the binding `ACCOUNT`, and hears from
 *    the queue `account-events`, bound as `ACCOUNT_EVENTS`; what that queue gives up comes in by `account-events-dlq`.
 * 2. What nobody can read is filed with the service to whose queue it came, in its first cell.
 * 3. Each scheduled run wakes some cells, from a random one on: whatever lost its alarm is found sooner or later.
 */
import * as platform from "cloudflare:workers"
import { earliest, oldestOf } from "./backlog.ts"
import { idOf } from "./cellIds.ts"
import { client, type Client } from "./client.ts"
import { later } from "./clock.ts"
import { consume } from "./consumer.ts"
import type { ServiceOf, Shape } from "./dollar.ts"
import { CellDurableObject, type CellObject, type Surroundings } from "./durable.ts"
import { messageOf } from "./errors.ts"
import { Office } from "./office.ts"
import type { LogLine } from "./platform.ts"
import { readQueueName } from "./queues.ts"
import type { Performer, Placement, Registry, Service } from "./service.ts"
import { type ChoreographySettings, defaults } from "./settings.ts"
import { nativeSpans } from "./spans.ts"

export { CellDurableObject }
export type { CellObject, Surroundings }

export interface HostOptions<Env extends object, Settings> {
  readonly registry: Registry
  /** What the services are told as `$.settings`. */
  readonly settings: Settings
  /** Other bounds than the defaults. */
  readonly bounds?: Partial<ChoreographySettings>
  /** The world outside, by the names of a service's effects. */
  readonly performers?: (service: string, env: Env) => Readonly<Record<string, Performer>>
  /** A message for a key that can't be one is filed, and creates no object. */
  readonly isKey?: (service: string, key: string) => boolean
  readonly log?: (line: LogLine) => void
}

export interface Host<Env extends object> {
  /** The base class of a service's objects: `export class Account extends host.objects("Account") {}`. */
  objects(service: string): new (state: DurableObjectState, env: Env) => CellDurableObject<Env>
  /** How HTTP asks things of a service. */
  client<S extends Shape>(service: ServiceOf<S>, env: Env): Client<S>
  /** The dead letters of all cells. */
  office(env: Env): Office
  /** The worker's handler of queues. */
  queue(batch: MessageBatch, env: Env, context: Pick<ExecutionContext, "waitUntil">): Promise<void>
  /** The worker's handler of its schedule; once a minute is right. */
  scheduled(env: Env): Promise<void>
}

/** Cells that one scheduled run wakes. */
const WAKES_MAX = 100

const span = nativeSpans(platform)

export function host<Env extends object, Settings>(options: HostOptions<Env, Settings>): Host<Env> {
  const { registry, isKey = () => true, log = toConsole } = options
  const settings = { ...defaults, ...options.bounds }
  const placements = new Map(
    // Each service declares what settings it takes; one object serves them all.
    [...registry.services.values()].map((service) => [service.name, service.placement(options.settings as never)]),
  )
  const placementOf = (service: string): Placement => known(placements.get(service), `${service} is not declared`)
  const around = (service: Service, env: Env): Surroundings => ({
    service,
    registry,
    settings,
    serviceSettings: options.settings,
    performers: options.performers?.(service.name, env) ?? {},
    send: (to, bundles) => send(env, to, bundles, 0),
    sendReceipts: (to, cell, receipts) => locate(env, to, cell).receipts(receipts),
    log,
    span,
  })
  return {
    objects(name) {
      const service = known(registry.services.get(name), `${name} is not declared`)
      return class extends CellDurableObject<Env> {
        constructor(state: DurableObjectState, env: Env) {
          super(state, env, around(service, env))
        }
      }
    },
    client: (service, env) => client(placementOf(service.name), (cell) => locate(env, service.name, cell)),
    office: (env) => new Office(cellsOf(placements), ({ service, cell }) => locate(env, service, cell)),
    async queue(batch, env, context) {
      const service = serviceOf(registry, batch.queue)
      const placement = placementOf(service)
      await consume(batch.messages, {
        service,
        killsMax: settings.deliveryKillsMax,
        cellOf: (key) => (isKey(service, key) ? placement.cellOf(key) : null),
        cell: (cell) => locate(env, service, cell),
        send: (to, bundles) => send(env, to, bundles, 0),
        background: (work) => {
          context.waitUntil(work)
        },
        later,
        requeue: async (bundles, delaySeconds) => {
          await send(env, service, bundles, delaySeconds)
        },
        unreadable: (body, reason) =>
          locate(env, service, placement.cells()[0] ?? "").fileUnreadable(batch.queue, body, reason),
        random: () => Math.random(),
        log,
      })
    },
    async scheduled(env) {
      const cells = cellsOf(placements)
      const first = Math.floor(Math.random() * cells.length)
      const some = [...cells.slice(first), ...cells.slice(0, first)].slice(0, WAKES_MAX)
      for (const { service, cell } of some) {
        await locate(env, service, cell)
          .poke()
          .catch((error: unknown) => {
            log({ level: "warn", message: "a cell can't be woken", cell, reason: messageOf(error) })
          })
      }
    },
  }
}

function cellsOf(placements: ReadonlyMap<string, Placement>): { service: string; cell: string }[] {
  return [...placements].flatMap(([service, placement]) => placement.cells().map((cell) => ({ service, cell })))
}

function serviceOf({ services }: Registry, queue: string): string {
  const name = readQueueName(queue)?.service
  const service = [...services.keys()].find((each) => each.toLowerCase() === name)
  return known(service, `no service hears ${queue}`)
}

function locate(env: object, service: string, cell: string): CellObject {
  // The configuration gives these names to the classes of the services only.
  const namespace = binding(env, service.toUpperCase()) as DurableObjectNamespace
  const stub: unknown = namespace.get(idOf(namespace, cell))
  // The platform types a stub's answers by its own rules for what may cross; all of ours is plain data.
  return stub as CellObject
}

/** Answers when the oldest message of the queue was sent, if the queue tells. */
async function send(
  env: object,
  service: string,
  bundles: readonly string[],
  delaySeconds: number,
): Promise<number | null> {
  // And these names to their queues.
  const queue = binding(env, `${service.toUpperCase()}_EVENTS`) as Queue
  const sending = bundles.map((bundle) => queue.send(bundle, { contentType: "text", delaySeconds }))
  return earliest((await Promise.all(sending)).map(oldestOf))
}

function binding(env: object, name: string): unknown {
  return known<unknown>(Reflect.get(env, name), `nothing is bound as ${name}`)
}

function known<T>(value: T | undefined, otherwise: string): T {
  if (value === undefined) throw new Error(otherwise)
  return value
}

function toConsole({ level, ...line }: LogLine): void {
  if (level === "warn" || level === "error") console[level](JSON.stringify({ level, ...line }))
}
