/** The queues of a world: the real consumer on each, as the worker wires it. */
import { consume, type ConsumerPorts, type Message } from "../../../choreography/consumer.ts"
import type { CellStub } from "../../../choreography/platform.ts"
import { Queue } from "./queue.ts"
import type { World } from "./world.ts"

const MINUTE = 60_000
const QUEUE_BATCH_MAX = 20
const QUEUE_RETRIES_MAX = 20
const DEAD_RETRIES_MAX = 100

export function queueOf(world: World, service: string): Queue {
  const { agenda, random, faults } = world
  const ports = { agenda, random, faults }
  const shape = { batchMax: QUEUE_BATCH_MAX, retryDelayMs: 2_000, concurrencyMax: 4, forgetsVerdicts: false }
  const consumer = consumerOf(world, service)
  const dead = new Queue(
    { ...shape, name: `${service}-dead`, retriesMax: DEAD_RETRIES_MAX, retryDelayMs: MINUTE, deadLetters: null },
    { ...ports, consume: (messages) => putBack(world, service, messages, consumer) },
  )
  return new Queue(
    { ...shape, name: service, retriesMax: QUEUE_RETRIES_MAX, deadLetters: dead },
    { ...ports, consume: (messages) => consume(messages, consumer) },
  )
}

/** What has come too often is consumed as before: what is in it is receipted, held or filed all the same. */
async function putBack(
  world: World,
  service: string,
  messages: readonly Message[],
  consumer: ConsumerPorts,
): Promise<void> {
  // A person puts them back, and does it twice.
  for (const message of messages) for (const _copy of [1, 2]) world.queue(service)?.put(message.body)
  await consume(messages, consumer)
}

function consumerOf(world: World, service: string): ConsumerPorts {
  const { unreadable, settings } = world.options
  return {
    service,
    killsMax: settings.deliveryKillsMax,
    cellOf: (key) => world.placementOf(service).cellOf(key),
    cell: (cell) => stub(world, service, cell),
    send: (to, bundles) => world.carry(service, to, bundles),
    background: (work) => {
      void work
    },
    later: (ms, body) => {
      let isOff = false
      world.agenda.after(ms, `company for ${service}`, () => {
        if (!isOff) body()
      })
      return () => {
        isOff = true
      }
    },
    requeue: (bundles, delaySeconds) => {
      for (const bundle of bundles) world.queue(service)?.put(bundle, delaySeconds * 1_000)
      return Promise.resolve()
    },
    unreadable: (body, reason) =>
      world.call(unreadable.service, unreadable.cell, "unreadable", (cell) => {
        cell.fileUnreadable(service.toLowerCase(), body, reason)
      }),
    random: () => world.random.unit(),
    log: () => undefined,
  }
}

function stub(world: World, service: string, cell: string): CellStub {
  return {
    take: (lines) =>
      world.call(service, cell, `take ${lines.length}`, (target) => {
        const result = target.take(lines)
        world.handedOver(service, cell, result.said)
        return result
      }),
    deliver: (deliveries) =>
      world.call(service, cell, `deliver ${deliveries.length}`, (target) => target.deliver(deliveries)),
    park: (delivery, reason) =>
      world.call(service, cell, "park", (target) => {
        target.park(delivery, reason)
      }),
    poke: () => world.call(service, cell, "poke", (target) => target.poke()),
  }
}
