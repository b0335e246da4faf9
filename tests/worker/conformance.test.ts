/** The platform answers as its stand-in in the simulator does; `tests/simulation/conformance.test.ts` asks the stand-in. */
import {
  createExecutionContext,
  createMessageBatch,
  evictDurableObject,
  getQueueResult,
  runInDurableObject,
} from "cloudflare:test"
import { env } from "cloudflare:workers"
import type { SqlValue } from "../../choreography/platform.ts"
import { type ProbedStorage, queueConforms, storageConforms } from "../conformance/suite.ts"

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

let opened = 0

storageConforms(() => {
  opened += 1
  const id = env.CATALOG.idFromName(`probe-${opened}`)
  const stub = (): DurableObjectStub => env.CATALOG.get(id)
  return Promise.resolve({
    event: (body) => runInDurableObject(stub(), (_instance, state) => body(storageOf(state))),
    evict: () => evictDurableObject(stub()),
    crash: async (body) => {
      const crashed = runInDurableObject(stub(), (_instance, state) => {
        body(storageOf(state))
        state.abort("crash")
      })
      await crashed.catch(() => undefined)
    },
  })
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
