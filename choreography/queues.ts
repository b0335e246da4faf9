/**
 * The names of queues: `order-events` for the service Order, `order-events-dlq` for what that queue gives up.
 *
 * 1. Whatever stands before the service's name tells deployments apart: `preview-order-events`.
 * 2. A number tells the queues of one service apart, and the first has none: `order-events`, `order-events-2`.
 * 3. Which of them a message takes makes no difference to what comes of it: order is kept by position, in the receiver.
 */
import { scatter } from "./wire.ts"

const NAME = /(?:^|-)([a-z]+)-events(?:-\d+)?(-dlq)?$/
/** Queues that one service may have: as many as an account of many would ever need. */
const QUEUES_MAX = 64

export interface QueueName {
  /** In lower case, as the name has it. */
  readonly service: string
  readonly isDeadLetters: boolean
}

export function readQueueName(name: string): QueueName | null {
  const [, service, deadLetters] = NAME.exec(name) ?? []
  return service === undefined ? null : { service, isDeadLetters: deadLetters !== undefined }
}

/** All queues of a service: one, unless the deployment binds more, as `ORDER_EVENTS`, `ORDER_EVENTS_2` and so on. */
export function numberedBindings(env: object, first: string): readonly unknown[] {
  const bound: unknown[] = []
  while (bound.length < QUEUES_MAX) {
    const next: unknown = Reflect.get(env, numberedBinding(first, bound.length + 1))
    if (next === undefined) break
    bound.push(next)
  }
  return bound
}

function numberedBinding(first: string, number: number): string {
  return number === 1 ? first : `${first}_${number}`
}

/** Which of so many queues a message takes, by its hash: what is sent again as it was takes the same one. */
export function queueIndex(message: string, queues: number): number {
  return queues === 1 ? 0 : scatter(message, 0) % queues
}
