/** The worker: exports the object classes, answers HTTP, consumes the queues, sweeps on a schedule. Wiring only. */
import * as platform from "cloudflare:workers"
import { earliest, oldestOf } from "./choreography/backlog.ts"
import { idOf } from "./choreography/cellIds.ts"
import { unguessable } from "./choreography/chance.ts"
import { client } from "./choreography/client.ts"
import { later } from "./choreography/clock.ts"
import { consume, type ConsumerPorts } from "./choreography/consumer.ts"
import { CellDurableObject, type CellObject, type Surroundings } from "./choreography/durable.ts"
import { type CellName, Office } from "./choreography/office.ts"
import { numberedBindings, queueIndex, readQueueName } from "./choreography/queues.ts"
import type { Performer, Placement } from "./choreography/service.ts"
import { restore } from "./choreography/restore.ts"
import { nativeSpans } from "./choreography/spans.ts"
import { MONITOR_CELL, regionOfCell } from "./domain/placement.ts"
import { isOrderId } from "./domain/orderId.ts"
import { paymentPerformersOf, shippingPerformersOf } from "./gateways/chosen.ts"
import { createApp, createMisconfiguredApp } from "./http/app.ts"
import { DEVELOPMENT } from "./http/auth.ts"
import { isLogged, logger } from "./http/logging.ts"
import { outside } from "./http/outside.ts"
import type { Services } from "./http/services.ts"
import type { Restorer } from "./http/cells.ts"
import { type AllSettings, readSettings, type SettingProblem } from "./http/settings.ts"
import { describeEvents } from "./objects/description.ts"
import { monitorPerformers } from "./objects/monitor/performers.ts"
import { startRounds } from "./objects/monitor/start.ts"
import { services as registry } from "./objects/registry.ts"

type Env = Cloudflare.Env
type App = ReturnType<typeof createApp> | ReturnType<typeof createMisconfiguredApp>
type Name = "Order" | "Payment" | "Inventory" | "Shipping" | "Customer" | "Catalog" | "Monitor"

const span = nativeSpans(platform)

export class Order extends CellDurableObject<Env> {
  constructor(state: DurableObjectState, env: Env) {
    super(state, env, surroundings("Order", env))
  }
}

export class Payment extends CellDurableObject<Env> {
  constructor(state: DurableObjectState, env: Env) {
    super(state, env, surroundings("Payment", env))
  }
}

export class Inventory extends CellDurableObject<Env> {
  constructor(state: DurableObjectState, env: Env) {
    super(state, env, surroundings("Inventory", env))
  }
}

export class Shipping extends CellDurableObject<Env> {
  constructor(state: DurableObjectState, env: Env) {
    super(state, env, surroundings("Shipping", env))
  }
}

export class Customer extends CellDurableObject<Env> {
  constructor(state: DurableObjectState, env: Env) {
    super(state, env, surroundings("Customer", env))
  }
}

export class Catalog extends CellDurableObject<Env> {
  constructor(state: DurableObjectState, env: Env) {
    super(state, env, surroundings("Catalog", env))
  }
}

export class Monitor extends CellDurableObject<Env> {
  constructor(state: DurableObjectState, env: Env) {
    super(state, env, surroundings("Monitor", env))
  }
}

export default {
  fetch(request, env, context) {
    seeToRounds(env, context)
    return appOf(env).fetch(request, env, context)
  },

  async queue(batch, env, context) {
    const service = serviceOfQueue(batch.queue)
    if (service === null) throw new Error(`no service hears ${batch.queue}`)
    const placement = placementOf(service, settingsOf(env))
    const log = logger(settingsOf(env).edge, null)
    // What is in them is delivered once more; a receipt tells its sender, and what can't be read is filed.
    if (readQueueName(batch.queue)?.isDeadLetters === true) {
      log({ level: "warn", message: "given up by its queue", queue: batch.queue, count: batch.messages.length })
    }
    const ports: ConsumerPorts = {
      service,
      killsMax: settingsOf(env).choreography.deliveryKillsMax,
      cellOf: (key) => cellOf(service, key, placement),
      cell: (cell) => locate(env, service, cell),
      send: (to, bundles) => send(env, to, bundles),
      background: (work) => {
        context.waitUntil(work)
      },
      later,
      requeue: async (bundles, delaySeconds) => {
        await send(env, service, bundles, delaySeconds)
      },
      unreadable: (body, reason) => locate(env, "Monitor", MONITOR_CELL).fileUnreadable(batch.queue, body, reason),
      random: () => Math.random(),
      log,
    }
    await consume(batch.messages, ports)
  },

  async scheduled(_event, env) {
    await startSweep(env)
  },
} satisfies ExportedHandler<Env, string>

// Said as soon as the worker starts, before anyone has called it.
if (platform.env.AUTH === "development") console.warn(DEVELOPMENT)

/** Settings and app of an environment: read once, since it is the same object for as long as the isolate lives. */
const settingsByEnv = new WeakMap<Env, AllSettings>()
const appByEnv = new WeakMap<Env, App>()
const around = outside(unguessable())

function settingsOf(env: Env): AllSettings {
  const known = settingsByEnv.get(env)
  if (known !== undefined) return known
  const reading = readSettings(env)
  if (!reading.ok) throw new Error(`misconfigured: ${describe(reading.problems)}`)
  settingsByEnv.set(env, reading.settings)
  return reading.settings
}

function describe(problems: readonly SettingProblem[]): string {
  return problems.map(({ name, message }) => `${name}: ${message}`).join("; ")
}

function appOf(env: Env): App {
  const known = appByEnv.get(env)
  if (known !== undefined) return known
  const reading = readSettings(env)
  const app = reading.ok
    ? createApp(servicesOf(env, reading.settings), reading.settings.edge, around)
    : createMisconfiguredApp(reading.problems, around)
  appByEnv.set(env, app)
  return app
}

function locate(env: Env, service: Name, cell: string): CellObject {
  // Objects are bound by their service's name in capitals; the language's own type forgets which text it was.
  const namespace: DurableObjectNamespace = env[service.toUpperCase() as Uppercase<Name>]
  const region = regionOfCell(cell)
  // `me` and the others are the platform's own names of regions.
  const hint = region === null ? {} : { locationHint: region as DurableObjectLocationHint }
  const stub: unknown = namespace.get(idOf(namespace, cell), hint)
  // The platform types a stub's answers by its own rules for what may cross; all of ours is plain data.
  return stub as CellObject
}

/** Answers when the oldest message of the queue was sent, if the queue tells. */
async function send(env: Env, service: string, bundles: readonly string[], delaySeconds = 0): Promise<number | null> {
  // The configuration gives these names to queues only.
  const queues = numberedBindings(env, `${service.toUpperCase()}_EVENTS`) as readonly Queue[]
  const answers = await Promise.all(
    bundles.map(async (bundle) => {
      const queue = queues[queueIndex(bundle, queues.length)]
      if (queue === undefined) throw new Error(`${service} has no queue`)
      return oldestOf(await queue.send(bundle, { contentType: "text", delaySeconds }))
    }),
  )
  return earliest(answers)
}

function serviceOfQueue(queue: string): Name | null {
  const name = readQueueName(queue)?.service
  const service = [...registry.services.keys()].find((each) => each.toLowerCase() === name)
  // The registry holds these names and no others.
  return service === undefined ? null : (service as Name)
}

/** Keys of orders are checked before any object is addressed, so that a forged message creates none. */
function cellOf(service: Name, key: string, placement: Placement): string | null {
  const orderId = registry.services.get(service)?.subjectOf(key) ?? key
  return isOrderId(orderId) ? placement.cellOf(key) : null
}

function placementOf(service: Name, settings: AllSettings): Placement {
  const declared = registry.services.get(service)
  if (declared === undefined) throw new Error(`${service} is not declared`)
  // Every service of the registry takes the shop's settings.
  return declared.placement(settings.shop as never)
}

function allCells(settings: AllSettings): { service: Name; cell: string }[] {
  return [...registry.services.keys()].flatMap((name) => {
    const service = name as Name // the registry holds these names and no others
    return placementOf(service, settings)
      .cells()
      .map((cell) => ({ service, cell }))
  })
}

function surroundings(service: Name, env: Env): Surroundings {
  const settings = settingsOf(env)
  const declared = registry.services.get(service)
  if (declared === undefined) throw new Error(`${service} is not declared`)
  return {
    service: declared,
    registry,
    settings: settings.choreography,
    serviceSettings: settings.shop,
    performers: performersOf(service, env, settings),
    send: (to, bundles) => send(env, to, bundles),
    // A stream's sender is one of the registry's services.
    sendReceipts: (to, cell, receipts) => locate(env, to as Name, cell).receipts(receipts),
    log: logger(settings.edge, service),
    hears: (level) => isLogged(settings.edge, level),
    span,
  }
}

function performersOf(service: Name, env: Env, settings: AllSettings): Readonly<Record<string, Performer>> {
  const { gateways, shop } = settings
  if (service === "Payment") return { ...paymentPerformersOf(gateways, shop) }
  if (service === "Shipping") return { ...shippingPerformersOf(gateways, shop) }
  return service === "Monitor" ? watching(env, settings) : {}
}

function watching(env: Env, settings: AllSettings): Readonly<Record<string, Performer>> {
  return monitorPerformers({
    ...{ registry, settings: settings.shop, tell: settings.gateways, analytics: Reflect.get(env, "ANALYTICS") },
    cells: () => allCells(settings),
    locate: (service, cell) => locate(env, service as Name, cell), // named by the registry
    now: () => Date.now(),
    fetch: (url, init) => fetch(url, init),
    log: logger(settings.edge, "Monitor"),
  })
}

function servicesOf(env: Env, settings: AllSettings): Services {
  const asking = (service: Name) => client(placementOf(service, settings), (cell) => locate(env, service, cell))
  const letterStub = ({ service, cell }: CellName): CellObject | null =>
    // Checked against the registry right here.
    registry.services.has(service) ? locate(env, service as Name, cell) : null
  return {
    orders: asking("Order"),
    payments: asking("Payment"),
    inventory: asking("Inventory"),
    shipping: asking("Shipping"),
    customers: asking("Customer"),
    catalog: asking("Catalog"),
    monitor: asking("Monitor"),
    deadLetters: new Office(allCells(settings), letterStub),
    explain: (service, key) => locate(env, service, placementOf(service, settings).cellOf(key)).explain(key),
    cells: restorer(env, settings),
    events: describeEvents,
    health: () => startSweep(env),
    gates: { caller: env.CALLER_RATE, address: env.ADDRESS_RATE },
  }
}

/** A person's hand on an object that has to go back in time; only objects that can exist are addressed. */
function restorer(env: Env, settings: AllSettings): Restorer {
  const find = (service: string, cell: string): CellObject | null => {
    if (!registry.services.has(service)) return null
    const name = service as Name // checked against the registry right here
    const isKnown = placementOf(name, settings).cells().includes(cell) || (name === "Order" && isOrderId(cell))
    return isKnown ? locate(env, name, cell) : null
  }
  return {
    reincarnate: (service, cell) => find(service, cell)?.reincarnate() ?? Promise.resolve(null),
    restore: (service, cell, at) => restore(() => find(service, cell), at),
  }
}

/** Whoever comes by makes sure that the sweep runs; the answer shows that storage can be written to. */
async function startSweep(env: Env): Promise<void> {
  await startRounds(locate(env, "Monitor", MONITOR_CELL))
}

/** Rounds need no clock of the platform's: the first request that an isolate answers sees to it that they are gone. */
const seenTo = new WeakSet<Env>()
function seeToRounds(env: Env, context: ExecutionContext): void {
  if (seenTo.has(env) || !readSettings(env).ok) return
  seenTo.add(env)
  const isStarted = startSweep(env).catch(() => void seenTo.delete(env))
  context.waitUntil(isStarted)
}
