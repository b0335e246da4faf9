/** The platform answers as its stand-in in the simulator does; `tests/simulation/conformance.test.ts` asks the stand-in. */
import {
  createExecutionContext,
  createMessageBatch,
  evictDurableObject,
  getQueueResult,
  runInDurableObject,
} from "cloudflare:test"
import { env } from "cloudflare:workers"
import { afterEach, vi } from "vitest"
import { CellDurableObject } from "../../choreography/durable.ts"
import type { SqlValue } from "../../choreography/platform.ts"
import worker from "../../index.ts"
import { alarmsConform } from "../conformance/alarms.ts"
import { type Consumers, type LiveMessage, liveQueueConforms } from "../conformance/queue.ts"
import { type Probe, type ProbedStorage, queueConforms, storageConforms } from "../conformance/suite.ts"

function storageOf({ storage }: DurableObjectState): ProbedStorage {
  return {
    all: (sql, ...values) => storage.sql.exec<Record<string, SqlValue>>(sql, ...values).toArray(),
    transaction: (body) => storage.transactionSync(body),
    getAlarm: () => storage.getAlarm(),
    setAlarm: (at) => {
      void storage.setAlarm(at)
    },
    deleteAlarm: () => {
      void storage.deleteAlarm()
    },
    rowsWritten: (sql, ...values) => {
      const cursor = storage.sql.exec(sql, ...values)
      cursor.toArray()
      return cursor.rowsWritten
    },
  }
}

const clock = {
  now: () => Date.now(),
  pass: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
}

let opened = 0

/** A new object. Any class serves: what is asked is the platform, and none of the cell's own rows are touched. */
function openObject(): Probe & { readonly name: string } {
  opened += 1
  const name = `probe-${opened}`
  const id = env.CATALOG.idFromName(name)
  const stub = (): DurableObjectStub => env.CATALOG.get(id)
  return {
    name,
    event: (body) => runInDurableObject(stub(), (_instance, state) => body(storageOf(state))),
    evict: () => evictDurableObject(stub()),
    crash: async (body) => {
      const crashed = runInDurableObject(stub(), (_instance, state) => {
        body(storageOf(state))
        state.abort("crash")
      })
      await crashed.catch(() => undefined)
    },
  }
}

storageConforms(() => Promise.resolve(openObject()))

/** The platform's part of an object, which its own class does not show. */
interface Inside {
  readonly ctx: DurableObjectState
}

const handlers = new Map<string | undefined, (storage: ProbedStorage) => void>()

// On the prototype, so that an object which has lost its memory has it too.
CellDurableObject.prototype.alarm = function (this: CellDurableObject<unknown>): void {
  // The same object, seen with its context.
  const { ctx } = this as unknown as Inside
  handlers.get(ctx.id.name)?.(storageOf(ctx))
}

alarmsConform((handler) => {
  const object = openObject()
  handlers.set(object.name, handler)
  return Promise.resolve({ ...object, ...clock })
})

queueConforms(() => ({
  deliver: async (consumer) => {
    const ids = ["1", "2", "3"]
    const batch = createMessageBatch(
      "probe",
      ids.map((id) => ({ id, timestamp: new Date(0), attempts: 1, body: id })),
    )
    let threw = false
    try {
      consumer(batch.messages)
    } catch {
      threw = true
    }
    const { explicitAcks, retryMessages } = await getQueueResult(batch, createExecutionContext())
    const retried = new Set(retryMessages.map(({ msgId }) => msgId))
    // As the documentation has it: a verdict stays; what has none is done, unless the consumer threw.
    return ids.filter((id) => retried.has(id) || (threw && !explicitAcks.includes(id)))
  },
}))

/** Bound for these tests alone, in `vitest.config.ts`: the generated types don't know it. */
const probed = Reflect.get(env, "PROBED") as Queue<string>

afterEach(() => {
  vi.restoreAllMocks()
})

liveQueueConforms((consumers) => {
  vi.spyOn(worker, "queue").mockImplementation((batch) => {
    consumerOf(batch.queue, consumers)(batch.messages.map(live))
    return Promise.resolve()
  })
  return {
    ...clock,
    send: async (bodies, delaySeconds = 0) => {
      await probed.sendBatch(bodies.map((body) => ({ body, contentType: "text", delaySeconds })))
    },
  }
})

function consumerOf(queue: string, { queue: first, dead }: Consumers): Consumers["queue"] {
  return queue === "probed-dlq" ? dead : first
}

function live(message: Message<string>): LiveMessage {
  return {
    body: message.body,
    attempts: message.attempts,
    ack: () => {
      message.ack()
    },
    retry: (delaySeconds) => {
      message.retry({ delaySeconds })
    },
  }
}
