/** The stand-in of the platform answers as the platform does; `tests/worker/conformance.test.ts` asks the platform. */
import type { Message } from "../../choreography/consumer.ts"
import type { SqlValue, Storage } from "../../choreography/platform.ts"
import { type ProbedMessage, type ProbedStorage, queueConforms, storageConforms } from "../conformance/suite.ts"
import { Agenda } from "./platform/agenda.ts"
import { Disk } from "./platform/disk.ts"
import { Faults, noFaults } from "./platform/faults.ts"
import { Queue } from "./platform/queue.ts"
import { Random } from "./platform/random.ts"

function storageOf(disk: Disk): ProbedStorage {
  const storage: Storage = {
    all: (sql, ...values) => disk.all(sql, ...values),
    transaction: (body) => disk.transaction(body),
    getAlarm: () => Promise.resolve(disk.alarm),
    setAlarm: (at) => {
      disk.setAlarm(at)
    },
  }
  return {
    ...storage,
    deleteAlarm: () => {
      disk.setAlarm(null)
    },
    rowsWritten: (sql: string, ...values: readonly SqlValue[]) => {
      const before = disk.rowsWritten
      disk.all(sql, ...values)
      return disk.rowsWritten - before
    },
  }
}

storageConforms(() => {
  const disk = new Disk()
  return Promise.resolve({
    event: async (body) => {
      try {
        return await body(storageOf(disk))
      } finally {
        disk.commit()
      }
    },
    evict: () => Promise.resolve(),
    crash: (body) => {
      body(storageOf(disk))
      disk.lose()
      return Promise.resolve()
    },
  })
})

/** Always the most there may be: a batch is all that is there. */
class Greedy extends Random {
  override between(_low: number, high: number): number {
    return high
  }
}

queueConforms(() => ({
  deliver: async (consumer) => {
    const random = new Greedy(1)
    const agenda = new Agenda(0, random)
    const faults = new Faults(noFaults, random, () => undefined)
    const again: string[] = []
    let isFirst = true
    const consume = (messages: readonly Message[]): Promise<void> => {
      if (isFirst) {
        isFirst = false
        consumer(messages.map(probed).toSorted((one, other) => one.id.localeCompare(other.id)))
      } else again.push(...messages.map(({ body }) => String(body)))
      return Promise.resolve()
    }
    const shape = { batchMax: 3, retriesMax: 3, retryDelayMs: 1_000, concurrencyMax: 1, deadLetters: null }
    const queue = new Queue({ ...shape, name: "probe", forgetsVerdicts: false }, { agenda, random, faults, consume })
    queue.pause(1_000)
    for (const id of ["1", "2", "3"]) queue.put(id)
    for (let entry = agenda.take(); entry !== undefined; entry = agenda.take()) {
      entry.run()
      await new Promise((resolve) => setImmediate(resolve))
    }
    return again.toSorted()
  },
}))

function probed(message: Message): ProbedMessage {
  return {
    id: String(message.body),
    ack: () => {
      message.ack()
    },
    retry: () => {
      message.retry({ delaySeconds: 1 })
    },
  }
}
