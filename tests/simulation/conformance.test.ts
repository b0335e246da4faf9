/** The stand-in of the platform answers as the platform does; `tests/worker/conformance.test.ts` asks the platform. */
import { vi } from "vitest"
import { Cell } from "../../choreography/cell.ts"
import type { Message } from "../../choreography/consumer.ts"
import type { SqlValue, Storage } from "../../choreography/platform.ts"
import { alarmsConform } from "../conformance/alarms.ts"
import { type Batch, type LiveMessage, liveQueueConforms } from "../conformance/queue.ts"
import { type Clock, PROBED_QUEUE } from "../conformance/probed.ts"
import { type ProbedMessage, type ProbedStorage, queueConforms, storageConforms } from "../conformance/suite.ts"
import { Agenda } from "./platform/agenda.ts"
import { Disk } from "./platform/disk.ts"
import { Faults, noFaults } from "./platform/faults.ts"
import { Queue } from "./platform/queue.ts"
import { Random } from "./platform/random.ts"
import { World } from "./platform/world.ts"
import { transfers } from "../transfer/scenario.ts"

function storageOf(disk: Disk): ProbedStorage {
  const storage: Omit<Storage, "commit"> = {
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

/** Virtual time: it moves to whatever is next, as far as it is told to. */
function clockOf(agenda: Agenda): Clock {
  return {
    now: () => agenda.now,
    pass: async (ms) => {
      const end = agenda.now + ms
      agenda.after(ms, "time passes", () => undefined)
      while (agenda.now < end) {
        const entry = agenda.take()
        if (entry === undefined) break
        entry.run()
        await new Promise((resolve) => setImmediate(resolve))
      }
    },
  }
}

alarmsConform((handler) => {
  // Any service serves: what is asked is the object around it, and none of the cell's own rows are touched.
  const world = new World({ ...transfers.options(), serviceSettings: { cells: 1 } }, 1, noFaults, false)
  const host = world.host("Account", "probe")
  // On the prototype, so that an object which has lost its memory has it too.
  vi.spyOn(Cell.prototype, "alarm").mockImplementation(() => {
    handler(storageOf(host.disk))
  })
  return Promise.resolve({
    ...clockOf(world.agenda),
    event: (body) => host.enter("probe", () => body(storageOf(host.disk))),
    evict: () => {
      host.kill()
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

/** What a message takes to its queue at most, and a little. */
const HOP_MS_MAX = 50

liveQueueConforms(({ queue, dead }) => {
  const random = new Greedy(1)
  const agenda = new Agenda(0, random)
  const faults = new Faults(noFaults, random, () => undefined)
  const consumed = (consume: (batch: Batch) => void) => ({
    agenda,
    random,
    faults,
    // What the consumer throws is a rejection here, as it is where the worker is called.
    consume: (messages: readonly Message[]) =>
      new Promise<void>((resolve) => {
        consume(messages.map(live))
        resolve()
      }),
  })
  const { batchMax, retriesMax, retryDelaySeconds } = PROBED_QUEUE
  const shape = { batchMax, retryDelayMs: retryDelaySeconds * 1_000, concurrencyMax: 1, forgetsVerdicts: false }
  const deadLetters = new Queue({ ...shape, name: "dead", retriesMax: 0, deadLetters: null }, consumed(dead))
  const probe = new Queue({ ...shape, name: "probed", retriesMax, deadLetters }, consumed(queue))
  return {
    ...clockOf(agenda),
    send: (bodies, delaySeconds = 0) => {
      // Until all of it has arrived, as one request does.
      probe.pause(HOP_MS_MAX)
      for (const body of bodies) probe.put(body, delaySeconds * 1_000)
      return Promise.resolve()
    },
  }
})

function live(message: Message): LiveMessage {
  const { attempts } = message
  return {
    body: String(message.body),
    attempts,
    ack: () => {
      message.ack()
    },
    retry: (delaySeconds) => {
      message.retry({ delaySeconds })
    },
  }
}

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
